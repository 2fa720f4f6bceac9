import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Verdict } from '../decision.ts'
import type { Facts } from '../facts.ts'
import { at } from './boundaries.ts'
import { nearestChange } from './counterfactual.ts'
import { factsFrom } from './given.ts'
import { judge } from './judge.ts'
import { parsePolicy } from './parse.ts'
import type { Policy } from './policy.ts'
import { substitute } from './substitute.ts'
import { day, hour, minute, second } from './values.ts'
import type { Fraction, Known, Value } from './values.ts'

const sign = fc.constantFrom('<', '<=', '>', '>=', '==', '!=')
const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max })
const joined = (...sides: (string | fc.Arbitrary<string | number>)[]): fc.Arbitrary<string> =>
  fc.tuple(...sides.map((side) => (typeof side === 'string' ? fc.constant(side) : side))).map((each) => each.join(''))
const order = fc.constantFrom('<', '<=', '>', '>=')
const condition = fc.oneof(
  joined('payment.age ', order, ' days(', upTo(60), ')'),
  joined('payment.age ', order, ' hours(', upTo(1400), ')'),
  joined('now ', order, ' end_of_day(payment.paid_at, days(', upTo(50), '))'),
  joined('customer.refunds(days(', upTo(60), ')) == 0'),
  joined('payment.unused_share ', order, ' percent(', upTo(100), ')'),
  joined('usage.share ', sign, ' percent(', upTo(100), ')'),
  joined('app.starts ', sign, ' ', upTo(30)),
  joined('app.starts * 2 + 1 ', order, ' ', upTo(60)),
  joined('share(app.starts, 40) ', order, ' percent(', upTo(100), ')'),
  joined('app.time ', order, ' hours(', upTo(30), ')'),
  joined('request.amount ', order, ' money(', upTo(60), ', "usd")'),
  joined('app.removed == ', fc.constantFrom('true', 'false')),
  joined('payment.interval ', fc.constantFrom('==', '!='), ' "', fc.constantFrom('month', 'year', 'once'), '"'),
)
const rules = fc.array(
  fc.record({
    when: fc.array(condition, { minLength: 1, maxLength: 3 }),
    then: fc.constantFrom('approve', 'review', 'deny'),
  }),
  { minLength: 1, maxLength: 3 },
)
const given = fc.record({
  'payment.age': upTo(70 * 24 * 60).map((minutes) => `${minutes}m`),
  'payment.amount': fc.integer({ min: 1, max: 60 }).map((units) => `${units} usd`),
  'payment.interval': fc.constantFrom('month', 'year'),
  'customer.refunds': fc.array(
    fc.integer({ min: 1, max: 60 }).map((days) => `${days}d`),
    { maxLength: 2 },
  ),
  'usage.share': upTo(100).map((points) => points / 100),
  'app.starts': upTo(30),
  'app.time': upTo(30 * 60).map((minutes) => `${minutes}m`),
  'app.removed': fc.boolean(),
})

function policyOf(parts: { when: string[]; then: string }[]): Policy {
  const lines = parts.map(
    ({ when, then }, index) => `  - { id: r${index}, when: ${JSON.stringify(when)}, then: ${then} }`,
  )
  const parsed = parsePolicy(
    `policy: P\nfacts:\n  usage.share: { type: fraction }\n  app.starts: { type: count }\n  app.time: { type: duration }\n  app.removed: { type: bool }\nrules:\n${lines.join('\n')}\notherwise: { then: deny }\n`,
  )
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.policy
}

const number = (value: Known): number | undefined => {
  if (typeof value === 'number') return value
  if (typeof value !== 'object' || value === null) return undefined
  if ('minor' in value) return value.minor
  return 'part' in value ? Math.round((value.part / value.whole) * 10_000) : undefined
}

/** What a change can be told to: a cent, a whole number, a second, a hundredth of a percent. */
const grain = { money: 1, count: 1, duration: second, fraction: 1 } as const

function valueLike(like: Known, to: number): Value {
  if (typeof like === 'number') return to
  if ('minor' in (like as object)) return { minor: to, currency: 'usd' }
  return { part: to, whole: 10_000 } satisfies Fraction
}

/** Changes of that fact that are smaller, in both directions; at most some hundreds, the nearest to what was found among them. */
function smaller(policy: Policy, facts: Facts, changed: Facts, name: string): Facts[] {
  if (name === 'payment.age') {
    const [from, to] = [facts.now.getTime(), changed.now.getTime()]
    const apart = Math.abs(to - from)
    // In words: hours for days, minutes for hours, seconds for minutes.
    const said = apart >= day ? hour : apart >= hour ? minute : second
    const most = apart - said
    const steps = Array.from({ length: 200 }, (_, index) => Math.trunc((most * (index + 1)) / 200)).filter(
      (step) => step > 0,
    )
    return steps.map((step) => at(facts, from + Math.sign(to - from) * step))
  }
  const fact = policy.facts.get(name)
  if (!fact || !(fact.type in grain)) return []
  const [was, is] = [facts, changed].map((each) => fact.read(each, policy.scope.zone))
  const [from, to] = [number(was), number(is)]
  if (from === undefined || to === undefined) return []
  const step = grain[fact.type as keyof typeof grain]
  const count = Math.ceil(Math.abs(to - from) / step)
  return Array.from({ length: Math.min(count, 300) }, (_, index) => count - index - 1)
    .filter((each) => each > 0)
    .flatMap((each) => [from - each * step, from + each * step])
    .filter((each) => each >= 0)
    .flatMap((each) => substitute(facts, fact, valueLike(is, each)) ?? [])
}

const rank = { deny: 0, review: 1, approve: 2 } as const satisfies Record<Verdict, number>

test('what is said to help does help, and no smaller change of the same fact would have', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(rules, given, (parts, giving) => {
      const policy = policyOf(parts)
      const facts = factsFrom(giving, { facts: policy.facts, zone: policy.scope.zone })
      const before = judge(policy, facts)
      const change = nearestChange(policy, facts, before)
      if (!change) return
      const { fact, verdict } = change.said
      expect(rank[verdict]).toBeGreaterThan(rank[before.verdict])
      expect(judge(policy, change.facts).verdict).toBe(verdict)
      for (const less of smaller(policy, facts, change.facts, fact))
        if (judge(policy, less).verdict === verdict)
          throw new Error(
            `${change.said.sentence} But ${policy.facts.get(fact)?.read(less, policy.scope.zone)} is nearer.\n${policy.source}${JSON.stringify(giving)}`,
          )
      seen.set(fact, (seen.get(fact) ?? 0) + 1)
    }),
    { numRuns: 1500 },
  )
  for (const fact of [
    'payment.age',
    'usage.share',
    'app.starts',
    'app.time',
    'request.amount',
    'app.removed',
    'payment.interval',
  ])
    expect([fact, (seen.get(fact) ?? 0) > 10]).toEqual([fact, true])
})

test('the words of a change of time are true too: what they say, taken at its word, gives that answer', () => {
  fc.assert(
    fc.property(rules, given, (parts, giving) => {
      const policy = policyOf(parts)
      const facts = factsFrom(giving, { facts: policy.facts, zone: policy.scope.zone })
      const change = nearestChange(policy, facts, judge(policy, facts))
      if (change?.said.fact !== 'payment.age') return
      const units = { day, hour, minute, second, millisecond: 1 } as const
      let length = 0
      const [told = ''] = /(?<=^Asked ).*(?= (earlier|later),)/.exec(change.said.sentence) ?? []
      for (const [, count, unit] of told.matchAll(/(\d+) (day|hour|minute|second|millisecond)s?/g))
        length += Number(count) * units[unit as keyof typeof units]
      const direction = change.said.sentence.includes(' later,') ? 1 : -1
      const taken = at(facts, facts.now.getTime() + direction * length)
      expect([change.said.sentence, judge(policy, taken).verdict]).toEqual([change.said.sentence, change.said.verdict])
    }),
    { numRuns: 1000 },
  )
})
