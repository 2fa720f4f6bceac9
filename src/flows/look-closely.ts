import { sql } from 'kysely'
import type { App } from '../app.ts'
import { findPayment, type PaymentRow } from '../db/payments.ts'
import { chargeAtStripe } from '../stripe/payments.ts'
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

/**
 * One question instead of five, for a refund that was never sent: the charge says whether it was disputed and how much of it
 * was given back. Where that is what we know, nothing has happened since the decision; else we look closely.
 */
export async function glance(app: App, payment: PaymentRow): Promise<PaymentRow | undefined> {
  const charge = await chargeAtStripe(app.stripe, payment.stripe_charge)
  if (charge === undefined) return undefined
  const { rows } = await sql<{ refunded: number }>`
    select coalesce(sum(amount_minor), 0)::bigint as refunded from refund
    where account_id = ${app.account} and payment_id = ${payment.id} and stripe_refund_id is not null
      and status in ('pending', 'requires_action', 'succeeded')`.execute(app.db)
  const asWeKnow =
    !charge.disputed &&
    payment.dispute === 'none' &&
    charge.amount_refunded === rows[0]!.refunded &&
    charge.amount_captured === payment.captured_minor
  return asWeKnow ? payment : lookClosely(app, payment.stripe_charge)
}
