import { sql } from 'kysely'
import type { Verdict } from '../domain/decision.ts'
import type { Db } from './connect.ts'
import type { PaymentRow } from './payments.ts'

// Pages by key, so that neither side ever holds more than one of them, however many rows there are.

export type DecidedRow = {
  id: string
  request_id: string
  verdict: Verdict
  amount_minor: number
  currency: string
  rule: string | null
  facts: unknown
}

/** A page of what the policy has answered, with the facts that it was given, in the order of ids. */
export async function decidedPage(
  db: Db,
  account: string,
  { after, until, limit }: { after: string; until: string; limit: number },
): Promise<DecidedRow[]> {
  const { rows } = await sql<DecidedRow>`
    select id, request_id, verdict, amount_minor, currency, rule, facts from decision
    where account_id = ${account} and id > ${after} and id <= ${until} and by = 'policy' order by id limit ${limit}`.execute(
    db,
  )
  return rows
}

/** A page of payments in the order of ids. */
export async function paymentPage(
  db: Db,
  account: string,
  { after, until, limit }: { after: string; until: string; limit: number },
): Promise<PaymentRow[]> {
  const { rows } = await sql<PaymentRow>`
    select * from payment where account_id = ${account} and id > ${after} and id <= ${until} order by id limit ${limit}`.execute(
    db,
  )
  return rows
}

export type CustomerPast = {
  created_at: Date | null
  country: string | null
  tags: string[]
  payments: { id: string; paid_at: Date; minor: number; currency: string; captured: boolean; disputed: boolean }[]
  refunds: { at: Date; payment: string; minor: number; currency: string }[]
  requests: { at: Date; payment: string }[]
}

type Dated<T> = T & { customer_id: string }

/** What is known of the past of some customers, to be cut off at any instant. */
export async function pastOf(
  db: Db,
  account: string,
  customers: readonly string[],
): Promise<Map<string, CustomerPast>> {
  const ids = [...customers]
  const [people, payments, refunds, requests] = await Promise.all([
    sql<Pick<CustomerPast, 'created_at' | 'country' | 'tags'> & { id: string }>`
      select id, created_at, country, tags from customer where account_id = ${account} and id = any(${ids})`.execute(
      db,
    ),
    sql<Dated<CustomerPast['payments'][number]>>`
      select customer_id, id, paid_at, captured_minor as minor, currency, captured, dispute not in ('none', 'inquiry') as disputed
      from payment where account_id = ${account} and customer_id = any(${ids})`.execute(db),
    sql<Dated<CustomerPast['refunds'][number]>>`
      select p.customer_id, r.created_at as at, r.payment_id as payment, r.amount_minor as minor, r.currency
      from refund r join payment p on p.account_id = r.account_id and p.id = r.payment_id
      where r.account_id = ${account} and p.customer_id = any(${ids})
        and r.status in ('reserved', 'unconfirmed', 'pending', 'requires_action', 'succeeded') order by r.created_at`.execute(
      db,
    ),
    sql<Dated<CustomerPast['requests'][number]>>`
      select customer_id, created_at as at, payment_id as payment from refund_request
      where account_id = ${account} and customer_id = any(${ids}) and channel <> 'stripe' order by created_at`.execute(
      db,
    ),
  ])
  const past = new Map<string, CustomerPast>()
  const of = (id: string): CustomerPast => {
    const known = past.get(id) ?? { created_at: null, country: null, tags: [], payments: [], refunds: [], requests: [] }
    past.set(id, known)
    return known
  }
  for (const { id, ...known } of people.rows) Object.assign(of(id), known)
  for (const row of payments.rows) of(row.customer_id).payments.push(row)
  for (const row of refunds.rows) of(row.customer_id).refunds.push(row)
  for (const row of requests.rows) of(row.customer_id).requests.push(row)
  return past
}

export type SubscriptionPast = {
  id: string
  status: string
  started_at: Date
  trial_end: Date | null
  ended_at: Date | null
}

export async function subscriptionsOf(
  db: Db,
  account: string,
  ids: readonly string[],
): Promise<Map<string, SubscriptionPast>> {
  const { rows } = await sql<SubscriptionPast>`
    select id, status, started_at, trial_end, ended_at from subscription
    where account_id = ${account} and id = any(${[...ids]})`.execute(db)
  return new Map(rows.map((row) => [row.id, row]))
}

type KeptFact = { subject: string; name: string; value: string | number | boolean; as_of: Date }

/** The merchant's facts of some customers and payments, by whom they are about. */
export async function factsAbout(
  db: Db,
  account: string,
  subjects: readonly string[],
): Promise<Map<string, KeptFact[]>> {
  const { rows } = await sql<KeptFact>`
    select subject, name, value, as_of from merchant_fact
    where account_id = ${account} and subject = any(${[...subjects]})`.execute(db)
  return Map.groupBy(rows, ({ subject }) => subject)
}
