import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { lockPayment } from '../db/payments.ts'
import { findRequest, lockRequest, moveRequest } from '../db/requests.ts'
import type { Actor } from '../domain/actor.ts'
import type { RequestId } from '../domain/ids.ts'
import { follow } from '../domain/machine.ts'
import { no, ok, type Result } from '../domain/refusal.ts'
import { requestMachine } from '../domain/request.ts'
import { tell } from './tell.ts'

/** Takes a request back while nobody has decided it. With `customer` it must be theirs. Refuses: request_not_found, not_withdrawable. */
export async function withdrawRequest(
  app: App,
  { id, by, customer }: { id: string; by: Actor; customer?: string | undefined },
): Promise<Result<{ id: RequestId }>> {
  const known = await findRequest(app.db, app.account, id)
  if (known === undefined || (customer !== undefined && known.owner_id !== customer))
    return no({ code: 'request_not_found' })
  return inTransaction(app.db, async (tx) => {
    await lockPayment(tx, app.account, known.payment_id)
    const request = await lockRequest(tx, app.account, known.id)
    if (follow(requestMachine, request.status, 'withdraw') === undefined)
      return no({ code: 'not_withdrawable', status: request.status })
    const at = app.now()
    await moveRequest(tx, request, { event: 'withdraw', by, at })
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'request.withdrawn',
      subject: request.id,
      detail: { customer: request.customer_id },
    })
    await tell(app, tx, { request, kind: 'withdrawn' })
    return ok({ id: request.id })
  })
}
