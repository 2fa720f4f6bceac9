import type { App } from '../app.ts'
import { inTransaction, type Tx } from '../db/connect.ts'
import { findCustomer, findSubscription, saveCustomer, saveSubscription } from '../db/customers.ts'
import { audit } from '../db/journal.ts'
import { findPayment, savePayment, type ObservedPayment, type PaymentRow } from '../db/payments.ts'
import {
  disputeStateOf,
  hasFraudWarning,
  observeCustomerAtStripe,
  observePaymentAtStripe,
  observeSubscriptionAtStripe,
} from '../stripe/payments.ts'
import { heedFraudWarning } from './heed-fraud-warning.ts'

/**
 * Looks at a payment in Stripe and writes down what is so: the payment, its customer and its subscription.
 * `thorough` also asks for disputes and fraud warnings that the payment itself doesn't tell of.
 * Undefined: Stripe knows no such payment, or it was never paid. Throws when Stripe can't be asked.
 */
export async function observePayment(
  app: App,
  reference: string,
  { thorough = false } = {},
): Promise<PaymentRow | undefined> {
  const known = await findPayment(app.db, app.account, reference)
  const asked = known?.stripe_payment_intent ?? known?.stripe_charge ?? reference
  const seen = await observePaymentAtStripe(app.stripe, asked, { account: app.account, seen_at: app.now() })
  if (seen === undefined) return undefined
  const [whole] = await Promise.all([
    thorough ? withWarnings(app, seen) : { ...seen, fraud_warning: known?.fraud_warning ?? false },
    seen.customer_id === null ? undefined : observeCustomer(app, seen.customer_id, { onlyNew: true }),
    seen.subscription_id === null ? undefined : observeSubscription(app, seen.subscription_id, { onlyNew: !thorough }),
  ])
  return inTransaction(app.db, async (tx) => {
    const before = await findPayment(tx, app.account, whole.stripe_charge)
    const saved = await savePayment(tx, whole)
    if (before === undefined || before.dispute !== saved.dispute || before.fraud_warning !== saved.fraud_warning)
      await note(app, tx, before, saved)
    if (saved.fraud_warning && !before?.fraud_warning) await heedFraudWarning(app, tx, saved)
    return saved
  })
}

async function withWarnings(app: App, seen: ObservedPayment): Promise<ObservedPayment> {
  const [dispute, fraud_warning] = await Promise.all([
    disputeStateOf(app.stripe, seen.stripe_charge),
    hasFraudWarning(app.stripe, seen.stripe_charge),
  ])
  return { ...seen, dispute, fraud_warning }
}

async function note(app: App, tx: Tx, before: PaymentRow | undefined, after: PaymentRow): Promise<void> {
  await audit(tx, {
    account: app.account,
    at: app.now(),
    actor: 'stripe',
    action: before === undefined ? 'payment.seen' : 'payment.changed',
    subject: after.id,
    detail: { dispute: after.dispute, fraud_warning: after.fraud_warning, customer: after.customer_id },
  })
}

/** Looks at a customer in Stripe; with `onlyNew` only at one that we don't know yet. */
export async function observeCustomer(app: App, id: string, { onlyNew = false } = {}): Promise<void> {
  if (onlyNew && (await findCustomer(app.db, app.account, id)) !== undefined) return
  const seen = await observeCustomerAtStripe(app.stripe, id, { account: app.account, seen_at: app.now() })
  if (seen !== undefined) await inTransaction(app.db, (tx) => saveCustomer(tx, seen))
}

/** Looks at a subscription in Stripe; with `onlyNew` only at one that we don't know yet. */
export async function observeSubscription(app: App, id: string, { onlyNew = false } = {}): Promise<void> {
  if (onlyNew && (await findSubscription(app.db, app.account, id)) !== undefined) return
  const seen = await observeSubscriptionAtStripe(app.stripe, id, { account: app.account, seen_at: app.now() })
  if (seen !== undefined) await inTransaction(app.db, (tx) => saveSubscription(tx, seen))
}
