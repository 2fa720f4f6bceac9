import type { App } from '../app.ts'
import { crashPoint } from '../crash-point.ts'
import { inTransaction, type Tx } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { findPayment, refundableOf, type PaymentRow } from '../db/payments.ts'
import { reasonsOf } from '../db/reasons.ts'
import { findOpenRequest, findRequest, insertRequest } from '../db/requests.ts'
import type { Actor } from '../domain/actor.ts'
import { newId, type BundleId, type RequestId } from '../domain/ids.ts'
import { step } from '../domain/money.ts'
import { wrongReason, type Reason } from '../domain/reasons.ts'
import { no, ok, type Refusal, type Result } from '../domain/refusal.ts'
import { isAway } from '../stripe/answers.ts'
import { decideRequest } from './decide-request.ts'
import { observePayment } from './observe-payment.ts'
import { filesAreThere, tieFiles, type SentFiles } from './tie-files.ts'

export type Asking = {
  /** The id that the request will have, for a caller who may ask again with it. The same id is the same request. */
  readonly id?: RequestId | undefined
  /** `pi_…`, `ch_…` or `pay_…`. */
  readonly payment: string
  readonly reason: string
  /** Minor units; nothing: as much as the policy gives. */
  readonly amount_minor?: number | undefined
  readonly currency?: string | undefined
  readonly comment?: string | undefined
  readonly channel: 'portal' | 'admin' | 'api' | 'withdrawal'
  readonly by: Actor
  /** When given, the payment must be theirs: anybody else's is answered as one that doesn't exist. */
  readonly customer?: string | undefined
  readonly locale?: string | undefined
  readonly files?: SentFiles | undefined
}

/** How long an answer is waited for before the request is left to the job that goes on with it. */
const answerWithinMs = 6_000

/**
 * Takes a request and, where Stripe answers, has it decided at once. What was accepted is kept whatever happens next: with
 * Stripe away it stays `submitted` and is decided when Stripe is back.
 * Refuses: attachment_not_found, payment_not_found, reason_unknown, reason_archived, amount_invalid, currency_mismatch, more_than_is_left, request_already_open,
 * stripe_unreachable (only for a payment that was never seen).
 */
export async function submitRequest(app: App, asking: Asking): Promise<Result<{ id: RequestId }>> {
  const { id = newId('rr') } = asking
  if (asking.id && (await findRequest(app.db, app.account, id))) return ok({ id })
  const found = await paymentFor(app, asking)
  if (!found.ok) return found
  const payment = found.value
  const wrong = checkAsking(asking, payment, await reasonsOf(app.db, app.account))
  if (wrong) return no(wrong)
  if (!(await filesAreThere(app, asking.files))) return no({ code: 'attachment_not_found' })

  const written = await inTransaction(app.db, (tx) => writeRequest(app, tx, { id, payment, asking }))
  if (!written) {
    if (asking.id && (await findRequest(app.db, app.account, id))) return ok({ id })
    const open = await findOpenRequest(app.db, app.account, payment.id)
    return no({ code: 'request_already_open', request: open?.id ?? 'closed just now' })
  }
  crashPoint('after-submit')
  await answerSoon(app, [id])
  return ok({ id })
}

/** Writes a request and its audit; false, and nothing written, when the payment has an open one. */
export async function writeRequest(
  app: App,
  tx: Tx,
  {
    id,
    payment,
    asking,
    bundle = null,
  }: {
    id: RequestId
    payment: PaymentRow
    asking: Omit<Asking, 'id' | 'payment' | 'customer'>
    bundle?: BundleId | null
  },
): Promise<boolean> {
  const now = app.now()
  const fresh = await insertRequest(tx, {
    account_id: app.account,
    id,
    payment_id: payment.id,
    customer_id: payment.customer_id,
    asked_minor: asking.amount_minor ?? null,
    currency: payment.currency,
    reason: asking.reason,
    comment: asking.comment?.trim() || null,
    channel: asking.channel,
    created_by: asking.by,
    locale: asking.locale ?? null,
    bundle_id: bundle,
    created_at: now,
    next_at: new Date(now.getTime() + answerWithinMs),
  })
  if (!fresh) return false
  await tieFiles(app, tx, asking.files, { request: id })
  await audit(tx, {
    account: app.account,
    at: now,
    actor: asking.by,
    action: 'request.submitted',
    subject: id,
    detail: {
      payment: payment.id,
      customer: payment.customer_id,
      reason: asking.reason,
      amount_minor: asking.amount_minor ?? null,
      ...(bundle !== null && { bundle }),
    },
  })
  return true
}

/** Finds the payment here, else in Stripe. Somebody else's is not found, in the same words. */
export async function paymentFor(
  app: App,
  { payment: reference, customer }: Pick<Asking, 'payment' | 'customer'>,
): Promise<Result<PaymentRow>> {
  const known = await findPayment(app.db, app.account, reference)
  try {
    const payment = known ?? (/^(pi|ch|py)_/.test(reference) ? await observePayment(app, reference) : undefined)
    if (payment === undefined || (customer !== undefined && payment.owner_id !== customer))
      return no({ code: 'payment_not_found' })
    return ok(payment)
  } catch (error) {
    if (isAway(error)) return no({ code: 'stripe_unreachable' })
    throw error
  }
}

/** What can be said against a request before anything is written. */
export function checkAsking(
  asking: Pick<Asking, 'amount_minor' | 'currency' | 'channel'> & { readonly reason?: string | undefined },
  payment: PaymentRow,
  reasons: readonly Reason[],
): Refusal | undefined {
  // A withdrawal is a right: no reason is asked for, and the one that is written down can't be in its way.
  if (asking.reason !== undefined && asking.channel !== 'withdrawal') {
    const wrong = wrongReason(reasons, asking.reason, asking.channel === 'portal' ? 'customer' : 'staff')
    if (wrong) return wrong
  }
  if (asking.currency !== undefined && asking.currency.toLowerCase() !== payment.currency) {
    return { code: 'currency_mismatch', payment: payment.currency, given: asking.currency }
  }
  return asking.amount_minor === undefined ? undefined : checkAmount(asking.amount_minor, payment)
}

/** An amount must be a whole number of minor units that Stripe can pay in this currency, and still be there. */
export function checkAmount(minor: number, payment: PaymentRow): Refusal | undefined {
  if (!Number.isSafeInteger(minor) || minor < 1) {
    return { code: 'amount_invalid', because: 'amount is a whole number of minor units, 1 or more (4900 for 49.00).' }
  }
  const unit = step(payment.currency)
  if (minor % unit !== 0) {
    return {
      code: 'amount_invalid',
      because: `Stripe pays ${payment.currency.toUpperCase()} in steps of ${unit} minor units.`,
    }
  }
  const left = refundableOf(payment)
  return minor > left.minor ? { code: 'more_than_is_left', left } : undefined
}

/** Has requests decided where Stripe answers soon; what takes longer is left to the job. */
export function answerSoon(app: App, ids: readonly RequestId[]): Promise<void> {
  return withDeadline(Promise.all(ids.map((id) => decideRequest(app, id))), answerWithinMs)
}

/** Waits for `work` no longer than `ms`; it goes on by itself afterwards. What it throws is left to the job. */
async function withDeadline(work: Promise<unknown>, ms: number): Promise<void> {
  const settled = work.then(
    () => undefined,
    () => undefined,
  )
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((done) => (timer = setTimeout(done, ms)))
  await Promise.race([settled, late])
  clearTimeout(timer)
}
