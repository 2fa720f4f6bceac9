import { sql } from 'kysely'
import type { Db } from './connect.ts'

export type KeptAnswer = { fingerprint: string; status: number | null; body: string | null; created_at: Date }

type Of = { readonly account: string; readonly principal: string; readonly key: string }

/** Takes a key for a request. Undefined: it is ours now. Otherwise what the key stands for. */
export async function takeKey(
  db: Db,
  { account, principal, key }: Of,
  fingerprint: string,
  now: Date,
): Promise<KeptAnswer | undefined> {
  const { rows } = await sql`
    insert into idempotent_answer (account_id, principal, key, fingerprint, created_at)
    values (${account}, ${principal}, ${key}, ${fingerprint}, ${now}) on conflict do nothing returning key`.execute(db)
  if (rows.length === 1) return undefined
  const kept = await sql<KeptAnswer>`
    select fingerprint, status, body, created_at from idempotent_answer
    where account_id = ${account} and principal = ${principal} and key = ${key}`.execute(db)
  return kept.rows[0]
}

export async function keepAnswer(db: Db, { account, principal, key }: Of, status: number, body: string): Promise<void> {
  await sql`
    update idempotent_answer set status = ${status}, body = ${body}
    where account_id = ${account} and principal = ${principal} and key = ${key}`.execute(db)
}

/** Gives a key back after an answer that must not be kept (our own failure), or one whose process died. */
export async function forgetKey(db: Db, { account, principal, key }: Of): Promise<void> {
  await sql`delete from idempotent_answer where account_id = ${account} and principal = ${principal} and key = ${key}`.execute(
    db,
  )
}
