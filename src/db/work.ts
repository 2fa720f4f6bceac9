import { sql, type RawBuilder } from 'kysely'
import type { Db } from './connect.ts'

const tables = [
  'refund',
  'refund_request',
  'subscription_change',
  'credit_note',
  'message',
  'stripe_event',
  'backtest',
  'policy_shadow',
  'outbox',
  'webhook_delivery',
  'history_import',
  'incident',
  'bulk',
  'portal_sign_in',
] as const
export type WorkTable = (typeof tables)[number]

/**
 * Takes up to `limit` rows whose time has come, each under a lease: nobody else gets them until it runs out. Leases are by
 * PostgreSQL's own clock, so that processes with different clocks agree. `now` is the time by which rows are due.
 */
export async function claimDue<Row extends object>(
  db: Db,
  account: string,
  table: WorkTable,
  { now, limit, leaseSeconds, lane }: { now: Date; limit: number; leaseSeconds: number; lane?: string | undefined },
): Promise<Row[]> {
  const { rows } = await sql<Row>`
    update ${sql.table(table)} set lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
    where (account_id, id) in (
      select account_id, id from ${sql.table(table)} where ${due(account, { now, lane })}
      order by next_at, id limit ${limit} for update skip locked)
    returning *`.execute(db)
  return rows.toSorted(inTurn)
}

/** Whether there is a row that `claimDue` would take. */
export async function isDue(
  db: Db,
  account: string,
  table: WorkTable,
  when: { now: Date; lane?: string | undefined },
): Promise<boolean> {
  const { rows } = await sql`select from ${sql.table(table)} where ${due(account, when)} limit 1`.execute(db)
  return rows.length > 0
}

function due(account: string, { now, lane }: { now: Date; lane?: string | undefined }): RawBuilder<unknown> {
  return sql`account_id = ${account}${lane === undefined ? sql`` : sql` and lane = ${lane}`}
    and next_at <= ${now} and (lease_until is null or lease_until <= clock_timestamp())`
}

/** `returning` knows no order: who has waited longest goes first, and the same rows always in the same turn. */
function inTurn(a: object, b: object): number {
  const [one, other] = [a as { next_at: Date; id: string }, b as { next_at: Date; id: string }]
  return one.next_at.getTime() - other.next_at.getTime() || (one.id < other.id ? -1 : 1)
}

/** Ends every lease: for a program that has just started and knows that no other one works on this database. */
export async function endAllLeases(db: Db): Promise<void> {
  for (const table of tables) {
    await sql`update ${sql.table(table)} set lease_until = null where lease_until is not null`.execute(db)
  }
}
