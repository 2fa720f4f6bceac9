import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import type { App } from '../../app.ts'
import { portalRequest } from '../../db/portal-requests.ts'
import { usePortalSession } from '../../db/portal-sessions.ts'
import { portalPayments, type PortalPaymentRow } from '../../db/portal-payments.ts'
import { requestsOfPayment } from '../../db/requests.ts'
import type { Language } from '../../domain/languages.ts'
import { paymentBadges, type PaymentBadge } from '../../flows/payment-badges.ts'
import { judge } from '../../flows/judge.ts'
import { amount, day } from '../../web/portal/format.ts'
import { fill } from '../../web/portal/words/fill.ts'
import type { Words } from '../../web/portal/words/words.ts'
import { sessionSecret } from './guard.ts'
import { ownPortalWords } from './own-page-words.ts'
import { reasonWords } from './reasons.ts'
import { headlineOf } from './status-page.ts'
import { paymentEntry, previewView, requestView } from './views.ts'
import type { PaymentEntry, ReasonWords } from './wire.ts'

type Html = ReturnType<typeof html> | string

/**
 * What stands in a page until its script is there: the words that it begins with, which the server knows already, and bones
 * for the rest. A slow line shows within its first second what the page is about.
 */
export async function outline(app: App, c: Context, language: Language): Promise<Html> {
  const words = await ownPortalWords(app, language)
  const path = c.req.path.replace(/\/+$/, '')
  if (path === '/portal/sign-in' && app.config.smtpUrl !== undefined) return signIn(words)
  const known = /^\/portal(\/payments\/pay_\w+|\/payments\/pay_\w+\/refund|\/requests\/rr_\w+)?$/.test(path)
  const secret = known ? sessionSecret(app, c) : undefined
  const session = secret === undefined ? undefined : await usePortalSession(app.db, app.account, secret, app.now())
  // The link in a mail shows one request and nothing else.
  const other = session?.request != null && path !== `/portal/requests/${session.request}`
  if (session === undefined || other) return bones(/^\/portal(\/enter|\/embed)?$/.test(path) ? 'list' : 'page')
  if (path === '/portal')
    return html`${steps(words, 1)}${title(words.payments.title, words.payments.lead)}${bones('list')}`
  const reader = { language, words, now: app.now() }
  const payment = /^\/portal\/payments\/(pay_\w+)/.exec(path)?.[1]
  if (payment !== undefined) {
    const [row] = await portalPayments(app.db, app.account, session.owners, payment)
    if (row === undefined) return bones('page')
    const badge = (await paymentBadges(app, [row], language)).get(row.id)!
    const entry = paymentEntry(row, badge, reader.now)
    if (entry.request?.open) return bones('page')
    const reason = c.req.query('reason') ?? ''
    const reasons = await reasonWords(app, language)
    if (!path.endsWith('/refund')) return why(entry, reader, reasons)
    return reasons.choices.includes(reason) ? whatHappens(app, row, badge, reason, reader) : bones('page')
  }
  const row = await portalRequest(app.db, app.account, session.owners, path.split('/').at(-1)!, reader.now)
  if (row === undefined) return bones('page')
  return html`${headlineOf(requestView(row, { ...reader, locale: language }), reader)}
    <div class="skeleton"><span class="bone sheet"></span></div>`
}

const bones = (of: 'list' | 'page'): Html => {
  const card = raw('<span class="bone card"></span>')
  return html`<div class="skeleton">
    ${of === 'list' ? [card, card, card] : raw('<span class="bone sheet"></span>')}
  </div>`
}

const title = (headline: string, lead: string): Html =>
  html`<h1>${headline}</h1>
    <p class="lead">${lead}</p>`

function steps({ steps: names }: Words, at: 1 | 2 | 3): Html {
  return html`<div class="steps">
    <ol>
      ${[names.what, names.why, names.then].map(
        (name, index) =>
          html`<li data-state="${index + 1 < at ? 'done' : index + 1 === at ? 'current' : 'next'}">
            <span>${name}</span>
          </li>`,
      )}
    </ol>
  </div>`
}

type Reader = { readonly language: Language; readonly words: Words; readonly now: Date }

function line({ what, amount_minor, currency, paid_at }: PaymentEntry, { language, words }: Reader): Html {
  return html`<span class="payment-line"
    ><span class="what">${what}</span>
    <span class="money">${amount(amount_minor, currency, language)}</span>
    <span class="details">${fill(words.payments.paid, { date: day(paid_at, language) })}</span></span
  >`
}

function why(payment: PaymentEntry, reader: Reader, reasons: ReasonWords): Html {
  const { words } = reader
  const { kind } = payment.badge
  const headline =
    kind === 'refunded' ? words.badges.refunded : kind === 'not_refundable' ? words.why.not_refundable : words.why.title
  const asks = headline === words.why.title
  return html`${asks ? steps(words, 2) : ''}
    <nav class="crumb"><span class="quiet-link">${words.payments.title}</span></nav>
    <section class="sheet chosen">
      ${line(payment, reader)}<span class="standing"><span class="bone"></span></span>
    </section>
    <h1>${headline}</h1>
    ${asks ? html`<div class="reasons">${reasons.choices.map((code) => html`<span class="reason"><span>${reasons.names[code]}</span></span>`)}</div>` : ''}`
}

async function whatHappens(
  app: App,
  row: PortalPaymentRow,
  badge: PaymentBadge,
  reason: string,
  reader: Reader,
): Promise<Html> {
  const { words, language } = reader
  // From what is known. Stripe is looked at by the script's own question, so that the page does not wait for it.
  const { decision } = await judge(app, row, {
    amount_minor: null,
    reason,
    channel: 'portal',
    comment_length: 0,
    attempt: 1 + (await requestsOfPayment(app.db, app.account, row.id)).length,
    at: reader.now,
  })
  const entry = paymentEntry(row, badge, reader.now)
  const preview = previewView(entry, row, decision, { ...reader, locale: language })
  const { then } = words
  const headline = { approve: then.title, review: then.review_title, deny: then.deny_title }[preview.verdict]
  return html`${steps(words, 3)}
    <h1>${headline}</h1>
    ${preview.verdict === 'review' ? html`<p class="lead">${then.review_lead}</p>` : ''}
    <section class="sheet">
      ${
        preview.verdict === 'approve'
          ? html`<p class="get">
              <span class="label">${then.you_get}</span
              ><strong class="figure">${amount(preview.amount_minor, preview.currency, language)}</strong>
            </p>`
          : line(entry, reader)
      }
      ${preview.say === null ? '' : html`<p class="say" lang="${preview.say_language}">${preview.say}</p>`}
    </section>`
}

function signIn({ sign_in: words }: Words): Html {
  return html`<div class="sign-in">
    ${title(words.title, words.lead)}
    <div class="skeleton"><span class="bone card"></span></div>
  </div>`
}
