import type { App } from '../app.ts'
import { crashPoint } from '../crash-point.ts'
import { inTransaction, type Tx } from '../db/connect.ts'
import { keepPicture } from '../db/approval-pictures.ts'
import { decisionsOf, insertDecision } from '../db/decisions.ts'
import { resolveException } from '../db/exceptions.ts'
import { audit } from '../db/journal.ts'
import { lockPayment, refundableOf, type PaymentRow } from '../db/payments.ts'
import { refundsOfRequest } from '../db/refunds.ts'
import { findOpenRequest, findRequest, lockRequest, moveRequest, type RequestRow } from '../db/requests.ts'
import type { Actor, Role } from '../domain/actor.ts'
import { standingApprovals } from '../domain/approval.ts'
import type { AccessChoice, Decision } from '../domain/decision.ts'
import type { RequestId } from '../domain/ids.ts'
import { follow } from '../domain/machine.ts'
import { money, type Money } from '../domain/money.ts'
import { no, ok, type Refusal, type Result } from '../domain/refusal.ts'
import { requestMachine } from '../domain/request.ts'
import { isRecovering } from './recover.ts'
import { undoMs } from '../domain/undo.ts'
import { checkRevision } from './check-revision.ts'
import { mayApprove, type Allowed } from './may-approve.ts'
import { pictureForApproval } from './picture-for-approval.ts'
import { reserveRefund } from './reserve-refund.ts'
import { checkAmount } from './submit-request.ts'
import { tell } from './tell.ts'

export type Approval = {
  readonly id: string
  readonly by: Actor
  readonly role: Role
  /** Minor units; nothing: what the policy proposes, or all that is left. */
  readonly amount_minor?: number | undefined
  readonly access?: AccessChoice | undefined
  readonly note?: string | undefined
  readonly reply?: string | undefined
  /** A click: nothing is sent and nobody is told for ten seconds, in which it can be taken back. */
  readonly undoable?: boolean | undefined
  /** The state that was on the screen (`revisionOf`): another one since is refused, and said. */
  readonly seen?: string | undefined
  /** What the same person is about to approve beside this, in minor units of the settlement currency: for a dry run. */
  readonly beside_minor?: number | undefined
}

/**
 * A person's yes. Everything is checked under the payment's lock and written in one transaction: the approval, the money set
 * aside, the frozen call, the audit. Where the policy wants two people the first yes is kept and waits for the second.
 * An approval of another amount begins anew: those before it lapse.
 * With `undoable` nothing is sent for ten seconds.
 * Refuses: request_not_found, already_decided, changed_meanwhile, role_too_low, own_request, already_approved_by_you,
 * closed_by_you, above_your_limit, needs_an_owner, too_new_for_second, not_captured, payment_disputed, amount_invalid, more_than_is_left, books_are_compared.
 */
export async function approveRequest(
  app: App,
  approval: Approval,
): Promise<Result<{ id: RequestId; needs_another_approval: boolean }>> {
  const known = await findRequest(app.db, app.account, approval.id)
  if (known === undefined) return no({ code: 'request_not_found' })
  const result = await inTransaction(app.db, (tx) => approveLocked(app, tx, known, approval))
  crashPoint('after-approve')
  return result
}

/** Everything that an approval is checked for, under the payment's lock, and nothing written: what stands behind it, or why not. */
export async function weighApproval(
  app: App,
  tx: Tx,
  known: Pick<RequestRow, 'id' | 'payment_id'>,
  approval: Approval,
): Promise<Result<Weighed>> {
  if (await isRecovering(app, tx)) return no({ code: 'books_are_compared' })
  const payment = await lockPayment(tx, app.account, known.payment_id)
  const request = await lockRequest(tx, app.account, known.id)
  const history = await decisionsOf(tx, app.account, request.id)
  const asked = history.findLast(({ by }) => by === 'policy')?.explanation ?? undefined
  const amount = money(approval.amount_minor ?? proposedAmount(payment, request, asked), payment.currency)
  const refunds = await refundsOfRequest(tx, app.account, request.id)
  const standing = standingApprovals(history, refunds, app.now(), amount.minor)
  const wrong =
    mayDecide(request, payment) ?? (await checkRevision(app, tx, request, approval.seen)) ?? checkRoom(amount, payment)
  if (wrong) return no(wrong)
  const allowed = await mayApprove(app, tx, { request, amount, asked, standing, approval })
  if (!allowed.ok) return allowed
  const other = await findOpenRequest(tx, app.account, payment.id)
  if (other && other.id !== request.id) return no({ code: 'request_already_open', request: other.id })
  return ok({ request, payment, amount, asked, allowed: allowed.value })
}

type Weighed = {
  readonly request: RequestRow
  readonly payment: PaymentRow
  readonly amount: Money
  readonly asked: Decision | undefined
  readonly allowed: Allowed
}

async function approveLocked(
  app: App,
  tx: Tx,
  known: RequestRow,
  approval: Approval,
): Promise<Result<{ id: RequestId; needs_another_approval: boolean }>> {
  const weighed = await weighApproval(app, tx, known, approval)
  if (!weighed.ok) return weighed
  const { request, payment, amount, asked, allowed } = weighed.value
  const { complete, instead_of, four_eyes } = allowed
  const access = approval.access ?? asked?.access ?? 'keep'
  const decision = await insertDecision(tx, {
    account: app.account,
    request: request.id,
    verdict: 'approve',
    by: approval.by,
    amount,
    access,
    at: app.now(),
    note: approval.note,
    reply: approval.reply,
  })
  if (complete) await payOut(app, tx, { request, payment, decision, amount, access, approval })
  // Whoever comes next is shown what is otherwise than it was now.
  else await keepPicture(tx, app.account, decision, await pictureForApproval(app, { request, payment }, tx))
  await audit(tx, {
    account: app.account,
    at: app.now(),
    actor: approval.by,
    action: complete ? 'request.approved' : 'request.approved_by_one',
    subject: request.id,
    detail: {
      amount_minor: amount.minor,
      currency: amount.currency,
      access,
      note: approval.note,
      customer: request.customer_id,
      ...(instead_of && { instead_of: `staff:${instead_of}` }),
      ...(!four_eyes && { four_eyes: 'off' }),
    },
  })
  return ok({ id: request.id, needs_another_approval: !complete })
}

async function payOut(
  app: App,
  tx: Tx,
  {
    request,
    payment,
    decision,
    amount,
    access,
    approval,
  }: {
    request: RequestRow
    payment: PaymentRow
    decision: string
    amount: Money
    access: AccessChoice
    approval: Approval
  },
): Promise<void> {
  const undo_until = approval.undoable ? new Date(app.now().getTime() + undoMs) : undefined
  await reserveRefund(app, tx, { request, payment, decision, amount, access, undo_until })
  await moveRequest(tx, request, {
    event: 'approve',
    by: approval.by,
    at: app.now(),
    because: approval.note,
    undo_until,
  })
  await resolveException(tx, app.account, {
    kind: 'refund_failed',
    subject: request.id,
    by: approval.by,
    at: app.now(),
  })
  await tell(app, tx, {
    request,
    kind: 'approved',
    refund: { amount_minor: amount.minor, currency: amount.currency },
    say: approval.reply ?? '',
    not_before: undo_until,
  })
}

/** What a plain "approve" pays: what the policy proposes, else what was asked for, never more than is left. */
export function proposedAmount(
  payment: PaymentRow,
  request: Pick<RequestRow, 'asked_minor'>,
  asked: Decision | undefined,
): number {
  const left = refundableOf(payment).minor
  const wanted = asked && asked.amount.minor > 0 ? asked.amount.minor : (request.asked_minor ?? left)
  return Math.min(wanted, left)
}

function mayDecide(request: RequestRow, payment: PaymentRow): Refusal | undefined {
  if (request.status === 'submitted' || follow(requestMachine, request.status, 'approve') === undefined)
    return { code: 'already_decided', status: request.status }
  if (!payment.captured) return { code: 'not_captured' }
  if (payment.dispute === 'open' || payment.dispute === 'lost') return { code: 'payment_disputed' }
  return undefined
}

function checkRoom(amount: Money, payment: PaymentRow): Refusal | undefined {
  const left = refundableOf(payment)
  return left.minor === 0 ? { code: 'more_than_is_left', left } : checkAmount(amount.minor, payment)
}
