import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { findRequest } from '../db/requests.ts'
import type { Actor } from '../domain/actor.ts'
import { no, ok, type Result } from '../domain/refusal.ts'

/** Keeps what a colleague should know about a request, for staff alone. Refuses: request_not_found, note_missing. */
export async function addNote(
  app: App,
  { id, by, note }: { id: string; by: Actor; note: string },
): Promise<Result<{ id: string }>> {
  if (note.trim() === '') return no({ code: 'note_missing' })
  const request = await findRequest(app.db, app.account, id)
  if (request === undefined) return no({ code: 'request_not_found' })
  return inTransaction(app.db, async (tx) => {
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: by,
      action: 'request.note_added',
      subject: id,
      detail: { note: note.trim() },
    })
    return ok({ id })
  })
}
