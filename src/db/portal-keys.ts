import { sql } from 'kysely'
import type { Db, Tx } from './connect.ts'

export type PortalKeyRow = {
  id: string
  name: string
  alg: 'EdDSA' | 'HS256'
  issuer: string
  public_key: string | null
  created_at: Date
  created_by: string
  revoked_at: Date | null
}

export async function insertPortalKey(tx: Tx, account: string, key: Omit<PortalKeyRow, 'revoked_at'>): Promise<void> {
  await sql`
    insert into portal_key (account_id, id, name, alg, issuer, public_key, created_at, created_by)
    values (${account}, ${key.id}, ${key.name}, ${key.alg}, ${key.issuer}, ${key.public_key}, ${key.created_at}, ${key.created_by})`.execute(
    tx,
  )
}

/** A key that may still be used, by its exact id. */
export async function findPortalKey(db: Db, account: string, id: string): Promise<PortalKeyRow | undefined> {
  const { rows } = await sql<PortalKeyRow>`
    select * from portal_key where account_id = ${account} and id = ${id} and revoked_at is null`.execute(db)
  return rows[0]
}

export async function listPortalKeys(db: Db, account: string): Promise<PortalKeyRow[]> {
  const { rows } = await sql<PortalKeyRow>`
    select id, name, alg, issuer, public_key, created_at, created_by, revoked_at from portal_key
    where account_id = ${account} order by created_at desc, id`.execute(db)
  return rows
}

/** Ends a key. False: there is none of that id that is still good. */
export async function revokePortalKey(tx: Tx, account: string, id: string, at: Date): Promise<boolean> {
  const { rows } = await sql`
    update portal_key set revoked_at = ${at} where account_id = ${account} and id = ${id} and revoked_at is null
    returning id`.execute(tx)
  return rows.length === 1
}

export type Jti = { readonly key: string; readonly jti: string; readonly expires_at: Date }

/** Uses a token up. False: it was used before; of two at the same time one gets it. */
export async function takeJti(tx: Tx, account: string, { key, jti, expires_at }: Jti): Promise<boolean> {
  const { rows } = await sql`
    insert into portal_jti (account_id, key_id, jti, expires_at) values (${account}, ${key}, ${jti}, ${expires_at})
    on conflict do nothing returning jti`.execute(tx)
  return rows.length === 1
}
