import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { insertDecision } from '../db/decisions.ts'
import { resolveException } from '../db/exceptions.ts'
import { audit } from '../db/journal.ts'
import { lockPayment } from '../db/payments.ts'
import { findRequest, lockRequest, moveRequest } from '../db/requests.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import type { RequestId } from '../domain/ids.ts'
import { follow } from '../domain/machine.ts'
import { money } from '../domain/money.ts'
import { no, ok, type Result } from '../domain/refusal.ts'
import { requestMachine } from '../domain/request.ts'
import { undoMs } from '../domain/undo.ts'
import { checkRevision } from './check-revision.ts'
import { tell } from './tell.ts'

export type Denial = {
  readonly id: string
  readonly by: Actor
  readonly role: Role
  /** Why, for colleagues and the audit. */
  readonly note: string
  /** What the customer reads. */
  readonly reply?: string | undefined
  /** A click: the customer is told after ten seconds, in which it can be taken back. */
  readonly undoable?: boolean | undefined
  /** The state that was on the screen (`revisionOf`): another one since is refused, and said. */
  readonly seen?: string | undefined
}

/** A person's no, with its reason. Refuses: request_not_found, role_too_low, note_missing, already_decided, changed_meanwhile. */
export async function denyRequest(
  app: App,
  { id, by, role, note, reply, undoable, seen }: Denial,
): Promise<Result<{ id: RequestId }>> {
  if (!mayAs(role, 'support')) return no({ code: 'role_too_low', needed: 'support' })
  if (note.trim() === '') return no({ code: 'note_missing' })
  const known = await findRequest(app.db, app.account, id)
  if (known === undefined) return no({ code: 'request_not_found' })
  return inTransaction(app.db, async (tx) => {
    await lockPayment(tx, app.account, known.payment_id)
    const request = await lockRequest(tx, app.account, known.id)
    if (follow(requestMachine, request.status, 'deny') === undefined)
      return no({ code: 'already_decided', status: request.status })
    const stale = await checkRevision(app, tx, request, seen)
    if (stale) return no(stale)
    const at = app.now()
    await insertDecision(tx, {
      account: app.account,
      request: request.id,
      verdict: 'deny',
      by,
      amount: money(0, request.currency),
      access: 'keep',
      at,
      note,
      reply,
    })
    const not_before = undoable ? new Date(at.getTime() + undoMs) : undefined
    await moveRequest(tx, request, { event: 'deny', by, at, because: note, undo_until: not_before })
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'request.denied',
      subject: request.id,
      detail: { note, customer: request.customer_id },
    })
    await resolveException(tx, app.account, { kind: 'refund_failed', subject: request.id, by, at })
    await tell(app, tx, { request, kind: 'denied', say: reply ?? '', not_before })
    return ok({ id: request.id })
  })
}
