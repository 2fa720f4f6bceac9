import { sql } from 'kysely'
import type { App } from '../../app.ts'
import { inTransaction } from '../../db/connect.ts'
import { audit } from '../../db/journal.ts'
import { endSessions, newStaffId } from '../../db/staff.ts'

/** Gives somebody a new password and ends their other sessions: whoever knew the old one is out. */
export async function setPassword(
  app: App,
  { staff, hash, keepSession }: { staff: string; hash: string; keepSession: string },
): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    await sql`delete from staff_credential where "userId" = ${staff} and "providerId" = 'credential'`.execute(tx)
    await sql`
      insert into staff_credential (id, "userId", "accountId", "providerId", password)
      values (${newStaffId()}, ${staff}, ${staff}, 'credential', ${hash})`.execute(tx)
    await endSessions(tx, staff, { but: keepSession })
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: `staff:${staff}`,
      action: 'staff.password_changed',
      subject: staff,
    })
  })
}
