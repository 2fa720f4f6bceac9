import { sql } from 'kysely'
import type { Actor } from '../domain/actor.ts'
import type { Db, Tx } from './connect.ts'

export type Absence = { staff_id: string; deputy_id: string; until_at: string }
export type Colleague = { id: string; name: string; role: string }

export async function writeAbsence(
  tx: Tx,
  { staff, deputy, from, until, by }: { staff: string; deputy: string; from: Date; until: Date; by: Actor },
): Promise<void> {
  await sql`
    insert into absence (staff_id, deputy_id, from_at, until_at, set_by) values (${staff}, ${deputy}, ${from}, ${until}, ${by})
    on conflict (staff_id) do update set deputy_id = excluded.deputy_id, from_at = excluded.from_at,
      until_at = excluded.until_at, set_by = excluded.set_by`.execute(tx)
}

export async function endAbsence(tx: Tx, staff: string): Promise<void> {
  await sql`delete from absence where staff_id = ${staff}`.execute(tx)
}

/** Who is away now, and everybody who could stand in. */
export async function absences(db: Db, now: Date): Promise<{ away: Absence[]; colleagues: Colleague[] }> {
  const { rows } = await sql<{ away: Absence[]; colleagues: Colleague[] }>`
    select coalesce((select json_agg(json_build_object('staff_id', staff_id, 'deputy_id', deputy_id, 'until_at', until_at))
        from absence where until_at > ${now}), '[]') as away,
      coalesce((select json_agg(json_build_object('id', id, 'name', name, 'role', role) order by lower(name), id)
        from staff s where coalesce(to_jsonb(s) ->> 'state', 'active') = 'active'), '[]') as colleagues`.execute(db)
  return rows[0]!
}
