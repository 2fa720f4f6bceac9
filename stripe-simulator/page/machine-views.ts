import { accounts } from '../accounts.ts'
import { keys } from '../keys.ts'
import type { EventRow } from '../kinds.ts'
import { readLog } from '../request-log.ts'
import { find } from '../rows.ts'
import type { Desk } from '../control/desk.ts'
import { deliveries } from '../deliveries.ts'
import type { Delivery } from '../deliveries.ts'
import { table as rowsOf } from '../world.ts'
import type { Books } from '../world.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { action, badge, facts, id, json, link, moment, paged, section, table } from './parts.ts'
import type { Place } from './parts.ts'

const deliveriesOf = (books: Books, event: string): readonly Delivery[] =>
  deliveries(books.world).indexes.get('event')?.get(event) ?? []

const outcome = (list: readonly Delivery[]): Html =>
  list.length === 0 ? html`<span class="quiet">nobody listens</span>` : html`${list.map(({ state }) => badge(state))}`

export function events(books: Books, place: Place): Html {
  const { shown, pager } = paged(place, rowsOf(books, 'event').order)
  return html`${section(
    'Events',
    html`${table<EventRow>(
      shown,
      [
        {
          name: 'Type',
          show: (row) => html`<a href="${link(place, { view: 'event', id: row.id })}">${row.type}</a>`,
        },
        { name: 'Object', show: (row) => id(String(row.data.object['id'] ?? '')) },
        { name: 'Caused by', show: (row) => row.request?.id ?? 'Stripe' },
        { name: 'Made', show: (row) => moment(row.created) },
        { name: 'Deliveries', show: (row) => outcome(deliveriesOf(books, row.id)) },
      ],
      'Nothing has happened in the last thirty days.',
    )}${pager}`,
  )}
  ${section(
    'Who listens',
    table(
      rowsOf(books, 'webhook_endpoint').order,
      [
        { name: 'Address', show: (row) => row.url },
        { name: 'Status', show: (row) => badge(row.status) },
        { name: 'Events', show: (row) => row.enabled_events.join(', ') },
        { name: 'Version', show: (row) => row.api_version ?? 'newest' },
        { name: 'Endpoint', show: (row) => id(row.id) },
      ],
      'No webhook endpoint. Make one with the API.',
    ),
  )}`
}

export function event(books: Books, place: Place): Html {
  const row = find(books, 'event', place.id)
  if (!row)
    return html`<p class="empty">There is no event ${place.id} in these books, or it is older than thirty days.</p>`
  return html` <h1>${row.type}</h1>
    ${facts([
      ['Event', id(row.id)],
      ['Made', moment(row.created)],
      ['Caused by', row.request?.id ?? 'Stripe itself'],
      ['Idempotency key', row.request?.idempotency_key ?? '—'],
    ])}
    <div class="actions">
      ${action('Send it again', { path: `/_control/events/${row.id}/resend`, fields: { account: place.account, livemode: place.livemode }, tone: 'main' })}
    </div>
    ${section(
      'Deliveries',
      table(
        deliveriesOf(books, row.id).toReversed(),
        [
          { name: 'To', show: (delivery) => delivery.url },
          { name: 'State', show: (delivery) => badge(delivery.state) },
          {
            name: 'Tries',
            show: (delivery) =>
              delivery.tries.map(({ status, error, ms }) => `${status ?? error} (${ms} ms)`).join(', ') || 'none yet',
          },
          { name: 'Fault', show: (delivery) => delivery.fault?.kind.replaceAll('_', ' ') ?? '' },
          {
            name: '',
            show: (delivery) => action('Replay', { path: `/_control/deliveries/${delivery.id}/replay` }),
          },
        ],
        'It was sent to nobody.',
      ),
    )}
    ${row.data.previous_attributes ? section('What it was before', json(row.data.previous_attributes)) : ''}
    ${section('The object', json(row.data.object))}`
}

export function requests(desk: Desk): Html {
  return section(
    'Requests',
    table(
      readLog(desk.log, { limit: 100 }),
      [
        { name: '#', right: true, show: ({ number }) => html`<span class="money">${number}</span>` },
        {
          name: 'Request',
          show: ({ method, path }) => html`<code>${method} ${path.length > 70 ? `${path.slice(0, 67)}…` : path}</code>`,
        },
        {
          name: 'Answer',
          right: true,
          show: ({ status }) =>
            html`<span class="money" data-tone="${status === null || status >= 400 ? 'bad' : 'good'}"
              >${status ?? 'cut'}</span
            >`,
        },
        { name: 'Error', show: ({ error, replayed }) => error ?? (replayed ? 'replayed' : '') },
        {
          name: 'Idempotency key',
          show: ({ idempotency_key: key }) =>
            key === null ? '' : html`<code>${key.length > 40 ? `${key.slice(0, 37)}…` : key}</code>`,
        },
        { name: 'Fault', show: ({ fault }) => fault ?? '' },
        { name: 'ms', right: true, show: ({ ms }) => html`<span class="money">${ms.toFixed(1)}</span>` },
      ],
      'Nobody has asked anything yet.',
    ),
    'The last hundred. The control API has the last five thousand, with parameters and answers.',
  )
}

const refundCreate = { method: 'POST', path: '/v1/refunds' }

const presets: readonly (readonly [text: string, about: string, rule: object])[] = [
  [
    'Lose the answer',
    'The next refund is made; the connection is cut before the answer.',
    { on: 'request', match: refundCreate, effect: { kind: 'connection_lost', when: 'after' }, times: 2 },
  ],
  [
    'Lose the request',
    'The next refund is not made; the connection is cut.',
    { on: 'request', match: refundCreate, effect: { kind: 'connection_lost', when: 'before' }, times: 2 },
  ],
  [
    'Never answer',
    'The next refund is made, and silence follows.',
    {
      on: 'request',
      match: refundCreate,
      effect: { kind: 'connection_lost', when: 'after', how: 'silence' },
    },
  ],
  [
    '500, and it was made',
    'The next refund is made and answered with 500.',
    { on: 'request', match: refundCreate, effect: { kind: 'status', status: 500, executes: true } },
  ],
  [
    '503 for ten requests',
    'Any request, without effect.',
    { on: 'request', effect: { kind: 'status', status: 503, body: 'html' }, times: 10 },
  ],
  ['Rate limit', 'The next twenty requests get 429.', { on: 'request', effect: { kind: 'rate_limit' }, times: 20 }],
  [
    'Slow',
    'The next refund is answered after eight seconds.',
    { on: 'request', match: refundCreate, effect: { kind: 'slow', ms: 8000, when: 'after' } },
  ],
  [
    'Empty balance',
    'The next refund is refused for want of money.',
    { on: 'request', match: refundCreate, effect: { kind: 'balance_refused' } },
  ],
  [
    'A dispute gets in between',
    'Right before the next refund its payment is disputed.',
    { on: 'request', match: refundCreate, effect: { kind: 'first', does: 'open_dispute' } },
  ],
  ['Drop webhooks', 'The next five deliveries never arrive.', { on: 'delivery', effect: { kind: 'drop' }, times: 5 }],
  [
    'Double webhooks',
    'The next five deliveries arrive twice.',
    { on: 'delivery', effect: { kind: 'duplicate', copies: 2 }, times: 5 },
  ],
  [
    'Forge a signature',
    'The next delivery is signed with a wrong secret.',
    { on: 'delivery', effect: { kind: 'wrong_signature' } },
  ],
]

export function network(desk: Desk): Html {
  return html` ${section(
    'Break the network',
    html`<div class="presets">
      ${presets.map(
        ([text, about, rule]) =>
          html`<div class="preset">
            <b>${text}</b>
            <p>${about}</p>
            ${action('Arm', { path: '/_control/faults', fields: rule as never })}
          </div>`,
      )}
    </div>`,
    'Each acts once, or as often as it says.',
  )}
  ${section(
    'Armed',
    html`${table(
      desk.faults.rules,
      [
        { name: 'Rule', show: (rule) => id(rule.id) },
        { name: 'On', show: (rule) => rule.on },
        { name: 'Effect', show: (rule) => rule.effect.kind.replaceAll('_', ' ') },
        { name: 'Where', show: (rule) => html`<code>${JSON.stringify(rule.match)}</code>` },
        { name: 'Seen', right: true, show: (rule) => html`<span class="money">${rule.seen}</span>` },
        {
          name: 'Acted',
          right: true,
          show: (rule) => html`<span class="money">${rule.acted} of ${rule.times ?? '∞'}</span>`,
        },
        {
          name: '',
          show: (rule) => action('Remove', { path: `/_control/faults/${rule.id}`, method: 'DELETE' }),
        },
      ],
      'Nothing is broken.',
    )}${desk.faults.rules.length > 1 ? html`<div class="actions">${action('Remove all', { path: '/_control/faults', method: 'DELETE' })}</div>` : ''}`,
  )}`
}

export function access(desk: Desk, place: Place): Html {
  return html` ${section(
    'Accounts',
    table(
      accounts(desk.world).order,
      [
        {
          name: 'Name',
          show: (row) => html`<a href="${link(place, { view: 'overview', account: row.id })}">${row.name}</a>`,
        },
        { name: 'Account', show: (row) => id(row.id) },
        { name: 'Country', show: (row) => row.country },
        { name: 'Connected to', show: (row) => id(row.platform) },
      ],
      '',
    ),
  )}
  ${section(
    'Keys',
    table(
      keys(desk.world).order,
      [
        { name: 'Key', show: (row) => id(row.id) },
        { name: 'Account', show: (row) => id(row.account) },
        { name: 'May', show: (row) => row.permissions?.join(', ') ?? 'everything' },
        { name: 'State', show: (row) => badge(row.state) },
        {
          name: '',
          show: (row) =>
            action(row.state === 'active' ? 'Revoke' : 'Restore', {
              path: `/_control/keys/${encodeURIComponent(row.id)}`,
              fields: { state: row.state === 'active' ? 'revoked' : 'active' },
            }),
        },
      ],
      'No keys were made. Any well-formed key belongs to the first account.',
    ),
    `Try ${desk.secretKey}`,
  )}`
}
