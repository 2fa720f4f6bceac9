import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { deskOf, saveDesk } from '../db/desk.ts'
import { audit } from '../db/journal.ts'
import type { Actor } from '../domain/actor.ts'
import type { Desk } from '../domain/desk.ts'

/** Sets hours and limits of the desk. They count from now on; a due time that was promised stays. */
export async function setDesk(app: App, { settings, by }: { settings: Desk; by: Actor }): Promise<Desk> {
  return inTransaction(app.db, async (tx) => {
    const before = await deskOf(tx, app.account)
    const at = app.now()
    await saveDesk(tx, app.account, settings, { by, at })
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'desk.changed',
      subject: app.account,
      detail: { before, after: settings },
    })
    return settings
  })
}
