import { sql } from 'kysely'
import type { Role } from '../../domain/actor.ts'
import type { Db } from '../connect.ts'

export type Colleague = {
  id: string
  name: string
  email: string
  role: Role
  state: 'invited' | 'active' | 'deactivated'
  two_factor: boolean
  /** By the identity provider, by a password, or by both. */
  ways: ('password' | 'oidc')[]
  sessions: number
  last_seen_at: string | null
  invited_until: string | null
}

/** Who works here, who is invited, and who was here. */
export async function colleagues(db: Db): Promise<Colleague[]> {
  const { rows } = await sql<Colleague>`
    select s.id, s.name, s.email, s.role, s.state, s."twoFactorEnabled" as two_factor,
      array(select distinct case "providerId" when 'credential' then 'password' else 'oidc' end
        from staff_credential where "userId" = s.id order by 1) as ways,
      (select count(*)::int from staff_session where "userId" = s.id and "expiresAt" > now()) as sessions,
      (select max("updatedAt") from staff_session where "userId" = s.id) as last_seen_at,
      (select max(expires_at) from staff_invitation where staff_id = s.id and used_at is null) as invited_until
    from staff s order by s.state = 'deactivated', s.name, s.id`.execute(db)
  return rows
}
