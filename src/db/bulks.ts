import { sql } from 'kysely'
import type { Actor } from '../domain/actor.ts'
import type { BulkDeed, BulkWords, Sum } from '../domain/bulk.ts'
import type { Db, Tx } from './connect.ts'

export type BulkStatus = 'draft' | 'running' | 'canceled' | 'done'
export type BulkItemStatus = 'waiting' | 'done' | 'excluded' | 'refused' | 'canceled' | 'undone'
export type BulkRow = {
  id: string
  status: BulkStatus
  deed: BulkDeed
  words: BulkWords
  created_by: Actor
  created_at: Date
  started_at: Date | null
  done_at: Date | null
}
export type BulkItemRow = {
  request_id: string
  status: BulkItemStatus
  seen: string
  amount_minor: number
  currency: string
  because: string | null
}
export type NewBulkItem = Omit<BulkItemRow, 'status'> & { status: 'waiting' | 'excluded' }

/** False: this very bulk action was written before. */
export async function insertBulk(
  tx: Tx,
  account: string,
  bulk: Pick<BulkRow, 'id' | 'deed' | 'words' | 'created_by' | 'created_at'>,
  items: readonly NewBulkItem[],
): Promise<boolean> {
  const { rows } = await sql`
    insert into bulk (account_id, id, status, deed, words, created_by, created_at)
    values (${account}, ${bulk.id}, 'draft', ${bulk.deed}, ${JSON.stringify(bulk.words)}::jsonb, ${bulk.created_by}, ${bulk.created_at})
    on conflict do nothing returning id`.execute(tx)
  if (rows.length === 0) return false
  await sql`
    insert into bulk_item (account_id, bulk_id, position, request_id, status, seen, amount_minor, currency, because)
    select ${account}, ${bulk.id}, row_number() over (), request_id, status, seen, amount_minor, currency, because
    from json_to_recordset(${JSON.stringify(items)}::json)
      as i(request_id text, status text, seen text, amount_minor bigint, currency text, because text)`.execute(tx)
  return true
}

export async function lockBulk(tx: Tx, account: string, id: string): Promise<BulkRow | undefined> {
  const { rows } = await sql<BulkRow>`
    select * from bulk where account_id = ${account} and id = ${id} for update`.execute(tx)
  return rows[0]
}

export async function setBulk(
  tx: Tx,
  account: string,
  id: string,
  {
    status,
    next_at,
    started_at,
    done_at,
  }: Partial<Pick<BulkRow, 'status' | 'started_at' | 'done_at'>> & { next_at: Date | null },
): Promise<void> {
  await sql`
    update bulk set status = coalesce(${status ?? null}, status), next_at = ${next_at}, lease_until = null,
      started_at = coalesce(${started_at ?? null}, started_at), done_at = coalesce(${done_at ?? null}, done_at)
    where account_id = ${account} and id = ${id}`.execute(tx)
}

/** The next requests whose turn it is. */
export async function nextItems(db: Db, account: string, bulk: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ request_id: string }>`
    select request_id from bulk_item where account_id = ${account} and bulk_id = ${bulk} and status = 'waiting'
    order by position limit ${limit}`.execute(db)
  return rows.map(({ request_id }) => request_id)
}

/** An item that is still to be done; undefined when somebody was quicker. */
export async function lockItem(
  tx: Tx,
  account: string,
  bulk: string,
  request: string,
): Promise<BulkItemRow | undefined> {
  const { rows } = await sql<BulkItemRow>`
    select * from bulk_item where account_id = ${account} and bulk_id = ${bulk} and request_id = ${request} and status = 'waiting'
    for update`.execute(tx)
  return rows[0]
}

export async function settleItem(
  tx: Db,
  account: string,
  bulk: string,
  request: string,
  { status, because, at }: { status: BulkItemStatus; because: string | null; at: Date },
): Promise<void> {
  await sql`
    update bulk_item set status = ${status}, because = ${because}, at = ${at}
    where account_id = ${account} and bulk_id = ${bulk} and request_id = ${request} and status in ('waiting', 'done')`.execute(
    tx,
  )
}

/** What has not begun never will. Answers how many. */
export async function cancelItems(tx: Tx, account: string, bulk: string, at: Date): Promise<number> {
  const { rows } = await sql`
    update bulk_item set status = 'canceled', at = ${at}
    where account_id = ${account} and bulk_id = ${bulk} and status = 'waiting' returning request_id`.execute(tx)
  return rows.length
}

export async function doneItems(db: Db, account: string, bulk: string): Promise<string[]> {
  const { rows } = await sql<{ request_id: string }>`
    select request_id from bulk_item where account_id = ${account} and bulk_id = ${bulk} and status = 'done' order by position`.execute(
    db,
  )
  return rows.map(({ request_id }) => request_id)
}

/** What is planned or done, by status and currency. */
export async function bulkSums(db: Db, account: string, bulk: string): Promise<(Sum & { status: BulkItemStatus })[]> {
  const { rows } = await sql<Sum & { status: BulkItemStatus }>`
    select status, currency, sum(amount_minor)::bigint as minor, count(*) as count from bulk_item
    where account_id = ${account} and bulk_id = ${bulk} group by status, currency order by currency, status`.execute(db)
  return rows
}

/** Whether whoever began it may still act: staff who have not left, a key that still works and still may decide. */
export async function stillActs(db: Db, account: string, by: Actor, now: Date): Promise<boolean> {
  if (!by.startsWith('api_key:')) return true
  const { rows } = await sql`
    select from api_key where account_id = ${account} and id = ${by.slice('api_key:'.length)} and revoked_at is null
      and (expires_at is null or expires_at > ${now}) and 'decisions:write' = any(scopes)`.execute(db)
  return rows.length > 0
}
