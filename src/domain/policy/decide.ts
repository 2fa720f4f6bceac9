import type { Beside, Counterfactual, Decision, Finding } from '../decision.ts'
import type { Facts } from '../facts.ts'
import { counterfactual } from './counterfactual.ts'
import { reasonsForCustomer } from './customer-reasons.ts'
import { amountBecause, becauseOf, besideOf, findingsOf, missingFacts } from './explain.ts'
import { judge } from './judge.ts'
import type { Policy } from './policy.ts'
import { sayOf } from './say.ts'

export { sayIn } from './say.ts'

/**
 * Facts in, explained verdict out. The explanation and the counterfactual are worked out when they are first read: they
 * are plain properties to `JSON.stringify`, spreading and comparing. Keep the facts as they are until then.
 */
export function decide(policy: Policy, facts: Facts, version: number): Decision {
  const judgement = judge(policy, facts)
  const { verdict, guard, rule } = judgement
  const missing = judgement.undecided.length > 0 || judgement.turned ? missingFacts(policy, facts, judgement) : []
  let findings: readonly Finding[] | undefined
  let reasons: Readonly<Record<string, readonly string[]>> | undefined
  let beside: { found: Beside | undefined } | undefined
  let change: { found: Counterfactual | undefined } | undefined
  return {
    verdict,
    amount: judgement.amount,
    get amount_because() {
      return amountBecause(policy, facts, judgement)
    },
    rule: guard ? guard.id : rule.id,
    policy_version: version,
    get findings() {
      findings ??= findingsOf(policy, facts, judgement)
      return findings
    },
    access: guard ? 'keep' : rule.access,
    destination: rule.destination,
    say: sayOf(policy, judgement),
    get because() {
      return becauseOf(policy, facts, judgement, missing)
    },
    approvers: judgement.approvers,
    appeal: !guard && verdict === 'deny' && rule.appeal,
    missing,
    get counterfactual() {
      change ??= { found: counterfactual(policy, facts, judgement) }
      return change.found
    },
    get for_customer() {
      reasons ??= reasonsForCustomer(policy, facts, judgement, missing)
      return reasons
    },
    get beside() {
      beside ??= { found: besideOf(policy, facts, judgement) }
      return beside.found
    },
    ...(judgement.charge && { charge: judgement.charge }),
  }
}
