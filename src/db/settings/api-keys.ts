import { sql } from 'kysely'
import type { Db } from '../connect.ts'

export type ApiKeyLine = {
  id: string
  name: string
  scopes: string[]
  created_at: string
  created_by: string | null
  last_used_at: string | null
  expires_at: string | null
  revoked_at: string | null
}

/** The keys: those that work first, then those that are over, the newest of each first. A secret is never among them. */
export async function apiKeyLines(db: Db, account: string): Promise<ApiKeyLine[]> {
  const { rows } = await sql<ApiKeyLine>`
    select k.id, k.name, k.scopes, k.created_at, s.name as created_by, k.last_used_at, k.expires_at, k.revoked_at
    from api_key k left join staff s on k.created_by = 'staff:' || s.id
    where k.account_id = ${account}
    order by k.revoked_at is not null or coalesce(k.expires_at < now(), false), k.created_at desc, k.id limit 200`.execute(
    db,
  )
  return rows
}
