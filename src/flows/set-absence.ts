import type { App } from '../app.ts'
import { findPerson } from '../db/approvers.ts'
import { endAbsence, writeAbsence } from '../db/absences.ts'
import { inTransaction } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import type { Actor } from '../domain/actor.ts'
import { no, ok, type Result } from '../domain/refusal.ts'

const longestMs = 90 * 24 * 60 * 60 * 1000

/**
 * Says that somebody is away until an instant and who decides in their place, with their right; or that they are back
 * (`until: null`). Refuses: colleague_not_found, time_invalid.
 */
export async function setAbsence(
  app: App,
  { staff, deputy, until, by }: { staff: string; deputy: string; until: Date | null; by: Actor },
): Promise<Result<{ staff: string }>> {
  const at = app.now()
  const ahead = until === null ? 1 : until.getTime() - at.getTime()
  if (!(ahead > 0 && ahead <= longestMs))
    return no({ code: 'time_invalid', because: 'Be away until a time in the future, 90 days ahead at most.' })
  return inTransaction(app.db, async (tx) => {
    if (until === null) await endAbsence(tx, staff)
    else {
      if (staff === deputy || !(await findPerson(tx, deputy, at))) return no({ code: 'colleague_not_found' })
      await writeAbsence(tx, { staff, deputy, from: at, until, by })
    }
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: until === null ? 'staff.back' : 'staff.away',
      subject: `staff:${staff}`,
      detail: until === null ? {} : { deputy: `staff:${deputy}`, until },
    })
    return ok({ staff })
  })
}
