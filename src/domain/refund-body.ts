import { rulesOfMethod } from './payment-methods.ts'
import type { StripeReason } from './reasons.ts'

/** What of a payment decides how its refund is asked for at Stripe. */
export type PaidAtStripe = {
  readonly stripe_payment_intent: string | null
  readonly stripe_charge: string
  readonly method: string | null
  readonly transfer_destination: string | null
  readonly application_fee: boolean
}

/** How the account wants Connect payments given back: see `account` in migrations/0005_roads.sql. */
export type ConnectSettings = { readonly refund_application_fee: boolean; readonly reverse_transfer: boolean }

/**
 * The call that makes a refund, byte for byte as it will be sent, and sent again. The amount is always said, also for all of
 * it: without one Stripe takes what is left, which may have changed. Connect's switches are sent only where the payment has
 * something to give back: Stripe refuses them elsewhere (docs.stripe.com/connect/destination-charges, Issue refunds).
 */
export function refundBody(
  payment: PaidAtStripe,
  {
    refund,
    request,
    reason,
    amount_minor,
    email,
    connect,
  }: {
    readonly refund: string
    readonly request: string
    /** What the request's reason says to Stripe. */
    readonly reason: StripeReason
    readonly amount_minor: number
    /** Where Stripe can ask the customer for bank details. */
    readonly email: string | null
    readonly connect: ConnectSettings
  },
): string {
  const of =
    payment.stripe_payment_intent === null
      ? { charge: payment.stripe_charge }
      : { payment_intent: payment.stripe_payment_intent }
  const asksForDetails = rulesOfMethod(payment.method).asks_for_bank_details === true
  return JSON.stringify({
    ...of,
    amount: amount_minor,
    reason,
    ...(asksForDetails && email !== null && { instructions_email: email }),
    ...(payment.transfer_destination !== null && connect.reverse_transfer && { reverse_transfer: true }),
    ...(payment.application_fee && connect.refund_application_fee && { refund_application_fee: true }),
    metadata: { moneyback_refund: refund, moneyback_request: request },
  })
}
