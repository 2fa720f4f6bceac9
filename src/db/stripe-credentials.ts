import { sql } from 'kysely'
import type { Db, Tx } from './connect.ts'

export type CredentialRow = {
  secret_key: string
  hint: string
  saved_by: string
  saved_at: Date
}

/** The key that was pasted into the console, as it is kept: sealed. */
export async function findCredential(db: Db | Tx, account: string): Promise<CredentialRow | undefined> {
  const { rows } = await sql<CredentialRow>`select * from stripe_credential where account_id = ${account}`.execute(db)
  return rows[0]
}

export async function saveCredential(
  tx: Tx,
  account: string,
  { secret_key, hint, by, at }: { secret_key: string; hint: string; by: string; at: Date },
): Promise<void> {
  await sql`
    insert into stripe_credential (account_id, secret_key, hint, saved_by, saved_at)
    values (${account}, ${secret_key}, ${hint}, ${by}, ${at})
    on conflict (account_id) do update set secret_key = excluded.secret_key, hint = excluded.hint, saved_by = excluded.saved_by,
      saved_at = excluded.saved_at`.execute(tx)
}

export async function removeCredential(tx: Tx, account: string): Promise<boolean> {
  const { rows } = await sql`delete from stripe_credential where account_id = ${account} returning account_id`.execute(
    tx,
  )
  return rows.length === 1
}

export type EndpointRow = { id: string; secret: string }

/** The webhook endpoint that we made at Stripe; its secret is sealed. */
export async function findEndpoint(db: Db | Tx, account: string): Promise<EndpointRow | undefined> {
  const { rows } = await sql<EndpointRow>`select id, secret from stripe_endpoint where account_id = ${account}`.execute(
    db,
  )
  return rows[0]
}

export async function saveEndpoint(
  db: Db | Tx,
  account: string,
  { id, secret, by, at }: EndpointRow & { by: string; at: Date },
): Promise<void> {
  await sql`
    insert into stripe_endpoint (account_id, id, secret, made_by, made_at) values (${account}, ${id}, ${secret}, ${by}, ${at})
    on conflict (account_id) do update set id = excluded.id, secret = excluded.secret, made_by = excluded.made_by,
      made_at = excluded.made_at`.execute(db)
}
