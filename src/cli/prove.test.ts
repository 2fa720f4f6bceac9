import fc from 'fast-check'
import { readFileSync, readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parsePolicy } from '../domain/policy/parse.ts'
import { guaranteesFrom } from '../domain/policy/parse-guarantees.ts'
import type { Policy } from '../domain/policy/policy.ts'
import type { Given } from '../domain/policy/given.ts'
import { differenceAt, differencesBetween } from '../domain/policy/prove/differences.ts'
import type { Comparison, Difference } from '../domain/policy/prove/differences.ts'
import { guaranteeKept } from '../domain/policy/prove/guarantee.ts'
import type { Kept } from '../domain/policy/prove/guarantee.ts'
import { certainties } from '../domain/policy/prove/reach.ts'
import { openSolver } from './solver.ts'
import type { Solver } from './solver.ts'

// The solver takes seconds of a busy machine for a policy; PROVE_RUNS asks for more mutations than two.
vi.setConfig({ testTimeout: 180_000 })

let solver: Solver
beforeAll(async () => {
  solver = await openSolver()
})
afterAll(() => solver.close())

const read = (source: string): Policy => {
  const parsed = parsePolicy(source)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.policy
}
const compared = (before: string, after: string): Promise<Comparison> =>
  solver.run(differencesBetween(read(before), read(after)))
const kindOf = ({ before, after }: Difference): string =>
  `${before.rule} ${before.verdict} → ${after.rule} ${after.verdict}`

const text = `policy: P
facts:
  usage.share: { type: fraction }
  app.starts: { type: count }
  item.kind: { type: text, values: [plan, gift] }
rules:
  - { id: gifts, when: ['item.kind == "gift"'], then: deny }
  - { id: large, when: ['request.amount > money(500, "usd")'], then: review, approvers: { role: finance, count: 2 } }
  - { id: ready, when: [payment.age <= days(3), app.starts < 5], then: approve }
  - { id: back, when: [payment.age <= days(14), usage.share < percent(20)], then: approve }
  - { id: part, when: [payment.age <= days(30), 'customer.refunds(days(365)) == 0'], then: approve, amount: 'prorate(payment.amount, percent(50))' }
  - { id: over, when: [payment.age > days(30)], then: deny, appeal: true }
otherwise: { then: review }
`

describe('two policies', () => {
  test.each<[string, string, string, string[]]>([
    [
      'a constant by one second',
      'days(14)',
      'duration("14d1s")',
      [
        'part approve → back approve',
        'part review → back review',
        'otherwise review → back approve',
        'otherwise review → back review',
      ],
    ],
    [
      'an end that became strict',
      'usage.share < percent(20)',
      'usage.share <= percent(20)',
      ['part approve → back approve', 'otherwise review → back approve'],
    ],
    [
      'a share of the amount by a hundredth of a percent',
      'percent(50)',
      'percent("50.01")',
      ['part approve → part approve'],
    ],
    ['who approves', 'count: 2', 'count: 3', ['large review → large review']],
    ['an appeal', 'appeal: true', 'appeal: false', ['over deny → over deny']],
  ])('that differ in %s: found', async (_, from, to, kinds) => {
    const { differences } = await compared(text, text.replace(from, to))
    const found = differences.map(kindOf)
    expect(found.filter((each) => kinds.includes(each)).length).toBeGreaterThan(0)
    for (const each of differences)
      expect(differenceAt(read(text), read(text.replace(from, to)), each.given)).toBeDefined()
  })

  test.each<[string, [string, string][]]>([
    ['in nothing', []],
    [
      'in how a window is written',
      [
        ['days(14)', 'weeks(2)'],
        ['payment.age <= days(30)', 'days(30) >= now - payment.paid_at'],
      ],
    ],
    [
      'in a condition that follows from another',
      [['payment.age <= days(14),', 'payment.age <= days(14), payment.age <= days(20),']],
    ],
    [
      'in a rule that is never come to',
      [['otherwise:', '  - { id: never, when: [payment.age > days(40)], then: approve }\notherwise:']],
    ],
    [
      'in the order of rules that exclude each other',
      [
        ['  - { id: over, when: [payment.age > days(30)], then: deny, appeal: true }\n', ''],
        ['rules:\n', 'rules:\n'],
        [
          '  - { id: part,',
          '  - { id: over, when: [payment.age > days(30)], then: deny, appeal: true }\n  - { id: part,',
        ],
      ],
    ],
    ['in a negation', [['app.starts < 5]', "'!(app.starts >= 5)']"]]],
  ])('that differ %s are proven to answer alike', async (_, swaps) => {
    const after = swaps.reduce((source, [from, to]) => source.replace(from, to), text)
    expect(await compared(text, after)).toMatchObject({ differences: [], proven: true })
  })

  test('calendar days, working days, months and daylight saving are told apart to the millisecond', async () => {
    const policy = (condition: string): string =>
      `policy: P\ntimezone: Europe/Berlin\nholidays: ["2026-12-25", "2026-12-28"]\nfacts: { item.at: { type: instant } }\nrules:\n  - { id: r, when: ['${condition}'], then: approve }\notherwise: { then: deny }\n`
    const pairs = [
      ['now <= end_of_day(item.at, days(14))', 'now < end_of_day(item.at, days(14))'],
      ['now <= end_of_working_day(item.at, days(14))', 'now <= end_of_day(item.at, days(14))'],
      ['now <= end_of_day(item.at, days(1))', 'now <= start_of_day(item.at) + days(2) - duration("1ms")'],
    ] as const
    for (const [a, b] of pairs) {
      expect((await compared(policy(a), policy(b))).differences.length, `${a} | ${b}`).toBeGreaterThan(0)
      expect(await compared(policy(a), policy(a))).toMatchObject({ differences: [], proven: true })
    }
    const counted = 'now <= end_of_day_counting_first(item.at, days(15))'
    expect(await compared(policy(pairs[0][0]), policy(counted))).toMatchObject({ differences: [], proven: true })
  })

  test('a formula beyond the solver is said to be not proven, and is never called alike', async () => {
    const formula = (amount: string): string => text.replace("'prorate(payment.amount, percent(50))'", `'${amount}'`)
    const months = formula('prorate(payment.amount, payment.unused_months_share)')
    const days = formula('prorate(payment.amount, payment.unused_days_share)')
    const { differences, proven } = await compared(months, days)
    expect(differences.length > 0 || !proven).toBe(true)
    expect(await compared(months, months)).toMatchObject({ differences: [], proven: true })
  })

  test('whatever is changed in one place: what dense sampling finds, was found', async () => {
    const swaps = fc.constantFrom<[string, string]>(
      ['days(14)', 'days(15)'],
      ['<= days(30)', '< days(30)'],
      ['> days(30)', '>= days(30)'],
      ['percent(20)', 'percent(21)'],
      ['app.starts < 5', 'app.starts <= 5'],
      ['days(365)) == 0', 'days(365)) <= 1'],
      ['days(365)) == 0', 'days(180)) == 0'],
      ['money(500, "usd")', 'money(501, "usd")'],
      ['percent(50)', 'percent(49)'],
      ['== "gift"', '!= "gift"'],
      ['days(3)', 'days(4)'],
      ['id: gifts, when: [', 'id: gifts, when: [payment.first, '],
      ['then: deny, appeal', 'then: review, access: keep # '],
    )
    const one = fc.oneof(swaps, fc.constant<[string, string]>(['', '']))
    const edge = fc.constantFrom(-1, 0, 1)
    const given: fc.Arbitrary<Given> = fc.record(
      {
        'payment.age': fc
          .tuple(fc.constantFrom(3, 14, 15, 30, 31), edge)
          .map(([days, more]) => `${days * 86_400_000 + more}ms`),
        'payment.amount': fc.constantFrom('49.00 usd', '500.00 usd', '500.01 usd', '501.00 usd', '501.01 usd'),
        'payment.first': fc.boolean(),
        'usage.share': fc.constantFrom(0, 0.1999, 0.2, 0.2001, 0.21, 0.5, null),
        'app.starts': fc.constantFrom(4, 5, 6, null),
        'item.kind': fc.constantFrom('plan', 'gift', null),
        'customer.refunds': fc.constantFrom([], ['100d'], ['200d'], ['400d'], ['100d', '200d']),
      },
      { requiredKeys: ['payment.age'] },
    )
    await fc.assert(
      fc.asyncProperty(
        one,
        one,
        fc.array(given, { minLength: 400, maxLength: 400 }),
        async (first, second, samples) => {
          const after = [first, second].reduce((source, [from, to]) => source.replace(from, to), text)
          const [a, b] = [read(text), read(after)]
          const sampled = new Set(samples.flatMap((each) => differenceAt(a, b, each) ?? []).map(kindOf))
          const { differences, proven } = await solver.run(differencesBetween(a, b, 60))
          expect(proven).toBe(true)
          const found = differences.map(kindOf)
          expect([...sampled].filter((kind) => !found.includes(kind))).toEqual([])
        },
      ),
      { numRuns: Number(process.env['PROVE_RUNS'] ?? 2) },
    )
  }, 240_000)

  test.each(readdirSync(new URL('../../policies/published/', import.meta.url)))(
    '%s answers like itself: proven',
    async (file) => {
      const source = readFileSync(new URL(`../../policies/published/${file}`, import.meta.url), 'utf8')
      expect(await compared(source, source)).toMatchObject({ differences: [], proven: true })
    },
    60_000,
  )
})

describe('a guarantee', () => {
  const kept = async (always: string, when: readonly string[] = [], source = text): Promise<Kept> => {
    const policy = read(source)
    const made = guaranteesFrom(policy, { when, always: [always] })
    if (!made.ok) throw new Error(JSON.stringify(made.problems))
    return solver.run(guaranteeKept(policy, made.guarantees[0]!))
  }
  test('that holds is proven: nobody gets more than 500 without two people', async () => {
    const when = ['decision.verdict != "deny"', 'decision.amount > money(500, "usd")']
    expect(await kept('decision.people >= 2', when)).toMatchObject({ breaches: [], proven: true })
  })
  test('that does not hold comes with a case that breaks it', async () => {
    const { breaches } = await kept(
      'decision.people >= 2',
      ['decision.amount > money(500, "usd")'],
      text.replace('count: 2', 'count: 1'),
    )
    // Where nobody knows whether it is a gift, one person decides about it too.
    expect(breaches.map(({ answer }) => answer.rule).toSorted()).toEqual(['gifts', 'large'])
    const european = await kept('decision.verdict == "approve"', [
      'customer.country in ["DE", "FR"]',
      'payment.age <= days(14)',
    ])
    expect(european.breaches.length).toBeGreaterThan(0)
  })
  test('that no case can break is proven, also where facts are unknown', async () => {
    expect(await kept('decision.amount <= payment.refundable')).toMatchObject({ breaches: [], proven: true })
    expect(await kept('decision.verdict != "approve"', ['item.kind == "gift"'])).toMatchObject({
      proven: true,
      breaches: [],
    })
  })
})

test('what no line shows by itself is found: unreachable, never paying, always paying and overlapping rules', async () => {
  const found = await solver.run(
    certainties(
      read(`policy: P
rules:
  - { id: young, when: [payment.age < days(20)], then: deny }
  - { id: old, when: [payment.age > days(10)], then: review }
  - { id: middle, when: [payment.age >= days(15)], then: approve }
  - { id: nothing, when: [payment.first], then: approve, amount: payment.amount - payment.amount }
  - { id: all, when: [payment.age >= days(0)], then: approve }
otherwise: { then: review }
`),
    ),
  )
  const kinds = found.map(({ rule, kind, with: other }) => [rule, kind, other].filter(Boolean).join(' '))
  expect(kinds).toEqual(
    expect.arrayContaining([
      'old overlaps young',
      'middle unreachable',
      'nothing unreachable',
      'nothing never pays',
      'all unreachable',
      'all always pays',
    ]),
  )
})
