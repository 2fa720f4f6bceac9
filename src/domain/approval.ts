import { mayAs } from './actor.ts'
import type { Decision, Verdict } from './decision.ts'
import type { RequestStatus } from './request.ts'

type Answer = { readonly id: string; readonly by: string; readonly verdict: Verdict }

/**
 * The approvals that still stand: those since the last answer of another kind, and since the last refund, which used its own
 * up. `answers` and `refunds` oldest first; the refunds are those of this request.
 */
export function standingApprovals<A extends Answer>(
  answers: readonly A[],
  refunds: readonly { readonly decision_id: string }[],
): A[] {
  const used = refunds.at(-1)?.decision_id
  const last = answers.findLastIndex(({ id, by, verdict }) => by === 'policy' || verdict !== 'approve' || id === used)
  return answers.slice(last + 1)
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
