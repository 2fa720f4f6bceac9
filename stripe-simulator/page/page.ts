import { readFileSync } from 'node:fs'
import { accounts, defaultAccountId } from '../accounts.ts'
import { timeOf } from '../clock.ts'
import type { Desk } from '../control/desk.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { access, event, events, network, requests } from './machine-views.ts'
import { booksAt, disputes, overview, payment, payments, refund, refunds } from './money-views.ts'
import { action, link } from './parts.ts'
import type { Place } from './parts.ts'

const style = readFileSync(new URL('./style.css', import.meta.url), 'utf8')
const script = readFileSync(new URL('./script.js', import.meta.url), 'utf8')

const tabs = [
  ['overview', 'Overview'],
  ['payments', 'Payments'],
  ['refunds', 'Refunds'],
  ['disputes', 'Disputes'],
  ['events', 'Events'],
  ['requests', 'Requests'],
  ['network', 'Network'],
  ['access', 'Accounts'],
] as const
const parents: Readonly<Record<string, string>> = { payment: 'payments', refund: 'refunds', event: 'events' }

function placeOf(desk: Desk, query: URLSearchParams): Place {
  const account = query.get('account') ?? defaultAccountId
  return {
    account: accounts(desk.world).rows.has(account) ? account : defaultAccountId,
    livemode: query.get('mode') === 'live',
    view: query.get('view') ?? 'overview',
    id: query.get('id') ?? '',
    page: Math.max(1, Number.parseInt(query.get('page') ?? '1', 10) || 1),
  }
}

function viewOf(desk: Desk, place: Place): Html {
  const books = booksAt(desk.world, place)
  switch (place.view) {
    case 'payments':
      return payments(books, place)
    case 'payment':
      return payment(books, place)
    case 'refunds':
      return refunds(books, place)
    case 'refund':
      return refund(books, place)
    case 'disputes':
      return disputes(books, place)
    case 'events':
      return events(books, place)
    case 'event':
      return event(books, place)
    case 'requests':
      return requests(desk)
    case 'network':
      return network(desk)
    case 'access':
      return access(desk, place)
    default:
      return overview(books, place)
  }
}

function clockBar({ world }: Desk): Html {
  const now = new Date(timeOf(world.clock)).toISOString()
  const step = (text: string, advance: string) => action(text, { path: '/_control/clock', fields: { advance } })
  return html`<div class="clock" role="group" aria-label="Clock">
    <span class="dot" data-on="${String(world.clock.frozenAt === null)}"></span>
    <time class="money" datetime="${now}" id="now">${now.slice(0, 19).replace('T', ' ')}</time>
    <span class="quiet">${world.clock.frozenAt === null ? 'UTC, running' : 'UTC, stands'}</span>
    ${step('+ 1 hour', '1h')}${step('+ 1 day', '1d')}${step('+ 1 week', '1w')}
    ${world.clock.frozenAt === null ? action('Stop', { path: '/_control/clock', fields: { mode: 'simulated' } }) : action('Let it run', { path: '/_control/clock', fields: { mode: 'real' } })}
  </div>`
}

function document(desk: Desk, place: Place): Html {
  const account = accounts(desk.world).rows.get(place.account)
  const current = parents[place.view] ?? place.view
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${account?.name ?? 'Simulated Stripe'} · Stripe simulator</title>
        <link rel="stylesheet" href="/_page/style.css" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <header class="top">
          <div class="wide">
            <a class="name" href="/">Stripe simulator</a>
            <details class="who">
              <summary>
                ${account?.name ?? place.account}
                <span class="badge" data-tone="${place.livemode ? 'warn' : 'calm'}"
                  >${place.livemode ? 'live' : 'test'}</span
                >
              </summary>
              <ul>
                ${accounts(desk.world).order.map(
                  (row) =>
                    html`<li>
                        <a href="${link(place, { view: 'overview', account: row.id, livemode: false })}"
                          >${row.name}, test</a
                        >
                      </li>
                      <li>
                        <a href="${link(place, { view: 'overview', account: row.id, livemode: true })}"
                          >${row.name}, live</a
                        >
                      </li>`,
                )}
              </ul>
            </details>
            ${clockBar(desk)}
          </div>
        </header>
        <nav class="tabs" aria-label="Views">
          <div class="wide">
            ${tabs.map(([view, text]) => html`<a href="${link(place, { view })}" ${view === current ? html` aria-current="page"` : ''}>${text}${view === 'network' && desk.faults.rules.some((rule) => rule.times === null || rule.acted < rule.times) ? html` <span class="dot" data-on="bad" title="Something is armed"></span>` : ''}</a>`)}
          </div>
        </nav>
        <main class="wide">${viewOf(desk, place)}</main>
        <div id="said" role="status" aria-live="polite" hidden></div>
        <script src="/_page/script.js"></script>
      </body>
    </html>`
}

const security = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

/** The page for people, its style and its script; null for any other path. */
export function servePage(desk: Desk, target: string): { headers: Record<string, string>; body: string } | null {
  const url = new URL(target, 'http://page')
  if (url.pathname === '/_page/style.css')
    return { headers: { ...security, 'content-type': 'text/css; charset=utf-8' }, body: style }
  if (url.pathname === '/_page/script.js')
    return { headers: { ...security, 'content-type': 'text/javascript; charset=utf-8' }, body: script }
  if (url.pathname !== '/') return null
  return {
    headers: { ...security, 'content-type': 'text/html; charset=utf-8' },
    body: document(desk, placeOf(desk, url.searchParams)).html,
  }
}
