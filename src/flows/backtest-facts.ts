import type { Books } from '../app.ts'
import { factsAbout, pastOf, subscriptionsOf, type CustomerPast, type SubscriptionPast } from '../db/backtest-pages.ts'
import type { PaymentRow } from '../db/payments.ts'
import type { CustomerFacts, Facts, MerchantFact, SubscriptionFacts } from '../domain/facts.ts'
import { money } from '../domain/money.ts'
import { paymentFacts } from './gather-facts.ts'

/** As many as a live request knows. */
const mostPayments = 1000

const nobody: CustomerPast = { created_at: null, country: null, tags: [], payments: [], refunds: [], requests: [] }

/**
 * The facts of payments as if their owners had asked for everything at an instant of their own: refunds and requests that came later are not
 * there yet. What has no past in our books is taken as it is today: the dispute, the country, the tags, and the merchant's own facts.
 */
export async function factsOnDays(
  app: Books,
  payments: readonly { readonly row: PaymentRow; readonly at: Date }[],
): Promise<Facts[]> {
  const customers = unique(payments.map(({ row }) => row.customer_id))
  const [pasts, subscriptions, told] = await Promise.all([
    pastOf(app.db, app.account, customers),
    subscriptionsOf(app.db, app.account, unique(payments.map(({ row }) => row.subscription_id))),
    factsAbout(app.db, app.account, [...customers, ...payments.map(({ row }) => row.id)]),
  ])
  return payments.map(({ row, at }) => {
    const past = (row.customer_id === null ? undefined : pasts.get(row.customer_id)) ?? nobody
    const before = <T extends { at: Date }>(list: readonly T[]): T[] => list.filter((each) => each.at < at)
    const refunded = before(past.refunds).filter(({ payment }) => payment === row.id)
    const reserved_minor = refunded.reduce((sum, { minor }) => sum + minor, 0)
    const payment = paymentFacts({ ...row, reserved_minor })
    return {
      now: at,
      payment,
      customer: customerFacts(row, past, at),
      subscription: subscriptionFacts(row, subscriptions.get(row.subscription_id ?? ''), at),
      request: {
        amount: payment.refundable,
        reason: 'changed_mind',
        channel: 'portal',
        comment_length: 0,
        attempt: 1 + before(past.requests).filter((each) => each.payment === row.id).length,
      },
      merchant: merchantFacts([...(told.get(row.customer_id ?? '') ?? []), ...(told.get(row.id) ?? [])], at),
    }
  })
}

const unique = (ids: readonly (string | null)[]): string[] => [...new Set(ids.filter((id) => id !== null))]

function customerFacts({ customer_id, currency }: PaymentRow, past: CustomerPast, at: Date): CustomerFacts {
  const sum = (list: readonly { minor: number; currency: string }[]): number =>
    list.reduce((total, each) => (each.currency === currency ? total + each.minor : total), 0)
  const paid = past.payments.filter(({ paid_at }) => paid_at <= at)
  const refunds = past.refunds.filter((each) => each.at < at)
  return {
    id: customer_id ?? '',
    created_at: past.created_at ?? undefined,
    country: past.country ?? undefined,
    lifetime_value: money(Math.max(0, sum(paid) - sum(refunds)), currency),
    refunded_at: refunds.map((each) => each.at),
    requested_at: past.requests.filter((each) => each.at < at).map((each) => each.at),
    ...(customer_id === null ? {} : { paid: paidUntil(past, currency, at) }),
    disputes: paid.filter(({ disputed }) => disputed).length,
    tags: past.tags,
  }
}

/** What was paid up to then in a currency and had not been given back: as `customerHistory` gathers it for a live request. */
function paidUntil(
  { payments, refunds }: CustomerPast,
  currency: string,
  at: Date,
): NonNullable<CustomerFacts['paid']> {
  const given = new Map<string, number>()
  for (const { payment, minor, at: when } of refunds)
    if (when < at) given.set(payment, (given.get(payment) ?? 0) + minor)
  return payments
    .filter((each) => each.captured && each.currency === currency && each.paid_at <= at)
    .toSorted((a, b) => a.paid_at.getTime() - b.paid_at.getTime())
    .slice(-mostPayments)
    .map(({ id, paid_at, minor }) => ({
      at: paid_at,
      amount: money(Math.max(0, minor - (given.get(id) ?? 0)), currency),
    }))
}

function subscriptionFacts(
  row: PaymentRow,
  past: SubscriptionPast | undefined,
  at: Date,
): SubscriptionFacts | undefined {
  if (past === undefined) return undefined
  const ended = past.ended_at !== null && past.ended_at <= at
  const { period_start: start, period_end: end } = row
  return {
    id: past.id,
    status: ended || past.ended_at === null ? past.status : 'active',
    started_at: past.started_at,
    trial_end: past.trial_end ?? undefined,
    current_period: !ended && start !== null && end !== null && start <= at && at < end,
  }
}

/** The values of today, as if they had been told at the instant of asking: what is known of usage has no past. */
function merchantFacts(
  told: readonly { name: string; value: MerchantFact['value']; as_of: Date }[],
  at: Date,
): Facts['merchant'] {
  return Object.fromEntries(told.map(({ name, value, as_of }) => [name, { value, as_of: as_of < at ? as_of : at }]))
}
