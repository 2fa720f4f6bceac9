import { sql } from 'kysely'
import type { Db } from './connect.ts'

/** Every account that these books are about. */
export async function accountsOf(db: Db): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from account order by id`.execute(db)
  return rows.map(({ id }) => id)
}
