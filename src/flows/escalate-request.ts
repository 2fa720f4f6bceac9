import { sql } from 'kysely'
import type { App } from '../app.ts'
import { mayAs, roles, type Actor, type Role } from '../domain/actor.ts'
import { no, type Result } from '../domain/refusal.ts'
import { changeOpenRequest } from './change-open-request.ts'

/**
 * Passes a request on to a higher role, saying why. It leaves nobody's list: it is unassigned and stands on top of that
 * role's. Decides nothing. Refuses: request_not_found, role_too_low, role_not_higher, note_missing, already_decided.
 */
export async function escalateRequest(
  app: App,
  { id, by, role, to, note }: { id: string; by: Actor; role: Role; to: Role; note: string },
): Promise<Result<{ id: string }>> {
  if (!mayAs(role, 'support')) return no({ code: 'role_too_low', needed: 'support' })
  if (roles.indexOf(to) <= roles.indexOf(role)) return no({ code: 'role_not_higher', yours: role })
  if (note.trim() === '') return no({ code: 'note_missing' })
  return changeOpenRequest(
    app,
    { id, by, action: 'request.escalated', detail: { to, note: note.trim() } },
    (tx, request) =>
      sql`
      update refund_request set escalated_to = ${to}, assignee = null
      where account_id = ${request.account_id} and id = ${request.id}`.execute(tx),
  )
}
