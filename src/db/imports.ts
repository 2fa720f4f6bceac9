import { sql } from 'kysely'
import type { Db, Tx } from './connect.ts'

export type ImportRow = {
  id: string
  status: 'running' | 'canceled' | 'done' | 'failed'
  from_at: Date
  reached_at: Date
  cursor: string | null
  payments: number
  refunds: number
  skipped: number
  started_at: Date
  done_at: Date | null
  last_error: string | null
  tries: number
}

export async function newestImport(db: Db | Tx, account: string): Promise<ImportRow | undefined> {
  const { rows } = await sql<ImportRow>`
    select * from history_import where account_id = ${account} order by started_at desc, id desc limit 1`.execute(db)
  return rows[0]
}

/** False: one is running already. */
export async function insertImport(
  tx: Tx,
  account: string,
  { id, from, by, at }: { id: string; from: Date; by: string; at: Date },
): Promise<boolean> {
  const { rows } = await sql`
    insert into history_import (account_id, id, status, from_at, reached_at, started_by, started_at, next_at)
    values (${account}, ${id}, 'running', ${from}, ${at}, ${by}, ${at}, ${at})
    on conflict (account_id) where status = 'running' do nothing returning id`.execute(tx)
  return rows.length === 1
}

/** Where a page ended. Nothing is written when the import was canceled meanwhile. */
export async function importWentOn(
  db: Db,
  account: string,
  id: string,
  {
    cursor,
    reached_at,
    payments,
    refunds,
    skipped,
    over,
    at,
  }: {
    cursor: string | null
    reached_at: Date
    payments: number
    refunds: number
    skipped: number
    over: boolean
    at: Date
  },
): Promise<void> {
  await sql`
    update history_import set cursor = coalesce(${cursor}, cursor), reached_at = ${reached_at}, payments = payments + ${payments},
      refunds = refunds + ${refunds}, skipped = skipped + ${skipped}, status = ${over ? 'done' : 'running'},
      done_at = ${over ? at : null}, next_at = ${over ? null : at}, lease_until = null, tries = 0, last_error = null
    where account_id = ${account} and id = ${id} and status = 'running'`.execute(db)
}

export async function importFailed(
  db: Db,
  account: string,
  id: string,
  { error, next_at, at }: { error: string; next_at: Date | null; at: Date },
): Promise<void> {
  await sql`
    update history_import set tries = tries + 1, last_error = ${error}, next_at = ${next_at}, lease_until = null,
      status = ${next_at ? 'running' : 'failed'}, done_at = ${next_at ? null : at}
    where account_id = ${account} and id = ${id} and status = 'running'`.execute(db)
}

export async function cancelImport(tx: Tx, account: string, at: Date): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    update history_import set status = 'canceled', done_at = ${at}, next_at = null
    where account_id = ${account} and status = 'running' returning id`.execute(tx)
  return rows[0]?.id
}
