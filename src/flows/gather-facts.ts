import type { App } from '../app.ts'
import type { Db } from '../db/connect.ts'
import { findCustomer, findSubscription } from '../db/customers.ts'
import { customerHistory, merchantFacts } from '../db/facts.ts'
import { refundableOf, type PaymentRow } from '../db/payments.ts'
import type { CustomerFacts, Facts, PaymentFacts, RequestFacts, SubscriptionFacts } from '../domain/facts.ts'
import { money } from '../domain/money.ts'

export type Asked = Omit<RequestFacts, 'amount'> & { readonly amount_minor: number | null; readonly at: Date }

/** Gathers everything that a policy may know about a payment and a request, from our own books. Asks nobody outside. */
export async function gatherFacts(app: App, payment: PaymentRow, asked: Asked, db: Db = app.db): Promise<Facts> {
  const [customer, subscription, merchant] = await Promise.all([
    customerFacts(app, payment, db),
    subscriptionFacts(app, payment, db),
    merchantFacts(db, app.account, payment.customer_id, payment.id),
  ])
  const { amount_minor, at, ...request } = asked
  const refundable = refundableOf(payment)
  return {
    now: at,
    payment: paymentFacts(payment),
    customer,
    subscription,
    request: { ...request, amount: money(amount_minor ?? refundable.minor, payment.currency) },
    merchant,
  }
}

export function paymentFacts(row: PaymentRow): PaymentFacts {
  return {
    id: row.id,
    amount: money(row.captured_minor, row.currency),
    refunded: money(row.reserved_minor, row.currency),
    refundable: refundableOf(row),
    paid_at: row.paid_at,
    captured: row.captured,
    method: row.method ?? undefined,
    dispute: row.dispute,
    fraud_warning: row.fraud_warning,
    product: row.product_id ?? undefined,
    product_name: row.product_name ?? undefined,
    interval: row.interval,
    interval_count: row.interval_count,
    first: row.first,
    invoice: row.invoice_id ?? undefined,
    period_start: row.period_start ?? undefined,
    period_end: row.period_end ?? undefined,
    quantity: row.quantity,
  }
}

async function customerFacts(app: App, { customer_id: id, currency }: PaymentRow, db: Db): Promise<CustomerFacts> {
  const nobody = { created_at: undefined, country: undefined, tags: [] }
  if (id === null) {
    return { id: '', ...nobody, lifetime_value: money(0, currency), refunded_at: [], requested_at: [], disputes: 0 }
  }
  const [customer, history] = await Promise.all([
    findCustomer(db, app.account, id),
    customerHistory(db, app.account, id, currency),
  ])
  return {
    id,
    ...nobody,
    created_at: customer?.created_at ?? undefined,
    country: customer?.country ?? undefined,
    tags: customer?.tags ?? [],
    lifetime_value: money(history.lifetime_minor, currency),
    refunded_at: history.refunded_at,
    requested_at: history.requested_at,
    paid: history.paid.map(({ at, minor }) => ({ at, amount: money(minor, currency) })),
    disputes: history.disputes,
  }
}

async function subscriptionFacts(app: App, payment: PaymentRow, db: Db): Promise<SubscriptionFacts | undefined> {
  if (payment.subscription_id === null) return undefined
  const row = await findSubscription(db, app.account, payment.subscription_id)
  if (row === undefined) return undefined
  return {
    id: row.id,
    status: row.status,
    started_at: row.started_at,
    trial_end: row.trial_end ?? undefined,
    current_period: isCurrentPeriod(payment, row),
  }
}

/** Whether a payment paid for the period that runs now: the line's period start is the item's (Stripe, API 2025-03-31). */
export function isCurrentPeriod(
  payment: Pick<PaymentRow, 'period_start'>,
  subscription: { current_period_start: Date | null; status: string },
): boolean {
  return (
    payment.period_start !== null && payment.period_start.getTime() === subscription.current_period_start?.getTime()
  )
}
