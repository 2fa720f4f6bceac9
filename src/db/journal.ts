import { sql } from 'kysely'
import type { Actor } from '../domain/actor.ts'
import type { Db, Tx } from './connect.ts'

export type AuditEntry = {
  readonly account: string
  readonly at: Date
  readonly actor: Actor
  readonly action: string
  readonly subject: string
  readonly detail?: Readonly<Record<string, unknown>>
}

/** Adds to the audit trail, in the transaction that does what it tells. */
export async function audit(
  tx: Tx | Db,
  { account, at, actor, action, subject, detail = {} }: AuditEntry,
): Promise<void> {
  await sql`
    insert into audit (account_id, at, actor, action, subject_id, detail)
    values (${account}, ${at}, ${actor}, ${action}, ${subject}, ${JSON.stringify(detail)})`.execute(tx)
}

export type Move = {
  readonly account: string
  readonly machine: 'refund' | 'request'
  readonly subject: string
  readonly from: string
  readonly event: string
  readonly to: string
  readonly by: Actor
  readonly because?: string | undefined
  readonly at: Date
}

/** Writes a change of state into the journal. PostgreSQL refuses an arrow that is not in the table. */
export async function writeMove(tx: Tx, move: Move): Promise<void> {
  await sql`
    insert into move (account_id, machine, subject_id, from_status, event, to_status, by, because, at)
    values (${move.account}, ${move.machine}, ${move.subject}, ${move.from}, ${move.event}, ${move.to},
            ${move.by}, ${move.because ?? null}, ${move.at})`.execute(tx)
}

export type MoveRow = {
  machine: string
  subject_id: string
  from_status: string
  event: string
  to_status: string
  by: string
  because: string | null
  at: Date
}

/** The journal of a request and its refunds, oldest first. */
export async function movesOf(db: Db, account: string, subjects: readonly string[]): Promise<MoveRow[]> {
  const { rows } = await sql<MoveRow>`
    select machine, subject_id, from_status, event, to_status, by, because, at from move
    where account_id = ${account} and subject_id = any(${subjects}) order by seq`.execute(db)
  return rows
}
