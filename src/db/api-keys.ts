import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { newId } from '../domain/ids.ts'
import type { Db } from './connect.ts'

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** Makes a key and returns its secret: the only time that it can be read. 256 random bits. */
export async function createApiKey(
  db: Db,
  account: string,
  name: string,
  at: Date,
): Promise<{ id: string; secret: string }> {
  const id = newId('key')
  const secret = `mb_${randomBytes(32).toString('base64url')}`
  await sql`
    insert into api_key (account_id, id, name, hash, created_at) values (${account}, ${id}, ${name}, ${hashOf(secret)}, ${at})`.execute(
    db,
  )
  return { id, secret }
}

/** Who a secret belongs to; undefined for an unknown, expired or revoked one. */
export async function findApiKey(
  db: Db,
  account: string,
  secret: string,
  now: Date,
): Promise<{ id: string; name: string } | undefined> {
  if (!/^mb_[\w-]{43}$/.test(secret)) return undefined
  const { rows } = await sql<{ id: string; name: string }>`
    update api_key set last_used_at = ${now}
    where account_id = ${account} and hash = ${hashOf(secret)} and revoked_at is null and (expires_at is null or expires_at > ${now})
    returning id, name`.execute(db)
  return rows[0]
}
