import { CelScalar, celEnv, celFunc, celMethod, isCelError, mapType, parse as parseCel, plan } from '@bufbuild/cel'
import { Environment } from '@marcbachmann/cel-js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { builtInFacts } from './catalog.ts'
import { zoneOf } from './calendar.ts'
import { factsFrom } from './given.ts'
import { merchantFact } from './merchant-facts.ts'
import { expressions } from './parse-expression.ts'
import { compareFractions } from './values.ts'
import type { Fraction } from './values.ts'

// Two CEL engines that know nothing of our closures judge them. Both are given the same text; lengths of time, points in time
// and amounts are whole numbers to them and shares are doubles, which is what the units are when they are taken away.

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

const dayMs = 86_400_000n
const units = { minutes: 60_000n, hours: 3_600_000n, days: dayMs, weeks: 7n * dayMs } as const
const minor = (amount: bigint): bigint => amount * 100n
const startOf = (date: string): bigint => BigInt(Date.parse(`${date}T00:00:00Z`))
const endOfDay = (from: bigint, length: bigint): bigint => (from / dayMs + length / dayMs + 1n) * dayMs - 1n
const ratio = (part: bigint, whole: bigint): number => Math.min(Number(part) / Number(whole), 1)

let refunded: readonly bigint[] = []
let now = 0n
const refunds = (window: bigint): bigint => BigInt(refunded.filter((at) => at <= now && at >= now - window).length)

const first = new Environment({ unlistedVariablesAreDyn: true })
for (const [name, unit] of Object.entries(units))
  first.registerFunction(`${name}(int): int`, (count: bigint) => count * unit)
first.registerFunction('money(int, string): int', minor)
first.registerFunction('percent(int): double', (points: bigint) => Number(points) / 100)
first.registerFunction('date(string): int', startOf)
first.registerFunction('later(int, int): int', (a: bigint, b: bigint) => (a > b ? a : b))
first.registerFunction('least(int, int): int', (a: bigint, b: bigint) => (a < b ? a : b))
first.registerFunction('share(int, int): double', ratio)
first.registerFunction('end_of_day(int, int): int', endOfDay)
first.registerFunction('map.refunds(int): int', (_customer: unknown, window: bigint) => refunds(window))

const { INT, DOUBLE, STRING, DYN } = CelScalar
const second = celEnv({
  variables: {
    now: INT,
    payment: mapType(STRING, DYN),
    customer: mapType(STRING, DYN),
    request: mapType(STRING, DYN),
    usage: mapType(STRING, DYN),
    app: mapType(STRING, DYN),
  },
  funcs: [
    ...Object.entries(units).map(([name, unit]) => celFunc(name, [INT], INT, (count) => count * unit)),
    celFunc('money', [INT, STRING], INT, minor),
    celFunc('percent', [INT], DOUBLE, (points) => Number(points) / 100),
    celFunc('date', [STRING], INT, startOf),
    celFunc('later', [INT, INT], INT, (a, b) => (a > b ? a : b)),
    celFunc('least', [INT, INT], INT, (a, b) => (a < b ? a : b)),
    celFunc('share', [INT, INT], DOUBLE, ratio),
    celFunc('end_of_day', [INT, INT], INT, endOfDay),
    celMethod('refunds', mapType(STRING, DYN), [INT], INT, refunds),
  ],
})

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
)
const amount = fc.oneof(
  fc.constantFrom(
    'payment.amount',
    'request.amount',
    'payment.amount - request.amount',
    'least(request.amount, money(20, "usd"))',
  ),
  whole.map((count) => `money(${count}, "usd")`),
)
const count = fc.oneof(
  whole.map((each) => `customer.refunds(days(${each}))`),
  fc.constantFrom('app.starts', 'payment.quantity', 'app.starts * 2 + 1'),
  whole.map(String),
)
const share = fc.oneof(
  fc.constant('usage.share'),
  fc.integer({ min: 0, max: 100 }).map((each) => `percent(${each})`),
  fc.constant('share(app.starts, 40)'),
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
  'usage.share': fc.oneof(
    fc.integer({ min: 0, max: 100 }).map((each) => each / 100),
    fc.constant(null),
  ),
  'app.removed': fc.constantFrom(true, false, null),
  'app.starts': fc.oneof(whole, fc.constant(null)),
})

/** The facts without their units; what is unknown is not there, which is an error to CEL. */
function withoutUnits(given: Record<string, unknown>): Record<string, unknown> {
  const known = factsFrom(given, { facts, zone })
  const context: Record<string, Record<string, unknown> | bigint> = {
    payment: {},
    customer: {},
    request: {},
    usage: {},
    app: {},
  }
  refunded = known.customer.refunded_at.map((at) => BigInt(at.getTime()))
  now = BigInt(known.now.getTime())
  context['now'] = now
  for (const fact of facts.values()) {
    const [root = '', name] = fact.name.split('.')
    const branch = context[root]
    const value = fact.read(known, zone)
    if (name === undefined || typeof branch !== 'object' || value === undefined || value === null) continue
    if (fact.type === 'fraction') branch[name] = (value as Fraction).part / (value as Fraction).whole
    else if (fact.type === 'money') branch[name] = BigInt((value as { minor: number }).minor)
    else branch[name] = typeof value === 'number' ? BigInt(value) : value
  }
  return context
}

function answerOfFirst(source: string, context: Record<string, unknown>): unknown {
  try {
    return first.evaluate(source, context)
  } catch {
    return undefined
  }
}

function answerOfSecond(source: string, context: Record<string, unknown>): unknown {
  const result = plan(second, parseCel(source))(context as never)
  return isCelError(result) ? undefined : result
}

test('both CEL engines agree with the compiled closures on every generated condition, the unknown included', () => {
  const seen = { true: 0, false: 0, undefined: 0 }
  fc.assert(
    fc.property(condition, givens, (source, given) => {
      const read = reading.read(source, 'bool')
      if (!('line' in read)) return // Compared with itself, or of constants only: refused on purpose.
      const ours = read.line.run(factsFrom(given, { facts, zone }))
      const context = withoutUnits(given)
      expect([source, answerOfFirst(source, context), answerOfSecond(source, context)]).toEqual([source, ours, ours])
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
