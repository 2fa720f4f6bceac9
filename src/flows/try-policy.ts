import type { App } from '../app.ts'
import { keptDecision } from '../db/admin-policy.ts'
import { findPayment } from '../db/payments.ts'
import { requestsOfPayment } from '../db/requests.ts'
import type { Decision } from '../domain/decision.ts'
import { factsFromKept } from '../domain/kept-facts.ts'
import { decide } from '../domain/policy/decide.ts'
import { factsFrom, givenNames, wrongGiven } from '../domain/policy/given.ts'
import { parsePolicy, type Policy } from '../domain/policy/parse.ts'
import { no, ok, type Result } from '../domain/refusal.ts'
import { gatherFacts } from './gather-facts.ts'

export type Trying = {
  readonly source: string
  /** A past request: with the facts as they were when it was decided. */
  readonly request?: string | undefined
  /** A payment, as if its owner asked now. */
  readonly payment?: string | undefined
  /** Facts set by hand, over an ordinary case, as the tests of the file give them. */
  readonly given?: Readonly<Record<string, unknown>> | undefined
}

/**
 * What a text would answer, explained; nothing is written. For a past request also what was answered then. Refuses: policy_invalid,
 * request_not_found, payment_not_found, fact_unknown, fact_wrong_type.
 */
export async function tryPolicy(
  app: App,
  { source, request, payment, given }: Trying,
): Promise<Result<{ decision: Decision; then: Decision | undefined }>> {
  const parsed = parsePolicy(source)
  if (!parsed.ok) return no({ code: 'policy_invalid', problems: parsed.problems })
  const { policy } = parsed
  if (request !== undefined) {
    const kept = await keptDecision(app.db, app.account, request)
    if (!kept) return no({ code: 'request_not_found' })
    return ok({ decision: decide(policy, factsFromKept(kept.facts), 0), then: kept.explanation })
  }
  if (payment !== undefined) return tryOnPayment(app, policy, payment)
  return tryGiven(policy, given ?? {})
}

async function tryOnPayment(app: App, policy: Policy, reference: string): ReturnType<typeof tryPolicy> {
  const row = await findPayment(app.db, app.account, reference)
  if (!row) return no({ code: 'payment_not_found' })
  const facts = await gatherFacts(app, row, {
    amount_minor: null,
    reason: 'changed_mind',
    channel: 'portal',
    comment_length: 0,
    attempt: 1 + (await requestsOfPayment(app.db, app.account, row.id)).length,
    at: app.now(),
  })
  return ok({ decision: decide(policy, facts, 0), then: undefined })
}

function tryGiven(policy: Policy, given: Readonly<Record<string, unknown>>): Awaited<ReturnType<typeof tryPolicy>> {
  const vocabulary = { facts: policy.facts, zone: policy.scope.zone }
  const names = givenNames(vocabulary)
  for (const [name, value] of Object.entries(given)) {
    if (!names.includes(name)) return no({ code: 'fact_unknown', name, known: names })
    const wrong = wrongGiven(name, value, vocabulary)
    if (wrong)
      return no({ code: 'fact_wrong_type', name, expected: wrong.replace(/^`[^`]*` is (written as |one of )?/, '') })
  }
  return ok({ decision: decide(policy, factsFrom({ ...policy.assume, ...given }, vocabulary), 0), then: undefined })
}
