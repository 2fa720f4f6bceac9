import { sql } from 'kysely'
import type { Facts } from '../domain/facts.ts'
import type { Db, Tx } from './connect.ts'

export type MerchantFactRow = { subject: string; name: string; value: string | number | boolean; as_of: Date }

/** The merchant's facts about a customer and one payment. What is said of the payment wins over what is said of the customer. */
export async function merchantFacts(
  db: Db,
  account: string,
  customer: string | null,
  payment: string,
): Promise<Facts['merchant']> {
  const { rows } = await sql<MerchantFactRow>`
    select subject, name, value, as_of from merchant_fact
    where account_id = ${account} and subject = any(${[customer ?? payment, payment]})
    order by (subject = ${payment})`.execute(db)
  return Object.fromEntries(rows.map(({ name, value, as_of }) => [name, { value, as_of }]))
}

/** Keeps a fact, unless we hold a younger one: what arrives late doesn't overwrite what is true now. */
export async function saveFact(tx: Tx, account: string, fact: MerchantFactRow, received_at: Date): Promise<void> {
  await sql`
    insert into merchant_fact (account_id, subject, name, value, as_of, received_at)
    values (${account}, ${fact.subject}, ${fact.name}, ${JSON.stringify(fact.value)}::jsonb, ${fact.as_of}, ${received_at})
    on conflict (account_id, subject, name) do update
      set value = excluded.value, as_of = excluded.as_of, received_at = excluded.received_at
      where merchant_fact.as_of <= excluded.as_of`.execute(tx)
}

export type CustomerHistory = {
  refunded_at: Date[]
  requested_at: Date[]
  /** The newest 1000 payments in the currency, less what was given back. */
  paid: { at: Date; minor: number }[]
  disputes: number
  lifetime_minor: number
}

/** What happened before on a customer's account, as far as a policy may ask about it. */
export async function customerHistory(
  db: Db,
  account: string,
  customer: string,
  currency: string,
): Promise<CustomerHistory> {
  const { rows } = await sql<CustomerHistory>`
    select
      coalesce((select array_agg(r.created_at order by r.created_at) from refund r
        join payment p on p.account_id = r.account_id and p.id = r.payment_id
        where r.account_id = ${account} and p.customer_id = ${customer}
          and r.status in ('reserved', 'unconfirmed', 'pending', 'requires_action', 'succeeded')), '{}') as refunded_at,
      coalesce((select array_agg(q.created_at order by q.created_at) from refund_request q
        where q.account_id = ${account} and q.customer_id = ${customer} and q.channel <> 'stripe'), '{}') as requested_at,
      (select coalesce(json_agg(json_build_object('at', one.paid_at, 'minor', one.left_minor) order by one.paid_at), '[]')
        from (select paid_at, captured_minor - least(reserved_minor, captured_minor) as left_minor from payment
          where account_id = ${account} and customer_id = ${customer} and currency = ${currency} and captured
          order by paid_at desc limit 1000) one) as paid,
      (select count(*) from payment where account_id = ${account} and customer_id = ${customer}
        and dispute not in ('none', 'inquiry')) as disputes,
      (select coalesce(sum(captured_minor - least(reserved_minor, captured_minor)), 0)::bigint from payment
        where account_id = ${account} and customer_id = ${customer} and currency = ${currency}) as lifetime_minor`.execute(
    db,
  )
  const [row] = rows
  return {
    refunded_at: row!.refunded_at.map((at) => new Date(at)),
    requested_at: row!.requested_at.map((at) => new Date(at)),
    paid: row!.paid.map(({ at, minor }) => ({ at: new Date(at), minor })),
    disputes: Number(row!.disputes),
    lifetime_minor: row!.lifetime_minor,
  }
}
