import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { lockPayment } from '../db/payments.ts'
import { findOpenRequest, findRequest, lockRequest, moveRequest } from '../db/requests.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import { follow } from '../domain/machine.ts'
import { no, ok, type Result } from '../domain/refusal.ts'
import { requestMachine } from '../domain/request.ts'
import { dueTime } from './due-time.ts'
import { tell } from './tell.ts'

/**
 * Brings a closed request back to a person: denied, withdrawn, handled elsewhere or merged. What was denied takes an
 * approver, as approving it would. The customer is told that a person looks at it again.
 * Refuses: request_not_found, role_too_low, note_missing, already_decided, request_already_open.
 */
export async function reopenRequest(
  app: App,
  { id, by, role, note }: { id: string; by: Actor; role: Role; note: string },
): Promise<Result<{ id: string }>> {
  if (note.trim() === '') return no({ code: 'note_missing' })
  const known = await findRequest(app.db, app.account, id)
  if (known === undefined) return no({ code: 'request_not_found' })
  return inTransaction(app.db, async (tx) => {
    await lockPayment(tx, app.account, known.payment_id)
    const request = await lockRequest(tx, app.account, known.id)
    const needed = request.status === 'denied' ? 'approver' : 'support'
    if (!mayAs(role, needed)) return no({ code: 'role_too_low', needed })
    if (follow(requestMachine, request.status, 'reopen') === undefined)
      return no({ code: 'already_decided', status: request.status })
    const open = await findOpenRequest(tx, app.account, request.payment_id)
    if (open) return no({ code: 'request_already_open', request: open.id })
    const at = app.now()
    const due_at = await dueTime(app, tx, at)
    await moveRequest(tx, request, { event: 'reopen', by, at, because: note.trim(), due_at })
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'request.reopened',
      subject: request.id,
      detail: { note: note.trim(), customer: request.customer_id },
    })
    await tell(app, tx, { request, kind: 'in_review', due_at })
    return ok({ id: request.id })
  })
}
