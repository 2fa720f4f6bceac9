import type { Facts } from '../src/domain/facts.ts'
import { decide } from '../src/domain/policy/decide.ts'
import { factsFrom } from '../src/domain/policy/given.ts'
import { judge } from '../src/domain/policy/judge.ts'
import { parsePolicy } from '../src/domain/policy/parse.ts'
import { runPolicyTests } from '../src/domain/policy/run-tests.ts'

// Decisions per second with 20 rules of three conditions, beside the same rules as a function written by hand. Facts vary, so
// that different rules answer. `npm run bench:policy` prints the figures of this machine.

const ruleCount = 20
const rule = (n: number): string => `  - id: rule-${n}
    when:
      - payment.age <= days(${n * 2})
      - customer.refunds(days(365)) == 0
      - usage.share < percent(${n * 4})
    then: approve
    amount: prorate(payment.amount, payment.unused_share)`
const source = `policy: Bench
facts:
  usage.share: { type: fraction, stale_after: 24h }
rules:
${Array.from({ length: ruleCount }, (_, index) => rule(index + 1)).join('\n')}
otherwise: { then: deny }
`

const parsed = parsePolicy(source)
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
const { policy } = parsed
const vocabulary = { facts: policy.facts, zone: policy.scope.zone }
const samples: Facts[] = Array.from({ length: 1000 }, (_, index) =>
  factsFrom({ 'payment.age': `${index % 50}d`, 'usage.share': (index % 97) / 100 }, vocabulary),
)

const dayMs = 86_400_000

/** The same policy as somebody would write it in TypeScript. */
function byHand({ now, payment, customer, merchant }: Facts): { verdict: string; minor: number } {
  const at = now.getTime()
  const age = at - payment.paid_at.getTime()
  const usage = merchant['usage.share']
  const share = usage && at - usage.as_of.getTime() <= dayMs ? (usage.value as number) : undefined
  for (let n = 1; n <= ruleCount; n += 1) {
    if (age > n * 2 * dayMs) continue
    if (customer.refunded_at.some((each) => at - each.getTime() <= 365 * dayMs)) continue
    if (share === undefined) return { verdict: 'review', minor: payment.refundable.minor }
    if (share >= n * 0.04) continue
    const [start, end] = [payment.period_start?.getTime() ?? 0, payment.period_end?.getTime() ?? 1]
    const left = Math.min(Math.max(end - at, 0), end - start)
    return { verdict: 'approve', minor: Math.floor((payment.amount.minor * left) / (end - start)) }
  }
  return { verdict: 'deny', minor: 0 }
}

/** This thread's own milliseconds: a busy machine is not a slow policy. */
function spent(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

function perSecond(name: string, ask: (facts: Facts) => unknown): number {
  let asked = 0
  let kept: unknown
  for (let warm = 0; warm < 20; warm += 1) for (const facts of samples) kept = ask(facts)
  const started = spent()
  while (spent() - started < 1000) {
    for (const facts of samples) kept = ask(facts)
    asked += samples.length
  }
  const rate = Math.round((asked / (spent() - started)) * 1000)
  console.log(`${name.padEnd(34)} ${rate.toLocaleString('en').padStart(12)} per second${kept === undefined ? '!' : ''}`)
  return rate
}

const closure = perSecond('written by hand, not explained', byHand)
const verdicts = perSecond('verdict and amount', (facts) => judge(policy, facts))
const lazy = perSecond('decision, explained when read', (facts) => decide(policy, facts, 1))
const full = perSecond('decision with all its findings', (facts) => decide(policy, facts, 1).findings)
const ratio = (rate: number): string => `${(closure / rate).toFixed(1)}×`
console.log(`slower than by hand: verdict ${ratio(verdicts)}, decision ${ratio(lazy)}, with findings ${ratio(full)}`)

const rules50 = source.replace(
  /rules:[^]*otherwise/,
  `rules:\n${Array.from({ length: 50 }, (_, index) => rule((index % 25) + 1).replace(/rule-\d+/, `r-${index}`)).join('\n')}\notherwise`,
)
const source50 = `${rules50}tests:\n${Array.from({ length: 50 }, (_, index) => `  - { name: t${index}, given: { payment.age: ${index}d, usage.share: 0.99 }, expect: { then: deny } }\n`).join('')}`
const times = Array.from({ length: 9 }, () => {
  const started = spent()
  const big = parsePolicy(source50)
  if (!big.ok) throw new Error(JSON.stringify(big.problems))
  runPolicyTests(big.policy)
  return spent() - started
}).toSorted((a, b) => a - b)
console.log(
  `checking 50 rules and running 50 tests: ${times[4]?.toFixed(1)} ms (median of 9), ${times[8]?.toFixed(1)} ms at most`,
)
