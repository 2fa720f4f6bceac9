import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { resolveException } from '../db/exceptions.ts'
import { audit } from '../db/journal.ts'
import { lockPayment } from '../db/payments.ts'
import { findRequest, lockRequest, moveRequest } from '../db/requests.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import { follow } from '../domain/machine.ts'
import { no, ok, type Result } from '../domain/refusal.ts'
import { requestMachine } from '../domain/request.ts'
import { checkRevision } from './check-revision.ts'
import { tell } from './tell.ts'

export type HandledElsewhere = {
  readonly id: string
  readonly by: Actor
  readonly role: Role
  /** How it was settled, for colleagues and the audit. */
  readonly note: string
  /** What shows it: the reference of a transfer, a link, a number. */
  readonly proof: string
  /** What the customer reads; nothing: they are not told. */
  readonly reply?: string | undefined
  /** The state that was on the screen (`revisionOf`): another one since is refused, and said. */
  readonly seen?: string | undefined
}

/**
 * Closes a request that was settled outside of Moneyback. No money moves here.
 * Refuses: request_not_found, role_too_low, note_missing, proof_missing, already_decided, changed_meanwhile.
 */
export async function handleElsewhere(
  app: App,
  { id, by, role, note, proof, reply, seen }: HandledElsewhere,
): Promise<Result<{ id: string }>> {
  if (!mayAs(role, 'support')) return no({ code: 'role_too_low', needed: 'support' })
  if (note.trim() === '') return no({ code: 'note_missing' })
  if (proof.trim() === '') return no({ code: 'proof_missing' })
  const known = await findRequest(app.db, app.account, id)
  if (known === undefined) return no({ code: 'request_not_found' })
  return inTransaction(app.db, async (tx) => {
    await lockPayment(tx, app.account, known.payment_id)
    const request = await lockRequest(tx, app.account, known.id)
    if (follow(requestMachine, request.status, 'handle') === undefined)
      return no({ code: 'already_decided', status: request.status })
    const stale = await checkRevision(app, tx, request, seen)
    if (stale) return no(stale)
    const at = app.now()
    await moveRequest(tx, request, { event: 'handle', by, at, because: `${note.trim()} (proof: ${proof.trim()})` })
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'request.handled',
      subject: request.id,
      detail: { note: note.trim(), proof: proof.trim(), customer: request.customer_id },
    })
    await resolveException(tx, app.account, { kind: 'refund_failed', subject: request.id, by, at })
    if (reply?.trim()) await tell(app, tx, { request, kind: 'handled', say: reply.trim() })
    return ok({ id: request.id })
  })
}
