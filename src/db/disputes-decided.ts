import { sql } from 'kysely'
import type { Db } from './connect.ts'

/** How many disputes of the account were won and lost so far: what an assumption can be held against. */
export async function disputesDecided(db: Db, account: string): Promise<{ won: number; lost: number }> {
  const { rows } = await sql<{ won: number; lost: number }>`
    select count(*) filter (where dispute = 'won')::int as won, count(*) filter (where dispute = 'lost')::int as lost
    from payment where account_id = ${account} and dispute in ('won', 'lost')`.execute(db)
  return rows[0]!
}
