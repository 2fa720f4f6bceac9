import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { mentionable, writeMentions } from '../db/mentions.ts'
import { findRequest } from '../db/requests.ts'
import type { Actor } from '../domain/actor.ts'
import { mentioned } from '../domain/mentions.ts'
import { no, ok, type Result } from '../domain/refusal.ts'

/** Keeps what a colleague should know about a request, for staff alone. Who is named with @ finds it among their mentions. Refuses: request_not_found, note_missing. */
export async function addNote(
  app: App,
  { id, by, note }: { id: string; by: Actor; note: string },
): Promise<Result<{ id: string }>> {
  if (note.trim() === '') return no({ code: 'note_missing' })
  const request = await findRequest(app.db, app.account, id)
  if (request === undefined) return no({ code: 'request_not_found' })
  return inTransaction(app.db, async (tx) => {
    const named = mentioned(note, await mentionable(tx))
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: by,
      action: 'request.note_added',
      subject: id,
      detail: {
        note: note.trim(),
        ...(named.length > 0 && { mentions: named.map(({ id: person }) => `staff:${person}`) }),
      },
    })
    await writeMentions(tx, app.account, { request: id, people: named.map((person) => person.id), by, at: app.now() })
    return ok({ id })
  })
}
