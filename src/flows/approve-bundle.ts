import type { App } from '../app.ts'
import { requestsOfBundle } from '../db/bundles.ts'
import type { RequestId } from '../domain/ids.ts'
import { explainRefusal, no, ok, type Result } from '../domain/refusal.ts'
import { approveRequest, type Approval } from './approve-request.ts'

export type BundleApproval = Pick<Approval, 'by' | 'role' | 'access' | 'note' | 'reply'> & { readonly id: string }

/** What became of each request of a bundle; `because` says why one was left as it is. */
export type LegOutcome = { readonly request: RequestId; readonly approved: boolean; readonly because: string | null }

/**
 * Approves each request of a bundle that waits for a person, one after the other, each with its own checks. What can't be
 * approved is left as it is and says why, so asking again goes on where this stopped. Refuses: bundle_not_found.
 */
export async function approveBundle(
  app: App,
  { id, ...approval }: BundleApproval,
): Promise<Result<{ legs: LegOutcome[] }>> {
  const requests = await requestsOfBundle(app.db, app.account, id)
  if (requests.length === 0) return no({ code: 'bundle_not_found' })
  const legs: LegOutcome[] = []
  for (const { id: request } of requests.filter(({ status }) => status === 'in_review' || status === 'failed')) {
    const result = await approveRequest(app, { ...approval, id: request })
    legs.push({ request, approved: result.ok, because: result.ok ? null : explainRefusal(result.no) })
  }
  return ok({ legs })
}
