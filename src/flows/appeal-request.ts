import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { decisionsOf } from '../db/decisions.ts'
import { audit } from '../db/journal.ts'
import { lockPayment } from '../db/payments.ts'
import { findOpenRequest, findRequest, lockRequest, moveRequest } from '../db/requests.ts'
import type { Actor } from '../domain/actor.ts'
import type { RequestId } from '../domain/ids.ts'
import { follow } from '../domain/machine.ts'
import { no, ok, type Result } from '../domain/refusal.ts'
import { requestMachine } from '../domain/request.ts'
import { dueTime } from './due-time.ts'
import { tell } from './tell.ts'

export type Appeal = {
  readonly id: string
  readonly by: Actor
  readonly customer?: string | undefined
  readonly comment?: string | undefined
}

/**
 * Passes a "no" of the policy on to a person, where the rule allows it. A person's own "no" is not passed on again.
 * Refuses: request_not_found, not_appealable, request_already_open.
 */
export async function appealRequest(
  app: App,
  { id, by, customer, comment }: Appeal,
): Promise<Result<{ id: RequestId }>> {
  const known = await findRequest(app.db, app.account, id)
  if (known === undefined || (customer !== undefined && known.owner_id !== customer))
    return no({ code: 'request_not_found' })
  return inTransaction(app.db, async (tx) => {
    await lockPayment(tx, app.account, known.payment_id)
    const request = await lockRequest(tx, app.account, known.id)
    const last = (await decisionsOf(tx, app.account, request.id)).at(-1)
    if (follow(requestMachine, request.status, 'appeal') === undefined || !last?.explanation?.appeal)
      return no({ code: 'not_appealable' })
    const open = await findOpenRequest(tx, app.account, request.payment_id)
    if (open) return no({ code: 'request_already_open', request: open.id })
    const at = app.now()
    const due_at = await dueTime(app, tx, at)
    await moveRequest(tx, request, { event: 'appeal', by, at, because: comment, due_at })
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'request.appealed',
      subject: request.id,
      detail: { comment, customer: request.customer_id },
    })
    await tell(app, tx, { request, kind: 'in_review', due_at })
    return ok({ id: request.id })
  })
}
