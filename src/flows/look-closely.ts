import type { App } from '../app.ts'
import { findPayment, type PaymentRow } from '../db/payments.ts'
import { refundsOfPaymentAtStripe } from '../stripe/refunds.ts'
import { observePayment } from './observe-payment.ts'
import { observeRefund } from './observe-refund.ts'

/**
 * Looks at everything about a payment that can change what may be done with its money: disputes, fraud warnings, and
 * refunds made elsewhere, which are adopted. Done before anything is decided and before anything is sent.
 * Undefined: Stripe knows no such payment. Throws when Stripe can't be asked.
 */
export async function lookClosely(app: App, reference: string): Promise<PaymentRow | undefined> {
  const payment = await observePayment(app, reference, { thorough: true })
  if (payment === undefined) return undefined
  const refunds = await refundsOfPaymentAtStripe(app.stripe, {
    payment_intent: payment.stripe_payment_intent,
    charge: payment.stripe_charge,
  })
  for (const refund of refunds) await observeRefund(app, refund)
  return findPayment(app.db, app.account, payment.id)
}
