import { readFileSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { celJudges } from '../../../test/cel-judges.ts'
import { builtInFacts } from './catalog.ts'
import { zoneOf } from './calendar.ts'
import { factsFrom } from './given.ts'
import { outcomeOf } from './guarantees.ts'
import { judge } from './judge.ts'
import { merchantFact } from './merchant-facts.ts'
import type { Decided } from './outcome-facts.ts'
import { outcomeFacts } from './outcome-facts.ts'
import { expressions } from './parse-expression.ts'
import { parsePolicy } from './parse.ts'
import { compareFractions } from './values.ts'
import type { Fraction } from './values.ts'

const zone = zoneOf('UTC') ?? { name: 'UTC', offset: () => 0 }
const own = [
  merchantFact({
    name: 'usage.share',
    type: 'fraction',
    on: 'payment',
    stale_after: undefined,
    values: undefined,
    label: {},
  }),
  merchantFact({
    name: 'app.removed',
    type: 'bool',
    on: 'payment',
    stale_after: undefined,
    values: undefined,
    label: {},
  }),
  merchantFact({
    name: 'app.starts',
    type: 'count',
    on: 'payment',
    stale_after: undefined,
    values: undefined,
    label: {},
  }),
]
const facts = new Map([...builtInFacts, ...own.map((fact) => [fact.name, fact] as const)])
const reading = expressions({ facts, scope: { zone, holidays: new Set() } })

const judges = celJudges(facts, { zone, holidays: new Set() })

const sign = fc.constantFrom('==', '!=', '<', '<=', '>', '>=')
const whole = fc.integer({ min: 0, max: 60 })
const duration: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('payment.age', 'customer.age', 'now - payment.paid_at', 'payment.age + hours(1)'),
  fc.tuple(fc.constantFrom('minutes', 'hours', 'days', 'weeks'), whole).map(([unit, count]) => `${unit}(${count})`),
)
const instant = fc.oneof(
  fc.constantFrom('now', 'payment.paid_at', 'later(payment.paid_at, date("2026-06-01"))', 'date("2026-06-10")'),
  whole.map((count) => `end_of_day(payment.paid_at, days(${count}))`),
  whole.map((count) => `payment.paid_at + days(${count})`),
  whole.map((count) => `end_of_day_counting_first(payment.paid_at, days(${count}))`),
  whole.map((count) => `end_of_working_day(payment.paid_at, days(${count}))`),
  whole.map((count) => `plus_months(payment.paid_at, ${count})`),
  fc.constantFrom('start_of_day(now)', 'earlier(payment.paid_at, date("2026-06-01"))'),
)
const amount = fc.oneof(
  fc.constantFrom(
    'payment.amount',
    'request.amount',
    'payment.amount - request.amount',
    'least(request.amount, money(20, "usd"))',
    'most(request.amount, money("20.50", "usd"))',
    'prorate(payment.amount, usage.share)',
    'prorate(payment.amount, remainder(usage.share))',
    'whole_units(prorate(payment.amount, share(app.starts, 40)))',
    'customer.paid(days(20))',
    'payment.limit([money(20, "eur"), money(30, "usd")])',
  ),
  whole.map((count) => `money(${count}, "usd")`),
)
const count = fc.oneof(
  whole.map((each) => `customer.refunds(days(${each}))`),
  whole.map((each) => `customer.requests(days(${each}))`),
  fc.constantFrom('app.starts', 'payment.quantity', 'app.starts * 2 + 1'),
  whole.map(String),
)
const share = fc.oneof(
  fc.constant('usage.share'),
  fc.integer({ min: 0, max: 100 }).map((each) => `percent(${each})`),
  fc.constantFrom('share(app.starts, 40)', 'remainder(usage.share)', 'share(request.amount, money(30, "usd"))'),
)
const compared = (side: fc.Arbitrary<string>, by = sign): fc.Arbitrary<string> =>
  fc.tuple(side, by, side).map((each) => each.join(' '))
const leaf = fc.oneof(
  compared(duration),
  compared(instant),
  compared(amount),
  compared(count),
  compared(share),
  fc.constantFrom(
    'app.removed',
    'payment.first',
    'payment.interval == "year"',
    'payment.interval in ["month", "once"]',
    '"vip" in customer.tags',
    'customer.country.startsWith("D")',
    'customer.country.endsWith("S")',
    'customer.country.contains("E")',
    'customer.country != "US"',
  ),
)
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a}) && (${b})`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a}) || (${b})`),
    tie('condition').map((a) => `!(${a})`),
    fc.tuple(tie('condition'), tie('condition'), tie('condition')).map(([a, b, c]) => `(${a}) ? (${b}) : (${c})`),
  ),
}))

const givens = fc.record({
  'payment.age': fc.integer({ min: 0, max: 70 * 24 }).map((hours) => `${hours}h`),
  'payment.amount': fc.integer({ min: 1, max: 60 }).map((units) => `${units} usd`),
  'payment.interval': fc.constantFrom('month', 'year'),
  'payment.first': fc.boolean(),
  'customer.country': fc.constantFrom('DE', 'US', null),
  'customer.tags': fc.constantFrom(['vip'], [], ['x']),
  'customer.refunds': fc.array(
    whole.map((days) => `${days}d`),
    { maxLength: 3 },
  ),
  'customer.requests': fc.array(
    whole.map((days) => `${days}d`),
    { maxLength: 3 },
  ),
  'customer.payments': fc.array(
    fc.tuple(whole, whole).map(([days, units]) => `${days}d ${units + 1} usd`),
    { maxLength: 3 },
  ),
  'usage.share': fc.oneof(
    fc.integer({ min: 0, max: 100 }).map((each) => each / 100),
    fc.constant(null),
  ),
  'app.removed': fc.constantFrom(true, false, null),
  'app.starts': fc.oneof(whole, fc.constant(null)),
})

test('both CEL engines agree with the compiled closures on every generated condition, the unknown included', () => {
  const seen = { true: 0, false: 0, undefined: 0 }
  fc.assert(
    fc.property(condition, givens, (source, given) => {
      const read = reading.read(source, 'bool')
      if (!('line' in read)) return // Compared with itself, or of constants only: refused on purpose.
      const asked = factsFrom(given, { facts, zone })
      const ours = read.line.run(asked)
      expect([source, ...judges.ask(source, asked)]).toEqual([source, ours, ours])
      seen[String(ours) as keyof typeof seen] += 1
    }),
    { numRuns: 1000 },
  )
  expect(Math.min(seen.true, seen.false, seen.undefined)).toBeGreaterThan(30)
})

test('shares are compared exactly where floats would not be', () => {
  expect(compareFractions({ part: 9_007_199_254_740_991, whole: 9_007_199_254_740_990 }, { part: 1, whole: 1 })).toBe(1)
  expect(compareFractions({ part: 1, whole: 3 }, { part: 333_333_333_333_333, whole: 1_000_000_000_000_000 })).toBe(1)
})

const folder = new URL('../../../policies/', import.meta.url)
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'))

/** An amount is a whole number to the engines, and a share a double. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value === 'number' ? BigInt(value) : value
  if ('minor' in value) return BigInt((value as { minor: number }).minor)
  return 'part' in value ? (value as Fraction).part / (value as Fraction).whole : value
}

test.each(files)('both engines agree with us on every expression of %s, for the facts of every test in it', (file) => {
  const parsed = parsePolicy(readFileSync(new URL(file, folder), 'utf8'))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const { policy } = parsed
  const known = new Map([...policy.facts, ...outcomeFacts])
  const engines = celJudges(known, policy.scope)
  const rules = [...policy.rules, ...policy.rights, policy.otherwise]
  const lines = [
    ...rules.flatMap(({ lines: when, amount: formula }) => [...when, ...(formula ? [formula] : [])]),
    ...policy.guarantees.flatMap(({ when, always }) => [...when, ...always]),
  ]
  const undecided = new Set(lines.map(({ source }) => source))
  const cases = [{}, ...policy.tests.map(({ given }) => given)]
  for (const given of cases) {
    const asked = factsFrom({ ...policy.assume, ...given }, { facts: policy.facts, zone: policy.scope.zone })
    const decided: Decided = { ...asked, decided: outcomeOf(judge(policy, asked)) }
    for (const { source, run, facts: named } of lines) {
      // What is known not to be there (a period of a one-off payment) has no like in CEL.
      if (named.some((fact) => fact.read(decided, policy.scope.zone) === null)) continue
      const ours = plain(run(decided))
      expect([source, ...engines.ask(source, decided)]).toEqual([source, ours, ours])
      if (ours !== undefined) undecided.delete(source)
    }
  }
  // Every expression was known at least once: agreement on nothing but the unknown would be none.
  expect([...undecided]).toEqual([])
})
