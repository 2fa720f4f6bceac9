import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { newId } from '../domain/ids.ts'
import { allScopes, isScope, type Scope } from '../domain/scopes.ts'
import type { Db, Tx } from './connect.ts'

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

export type NewApiKey = {
  readonly scopes?: readonly Scope[] | undefined
  readonly expires_at?: Date | undefined
  readonly by?: string | undefined
}

/** Makes a key and returns its secret: the only time that it can be read. 256 random bits. Without `scopes` it may do all that there is today. */
export async function createApiKey(
  db: Db | Tx,
  account: string,
  name: string,
  at: Date,
  { scopes = allScopes, expires_at, by }: NewApiKey = {},
): Promise<{ id: string; secret: string }> {
  const id = newId('key')
  const secret = `mb_${randomBytes(32).toString('base64url')}`
  await sql`
    insert into api_key (account_id, id, name, hash, created_at, scopes, expires_at, created_by)
    values (${account}, ${id}, ${name}, ${hashOf(secret)}, ${at}, ${[...scopes]}::text[], ${expires_at ?? null}, ${by ?? null})`.execute(
    db,
  )
  return { id, secret }
}

export type KnownKey = { readonly id: string; readonly name: string; readonly scopes: readonly Scope[] }

/** Who a secret belongs to; undefined for an unknown, expired or revoked one. */
export async function findApiKey(db: Db, account: string, secret: string, now: Date): Promise<KnownKey | undefined> {
  if (!/^mb_[\w-]{43}$/.test(secret)) return undefined
  const { rows } = await sql<{ id: string; name: string; scopes: string[] }>`
    update api_key set last_used_at = ${now}
    where account_id = ${account} and hash = ${hashOf(secret)} and revoked_at is null and (expires_at is null or expires_at > ${now})
    returning id, name, scopes`.execute(db)
  return rows[0] && { ...rows[0], scopes: rows[0].scopes.filter(isScope) }
}

/** Ends a key at once. Undefined: there is no such key that works. */
export async function revokeApiKey(tx: Tx, account: string, id: string, at: Date): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    update api_key set revoked_at = ${at} where account_id = ${account} and id = ${id} and revoked_at is null
    returning name`.execute(tx)
  return rows[0]?.name
}
