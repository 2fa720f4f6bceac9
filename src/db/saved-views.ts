import { sql } from 'kysely'
import { newId } from '../domain/ids.ts'
import type { Db } from './connect.ts'

export type SavedView = { id: string; name: string; search: Record<string, string>; shared: boolean; mine: boolean }

/** The views of the queue that somebody has saved, and those that are shared with everybody. */
export async function savedViews(db: Db, account: string, me: string): Promise<SavedView[]> {
  const { rows } = await sql<SavedView>`
    select id, name, search, shared, staff_id = ${me} as mine from saved_view
    where account_id = ${account} and (shared or staff_id = ${me}) order by lower(name), id limit 100`.execute(db)
  return rows
}

export async function saveView(
  db: Db,
  account: string,
  { me, name, search, shared, at }: { me: string; name: string; search: object; shared: boolean; at: Date },
): Promise<{ id: string }> {
  const id = newId('view')
  await sql`
    insert into saved_view (account_id, id, staff_id, name, search, shared, created_at)
    values (${account}, ${id}, ${me}, ${name}, ${JSON.stringify(search)}::jsonb, ${shared}, ${at})`.execute(db)
  return { id }
}

/** Only whoever saved a view forgets it. */
export async function forgetView(db: Db, account: string, { me, id }: { me: string; id: string }): Promise<boolean> {
  const { rows } = await sql`
    delete from saved_view where account_id = ${account} and id = ${id} and staff_id = ${me} returning id`.execute(db)
  return rows.length === 1
}
