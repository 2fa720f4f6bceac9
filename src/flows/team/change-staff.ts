import { sql } from 'kysely'
import type { App } from '../../app.ts'
import { inTransaction, type Tx } from '../../db/connect.ts'
import { audit } from '../../db/journal.ts'
import { endSessions, lockStaff, takeEveryWayIn, type StaffRow } from '../../db/staff.ts'
import { mayAs, type Actor, type Role } from '../../domain/actor.ts'
import { no, ok, type Refusal, type Result } from '../../domain/refusal.ts'

/**
 * Gives somebody another role. It counts at once; where it allows less, their sessions end. Refuses: setting_not_found,
 * setting_refused (nobody raises their own, and the last owner stays).
 */
export async function changeRole(
  app: App,
  { id, role, by }: { id: string; role: Role; by: Actor },
): Promise<Result<{ id: string; role: Role }>> {
  return withColleague(app, id, async (tx, person, owners) => {
    const own = by === `staff:${id}`
    if (own && !mayAs(person.role, role))
      return { code: 'setting_refused', because: 'Nobody raises their own role. Ask another owner.' }
    if (person.role === 'owner' && role !== 'owner' && isLast(owners, id)) return lastOwner
    if (person.role === role) return undefined
    await sql`update staff set role = ${role}, "updatedAt" = now() where id = ${id}`.execute(tx)
    if (!mayAs(role, person.role)) await endSessions(tx, id)
    await note(app, tx, by, 'staff.role_changed', id, { from: person.role, to: role })
    return undefined
  }).then((result) => (result.ok ? ok({ id, role }) : result))
}

/** Takes somebody’s every way in, at once. Their name stays in the records. Refuses: setting_not_found, setting_refused. */
export async function deactivateStaff(
  app: App,
  { id, by }: { id: string; by: Actor },
): Promise<Result<{ id: string }>> {
  return withColleague(app, id, async (tx, person, owners) => {
    if (person.state === 'deactivated') return undefined
    if (isLast(owners, id)) return lastOwner
    await sql`update staff set state = 'deactivated', "updatedAt" = now() where id = ${id}`.execute(tx)
    await takeEveryWayIn(tx, id)
    await note(app, tx, by, 'staff.deactivated', id, { email: person.email, role: person.role })
    return undefined
  })
}

/** Takes a lost second factor away and ends the sessions, so that a new one can be set up. Refuses: setting_not_found. */
export async function resetTwoFactor(app: App, { id, by }: { id: string; by: Actor }): Promise<Result<{ id: string }>> {
  return withColleague(app, id, async (tx) => {
    if (by === `staff:${id}`)
      return { code: 'setting_refused', because: 'Turn your own second factor off under “You”, with your password.' }
    await sql`delete from staff_two_factor where "userId" = ${id}`.execute(tx)
    await sql`update staff set "twoFactorEnabled" = false, "updatedAt" = now() where id = ${id}`.execute(tx)
    await endSessions(tx, id)
    await note(app, tx, by, 'staff.two_factor_reset', id, {})
    return undefined
  })
}

/** Signs somebody out everywhere. Refuses: setting_not_found. */
export async function signOutStaff(app: App, { id, by }: { id: string; by: Actor }): Promise<Result<{ id: string }>> {
  return withColleague(app, id, async (tx) => {
    const count = await endSessions(tx, id)
    await note(app, tx, by, 'staff.signed_out', id, { sessions: count })
    return undefined
  })
}

const isLast = (owners: readonly string[], id: string): boolean => owners.length === 1 && owners[0] === id
const lastOwner: Refusal = {
  code: 'setting_refused',
  because: 'This is the last owner. Make somebody else owner first: without one nobody could change this.',
}

async function withColleague(
  app: App,
  id: string,
  story: (tx: Tx, person: StaffRow, owners: string[]) => Promise<Refusal | undefined>,
): Promise<Result<{ id: string }>> {
  return inTransaction(app.db, async (tx) => {
    const { person, owners } = await lockStaff(tx, id)
    if (!person) return no({ code: 'setting_not_found', what: 'colleague' })
    const wrong = await story(tx, person, owners)
    return wrong ? no(wrong) : ok({ id })
  })
}

async function note(app: App, tx: Tx, actor: Actor, action: string, subject: string, detail: object): Promise<void> {
  await audit(tx, { account: app.account, at: app.now(), actor, action, subject, detail: { ...detail } })
}
