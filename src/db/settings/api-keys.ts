import { sql } from 'kysely'
import type { Db } from '../connect.ts'

export type ApiKeyLine = {
  id: string
  name: string
  created_at: string
  last_used_at: string | null
  expires_at: string | null
}

/** The keys that work, oldest first. A secret is never among them. */
export async function apiKeyLines(db: Db, account: string): Promise<ApiKeyLine[]> {
  const { rows } = await sql<ApiKeyLine>`
    select id, name, created_at, last_used_at, expires_at from api_key
    where account_id = ${account} and revoked_at is null order by created_at`.execute(db)
  return rows
}
