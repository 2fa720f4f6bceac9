import { sql } from 'kysely'
import type { App } from '../app.ts'
import { inTransaction, type Tx } from '../db/connect.ts'
import { decisionsOf } from '../db/decisions.ts'
import { audit } from '../db/journal.ts'
import { lockPayment } from '../db/payments.ts'
import { lockRefund, moveRefund, refundsOfRequest } from '../db/refunds.ts'
import { findRequest, lockRequest, moveRequest, type RequestRow } from '../db/requests.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import { no, ok, type Result } from '../domain/refusal.ts'
import { undoMs } from '../domain/undo.ts'
import { dueTime } from './due-time.ts'
import { tell } from './tell.ts'

type Undoing = { readonly id: string; readonly by: Actor; readonly role: Role }

/**
 * Takes a person's answer back before it has left: money that was set aside is free again, the message is not sent, a person
 * decides again. Whoever moves the refund's row first wins, this or the worker that sends. Refuses: request_not_found,
 * role_too_low, not_undoable.
 */
export async function undoDecision(app: App, undoing: Undoing): Promise<Result<{ id: string }>> {
  const known = await findRequest(app.db, app.account, undoing.id)
  if (known === undefined) return no({ code: 'request_not_found' })
  return inTransaction(app.db, async (tx) => {
    await lockPayment(tx, app.account, known.payment_id)
    const request = await lockRequest(tx, app.account, known.id)
    if (request.status === 'approved') return undoApproval(app, tx, request, undoing)
    if (request.status === 'denied') return undoDenial(app, tx, request, undoing)
    return no({ code: 'not_undoable', because: `There is nothing to undo: the request is ${request.status}.` })
  })
}

async function undoApproval(
  app: App,
  tx: Tx,
  request: RequestRow,
  { by, role }: Undoing,
): Promise<Result<{ id: string }>> {
  const last = (await refundsOfRequest(tx, app.account, request.id)).at(-1)
  if (last === undefined || last.undo_until === null)
    return no({
      code: 'not_undoable',
      because: 'This was not approved by a person in the console, so it can’t be undone.',
    })
  const given = (await decisionsOf(tx, app.account, request.id)).find(({ id }) => id === last.decision_id)
  if (given?.by !== by && !mayAs(role, 'approver')) return no({ code: 'role_too_low', needed: 'approver' })
  const refund = await lockRefund(tx, app.account, last.id)
  if (refund.status !== 'reserved')
    return no({
      code: 'not_undoable',
      because: 'Too late to undo: the refund has been sent to Stripe. It can’t be called back.',
    })
  await moveRefund(tx, refund, { event: 'cancel', by, at: app.now(), because: 'undone before it was sent' })
  await audit(tx, {
    account: app.account,
    at: app.now(),
    actor: by,
    action: 'refund.canceled',
    subject: refund.id,
    detail: { request: request.id, customer: request.customer_id },
  })
  await backToStaff(app, tx, request, { by, event: 'undo', told: 'approved', action: 'request.approval_undone' })
  return ok({ id: request.id })
}

async function undoDenial(app: App, tx: Tx, request: RequestRow, { by }: Undoing): Promise<Result<{ id: string }>> {
  const last = (await decisionsOf(tx, app.account, request.id)).at(-1)
  if (last?.by !== by || app.now().getTime() >= last.at.getTime() + undoMs)
    return no({
      code: 'not_undoable',
      because: 'Too late to undo: the customer has been told. Reopen the request instead.',
    })
  await backToStaff(app, tx, request, { by, event: 'reopen', told: 'denied', action: 'request.denial_undone' })
  return ok({ id: request.id })
}

async function backToStaff(
  app: App,
  tx: Tx,
  request: RequestRow,
  { by, event, told, action }: { by: Actor; event: 'undo' | 'reopen'; told: string; action: string },
): Promise<void> {
  const at = app.now()
  const due_at = await dueTime(app, tx, at)
  await moveRequest(tx, request, { event, by, at, because: 'undone', due_at })
  // Written with the answer and held back as long as the answer could be undone.
  const { numAffectedRows: unsent } = await sql`
    delete from message where account_id = ${app.account} and request_id = ${request.id} and kind = ${told}
      and status in ('queued', 'kept') and created_at >= (select max(at) from decision where account_id = ${app.account} and request_id = ${request.id})`.execute(
    tx,
  )
  if (!unsent) await tell(app, tx, { request, kind: 'in_review', due_at })
  await audit(tx, {
    account: app.account,
    at,
    actor: by,
    action,
    subject: request.id,
    detail: { customer: request.customer_id },
  })
}
