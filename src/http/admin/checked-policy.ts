import { parsePolicy } from '../../domain/policy/parse.ts'
import { runPolicyTests } from '../../domain/policy/run-tests.ts'

export type PolicyProblem = { line: number; column: number; message: string; suggestion?: string }
export type PolicyTest = { name: string; passed: boolean; expected: string; actual: string; line: number }
export type CheckedPolicy = { problems: PolicyProblem[]; tests: PolicyTest[] }

/** What the editor shows while somebody types: what is wrong and where, and how the tests inside the text come out. */
export function checkedPolicy(source: string): CheckedPolicy {
  const parsed = parsePolicy(source)
  if (!parsed.ok) return { problems: [...parsed.problems], tests: [] }
  const tests = runPolicyTests(parsed.policy).map(({ name, passed, expected, actual, line }) => ({
    name,
    passed,
    expected,
    actual,
    line,
  }))
  return { problems: [], tests }
}
