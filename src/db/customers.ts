import { sql } from 'kysely'
import type { Db, Tx } from './connect.ts'

export type CustomerRow = {
  account_id: string
  id: string
  email: string | null
  name: string | null
  country: string | null
  locale: string | null
  tags: string[]
  deleted: boolean
  created_at: Date | null
  seen_at: Date
}

export async function findCustomer(db: Db, account: string, id: string): Promise<CustomerRow | undefined> {
  const { rows } = await sql<CustomerRow>`
    select * from customer where account_id = ${account} and id = ${id}`.execute(db)
  return rows[0]
}

/** Writes what Stripe says now. A word that is older than what we have changes nothing. */
export async function saveCustomer(tx: Tx, seen: CustomerRow): Promise<void> {
  await sql`
    insert into customer (account_id, id, email, name, country, locale, tags, deleted, created_at, seen_at)
    values (${seen.account_id}, ${seen.id}, ${seen.email}, ${seen.name}, ${seen.country}, ${seen.locale}, ${seen.tags}, ${seen.deleted},
            ${seen.created_at}, ${seen.seen_at})
    on conflict (account_id, id) do update set
      email = excluded.email, name = excluded.name, country = excluded.country, locale = excluded.locale, tags = excluded.tags,
      deleted = excluded.deleted, created_at = coalesce(excluded.created_at, customer.created_at), seen_at = excluded.seen_at
    where customer.seen_at <= excluded.seen_at`.execute(tx)
}

export type SubscriptionRow = {
  account_id: string
  id: string
  customer_id: string
  status: string
  product_id: string | null
  current_period_start: Date | null
  current_period_end: Date | null
  cancel_at: Date | null
  ended_at: Date | null
  trial_end: Date | null
  started_at: Date
  seen_at: Date
}

export async function findSubscription(db: Db, account: string, id: string): Promise<SubscriptionRow | undefined> {
  const { rows } = await sql<SubscriptionRow>`
    select * from subscription where account_id = ${account} and id = ${id}`.execute(db)
  return rows[0]
}

/** Writes what Stripe says now. A word that is older than what we have changes nothing. */
export async function saveSubscription(tx: Tx, seen: SubscriptionRow): Promise<void> {
  await sql`
    insert into subscription (account_id, id, customer_id, status, product_id, current_period_start, current_period_end,
      cancel_at, ended_at, trial_end, started_at, seen_at)
    values (${seen.account_id}, ${seen.id}, ${seen.customer_id}, ${seen.status}, ${seen.product_id},
      ${seen.current_period_start}, ${seen.current_period_end}, ${seen.cancel_at}, ${seen.ended_at}, ${seen.trial_end},
      ${seen.started_at}, ${seen.seen_at})
    on conflict (account_id, id) do update set
      status = excluded.status, product_id = excluded.product_id, current_period_start = excluded.current_period_start,
      current_period_end = excluded.current_period_end, cancel_at = excluded.cancel_at, ended_at = excluded.ended_at,
      trial_end = excluded.trial_end, seen_at = excluded.seen_at
    where subscription.seen_at <= excluded.seen_at`.execute(tx)
}
