import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Facts } from '../facts.ts'
import { money } from '../money.ts'
import { decide } from './decide.ts'
import { factsFrom } from './given.ts'
import type { Given } from './given.ts'
import { parsePolicy } from './parse.ts'
import type { Policy } from './policy.ts'
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

describe('who approves by amount', () => {
  const policy = policyOf(
    `  - id: asks
    when: [payment.age >= days(0)]
    then: review
    approvers:
      - { role: support }
      - { from: [500.00 usd, 450.00 eur], role: approver }
      - { from: 2000.00 usd, role: finance, count: 2 }`,
  )
  test.each([
    ['below the first step', '499.99 usd', 'support 1'],
    ['on it', '500.00 usd', 'approver 1'],
    ['one cent below the next', '1999.99 usd', 'approver 1'],
    ['on the next', '2000.00 usd', 'finance 2'],
    ['in a currency that only one step names, the stricter counts', '449.99 eur', 'finance 2'],
  ])('%s', (_, amount, expected) => {
    const { approvers } = decide(policy, factsOf(policy, { 'payment.amount': amount }), 1)
    expect(`${approvers.role} ${approvers.count}`).toBe(expected)
  })
})

test('a formula that comes to a charge says how much, to staff and to the customer, and pays nothing', () => {
  const policy = policyOf(
    `  - { id: r, when: [payment.age >= days(0)], then: approve, amount: 'payment.amount - money(60, "usd")' }`,
  )
  const { verdict, amount, charge, because, for_customer } = decide(policy, factsOf(policy), 1)
  expect([verdict, amount.minor, charge, because]).toEqual([
    'review',
    0,
    money(1100, 'usd'),
    'Rule r approves, but its amount comes to a charge of $11.00, and nothing is ever collected.',
  ])
  expect(for_customer?.['en']).toEqual(['What was used is worth $11.00 more than was paid. We do not collect it.'])
})

test('policy and law are both explained: the better answer stands, the other stands beside it', () => {
  const policy = policyOf(
    `  - { id: short, when: [payment.age <= days(3)], then: approve }`,
    `rights:\n  - { id: withdrawal, when: [payment.age <= days(14)], then: approve }\n`,
  )
  const late = decide(policy, factsOf(policy, { 'payment.age': '10d' }), 1)
  expect([late.rule, late.beside?.sentence]).toEqual([
    'withdrawal',
    'Without the law, the policy would deny. No rule matched. Nearest was short. The time since the payment: 10 days. Required: at most 3 days.',
  ])
  const early = decide(policy, factsOf(policy, { 'payment.age': '2d' }), 1)
  expect([early.rule, early.beside?.by, early.beside?.verdict]).toEqual(['short', 'right', 'approve'])
})

test('all that was paid in a window can be given back, capped at what this card paid', () => {
  const policy = policyOf(
    `  - { id: r, when: ['customer.paid(days(90)) >= money(60, "usd")'], then: approve, amount: customer.paid(days(90)) }`,
  )
  const given = { 'customer.payments': ['40d 49.00 usd', '91d 49.00 usd'] }
  expect(decide(policy, factsOf(policy, given), 1)).toMatchObject({
    verdict: 'approve',
    amount: money(4900, 'usd'),
    amount_because: 'All that was paid in the last 90 days: $98.00, limited to $49.00.',
  })
  expect(decide(policy, factsOf(policy, { 'customer.payments': null }), 1).verdict).toBe('review')
})

test('a step that the customer can still take comes before everything else, in their language', () => {
  const policy = read(`policy: P
facts:
  plan.downgraded: { type: bool, step: { en: Downgrade your plan first, de: Stufen Sie zuerst Ihren Tarif herab } }
rules:
  - { id: back, when: [plan.downgraded, payment.age <= days(30)], then: approve }
  - { id: young, when: [payment.age <= days(9)], then: approve }
otherwise: { then: deny }
`)
  const { counterfactual } = decide(policy, factsOf(policy, { 'plan.downgraded': false }), 1)
  expect([counterfactual?.fact, counterfactual?.for_customer]).toEqual([
    'plan.downgraded',
    {
      en: 'Downgrade your plan first. After that, this is approved automatically.',
      de: 'Stufen Sie zuerst Ihren Tarif herab. Danach wird die Erstattung automatisch bewilligt.',
    },
  ])
})

test('the customer reads why, in English and German: what was asked and what was so', () => {
  const { for_customer } = decide(standard, factsOf(standard, { 'payment.age': '34d', 'usage.share': 0 }), 1)
  expect(for_customer).toEqual({
    en: ['The time since the payment: 34 days (more than 30 days).'],
    de: ['Die Zeit seit der Zahlung: 34 Tage (mehr als 30 Tage).'],
  })
})

describe('a guarantee', () => {
  const guaranteed = (always: string, tests = ''): Policy =>
    policyOf(
      '  - { id: all, when: [payment.age <= days(30)], then: approve }',
      `guarantees:\n  - { name: two people, when: ['decision.amount > money(20, "usd")'], always: ['${always}'] }\n${tests}`,
    )
  const aTest = 'tests:\n  - { name: t, given: { payment.age: 3d }, expect: { then: approve } }\n'
  test('that a test breaks fails that test', () => {
    expect(runPolicyTests(guaranteed('decision.people >= 2', aTest))).toMatchObject([
      { passed: false, actual: 'approve, breaks "two people"' },
    ])
    expect(runPolicyTests(guaranteed('decision.verdict == "approve"', aTest))).toMatchObject([{ passed: true }])
  })
  test('is checked like a condition, and no rule can ask about its own answer', () => {
    expect(
      parsePolicy(guaranteed('decision.people >= 2').source.replace('decision.people', 'decision.peple')),
    ).toMatchObject({
      ok: false,
      problems: [{ message: 'Unknown fact `decision.peple`', suggestion: 'decision.people' }],
    })
    expect(() => policyOf('  - { id: a, when: [decision.people == 1], then: deny }')).toThrow(/Unknown fact/)
  })
})
