import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Facts } from '../facts.ts'
import { money } from '../money.ts'
import { nearestChange } from './counterfactual.ts'
import { decide, sayIn } from './decide.ts'
import { factsFrom } from './given.ts'
import type { Given } from './given.ts'
import { judge } from './judge.ts'
import { parsePolicy } from './parse.ts'
import type { Policy } from './policy.ts'
import { refundableUntil } from './refundable-until.ts'
import { runPolicyTests } from './run-tests.ts'

function read(source: string): Policy {
  const parsed = parsePolicy(source)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.policy
}

const standard = read(readFileSync(new URL('../../../policies/default.yaml', import.meta.url), 'utf8'))

const factsOf = (policy: Policy, given: Given = {}): Facts =>
  factsFrom({ ...policy.assume, ...given }, { facts: policy.facts, zone: policy.scope.zone })

const policyOf = (rules: string, rest = ''): Policy =>
  read(
    `policy: P\nfacts:\n  usage.share: { type: fraction, stale_after: 1h }\n  app.removed: { type: bool }\nrules:\n${rules}\notherwise: { then: deny }\n${rest}`,
  )

const money30 = '  - { id: back, when: [payment.age <= days(30), usage.share < percent(20)], then: approve }'

test('the policy that comes with the product passes its own tests', () => {
  expect(runPolicyTests(standard).filter((each) => !each.passed)).toEqual([])
})

describe('a guard answers before any rule', () => {
  const generous = policyOf('  - { id: all, when: [payment.age <= days(9999)], then: approve }')
  test.each([
    ['not captured', { 'payment.captured': false }, 'guard:not_captured'],
    ['an open dispute', { 'payment.dispute': 'open' }, 'guard:disputed'],
    ['a lost dispute', { 'payment.dispute': 'lost' }, 'guard:disputed'],
    ['an inquiry leaves it refundable', { 'payment.dispute': 'inquiry' }, 'all'],
    ['a won dispute leaves it refundable', { 'payment.dispute': 'won' }, 'all'],
    ['fully refunded', { 'payment.refunded': '49.00 usd' }, 'guard:already_refunded'],
    ['a cash voucher', { 'payment.method': 'oxxo' }, 'guard:method_without_refund'],
    ['asked in another currency', { 'request.amount': '49.00 eur' }, 'guard:wrong_currency'],
    ['asked for nothing', { 'request.amount': '0 usd' }, 'guard:nothing_asked'],
  ])('%s', (_, given, rule) => expect(decide(generous, factsOf(generous, given), 1).rule).toBe(rule))
})

describe('the amount', () => {
  const amountOf = (amount: string, given: Given): string => {
    const policy = policyOf(`  - { id: r, when: [payment.age >= days(0)], then: approve, amount: '${amount}' }`)
    const { verdict, amount: paid } = decide(policy, factsOf(policy, given), 1)
    return `${verdict} ${paid.minor}`
  }
  test.each([
    ['is never more than was asked', 'payment.amount', { 'request.amount': '10.00 usd' }, 'approve 1000'],
    ['is never more than is left', 'payment.amount', { 'payment.refunded': '40.00 usd' }, 'approve 900'],
    [
      'rounds down to the cent',
      'prorate(payment.amount, percent(33.3))',
      { 'payment.amount': '10.00 usd' },
      'approve 333',
    ],
    [
      'goes in steps of ten for three decimals',
      'prorate(payment.amount, percent(33.3))',
      { 'payment.amount': '10.000 kwd' },
      'approve 3330',
    ],
    ['has no decimals in yen', 'prorate(payment.amount, percent(50))', { 'payment.amount': '101 jpy' }, 'approve 50'],
    ['that comes to nothing goes to a person', 'payment.amount - payment.amount', {}, 'review 0'],
    ['that comes to a charge goes to a person', 'payment.amount - money(60, "usd")', {}, 'review 0'],
    ['in another currency goes to a person', 'money(5, "eur")', {}, 'review 4900'],
    [
      'less a fee with a cap',
      'payment.amount - least(prorate(payment.amount, percent(5)), money(1, "usd"))',
      {},
      'approve 4800',
    ],
    [
      'in whole months',
      'prorate(payment.amount, payment.unused_months_share)',
      {
        now: '2026-05-20T00:00:00Z',
        'payment.amount': '99.00 usd',
        'payment.interval': 'year',
        'payment.paid_at': '2026-01-01',
      },
      'approve 5775',
    ],
    [
      'in days that are left',
      'prorate(payment.amount, payment.unused_days_share)',
      {
        now: '2026-05-15T12:00:00Z',
        'payment.amount': '31.00 usd',
        'payment.paid_at': '2026-05-01',
      },
      'approve 1600',
    ],
  ])('%s', (_, amount, given, expected) => expect(amountOf(amount, given)).toBe(expected))
})

describe('a fact that is missing or late', () => {
  const policy = policyOf(money30)
  test('sends the request to a person and is named', () => {
    const decision = decide(policy, factsOf(policy), 1)
    expect([decision.verdict, decision.missing, decision.because]).toEqual([
      'review',
      ['usage.share'],
      'Usage share (usage.share) is unknown, so rule back cannot be decided.',
    ])
  })
  test('does not matter where another condition already fails', () => {
    expect(decide(policy, factsOf(policy, { 'payment.age': '31d' }), 1)).toMatchObject({ verdict: 'deny', missing: [] })
  })
  test('is unknown one millisecond after it went stale, and known until then', () => {
    const facts = factsOf(policy, { 'usage.share': 0 })
    const pushed = (ago: number): Facts => ({
      ...facts,
      merchant: { 'usage.share': { value: 0, as_of: new Date(facts.now.getTime() - ago) } },
    })
    expect([decide(policy, pushed(3_600_000), 1).verdict, decide(policy, pushed(3_600_001), 1).verdict]).toEqual([
      'approve',
      'review',
    ])
  })
  test('of the wrong type is unknown', () => {
    const facts = { ...factsOf(policy), merchant: { 'usage.share': { value: 'lots', as_of: new Date(0) } } }
    expect(decide(policy, facts, 1).verdict).toBe('review')
  })
  test('does not loosen who must approve', () => {
    const strict = policyOf(
      `${money30}\n  - { id: large, when: ['payment.amount > money(10, "usd")'], then: review, approvers: { role: finance, count: 2 } }`,
    )
    expect(decide(strict, factsOf(strict), 1).approvers).toEqual({ role: 'finance', count: 2 })
  })
})

test('who comes to a person by a missing fact reads what everybody reads who comes to one', () => {
  const policy = read(
    `policy: P\nfacts: { usage.share: { type: fraction } }\nrules:\n${money30}\notherwise: { then: review, say: { en: A person answers. } }\n`,
  )
  expect(sayIn(decide(policy, factsOf(policy), 1), 'en')).toBe('A person answers.')
})

describe('a right beside the policy', () => {
  const policy = policyOf(
    '  - { id: never, when: [payment.age >= days(0)], then: deny }',
    "timezone: Europe/Berlin\nrights:\n  - { id: withdrawal, when: ['now <= end_of_working_day(payment.paid_at, days(14))', 'customer.country == \"DE\"'], then: approve }\n",
  )
  test.each([
    ['gives more than the policy', { 'customer.country': 'DE' }, 'approve withdrawal'],
    ['does not reach everybody', {}, 'deny never'],
    ['may be there when the country is unknown', { 'customer.country': null }, 'review withdrawal'],
    [
      'ends with Monday when day 14 is a Saturday',
      { 'customer.country': 'DE', 'payment.paid_at': '2026-01-03T10:00:00+01:00', now: '2026-01-19T23:59:59+01:00' },
      'approve withdrawal',
    ],
    [
      'is over one second later',
      { 'customer.country': 'DE', 'payment.paid_at': '2026-01-03T10:00:00+01:00', now: '2026-01-20T00:00:00+01:00' },
      'deny never',
    ],
  ])('%s', (_, given, expected) => {
    const { verdict, rule } = decide(policy, factsOf(policy, given), 1)
    expect(`${verdict} ${rule}`).toBe(expected)
  })
})

test('a payment without a subscription fails a condition on one, both ways', () => {
  const policy = policyOf(
    '  - { id: a, when: [subscription.status == "active"], then: approve }\n  - { id: b, when: [subscription.status != "active"], then: approve }',
  )
  expect(decide(policy, factsOf(policy, { 'payment.interval': 'once' }), 1).verdict).toBe('deny')
})

describe('until when', () => {
  const untilOf = (rules: string, given: Given): unknown => {
    const policy = policyOf(rules)
    const found = refundableUntil(
      policy,
      factsOf(policy, { 'payment.paid_at': '2026-06-01T12:00:00Z', 'usage.share': 0, ...given }),
    )
    return found && [found.verdict, found.until?.toISOString(), found.then]
  }
  test.each([
    ['an inclusive window', money30, {}, ['approve', '2026-07-01T12:00:00.000Z', 'deny']],
    ['a strict window', money30.replace('<= days', '< days'), {}, ['approve', '2026-07-01T11:59:59.999Z', 'deny']],
    [
      'calendar days',
      "  - { id: c, when: ['now <= end_of_day(payment.paid_at, days(14))'], then: approve }",
      {},
      ['approve', '2026-06-15T23:59:59.999Z', 'deny'],
    ],
    [
      'the later of two clocks',
      '  - { id: l, when: [\'now - later(payment.paid_at, date("2026-06-10")) < days(7)\'], then: approve }',
      {},
      ['approve', '2026-06-16T23:59:59.999Z', 'deny'],
    ],
    [
      'half of the period',
      "  - { id: h, when: ['payment.unused_share >= percent(50)'], then: approve }",
      {},
      ['approve', '2026-06-16T12:00:00.000Z', 'deny'],
    ],
    ['usage that nobody knows', money30, { 'usage.share': null }, ['review', '2026-07-01T12:00:00.000Z', 'deny']],
    [
      'what time never changes',
      '  - { id: f, when: [payment.first], then: approve }',
      {},
      ['approve', undefined, undefined],
    ],
    ['what is over', money30, { 'payment.paid_at': '2026-03-01T12:00:00Z' }, undefined],
  ])('%s', (_, rules, given, expected) => expect(untilOf(rules, given)).toEqual(expected))
})

describe('the counterfactual', () => {
  const sentenceOf = (rules: string, given: Given): string | undefined => {
    const policy = policyOf(rules)
    return decide(policy, factsOf(policy, given), 1).counterfactual?.sentence
  }
  test.each([
    [
      'in time',
      money30,
      { 'payment.age': '34d', 'usage.share': 0 },
      'Asked 4 days earlier, this would have been approved automatically.',
    ],
    [
      'in usage',
      money30,
      { 'usage.share': 0.25 },
      'With usage share 19.99% instead of 25%, this would have been approved automatically.',
    ],
    [
      'in a step still to be taken',
      '  - { id: a, when: [app.removed], then: approve }',
      { 'app.removed': false },
      'With "app removed" answered yes instead of no, this would have been approved automatically.',
    ],
    [
      'in the amount',
      '  - { id: a, when: [\'request.amount <= money(20, "usd")\'], then: approve }',
      {},
      'With the amount asked for $20.00 instead of $49.00, this would have been approved automatically.',
    ],
    [
      'never from before the payment',
      '  - { id: a, when: [payment.age < hours(30)], then: approve }',
      { 'payment.age': '36h' },
      'Asked 6 hours and 1 minute earlier, this would have been approved automatically.',
    ],
    [
      'in waiting, where nothing else helps',
      '  - { id: a, when: [payment.age >= days(12)], then: approve }',
      {},
      'Asked 2 days later, this would be approved automatically.',
    ],
    ['none when nothing helps', '  - { id: a, when: [payment.captured == false], then: approve }', {}, undefined],
  ])('%s', (_, rules, given, sentence) => expect(sentenceOf(rules, given)).toBe(sentence))
})

test('the customer reads their language, its base, or English', () => {
  const decision = decide(standard, factsOf(standard, { 'usage.share': 0 }), 1)
  expect([sayIn(decision, 'de-AT'), sayIn(decision, 'fr')]).toEqual([decision.say['de'], decision.say['en']])
})

describe('whatever the facts', () => {
  const share = fc.option(
    fc.integer({ min: 0, max: 100 }).map((each) => each / 100),
    { nil: null },
  )
  const givens: fc.Arbitrary<Record<string, unknown>> = fc.record({
    'payment.age': fc.integer({ min: 0, max: 400 * 86_400 }).map((seconds) => `${seconds}s`),
    'payment.amount': fc
      .tuple(fc.integer({ min: 1, max: 90_000 }), fc.constantFrom('usd', 'eur', 'jpy'))
      .map(([units, currency]) => `${units} ${currency}`),
    'payment.interval': fc.constantFrom('month', 'year', 'once'),
    'request.reason': fc.constantFrom('changed_mind', 'duplicate', 'missing_feature'),
    'customer.refunds': fc.array(
      fc.integer({ min: 0, max: 500 }).map((days) => `${days}d`),
      { maxLength: 3 },
    ),
    'usage.share': share,
  })

  test('no decision pays more than is refundable or asked, and the same facts give the same decision', () => {
    fc.assert(
      fc.property(givens, fc.integer({ min: 1, max: 100 }), (given, percent) => {
        const facts = factsOf(standard, given)
        const minor = Math.max(1, Math.floor((facts.payment.amount.minor * percent) / 100))
        const less: Facts = {
          ...facts,
          payment: { ...facts.payment, refundable: money(minor, facts.payment.amount.currency) },
        }
        const decision = decide(standard, less, 1)
        expect(decision.amount.minor).toBeLessThanOrEqual(minor)
        expect(JSON.stringify(decide(standard, less, 1))).toBe(JSON.stringify(decision))
      }),
      { numRuns: 300 },
    )
  })

  test('the rule that answered has all its conditions met and no earlier rule has', () => {
    fc.assert(
      fc.property(givens, (given) => {
        const facts = factsOf(standard, given)
        const decision = decide(standard, facts, 1)
        if (decision.missing.length > 0) return
        const holds = (rule: Policy['rules'][number]): boolean => rule.lines.every((line) => line.run(facts) === true)
        expect(standard.rules.find(holds)?.id ?? 'otherwise').toBe(decision.rule)
      }),
      { numRuns: 500 },
    )
  })

  test('making a fact unknown never turns a denial or a review into an approval', () => {
    fc.assert(
      fc.property(givens, (given) => {
        const known = judge(standard, factsOf(standard, given)).verdict
        const unknown = judge(standard, factsOf(standard, { ...given, 'usage.share': null })).verdict
        expect(unknown === 'approve' && known !== 'approve').toBe(false)
        expect(unknown === 'deny' && known !== 'deny').toBe(false)
      }),
      { numRuns: 500 },
    )
  })

  test('a counterfactual is true: the policy, asked again with the one change, gives what it says', () => {
    let seen = 0
    fc.assert(
      fc.property(givens, (given) => {
        const facts = factsOf(standard, given)
        const change = nearestChange(standard, facts, judge(standard, facts))
        if (!change) return
        seen += 1
        const again = decide(standard, change.facts, 1)
        expect([again.verdict, again.rule]).toEqual([change.said.verdict, change.said.rule])
        expect(again.verdict).not.toBe(judge(standard, facts).verdict)
      }),
      { numRuns: 300 },
    )
    expect(seen).toBeGreaterThan(20)
  })

  test('the last refundable instant still is, and the next one is not', () => {
    fc.assert(
      fc.property(givens, (given) => {
        const facts = factsOf(standard, given)
        const found = refundableUntil(standard, facts)
        if (!found?.until) return
        const at = (instant: number): string =>
          judge(standard, {
            ...facts,
            now: new Date(instant),
            merchant: Object.fromEntries(
              Object.entries(facts.merchant).map(([name, fact]) => [name, { ...fact, as_of: new Date(instant) }]),
            ),
          }).verdict
        expect([at(found.until.getTime()), at(found.until.getTime() + 1)]).toEqual([found.verdict, found.then])
      }),
      { numRuns: 300 },
    )
  })
})
