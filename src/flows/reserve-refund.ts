import type { App } from '../app.ts'
import type { Tx } from '../db/connect.ts'
import type { PaymentRow } from '../db/payments.ts'
import { reserve } from '../db/refunds.ts'
import type { RequestRow } from '../db/requests.ts'
import type { AccessChoice } from '../domain/decision.ts'
import { newId, type RefundId } from '../domain/ids.ts'
import type { Money } from '../domain/money.ts'
import { stripeReason, type Reason } from '../domain/reasons.ts'
import { Bug } from '../domain/refusal.ts'

/**
 * Sets the money aside and freezes the call that will be made: one idempotency key for the refund's whole life, and the
 * body byte for byte. The amount is always said, also for all of it: without one Stripe takes what is left, which may have
 * changed. Payment and request are locked, and there is room: a caller that has not looked is a Bug.
 */
export async function reserveRefund(
  app: App,
  tx: Tx,
  {
    request,
    payment,
    decision,
    amount,
    access,
  }: { request: RequestRow; payment: PaymentRow; decision: string; amount: Money; access: AccessChoice },
): Promise<RefundId> {
  const id = newId('rf')
  const of =
    payment.stripe_payment_intent === null
      ? { charge: payment.stripe_charge }
      : { payment_intent: payment.stripe_payment_intent }
  const body = JSON.stringify({
    ...of,
    amount: amount.minor,
    reason: stripeReason(request.reason as Reason),
    metadata: { moneyback_refund: id, moneyback_request: request.id },
  })
  const reserved = await reserve(tx, {
    account: app.account,
    id,
    payment: payment.id,
    request: request.id,
    decision,
    amount,
    access,
    key: `moneyback-${id}`,
    body,
    at: app.now(),
  })
  if (!reserved) throw new Bug(`no room for ${amount.minor} ${amount.currency} on ${payment.id}`)
  return id
}
