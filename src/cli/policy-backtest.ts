import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Said } from './said.ts'
import { factsFromKept } from '../domain/kept-facts.ts'
import type { Verdict } from '../domain/decision.ts'
import type { Facts } from '../domain/facts.ts'
import { factsFrom, wrongGiven } from '../domain/policy/given.ts'
import { judge } from '../domain/policy/judge.ts'
import type { Policy } from '../domain/policy/policy.ts'
import { countOn, emptyTally } from '../domain/policy/tally.ts'
import type { Counted, Tally } from '../domain/policy/tally.ts'

const verdicts = ['approve', 'review', 'deny'] as const satisfies readonly Verdict[]

/**
 * Asks a policy about each line of a file of past requests, one JSON object a line, and counts what changes. A line is
 * `{"given": {…}}` with facts as in a test, or `{"facts": {…}}` as decisions keep them; `"decision": {"verdict", "amount",
 * "rule"}` beside it is what was answered then. Without it the policy is compared with `against`, or with itself. Lines
 * are read as they come, so that memory doesn't grow with their count.
 */
export async function backtestSaid(
  policy: Policy,
  lines: Readable,
  against: Policy | undefined,
  asJson: boolean,
): Promise<Said> {
  const counting = countOn(emptyTally())
  const wrong: string[] = []
  let number = 0
  for await (const line of createInterface({ input: lines, crlfDelay: Infinity })) {
    number += 1
    if (line.trim() === '') continue
    const read = readLine(line, policy)
    if (typeof read === 'string') {
      counting.skip('unreadable')
      if (wrong.length < 10) wrong.push(`  line ${number}: ${read}\n`)
      continue
    }
    const after = counted(policy, read.facts(policy))
    const before = read.recorded ?? counted(against ?? policy, read.facts(against ?? policy))
    counting.add(read.currency, before, after)
  }
  const tally = counting.result()
  const exit = wrong.length > 0 ? 1 : 0
  return { exit, out: asJson ? `${JSON.stringify(tally)}\n` : `${wrong.join('')}${words(policy.name, tally)}` }
}

type Line = {
  readonly facts: (policy: Policy) => Facts
  readonly currency: string
  readonly recorded: Counted | undefined
}

function readLine(text: string, policy: Policy): Line | string {
  let line: unknown
  try {
    line = JSON.parse(text)
  } catch {
    return 'is no JSON'
  }
  if (!isMap(line)) return 'is no object with "given" or "facts"'
  const recorded = recordedIn(line['decision'])
  if (typeof recorded === 'string') return recorded
  if (isMap(line['given'])) {
    const given = line['given']
    const vocabulary = { facts: policy.facts, zone: policy.scope.zone }
    for (const [name, value] of Object.entries(given)) {
      const problem = wrongGiven(name, value, vocabulary)
      if (problem) return problem
    }
    const facts = factsFrom(given, vocabulary)
    const own = (asked: Policy): Facts =>
      asked === policy ? facts : factsFrom(given, { facts: asked.facts, zone: asked.scope.zone })
    return { facts: own, currency: facts.payment.amount.currency, recorded }
  }
  try {
    const facts = factsFromKept(line['facts'])
    return { facts: () => facts, currency: facts.payment.amount.currency, recorded }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function recordedIn(decision: unknown): Counted | undefined | string {
  if (decision === undefined || decision === null) return undefined
  const { verdict, amount, rule } = isMap(decision) ? decision : {}
  const minor = isMap(amount) ? amount['minor'] : amount
  const known = verdicts.find((each) => each === verdict)
  if (!known || !Number.isSafeInteger(minor ?? 0))
    return '"decision" has a verdict and, for an approval, an amount in minor units'
  return { verdict: known, minor: Number(minor ?? 0), rule: typeof rule === 'string' ? rule : 'unknown' }
}

function counted(policy: Policy, facts: Facts): Counted {
  const { verdict, amount, guard, rule } = judge(policy, facts)
  return { verdict, minor: amount.minor, rule: guard?.id ?? rule.id }
}

function words(name: string, { matrix, money, rules, changed, same, skipped }: Tally): string {
  const count = (value: number): string => value.toLocaleString('en')
  const rows = verdicts.map(
    (from) => `  ${from.padEnd(12)}${verdicts.map((to) => count(matrix[from][to]).padStart(12)).join('')}\n`,
  )
  const sums = Object.entries(money).map(
    ([currency, each]) =>
      `  ${currency}, minor units: approved at once ${each.approved_before} → ${each.approved_after}; to a person ${each.review_before} → ${each.review_after}\n`,
  )
  const byRule = Object.entries(rules).map(
    ([rule, { before, after }]) => `  ${rule.padEnd(32)}${count(before).padStart(12)} → ${count(after)}\n`,
  )
  return [
    `${name}: ${count(changed + same)} requests, ${count(changed)} answers change, ${count(same)} stay\n`,
    ...(Object.keys(skipped).length > 0
      ? [`  left out: ${count(Object.values(skipped).reduce((sum, each) => sum + each, 0))} lines that can't be read\n`]
      : []),
    `\n  ${'then \\ now'.padEnd(12)}${verdicts.map((verdict) => verdict.padStart(12)).join('')}\n`,
    ...rows,
    '\n',
    ...sums,
    '\n',
    ...byRule,
  ].join('')
}
