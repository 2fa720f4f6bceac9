import type { Facts } from '../facts.ts'
import { judge } from './judge.ts'
import type { Judgement } from './judge.ts'
import type { Decided, Outcome } from './outcome-facts.ts'
import type { Guarantee, Line, Policy } from './policy.ts'

/** What a guarantee may know of a judgement. */
export function outcomeOf({ verdict, amount, guard, rule, approvers }: Judgement): Outcome {
  const access = guard ? 'keep' : rule.access
  return { verdict, amount, access, approvers, destination: rule.destination, rule: guard?.id ?? rule.id }
}

/**
 * The first line of a guarantee that does not hold for these facts; undefined while it is kept. It is asked only where all
 * of `when` is known to hold; a line of `always` that can't be known is not kept.
 */
export function brokenLine({ when, always }: Guarantee, facts: Facts, judgement: Judgement): Line | undefined {
  const decided: Decided = { ...facts, decided: outcomeOf(judgement) }
  if (!when.every((line) => line.run(decided) === true)) return undefined
  return always.find((line) => line.run(decided) !== true)
}

/** The guarantees of a policy that these facts break. What a guard refuses is no promise of the policy, so it breaks none. */
export function brokenGuarantees(policy: Policy, facts: Facts): readonly Guarantee[] {
  if (policy.guarantees.length === 0) return []
  const judgement = judge(policy, facts)
  if (judgement.guard) return []
  return policy.guarantees.filter((guarantee) => brokenLine(guarantee, facts, judgement) !== undefined)
}
