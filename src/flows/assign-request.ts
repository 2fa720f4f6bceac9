import { sql } from 'kysely'
import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { canTakeOn } from '../db/approvers.ts'
import { audit } from '../db/journal.ts'
import type { Actor } from '../domain/actor.ts'
import { no, ok, type Result } from '../domain/refusal.ts'

/** Says who looks after a request, or that nobody does. Decides nothing. Refuses: request_not_found, assignee_not_found. */
export async function assignRequest(
  app: App,
  { id, by, to }: { id: string; by: Actor; to: Actor | null },
): Promise<Result<{ id: string }>> {
  return inTransaction(app.db, async (tx) => {
    if (to?.startsWith('staff:') && to !== by && !(await canTakeOn(tx, to.slice('staff:'.length))))
      return no({ code: 'assignee_not_found' })
    const { rows } = await sql`
      update refund_request set assignee = ${to} where account_id = ${app.account} and id = ${id} returning id`.execute(
      tx,
    )
    if (rows.length === 0) return no({ code: 'request_not_found' })
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: by,
      action: 'request.assigned',
      subject: id,
      detail: { to },
    })
    return ok({ id })
  })
}
