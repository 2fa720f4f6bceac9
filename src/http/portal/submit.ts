import type { App } from '../../app.ts'
import { findPayment } from '../../db/payments.ts'
import { claimNextRequest, releaseNextRequest, requestAfter } from '../../db/portal-payments.ts'
import type { Refusal } from '../../domain/refusal.ts'
import { appealRequest } from '../../flows/appeal-request.ts'
import { lookClosely } from '../../flows/look-closely.ts'
import { previewDecision } from '../../flows/preview-decision.ts'
import { submitRequest } from '../../flows/submit-request.ts'
import { isAway } from '../../stripe/answers.ts'
import { tooOften } from '../limits.ts'
import { markOf } from './views.ts'
import type { NewRequestBody } from './wire.ts'

export type Submitted =
  | { readonly end: 'made'; readonly id: string; readonly existing: boolean }
  /** It is not as it was shown any more; nothing was done. */
  | { readonly end: 'changed' }
  | { readonly end: 'in_flight' }
  | { readonly end: 'too_often'; readonly seconds: number }
  | { readonly end: 'refused'; readonly no: Refusal }

type Asking = NewRequestBody & {
  readonly customer: string
  /** Everybody who is this person. */
  readonly owners: readonly string[]
  readonly locale: string
}

/**
 * Makes the request that a customer agreed to, once, however often and from however many tabs it is sent: a request is named
 * by the one that it comes after on its payment, and where that place is taken the answer is the one that took it.
 */
export async function submitOnce(app: App, asking: Asking): Promise<Submitted> {
  const there = () => requestAfter(app.db, app.account, asking.payment, asking.after)
  const before = await there()
  if (before !== undefined) return { end: 'made', id: before, existing: true }
  const seconds = await tooOften(app, 'submit', asking.customer)
  if (seconds !== undefined) return { end: 'too_often', seconds }

  const principal = `customer:${asking.customer}`
  const next = `next:${asking.payment}:${asking.after ?? 'first'}`
  if (!(await claimNextRequest(app.db, app.account, principal, next, app.now()))) return { end: 'in_flight' }
  try {
    // Once more under the claim: the one who held it before may have made the request in between.
    const meanwhile = await there()
    return meanwhile === undefined ? await ask(app, asking) : { end: 'made', id: meanwhile, existing: true }
  } finally {
    await releaseNextRequest(app.db, app.account, principal, next)
  }
}

async function ask(app: App, asking: Asking): Promise<Submitted> {
  const { payment, reason, customer, comment, locale } = asking
  await lookAgain(app, payment)
  const preview = await previewDecision(app, { payment, reason, comment, customer, channel: 'portal' })
  if (!preview.ok) return { end: 'refused', no: preview.no }
  if (markOf(preview.value.decision) !== asking.shown) return { end: 'changed' }

  const by = `customer:${customer}` as const
  const made = await submitRequest(app, {
    payment,
    reason,
    customer,
    comment,
    locale,
    files: { ids: asking.files ?? [], senders: asking.owners },
    channel: 'portal',
    by,
  })
  if (!made.ok && made.no.code === 'request_already_open') return { end: 'made', id: made.no.request, existing: true }
  if (!made.ok) return { end: 'refused', no: made.no }
  if (asking.ask_person) await appealRequest(app, { id: made.value.id, by, customer, comment })
  return { end: 'made', id: made.value.id, existing: false }
}

/**
 * Looks at the payment in Stripe before the answer is compared with what was shown: a refund made there a moment ago would
 * change it. With Stripe away the request is taken all the same and decided when Stripe is back.
 */
export async function lookAgain(app: App, id: string): Promise<void> {
  const payment = await findPayment(app.db, app.account, id)
  try {
    if (payment !== undefined) await lookClosely(app, payment.stripe_charge)
  } catch (error) {
    if (!isAway(error)) throw error
  }
}
