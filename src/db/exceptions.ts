import { sql } from 'kysely'
import type { Actor } from '../domain/actor.ts'
import { newId } from '../domain/ids.ts'
import type { Db, Tx } from './connect.ts'

export type NewException = {
  readonly account: string
  readonly kind: string
  readonly subject: string
  readonly because: string
  readonly cure: string
  readonly owner?: string
  readonly at: Date
}

const dayMs = 24 * 60 * 60 * 1000

/** Calls a person: what is so, who owns it, what to do. One open exception for each kind and subject. */
export async function openException(
  tx: Tx | Db,
  { account, kind, subject, because, cure, owner = 'support', at }: NewException,
): Promise<void> {
  await sql`
    insert into exception (account_id, id, kind, subject_id, because, cure, owner_role, opened_at, due_at)
    values (${account}, ${newId('exc')}, ${kind}, ${subject}, ${because}, ${cure}, ${owner}, ${at}, ${new Date(at.getTime() + dayMs)})
    on conflict (account_id, kind, subject_id) where resolved_at is null
    do update set because = excluded.because, cure = excluded.cure`.execute(tx)
}

/** Closes what has been put right. */
export async function resolveException(
  tx: Tx | Db,
  account: string,
  { kind, subject, by, at }: { kind: string; subject: string; by: Actor; at: Date },
): Promise<void> {
  await sql`
    update exception set resolved_at = ${at}, resolved_by = ${by}
    where account_id = ${account} and kind = ${kind} and subject_id = ${subject} and resolved_at is null`.execute(tx)
}
