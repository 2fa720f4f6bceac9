import { balances } from '../ledger.ts'
import { find, rowsWith } from '../rows.ts'
import type { Charge, Dispute, PaymentIntent, Refund } from '../kinds.ts'
import { booksOf, table as rowsOf } from '../world.ts'
import type { Books } from '../world.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { action, amount, badge, facts, id, link, moment, paged, section, table } from './parts.ts'
import type { Column, Place } from './parts.ts'

const where = ({ account, livemode }: Place) => ({ account, livemode })
export const booksAt = (world: Books['world'], place: Place): Books => booksOf(world, place.account, place.livemode)

function stateOf(books: Books, intent: PaymentIntent): string {
  const charge = find(books, 'charge', intent.latest_charge)
  const open = rowsWith(books, 'dispute', 'payment_intent', intent.id)
    .map(({ status }) => status)
    .find((status) => !['won', 'warning_closed'].includes(status))
  if (open) return open.startsWith('warning_') ? 'inquiry' : 'disputed'
  if (charge?.captured && charge.refunded) return 'refunded'
  if (charge?.captured && charge.amount_refunded > 0) return 'partly refunded'
  return intent.status
}

const customerOf = (books: Books, customer: string | null): string =>
  find(books, 'customer', customer)?.email ?? find(books, 'customer', customer)?.name ?? customer ?? ''

function methodOf(charge: Charge | undefined): string {
  const details = charge?.payment_method_details
  return details?.card ? `${details.card.brand} ${details.card.last4}` : (details?.type.replaceAll('_', ' ') ?? '')
}

const paymentColumns = (books: Books, place: Place): Column<PaymentIntent>[] => [
  { name: 'Amount', right: true, show: (row) => amount(row.amount, row.currency) },
  { name: 'Status', show: (row) => badge(stateOf(books, row)) },
  { name: 'Customer', show: (row) => customerOf(books, row.customer) },
  { name: 'Description', show: (row) => row.description ?? '' },
  {
    name: 'Method',
    show: (row) => html`<span class="steady">${methodOf(find(books, 'charge', row.latest_charge))}</span>`,
  },
  { name: 'Made', show: (row) => moment(row.created) },
  { name: 'Payment', show: (row) => id(row.id, link(place, { view: 'payment', id: row.id })) },
]

const refundColumns = (place: Place): Column<Refund>[] => [
  { name: 'Amount', right: true, show: (row) => amount(row.amount, row.currency) },
  { name: 'Status', show: (row) => badge(row.status) },
  {
    name: 'Why',
    show: (row) =>
      row.failure_reason?.replaceAll('_', ' ') ??
      row.pending_reason?.replaceAll('_', ' ') ??
      row.reason?.replaceAll('_', ' ') ??
      '',
  },
  { name: 'Made', show: (row) => moment(row.created) },
  {
    name: 'Payment',
    show: (row) => id(row.payment_intent, link(place, { view: 'payment', id: row.payment_intent ?? '' })),
  },
  { name: 'Refund', show: (row) => id(row.id, link(place, { view: 'refund', id: row.id })) },
]

export function overview(books: Books, place: Place): Html {
  const sums = [...balances(books)]
  const counts = (['payment_intent', 'refund', 'dispute', 'subscription', 'event'] as const).map(
    (kind) => [kind, rowsOf(books, kind).order.length] as const,
  )
  const names = {
    payment_intent: 'Payments',
    refund: 'Refunds',
    dispute: 'Disputes',
    subscription: 'Subscriptions',
    event: 'Events kept',
  }
  return html` <div class="tiles">
      ${sums.length === 0 ? html`<div class="tile"><b class="money">0</b><span>No money has moved yet</span></div>` : ''}
      ${sums.map(([currency, { available, pending }]) => html`<div class="tile"><b>${amount(available, currency)}</b><span>available ${currency.toUpperCase()} · ${amount(pending, currency)} on its way</span></div>`)}
    </div>
    <div class="tiles small">
      ${counts.map(([kind, count]) => html`<div class="tile"><b class="money">${count}</b><span>${names[kind]}</span></div>`)}
    </div>
    ${section('Latest payments', table(rowsOf(books, 'payment_intent').order.slice(-8).reverse(), paymentColumns(books, place), 'No payments yet. Make some with any Stripe SDK, pointed at this address.'))}
    ${section('Latest refunds', table(rowsOf(books, 'refund').order.slice(-8).reverse(), refundColumns(place), 'No refunds yet.'))}`
}

export function payments(books: Books, place: Place): Html {
  const { shown, pager } = paged(place, rowsOf(books, 'payment_intent').order)
  return section('Payments', html`${table(shown, paymentColumns(books, place), 'No payments yet.')}${pager}`)
}

export function refunds(books: Books, place: Place): Html {
  const { shown, pager } = paged(place, rowsOf(books, 'refund').order)
  return section('Refunds', html`${table(shown, refundColumns(place), 'No refunds yet.')}${pager}`)
}

function paymentActions(place: Place, intent: PaymentIntent, charge: Charge | undefined): Html {
  const of = { ...where(place), payment_intent: intent.id }
  const left = charge?.captured ? charge.amount_captured - charge.amount_refunded : 0
  if (intent.status === 'processing' || intent.status === 'requires_action') {
    return html`<div class="actions">
      ${action('Let it succeed', { path: `/_control/payments/${intent.id}`, fields: { ...where(place), to: 'succeeded' } })}${action('Let it fail', { path: `/_control/payments/${intent.id}`, fields: { ...where(place), to: 'failed' }, tone: 'bad' })}
    </div>`
  }
  if (!charge?.captured) return html``
  return html`<div class="actions">
    ${left > 0 ? action('Refund as from the dashboard', { path: '/_control/refunds', fields: of, tone: 'main', inputs: html`<label>Amount in minor units <input name="amount" type="number" min="1" max="${left}" value="${left}" /></label>` }) : ''}
    ${action('Open a dispute', { path: '/_control/disputes', fields: of, tone: 'bad' })}
    ${action('Open an inquiry', { path: '/_control/disputes', fields: { ...of, inquiry: true } })}
    ${action('Warn of fraud', { path: '/_control/warnings', fields: of })}
  </div>`
}

export function payment(books: Books, place: Place): Html {
  const intent = find(books, 'payment_intent', place.id)
  if (!intent) return html`<p class="empty">There is no payment ${place.id} in these books.</p>`
  const charge = find(books, 'charge', intent.latest_charge)
  const invoice = rowsOf(books, 'invoice_payment').order.find(
    (row) => row.payment.payment_intent === intent.id,
  )?.invoice
  return html` <h1>${amount(intent.amount, intent.currency)} ${badge(stateOf(books, intent))}</h1>
    ${facts([
      ['Payment', id(intent.id)],
      ['Charge', id(intent.latest_charge)],
      ['Customer', html`${customerOf(books, intent.customer)} ${id(intent.customer)}`],
      ['Description', intent.description ?? '—'],
      ['Method', methodOf(charge)],
      ['Made', moment(intent.created)],
      ['Invoice', id(typeof invoice === 'string' ? invoice : null)],
      [
        'Refunded',
        charge
          ? html`${amount(charge.amount_refunded, intent.currency)} of
            ${amount(charge.amount_captured, intent.currency)}`
          : '—',
      ],
    ])}
    ${paymentActions(place, intent, charge)}
    ${section('Refunds', table(rowsWith(books, 'refund', 'payment_intent', intent.id).toReversed(), refundColumns(place), 'Nothing was refunded.'))}
    ${section('Disputes', table(rowsWith(books, 'dispute', 'payment_intent', intent.id).toReversed(), disputeColumns(place), 'Nobody disputes this payment.'))}
    ${historyOf(books, place, [intent.id, intent.latest_charge ?? ''])}`
}

const moves: Readonly<Record<string, readonly (readonly [to: string, text: string, tone: string])[]>> = {
  pending: [
    ['succeeded', 'Let it succeed', 'main'],
    ['requires_action', 'Require action', 'plain'],
    ['failed', 'Let it fail', 'bad'],
  ],
  requires_action: [
    ['pending', 'The customer answers', 'main'],
    ['canceled', 'Cancel', 'plain'],
    ['failed', 'Let it fail', 'bad'],
  ],
  succeeded: [
    ['failed', 'Make it bounce', 'bad'],
    ['requires_action', 'Require action', 'plain'],
  ],
}

export function refund(books: Books, place: Place): Html {
  const row = find(books, 'refund', place.id)
  if (!row) return html`<p class="empty">There is no refund ${place.id} in these books.</p>`
  const card = row.destination_details?.card
  return html` <h1>${amount(row.amount, row.currency)} ${badge(row.status)}</h1>
    ${facts([
      ['Refund', id(row.id)],
      ['Payment', id(row.payment_intent, link(place, { view: 'payment', id: row.payment_intent ?? '' }))],
      ['Charge', id(row.charge)],
      ['Reason', row.reason ?? '—'],
      ['Failure', row.failure_reason ?? '—'],
      ['Pending because of', row.pending_reason ?? '—'],
      ['Reference', card?.reference ?? card?.reference_status ?? '—'],
      ['Made', moment(row.created)],
      [
        'Metadata',
        Object.entries(row.metadata ?? {})
          .map(([key, value]) => `${key}: ${value}`)
          .join(', ') || '—',
      ],
    ])}
    <div class="actions">
      ${(moves[row.status] ?? []).map(([to, text, tone]) => action(text, { path: `/_control/refunds/${row.id}`, fields: { ...where(place), to }, tone }))}
    </div>
    ${historyOf(books, place, [row.id])}`
}

const disputeColumns = (place: Place): Column<Dispute>[] => [
  { name: 'Amount', right: true, show: (row) => amount(row.amount, row.currency) },
  { name: 'Status', show: (row) => badge(row.status) },
  { name: 'Reason', show: (row) => row.reason.replaceAll('_', ' ') },
  { name: 'Answer by', show: (row) => moment(row.evidence_details.due_by) },
  {
    name: 'Payment',
    show: (row) => id(row.payment_intent, link(place, { view: 'payment', id: row.payment_intent ?? '' })),
  },
  { name: 'Dispute', show: (row) => id(row.id) },
  { name: '', show: (row) => disputeActions(place, row) },
]

function disputeActions(place: Place, { id: dispute, status }: Dispute): Html {
  if (['won', 'lost', 'warning_closed', 'prevented'].includes(status)) return html``
  const to = (text: string, outcome: string, tone = 'plain') =>
    action(text, { path: `/_control/disputes/${dispute}`, fields: { ...where(place), to: outcome }, tone })
  return html`<div class="actions">
    ${status.startsWith('warning_') ? to('Escalate', 'escalated', 'bad') : ''}${to('Won', 'won')}${to('Lost', 'lost', 'bad')}
  </div>`
}

export function disputes(books: Books, place: Place): Html {
  const { shown, pager } = paged(place, rowsOf(books, 'dispute').order)
  return section(
    'Disputes and inquiries',
    html`${table(shown, disputeColumns(place), 'Nobody disputes anything.')}${pager}`,
  )
}

/** The events about some objects, oldest first: their story. */
function historyOf(books: Books, place: Place, ids: readonly string[]): Html {
  const events = rowsOf(books, 'event').order.filter(({ data }) => ids.includes(String(data.object['id'])))
  return section(
    'What happened',
    html`<ol class="history">
      ${events.map((event) => html`<li>${moment(event.created)} <a href="${link(place, { view: 'event', id: event.id })}">${event.type}</a></li>`)}
    </ol>`,
    events.length === 0 ? 'No events of the last thirty days.' : '',
  )
}
