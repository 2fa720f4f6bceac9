import type { App } from '../app.ts'
import { inTransaction, type Tx } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { lockPayment } from '../db/payments.ts'
import { findRequest, lockRequest, type RequestRow } from '../db/requests.ts'
import type { Actor } from '../domain/actor.ts'
import { no, ok, type Result } from '../domain/refusal.ts'

/** Changes who or when about a request that waits for a person, and says so in the audit trail. Refuses: request_not_found, already_decided. */
export async function changeOpenRequest(
  app: App,
  { id, by, action, detail }: { id: string; by: Actor; action: string; detail: Record<string, unknown> },
  change: (tx: Tx, request: RequestRow) => Promise<unknown>,
): Promise<Result<{ id: string }>> {
  const known = await findRequest(app.db, app.account, id)
  if (known === undefined) return no({ code: 'request_not_found' })
  return inTransaction(app.db, async (tx) => {
    await lockPayment(tx, app.account, known.payment_id)
    const request = await lockRequest(tx, app.account, known.id)
    if (request.status !== 'in_review' && request.status !== 'failed')
      return no({ code: 'already_decided', status: request.status })
    await change(tx, request)
    await audit(tx, { account: app.account, at: app.now(), actor: by, action, subject: request.id, detail })
    return ok({ id: request.id })
  })
}
