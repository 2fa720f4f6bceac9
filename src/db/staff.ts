import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Role } from '../domain/actor.ts'
import type { Db, Tx } from './connect.ts'

export type StaffRow = {
  id: string
  name: string
  email: string
  role: Role
  state: 'invited' | 'active' | 'deactivated'
  twoFactorEnabled: boolean
}

export const newStaffId = (): string => randomBytes(16).toString('hex')

/** Reads somebody for changing them, after all owners: two owners can't leave at the same moment. */
export async function lockStaff(tx: Tx, id: string): Promise<{ person: StaffRow | undefined; owners: string[] }> {
  const { rows: owners } = await sql<{ id: string }>`
    select id from staff where role = 'owner' and state = 'active' order by id for update`.execute(tx)
  const { rows } = await sql<StaffRow>`select * from staff where id = ${id} for update`.execute(tx)
  return { person: rows[0], owners: owners.map((owner) => owner.id) }
}

export async function findStaffByEmail(tx: Tx, email: string): Promise<StaffRow | undefined> {
  const { rows } = await sql<StaffRow>`select * from staff where email = ${email.toLowerCase()} for update`.execute(tx)
  return rows[0]
}

/** Ends sessions of somebody: all, or all but one. Answers how many. */
export async function endSessions(tx: Tx | Db, staff: string, { but }: { but?: string } = {}): Promise<number> {
  const { rows } = await sql`
    delete from staff_session where "userId" = ${staff} and id is distinct from ${but ?? null} returning id`.execute(tx)
  return rows.length
}

/** Takes every way in: sessions, passwords, the second factor, links. */
export async function takeEveryWayIn(tx: Tx, staff: string): Promise<void> {
  await endSessions(tx, staff)
  await sql`delete from staff_credential where "userId" = ${staff}`.execute(tx)
  await sql`delete from staff_two_factor where "userId" = ${staff}`.execute(tx)
  await sql`update staff set "twoFactorEnabled" = false where id = ${staff}`.execute(tx)
  await sql`delete from staff_invitation where staff_id = ${staff}`.execute(tx)
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** Makes a link's secret, 256 random bits; the links before it stop working. Only its hash is kept. */
export async function insertInvitation(
  tx: Tx,
  { staff, by, at, days }: { staff: string; by: string; at: Date; days: number },
): Promise<string> {
  const secret = randomBytes(32).toString('base64url')
  await sql`delete from staff_invitation where staff_id = ${staff} and used_at is null`.execute(tx)
  await sql`
    insert into staff_invitation (hash, staff_id, created_by, created_at, expires_at)
    values (${hashOf(secret)}, ${staff}, ${by}, ${at}, ${new Date(at.getTime() + days * 86_400_000)})`.execute(tx)
  return secret
}

/** Who a link invites; undefined for an unknown, used or expired one, and for somebody who has another way in by now. */
export async function invitedBy(db: Db, secret: string, now: Date): Promise<StaffRow | undefined> {
  const { rows } = await sql<StaffRow>`
    select s.* from staff_invitation i join staff s on s.id = i.staff_id
    where i.hash = ${hashOf(secret)} and i.used_at is null and i.expires_at > ${now} and s.state = 'invited'`.execute(
    db,
  )
  return rows[0]
}

/** Uses a link up. False: somebody else was first, or it is over. */
export async function useInvitation(tx: Tx, secret: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update staff_invitation set used_at = ${now}
    where hash = ${hashOf(secret)} and used_at is null and expires_at > ${now} returning staff_id`.execute(tx)
  return rows.length === 1
}

/** Whether the code was not used before: the same one is good once, also within its half minute. */
export async function codeIsNew(db: Db, staff: string, code: string, now: Date): Promise<boolean> {
  const hash = hashOf(`${staff} ${code}`)
  const { rows } = await sql`
    update staff_two_factor set last_code = ${hash}, last_code_at = ${now}
    where "userId" = ${staff} and (last_code is distinct from ${hash} or last_code_at < ${new Date(now.getTime() - 120_000)})
    returning id`.execute(db)
  return rows.length === 1
}

/** Whether somebody signs in with a password here; otherwise the identity provider vouches for them. */
export async function hasPassword(db: Db, staff: string): Promise<boolean> {
  const { rows } = await sql`
    select from staff_credential where "userId" = ${staff} and "providerId" = 'credential' and password is not null`.execute(
    db,
  )
  return rows.length > 0
}

/** The hash of somebody's password; undefined when they have none. */
export async function passwordOf(db: Db, staff: string): Promise<string | undefined> {
  const { rows } = await sql<{ password: string | null }>`
    select password from staff_credential where "userId" = ${staff} and "providerId" = 'credential'`.execute(db)
  return rows[0]?.password ?? undefined
}

/** Notes that somebody proved again who they are. */
export async function notePresence(db: Db, session: string, at: Date): Promise<void> {
  await sql`update staff_session set stepped_up_at = ${at}, step_up_tries = 0 where id = ${session}`.execute(db)
}

/** Counts a proof that failed. After the fifth the session is over. Answers whether it is. */
export async function noteFailedProof(db: Db, session: string): Promise<boolean> {
  const { rows } = await sql<{ step_up_tries: number }>`
    update staff_session set step_up_tries = step_up_tries + 1 where id = ${session} returning step_up_tries`.execute(
    db,
  )
  if ((rows[0]?.step_up_tries ?? 0) < 5) return false
  await sql`delete from staff_session where id = ${session}`.execute(db)
  return true
}

export type SessionLine = { id: string; created_at: Date; seen_at: Date; address: string | null; agent: string | null }

/** Where somebody is signed in, the newest first. */
export async function sessionsOf(db: Db, staff: string): Promise<SessionLine[]> {
  const { rows } = await sql<SessionLine>`
    select id, "createdAt" as created_at, "updatedAt" as seen_at, "ipAddress" as address, "userAgent" as agent
    from staff_session where "userId" = ${staff} and "expiresAt" > now() order by "updatedAt" desc, id`.execute(db)
  return rows
}
