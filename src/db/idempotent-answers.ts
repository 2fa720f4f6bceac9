import { sql } from 'kysely'
import type { Db, Tx } from './connect.ts'

export type KeptAnswer = { fingerprint: string; status: number | null; body: string | null }

type Of = { readonly account: string; readonly principal: string; readonly key: string }

/** A key that is ours now, with what the call under it makes: the same at every try. Or what the key stands for already. */
export type TakenKey =
  | { readonly ours: true; readonly makes: string }
  | { readonly ours: false; readonly kept: KeptAnswer }

/**
 * Takes a key for a call, in one statement, so that one of many takes it. A key whose call has no answer is taken over once it
 * was taken before `abandoned`: its process died, or it was released. `makes` is kept from the first try, whatever is given.
 */
export async function takeKey(
  db: Db,
  { account, principal, key }: Of,
  call: { readonly fingerprint: string; readonly makes: string; readonly now: Date; readonly abandoned: Date },
): Promise<TakenKey> {
  const { rows } = await sql<{ makes: string }>`
    insert into idempotent_answer (account_id, principal, key, fingerprint, makes, created_at)
    values (${account}, ${principal}, ${key}, ${call.fingerprint}, ${call.makes}, ${call.now})
    on conflict (account_id, principal, key) do update set created_at = excluded.created_at
    where idempotent_answer.status is null and idempotent_answer.fingerprint = excluded.fingerprint
      and idempotent_answer.created_at <= ${call.abandoned}
    returning makes`.execute(db)
  if (rows[0]) return { ours: true, makes: rows[0].makes }
  const kept = await sql<KeptAnswer>`
    select fingerprint, status, body from idempotent_answer
    where account_id = ${account} and principal = ${principal} and key = ${key}`.execute(db)
  return { ours: false, kept: kept.rows[0]! }
}

export async function keepAnswer(db: Db, { account, principal, key }: Of, status: number, body: string): Promise<void> {
  await sql`
    update idempotent_answer set status = ${status}, body = ${body}
    where account_id = ${account} and principal = ${principal} and key = ${key}`.execute(db)
}

/** After an answer that must not be kept, our own failure: the same call may be sent again at once. The key is not forgotten. */
export async function releaseKey(db: Db, { account, principal, key }: Of, abandoned: Date): Promise<void> {
  await sql`
    update idempotent_answer set created_at = ${abandoned}
    where account_id = ${account} and principal = ${principal} and key = ${key} and status is null`.execute(db)
}

/** What the call that makes `makes` has done already; undefined when nothing. Nobody else does it until the transaction ends. */
export async function lockDone(tx: Tx, account: string, makes: string): Promise<unknown> {
  const { rows } = await sql<{ done: unknown }>`
    select done from idempotent_answer where account_id = ${account} and makes = ${makes} for update`.execute(tx)
  return rows[0]?.done ?? undefined
}

export async function keepDone(tx: Tx, account: string, makes: string, done: object): Promise<void> {
  await sql`
    update idempotent_answer set done = ${JSON.stringify(done)}::jsonb where account_id = ${account} and makes = ${makes}`.execute(
    tx,
  )
}
