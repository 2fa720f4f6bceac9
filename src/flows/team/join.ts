import { sql } from 'kysely'
import type { App } from '../../app.ts'
import { inTransaction } from '../../db/connect.ts'
import { audit } from '../../db/journal.ts'
import { endSessions, invitedBy, newStaffId, useInvitation } from '../../db/staff.ts'
import { no, ok, type Refusal, type Result } from '../../domain/refusal.ts'

const over: Refusal = {
  code: 'link_invalid',
  because:
    'This invitation was used, has expired, or was replaced by a newer one. Ask whoever invited you for another.',
}

/** Who a link is for, for the page that asks for the password. Refuses: link_invalid. */
export async function whoIsInvited(
  app: App,
  secret: string,
): Promise<Result<{ email: string; name: string; role: string }>> {
  const person = await invitedBy(app.db, secret, app.now())
  return person ? ok({ email: person.email, name: person.name, role: person.role }) : no(over)
}

/** Uses an invitation up: from now on this person signs in with this password. Refuses: link_invalid, setting_invalid. */
export async function join(
  app: App,
  { secret, name, passwordHash }: { secret: string; name: string; passwordHash: string },
): Promise<Result<{ id: string; email: string }>> {
  const called = name.trim()
  if (called === '' || called.length > 100)
    return no({ code: 'setting_invalid', field: 'name', because: 'Say what you are called, in 1 to 100 characters.' })
  return inTransaction(app.db, async (tx) => {
    const person = await invitedBy(tx, secret, app.now())
    if (!person || !(await useInvitation(tx, secret, app.now()))) return no(over)
    await sql`
      update staff set name = ${called}, state = 'active', "updatedAt" = now() where id = ${person.id}`.execute(tx)
    await endSessions(tx, person.id)
    await sql`delete from staff_credential where "userId" = ${person.id} and "providerId" = 'credential'`.execute(tx)
    await sql`
      insert into staff_credential (id, "userId", "accountId", "providerId", password)
      values (${newStaffId()}, ${person.id}, ${person.id}, 'credential', ${passwordHash})`.execute(tx)
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: `staff:${person.id}`,
      action: 'staff.joined',
      subject: person.id,
    })
    return ok({ id: person.id, email: person.email })
  })
}
