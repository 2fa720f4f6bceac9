import { format } from '../money.ts'
import { decide } from './decide.ts'
import { brokenGuarantees } from './guarantees.ts'
import { factsFrom } from './given.ts'
import { toMoney } from './merchant-facts.ts'
import type { Policy, PolicyTest } from './policy.ts'
import type { Decision } from '../decision.ts'
import type { Money } from '../money.ts'

export type TestResult = {
  readonly name: string
  readonly passed: boolean
  /** What was expected and what came, part by part in the same order: "approve, rule money-back, $49.00". */
  readonly expected: string
  readonly actual: string
  /** Where the test stands in the file. */
  readonly line: number
}

/**
 * Runs the tests that a policy file brings along. Each asks the policy about its facts and compares what it expects; it fails
 * too when its facts break a guarantee.
 */
export function runPolicyTests(policy: Policy): TestResult[] {
  const vocabulary = { facts: policy.facts, zone: policy.scope.zone }
  return policy.tests.map((test) => {
    const facts = factsFrom({ ...policy.assume, ...test.given }, vocabulary)
    const result = compare(test, decide(policy, facts, 0))
    const broken = brokenGuarantees(policy, facts).map((guarantee) => `breaks "${guarantee.name}"`)
    return broken.length === 0 ? result : { ...result, passed: false, actual: [result.actual, ...broken].join(', ') }
  })
}

function compare({ name, expect, line }: PolicyTest, decision: Decision): TestResult {
  const pairs: (readonly [string, string])[] = []
  const add = (expected: string | undefined, actual: string): void => {
    if (expected !== undefined) pairs.push([expected, actual])
  }
  add(expect.then, decision.verdict)
  add(expect.rule && `rule ${expect.rule}`, `rule ${decision.rule}`)
  add(expect.amount && format(toMoney(expect.amount) as Money), format(decision.amount))
  add(expect.access && `access ${expect.access}`, `access ${decision.access}`)
  add(expect.destination && `to ${expect.destination}`, `to ${decision.destination ?? 'original'}`)
  add(expect.approver && `by ${expect.approver}`, `by ${decision.approvers.role}`)
  add(
    expect.charge && `a charge of ${format(toMoney(expect.charge) as Money)}`,
    decision.charge ? `a charge of ${format(decision.charge)}` : 'no charge',
  )
  add(expect.missing && `missing ${expect.missing.join(' ')}`, `missing ${decision.missing.join(' ')}`)
  return {
    name,
    line,
    passed: pairs.every(([expected, actual]) => expected === actual),
    expected: pairs.map(([expected]) => expected).join(', '),
    actual: pairs.map(([, actual]) => actual).join(', '),
  }
}
