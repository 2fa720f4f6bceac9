import { sql } from 'kysely'
import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import { no, ok, type Result } from '../domain/refusal.ts'

export type Resolution = { readonly id: string; readonly by: Actor; readonly role: Role; readonly note: string }

/**
 * A person has looked at a difference and put it right, and says how. The same difference opens again if it comes back.
 * Refuses: role_too_low (the owner's role is needed), note_missing, exception_not_found (also for one that is closed).
 */
export async function resolveException(app: App, { id, by, role, note }: Resolution): Promise<Result<{ id: string }>> {
  if (note.trim() === '') return no({ code: 'note_missing' })
  return inTransaction(app.db, async (tx) => {
    const { rows } = await sql<{ owner_role: string; kind: string; subject_id: string }>`
      select owner_role, kind, subject_id from exception
      where account_id = ${app.account} and id = ${id} and resolved_at is null for update`.execute(tx)
    const open = rows[0]
    if (open === undefined) return no({ code: 'exception_not_found' })
    if (!mayAs(role, open.owner_role)) return no({ code: 'role_too_low', needed: open.owner_role })
    const at = app.now()
    await sql`
      update exception set resolved_at = ${at}, resolved_by = ${by} where account_id = ${app.account} and id = ${id}`.execute(
      tx,
    )
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'exception.resolved',
      subject: open.subject_id,
      detail: { exception: id, kind: open.kind, note },
    })
    return ok({ id })
  })
}
