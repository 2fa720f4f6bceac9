import { sql } from 'kysely'
import type { Db } from './connect.ts'

export type Viewer = { request: string; id: string; name: string }

const lastsMs = 15_000

/** Says which request somebody has open (null: none), and answers who has which open, without themselves. */
export async function seePresence(
  db: Db,
  account: string,
  { me, open, now }: { me: string; open: string | null; now: Date },
): Promise<Viewer[]> {
  if (open === null) await sql`delete from presence where account_id = ${account} and staff_id = ${me}`.execute(db)
  else
    await sql`
      insert into presence (account_id, staff_id, request_id, seen_at) values (${account}, ${me}, ${open}, ${now})
      on conflict (account_id, staff_id) do update set request_id = excluded.request_id, seen_at = excluded.seen_at`.execute(
      db,
    )
  const { rows } = await sql<Viewer>`
    select p.request_id as request, s.id, s.name from presence p join staff s on s.id = p.staff_id
    where p.account_id = ${account} and p.staff_id <> ${me} and p.seen_at > ${new Date(now.getTime() - lastsMs)}
    order by s.name, s.id limit 200`.execute(db)
  return rows
}
