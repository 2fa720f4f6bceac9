import { sql } from 'kysely'
import type { Db } from '../connect.ts'

export type Colleague = { id: string; name: string; email: string; role: string; last_seen_at: string | null }

/** Who works here, by name. */
export async function colleagues(db: Db): Promise<Colleague[]> {
  const { rows } = await sql<Colleague>`
    select s.id, s.name, s.email, s.role, max(t."updatedAt") as last_seen_at
    from staff s left join staff_session t on t."userId" = s.id group by s.id order by s.name, s.id`.execute(db)
  return rows
}
