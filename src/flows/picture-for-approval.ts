import type { App } from '../app.ts'
import type { Db } from '../db/connect.ts'
import type { PaymentRow } from '../db/payments.ts'
import { policyAt } from '../db/policies.ts'
import type { RequestRow } from '../db/requests.ts'
import { lengthOf } from '../domain/comment.ts'
import { countSignals } from '../domain/signals.ts'
import type { ApprovalPicture } from '../domain/since-approval.ts'
import { judge } from './judge.ts'
import { signalFacts } from './signals-of-request.ts'

/**
 * What stands behind an approval at this moment: facts, signals, and what the policy says. As of the time of the request, so that
 * two pictures differ only by what happened, and not because time passed.
 */
export async function pictureForApproval(
  app: App,
  { request, payment }: { request: RequestRow; payment: PaymentRow },
  db: Db = app.db,
): Promise<ApprovalPicture> {
  const asked = {
    amount_minor: request.asked_minor,
    reason: request.reason,
    channel: request.channel,
    comment_length: lengthOf(request.comment),
    attempt: request.attempt,
    at: request.created_at,
  }
  const { decision, facts } = await judge(app, payment, asked, db)
  const around = await signalFacts(app, request.id, db)
  const newest = await policyAt(db, app.account, app.now())
  return {
    facts,
    signals: countSignals(around ?? { requests: [], payments: [] }),
    policy_version: decision.policy_version,
    newest_version: newest?.version ?? decision.policy_version,
    verdict: decision.verdict,
    amount_minor: decision.amount.minor,
    currency: decision.amount.currency,
  }
}
