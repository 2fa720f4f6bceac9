import { mayAs } from './actor.ts'
import type { Decision, Verdict } from './decision.ts'
import type { RequestStatus } from './request.ts'

type Answer = {
  readonly id: string
  readonly by: string
  readonly verdict: Verdict
  readonly amount_minor: number
  readonly at: Date | string
}

/** An approval that nobody has completed lapses: by then it is about another state of things. */
export const approvalLastsMs = 7 * 24 * 60 * 60 * 1000

/**
 * The approvals of `amount_minor` that still stand: those since the last answer of another kind or about another amount, and
 * since the last refund, which used its own up; not older than seven days. `answers` and `refunds` oldest first; the refunds
 * are those of this request. Without an amount: that of the last approval.
 */
export function standingApprovals<A extends Answer>(
  answers: readonly A[],
  refunds: readonly { readonly decision_id: string }[],
  now: Date,
  amount_minor?: number,
): A[] {
  const used = refunds.at(-1)?.decision_id
  const amount = amount_minor ?? answers.at(-1)?.amount_minor
  const last = answers.findLastIndex(
    ({ id, by, verdict, amount_minor: minor }) =>
      by === 'policy' || verdict !== 'approve' || id === used || minor !== amount,
  )
  return answers.slice(last + 1).filter(({ at }) => now.getTime() - new Date(at).getTime() < approvalLastsMs)
}

/**
 * The least role that may approve: the policy's own for what it handed to a person. What the policy or a person denied is an
 * exception, also after the customer has asked a person: that takes an approver or a higher role.
 */
export function roleToApprove(
  status: RequestStatus,
  asked: Pick<Decision, 'verdict' | 'approvers'> | undefined,
): string {
  const needed = asked?.approvers.role ?? 'support'
  const exception = status === 'denied' || asked?.verdict === 'deny'
  return exception && !mayAs(needed, 'approver') ? 'approver' : needed
}
