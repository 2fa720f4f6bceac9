import { sql } from 'kysely'
import { firstReasons } from '../domain/first-reasons.ts'
import type { NewReason, Reason } from '../domain/reasons.ts'
import type { Db, Tx } from './connect.ts'

/** All reasons in the order in which they are offered; archived ones last. */
export async function reasonsOf(db: Db, account: string): Promise<Reason[]> {
  const { rows } = await sql<Reason>`
    select code, audience, labels, stripe, credit_note, archived_at from reason where account_id = ${account}
    order by archived_at is not null, position, code`.execute(db)
  return rows
}

/** One reason by its code, archived or not. */
export async function findReason(db: Db, account: string, code: string): Promise<Reason | undefined> {
  const { rows } = await sql<Reason>`
    select code, audience, labels, stripe, credit_note, archived_at from reason
    where account_id = ${account} and code = ${code}`.execute(db)
  return rows[0]
}

/** Reads the reasons for changing them: one change at a time. */
export async function lockReasons(tx: Tx, account: string): Promise<Reason[]> {
  await sql`select from reason where account_id = ${account} order by code for update`.execute(tx)
  return reasonsOf(tx, account)
}

/** Keeps a new reason behind all others; false, and nothing written, where its code is taken. */
export async function insertReason(tx: Tx | Db, account: string, reason: NewReason, at: Date): Promise<boolean> {
  const { code, audience, labels, stripe, credit_note } = reason
  const { rows } = await sql`
    insert into reason (account_id, code, audience, labels, stripe, credit_note, position, created_at)
    select ${account}, ${code}, ${audience}, ${JSON.stringify(labels)}::jsonb, ${stripe}, ${credit_note},
      1 + (select coalesce(max(position), 0) from reason where account_id = ${account}), ${at}::timestamptz
    on conflict (account_id, code) do nothing returning code`.execute(tx)
  return rows.length === 1
}

export type ReasonChange = Partial<Omit<Reason, 'code'>>

/** False: there is no such reason. */
export async function updateReason(tx: Tx, account: string, code: string, change: ReasonChange): Promise<boolean> {
  const { audience, labels, stripe, credit_note, archived_at } = change
  const { rows } = await sql`
    update reason set audience = coalesce(${audience ?? null}, audience),
      labels = coalesce(${labels ? JSON.stringify(labels) : null}::jsonb, labels),
      stripe = coalesce(${stripe ?? null}, stripe), credit_note = coalesce(${credit_note ?? null}, credit_note),
      archived_at = ${archived_at === undefined ? sql`archived_at` : sql`${archived_at}::timestamptz`}
    where account_id = ${account} and code = ${code} returning code`.execute(tx)
  return rows.length === 1
}

/** Puts the reasons into this order; those that are not named follow. */
export async function orderReasons(tx: Tx, account: string, codes: readonly string[]): Promise<void> {
  await sql`
    update reason r set position = coalesce(o.position, 1000 + r.position)
    from reason b left join unnest(${[...codes]}::text[]) with ordinality as o(code, position) on o.code = b.code
    where r.account_id = ${account} and b.account_id = r.account_id and b.code = r.code`.execute(tx)
}

export type ReasonUse = { code: string; requests: number; last_at: string | null }

/** How many requests have each reason, and when the last one was made. */
export async function reasonUse(db: Db, account: string): Promise<ReasonUse[]> {
  const { rows } = await sql<ReasonUse>`
    select r.code, (select count(*)::int from refund_request q where q.account_id = r.account_id and q.reason = r.code) as requests,
      (select max(created_at) from refund_request q where q.account_id = r.account_id and q.reason = r.code) as last_at
    from reason r where r.account_id = ${account}`.execute(db)
  return rows
}

/** Gives an installation the reasons to begin with. Does nothing where there are some. */
export async function seedReasons(db: Db, account: string, at: Date): Promise<void> {
  const { rows } = await sql`select from reason where account_id = ${account} limit 1`.execute(db)
  if (rows.length > 0) return
  for (const reason of firstReasons) await insertReason(db, account, reason, at)
}
