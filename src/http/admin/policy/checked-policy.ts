import { describePolicy, type Description } from '../../../domain/policy/describe.ts'
import { decide } from '../../../domain/policy/decide.ts'
import { factsFrom } from '../../../domain/policy/given.ts'
import { parsePolicy, type Policy } from '../../../domain/policy/parse.ts'
import { reasonWarnings } from '../../../domain/policy/named-reasons.ts'
import { runPolicyTests } from '../../../domain/policy/run-tests.ts'
import type { Reason } from '../../../domain/reasons.ts'
import { policyWarnings, type PolicyWarning } from '../../../domain/policy/warnings.ts'

export type PolicyProblem = { line: number; column: number; message: string; suggestion?: string }
export type PolicyTest = {
  name: string
  passed: boolean
  expected: string
  actual: string
  line: number
  /** For one that fails: what stood against the rule that was expected, and what decided instead. */
  why: string[]
}
export type CheckedPolicy = {
  problems: PolicyProblem[]
  tests: PolicyTest[]
  warnings: PolicyWarning[]
  /** In plain language, as customers read it; nothing while there are problems. */
  description: { en: Description; de: Description } | null
}

/** What the editor shows while somebody types (`reasons`: those that are kept, for what the rules name): what is wrong and where, how the tests inside come out, and what it means in words. */
export function checkedPolicy(source: string, reasons: readonly Pick<Reason, 'code' | 'archived_at'>[]): CheckedPolicy {
  const parsed = parsePolicy(source)
  if (!parsed.ok) return { problems: [...parsed.problems], tests: [], warnings: [], description: null }
  const { policy } = parsed
  const tests = runPolicyTests(policy).map(({ name, passed, expected, actual, line }, at) => ({
    name,
    passed,
    expected,
    actual,
    line,
    why: passed ? [] : whyNot(policy, at),
  }))
  return {
    problems: [],
    tests,
    warnings: [...policyWarnings(policy), ...reasonWarnings(policy, reasons)],
    description: { en: describePolicy(policy, 'en'), de: describePolicy(policy, 'de') },
  }
}

function whyNot(policy: Policy, at: number): string[] {
  const test = policy.tests[at]!
  const facts = factsFrom({ ...policy.assume, ...test.given }, { facts: policy.facts, zone: policy.scope.zone })
  const { findings, because, rule } = decide(policy, facts, 0)
  const expected = findings.filter((each) => each.rule === test.expect.rule && each.mark !== 'met')
  const shown = expected.length > 0 ? expected : findings.filter((each) => each.rule === rule)
  return [...new Set([...shown.map(({ rule: of, sentence }) => `${of}: ${sentence}`), because])].slice(0, 5)
}
