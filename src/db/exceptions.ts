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

/** Calls a person about what is told only once: also after it was closed. */
export async function openExceptionOnce(tx: Tx | Db, told: NewException): Promise<void> {
  const { rows } = await sql`
    select from exception where account_id = ${told.account} and kind = ${told.kind} and subject_id = ${told.subject} limit 1`.execute(
    tx,
  )
  if (rows.length === 0) await openException(tx, told)
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

/**
 * Who closed "Stripe never confirmed it" for the last refund of a payment, and so gave its money free: a new one is for
 * somebody else to approve. Undefined: nobody did, or a refund was made since.
 */
export async function saidNeverMade(tx: Tx, account: string, payment: string): Promise<Actor | undefined> {
  const { rows } = await sql<{ by: Actor }>`
    select e.resolved_by as by from exception e join refund_request r on r.account_id = e.account_id and r.id = e.subject_id
    where e.account_id = ${account} and e.kind = 'never_confirmed' and r.payment_id = ${payment}
      and e.resolved_at >= (select max(created_at) from refund f where f.account_id = e.account_id and f.payment_id = ${payment})
    order by e.resolved_at desc limit 1`.execute(tx)
  return rows[0]?.by
}
