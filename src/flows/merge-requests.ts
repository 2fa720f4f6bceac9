import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { lockPayment } from '../db/payments.ts'
import { findRequest, lockRequest, moveRequest, type RequestRow } from '../db/requests.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import { follow } from '../domain/machine.ts'
import { no, ok, type Refusal, type Result } from '../domain/refusal.ts'
import { requestMachine } from '../domain/request.ts'

/**
 * Closes a duplicate: it goes on in `into`, which shows its words and its notes. Nothing is lost and nothing is paid; it can
 * be reopened. Refuses: request_not_found, role_too_low, already_decided, not_a_duplicate.
 */
export async function mergeRequests(
  app: App,
  { id, into, by, role }: { id: string; into: string; by: Actor; role: Role },
): Promise<Result<{ id: string; into: string }>> {
  if (!mayAs(role, 'support')) return no({ code: 'role_too_low', needed: 'support' })
  const [one, other] = [await findRequest(app.db, app.account, id), await findRequest(app.db, app.account, into)]
  if (one === undefined || other === undefined) return no({ code: 'request_not_found' })
  return inTransaction(app.db, async (tx) => {
    // Always in the same order, so that two merges can't wait for each other.
    for (const payment of [...new Set([one.payment_id, other.payment_id])].sort())
      await lockPayment(tx, app.account, payment)
    const request = await lockRequest(tx, app.account, one.id)
    const target = one.id === other.id ? request : await lockRequest(tx, app.account, other.id)
    const wrong = mayMerge(request, target)
    if (wrong) return no(wrong)
    const at = app.now()
    await moveRequest(tx, request, {
      event: 'merge',
      by,
      at,
      because: `goes on in ${target.id}`,
      merged_into: target.id,
    })
    const entry = { account: app.account, at, actor: by }
    await audit(tx, { ...entry, action: 'request.merged', subject: request.id, detail: { into: target.id } })
    await audit(tx, { ...entry, action: 'request.took_in', subject: target.id, detail: { from: request.id } })
    return ok({ id: request.id, into: target.id })
  })
}

function mayMerge(request: RequestRow, target: RequestRow): Refusal | undefined {
  if (follow(requestMachine, request.status, 'merge') === undefined)
    return { code: 'already_decided', status: request.status }
  if (request.id === target.id) return { code: 'not_a_duplicate', because: 'A request can’t be merged into itself.' }
  if (target.status !== 'in_review' && target.status !== 'failed')
    return {
      code: 'not_a_duplicate',
      because: `The other request is ${target.status}. Merge into one that waits for a person.`,
    }
  const same =
    request.payment_id === target.payment_id ||
    (request.customer_id !== null && request.customer_id === target.customer_id)
  return same
    ? undefined
    : { code: 'not_a_duplicate', because: 'The two requests are neither of one customer nor about one payment.' }
}
