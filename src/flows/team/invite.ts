import { sql } from 'kysely'
import type { App } from '../../app.ts'
import { inTransaction } from '../../db/connect.ts'
import { audit } from '../../db/journal.ts'
import { findStaffByEmail, insertInvitation, newStaffId } from '../../db/staff.ts'
import type { Actor, Role } from '../../domain/actor.ts'
import { no, ok, type Result } from '../../domain/refusal.ts'
import { sendNow } from '../send-now.ts'

export const invitationDays = 7

export type Invitation = {
  readonly id: string
  readonly link: string
  /** Whether a mail was sent; else why not, and the link has to be passed on by hand. */
  readonly mail: 'sent' | 'no_mail_server' | 'failed'
}

/**
 * Invites somebody by mail, and answers the link too. It is good once and for a week; a new one ends the one before. Somebody who was
 * deactivated comes back this way. Refuses: setting_invalid, setting_refused (works here already).
 */
export async function inviteStaff(
  app: App,
  { email, name, role, by }: { email: string; name: string; role: Role; by: Actor },
): Promise<Result<Invitation>> {
  const address = email.trim().toLowerCase()
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address) || address.length > 200)
    return no({ code: 'setting_invalid', field: 'email', because: 'Give an e-mail address, such as ada@example.com.' })
  const made = await inTransaction(app.db, async (tx) => {
    const known = await findStaffByEmail(tx, address)
    if (known?.state === 'active')
      return no({ code: 'setting_refused', because: `${known.name} works here already, as ${known.role}.` })
    const id = known?.id ?? newStaffId()
    const called = name.trim().slice(0, 100) || known?.name || address.split('@')[0]!
    await sql`
      insert into staff (id, name, email, "emailVerified", role, state) values (${id}, ${called}, ${address}, true, ${role}, 'invited')
      on conflict (id) do update set name = excluded.name, role = excluded.role, state = 'invited', "updatedAt" = now()`.execute(
      tx,
    )
    const secret = await insertInvitation(tx, { staff: id, by, at: app.now(), days: invitationDays })
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: by,
      action: 'staff.invited',
      subject: id,
      detail: { email: address, role },
    })
    return ok({ id, called, secret })
  })
  if (!made.ok) return made
  const { id, called, secret } = made.value
  const link = `${app.config.publicUrl}/admin/join#${secret}`
  const mail = await sendNow(app, {
    to: address,
    subject: 'Your invitation to Moneyback',
    text: `Hello ${called},\n\nyou were invited to ${app.config.publicUrl}, to work on refunds as ${role}.\n\nThis link lets you in. It is good once, and for ${invitationDays} days:\n\n${link}\n`,
  })
  return ok({ id, link, mail })
}
