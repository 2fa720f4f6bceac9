import Stripe from 'stripe'
import { allPages, expectObject, idOf, StrangeAnswer } from './answers.ts'

/** What a refund says at Stripe, as far as we need it. */
export type SeenRefund = {
  readonly id: string
  readonly amount_minor: number
  readonly currency: string
  readonly status: string | null
  readonly payment_intent: string | null
  readonly charge: string | null
  readonly reason: string | null
  readonly failure_reason: string | null
  /** While it is pending: insufficient_funds, charge_pending, processing, or a word that is newer than this program. */
  readonly pending_reason: string | null
  /** Our own id, put into the metadata when we made it: what ties the two worlds. */
  readonly ours: string | null
  readonly metadata: Readonly<Record<string, string>>
  /** What the customer can quote to the bank: ARN, STAN or RRN. */
  readonly reference: string | null
  readonly created: Date
}

/** What a send came to. Only `answered` and `refused` say anything about the money. */
export type SendOutcome =
  | { readonly kind: 'answered'; readonly refund: SeenRefund }
  /** Stripe said no, and nothing moved. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly missing: boolean }
  /** Not executed, not kept under the key: the same again. */
  | { readonly kind: 'not_now'; readonly message: string; readonly wait_ms: number | null }
  /** The key is wrong or lacks a right. */
  | { readonly kind: 'credential'; readonly message: string }
  /** A refusal of the key that Stripe has kept under the idempotency key, and repeats although the key is right now. */
  | { readonly kind: 'kept_no'; readonly message: string }
  /** A 5xx: kept under the key, and says nothing about the money. */
  | { readonly kind: 'indeterminate'; readonly message: string }
  /** No answer, half an answer, or a strange one. */
  | { readonly kind: 'unknown'; readonly message: string }
  /** Stripe saw other parameters under this key before. Can't happen while the body is frozen. */
  | { readonly kind: 'bug'; readonly message: string }

/** Sends the frozen body under its key, once. Never throws: whatever happens is an outcome. */
export async function createRefund(stripe: Stripe, body: string, idempotencyKey: string): Promise<SendOutcome> {
  try {
    const answer = await stripe.refunds.create(JSON.parse(body) as Stripe.RefundCreateParams, { idempotencyKey })
    if (answer.lastResponse.statusCode !== 200) throw new StrangeAnswer('a refund with a strange status code')
    return { kind: 'answered', refund: seen(expectObject(answer, 'refund')) }
  } catch (error) {
    return classify(error)
  }
}

/** docs.stripe.com/error-low-level: what each kind of error says about whether something happened. */
export function classify(error: unknown): SendOutcome {
  const message = error instanceof Error ? error.message : String(error)
  if (!(error instanceof Stripe.errors.StripeError)) return { kind: 'unknown', message }
  const { statusCode, code, headers } = error
  // Since a 409 of an idempotency clash is a StripeAPIError in the SDK, the status and Stripe's own type decide, not the class.
  if (statusCode === undefined) return { kind: 'unknown', message }
  if (error.rawType === 'idempotency_error' && statusCode !== 409) return { kind: 'bug', message }
  const replayed = headers?.['idempotent-replayed'] === 'true'
  if (statusCode === 401 || statusCode === 403) return { kind: replayed ? 'kept_no' : 'credential', message }
  if (statusCode === 409 || statusCode === 429 || headers?.['stripe-should-retry'] === 'true') {
    const seconds = Number(headers?.['retry-after'])
    return { kind: 'not_now', message, wait_ms: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null }
  }
  // 502, 503 and 504 come from before Stripe's books. Were one kept under the key, it would come back as a replay.
  if (statusCode > 501 && statusCode < 505 && !replayed) return { kind: 'unknown', message }
  if (statusCode >= 500) return { kind: 'indeterminate', message }
  if (statusCode === 400 || statusCode === 402 || statusCode === 404) {
    return { kind: 'refused', code: code ?? 'refused', message, missing: statusCode === 404 }
  }
  return { kind: 'unknown', message }
}

/** All refunds of a payment, every page. Throws when one page can't be had. */
export async function refundsOfPaymentAtStripe(
  stripe: Stripe,
  payment: { payment_intent: string | null; charge: string },
): Promise<SeenRefund[]> {
  const of = payment.payment_intent === null ? { charge: payment.charge } : { payment_intent: payment.payment_intent }
  return (await allPages((from) => stripe.refunds.list({ ...of, ...from }))).map(seen)
}

/** All refunds made since an instant, ours and others'. */
export async function refundsSince(stripe: Stripe, since: Date): Promise<SeenRefund[]> {
  const gte = Math.floor(since.getTime() / 1000)
  return (await allPages((from) => stripe.refunds.list({ created: { gte }, ...from }))).map(seen)
}

export async function retrieveRefund(stripe: Stripe, id: string): Promise<SeenRefund> {
  return seen(expectObject(await stripe.refunds.retrieve(id), 'refund'))
}

/**
 * Asks Stripe to give up a refund that waits for the customer's bank details: the only one that its API cancels
 * (docs.stripe.com/refunds, Cancel a refund). Asking twice is asking once. Throws as the SDK does.
 */
export async function cancelRefundAtStripe(stripe: Stripe, id: string, idempotencyKey: string): Promise<SeenRefund> {
  return seen(expectObject(await stripe.refunds.cancel(id, {}, { idempotencyKey }), 'refund'))
}

function seen(refund: Stripe.Refund): SeenRefund {
  const metadata = refund.metadata ?? {}
  const details = refund.destination_details
  const method =
    details?.type === undefined
      ? undefined
      : (details as unknown as Record<string, { reference?: string | null }>)[details.type]
  return {
    id: refund.id,
    amount_minor: refund.amount,
    currency: refund.currency,
    status: refund.status,
    payment_intent: idOf(refund.payment_intent),
    charge: idOf(refund.charge),
    reason: refund.reason,
    failure_reason: refund.failure_reason ?? null,
    pending_reason: refund.status === 'pending' ? (refund.pending_reason ?? null) : null,
    ours: metadata['moneyback_refund'] ?? null,
    metadata,
    reference: method?.reference ?? null,
    created: new Date(refund.created * 1000),
  }
}
