import { spell } from '../money.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'

/** Where on the page somebody is: the account and mode whose books are shown, the view, and the object in it. */
export type Place = {
  readonly account: string
  readonly livemode: boolean
  readonly view: string
  readonly id: string
  readonly page: number
}

export function link(place: Place, to: Partial<Place>): string {
  const next = { ...place, page: 1, id: '', ...to }
  const query = new URLSearchParams({ view: next.view })
  if (next.id !== '') query.set('id', next.id)
  if (next.page > 1) query.set('page', String(next.page))
  query.set('account', next.account)
  if (next.livemode) query.set('mode', 'live')
  return `/?${query}`
}

export const moment = (seconds: number | null | undefined): Html => {
  if (seconds === null || seconds === undefined) return html`<span class="quiet">—</span>`
  const text = new Date(seconds * 1000).toISOString()
  return html`<time datetime="${text}">${text.slice(0, 16).replace('T', ' ')}</time>`
}

export const amount = (minor: number, currency: string): Html =>
  html`<span class="money amount">${spell(minor, currency)}</span>`

const tones: Readonly<Record<string, string>> = {
  succeeded: 'good',
  paid: 'good',
  won: 'good',
  active: 'good',
  delivered: 'good',
  enabled: 'good',
  pending: 'wait',
  processing: 'wait',
  waiting: 'wait',
  sending: 'wait',
  held: 'wait',
  under_review: 'wait',
  requires_capture: 'wait',
  trialing: 'wait',
  requires_action: 'warn',
  needs_response: 'warn',
  warning_needs_response: 'warn',
  warning_under_review: 'warn',
  past_due: 'warn',
  refunded: 'calm',
  'partly refunded': 'calm',
  failed: 'bad',
  lost: 'bad',
  disputed: 'bad',
  inquiry: 'warn',
  dropped: 'bad',
  canceled: 'calm',
  warning_closed: 'calm',
}

export const badge = (status: string): Html =>
  html`<span class="badge" data-tone="${tones[status] ?? 'calm'}">${status.replaceAll('_', ' ')}</span>`

export const id = (value: string | null | undefined, href?: string): Html =>
  !value
    ? html`<span class="quiet">—</span>`
    : href
      ? html`<a class="id" title="${value}" href="${href}">${value}</a>`
      : html`<code class="id" title="${value}">${value}</code>`

export type Column<T> = {
  readonly name: string
  readonly right?: boolean
  readonly show: (row: T) => Html | string
}

/** A table, or the sentence that stands for its absence. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[], empty: string): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${columns.map(({ name, right }) => html`<th scope="col" ${right ? html` class="right"` : ''}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map(({ show, right }) => html`<td${right ? html` class="right"` : ''}>${show(row)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

const perPage = 25

/** The rows of one page, newest first, with the links to the others. */
export function paged<T>(place: Place, rows: readonly T[]): { shown: T[]; pager: Html } {
  const last = Math.max(1, Math.ceil(rows.length / perPage))
  const page = Math.min(Math.max(1, place.page), last)
  const from = rows.length - page * perPage
  const shown = rows.slice(Math.max(0, from), from + perPage).reverse()
  const to = (number: number, text: string) =>
    number < 1 || number > last
      ? html`<span class="quiet">${text}</span>`
      : html`<a href="${link(place, { page: number })}">${text}</a>`
  const pager =
    last === 1
      ? html``
      : html`<nav class="pager" aria-label="Pages">
          ${to(page - 1, '← Newer')}<span>Page ${page} of ${last}</span>${to(page + 1, 'Older →')}
        </nav>`
  return { shown, pager }
}

type Action = {
  readonly path: string
  readonly fields?: Readonly<Record<string, string | number | boolean>>
  readonly method?: string
  readonly tone?: string
  readonly inputs?: Html
}

/** A button that sends one control request and then shows the page anew. */
export function action(
  text: string,
  { path, fields = {}, method = 'POST', tone = 'plain', inputs = html`` }: Action,
): Html {
  return html`<form class="action" data-path="${path}" data-method="${method}" data-fields="${JSON.stringify(fields)}">
    ${inputs}<button data-tone="${tone}">${text}</button>
  </form>`
}

export const facts = (pairs: readonly (readonly [string, Html | string])[]): Html =>
  html`<dl class="facts">
    ${pairs.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`

export const section = (title: string, body: Html, note = ''): Html =>
  html`<section>
    <header>
      <h2>${title}</h2>
      ${note === '' ? '' : html`<p class="quiet">${note}</p>`}
    </header>
    ${body}
  </section>`

export const json = (value: unknown): Html => html`<pre>${JSON.stringify(value, null, 2)}</pre>`
