import { changesBetween, type PolicyChange } from '../../../domain/policy/changes.ts'
import { parsePolicy } from '../../../domain/policy/parse.ts'
import { no, ok, type Result } from '../../../domain/refusal.ts'

export type ComparedPolicies = { changes: PolicyChange[] }

/** How two texts differ, in words. Refuses: policy_invalid, of the first that can't be read. */
export function comparedPolicies({ before, after }: { before: string; after: string }): Result<ComparedPolicies> {
  const [old, now] = [parsePolicy(before), parsePolicy(after)]
  if (!old.ok) return no({ code: 'policy_invalid', problems: old.problems })
  if (!now.ok) return no({ code: 'policy_invalid', problems: now.problems })
  return ok({ changes: [...changesBetween(old.policy, now.policy)] })
}
