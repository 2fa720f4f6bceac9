import { describe, expect, test } from 'vitest'
import { parsePolicy } from './parse.ts'
import type { PolicyProblem } from './policy.ts'

const withCondition = (condition: string): string =>
  `policy: P\nfacts:\n  usage.share: { type: fraction }\nrules:\n  - id: r\n    when:\n      - ${condition}\n    then: approve\notherwise: { then: deny }\n`

function problemsOf(source: string): readonly PolicyProblem[] {
  const read = parsePolicy(source)
  return read.ok ? [] : read.problems
}

describe('a condition is refused at its line and column, with what was probably meant', () => {
  test.each([
    ['payment.agee <= days(30)', 9, 'Unknown fact `payment.agee`', 'payment.age'],
    ['usage.shore < percent(20)', 9, 'Unknown fact `usage.shore`', 'usage.share'],
    ['payment.age <= 30', 24, 'has no unit', 'days(30)'],
    ['request.amount > 500', 26, 'has no unit', 'money(500, "usd")'],
    ['usage.share < 0.2', 23, 'has no unit', 'percent(20)'],
    ['payment.interval == "yearly"', 29, 'is never "yearly"', '"year"'],
    ['request.reason == "duplicat"', 27, 'is never "duplicat"', '"duplicate"'],
    ['payment.age <= dayz(30)', 24, 'Unknown function `dayz`', 'days'],
    ['payment.amount <= days(30)', 9, "can't be compared", undefined],
    ['money(5, "usd") < request.amount - money(5, "eur") + money(1, "usd")', 27, 'nothing converts', undefined],
    ['payment.product.matches("(a+)+")', 9, 'Regular expressions', 'startsWith, endsWith or contains'],
    ['customer.tags.exists(t, t == "vip")', 9, 'Loops', '"vip" in customer.tags'],
    ['payment.quantity / 0 == 1', 9, 'rounds silently', 'share(part, whole)'],
    ['request.amount > money(5.999, "usd")', 26, 'usd has 2 decimals', 'money(49.90, "usd")'],
    ['request.amount > money(5, "USD")', 26, 'three lower-case letters', 'money(49.90, "usd")'],
    ['now < date("2026-02-30")', 15, 'no such date', 'date("2026-03-01")'],
    ['usage.share < percent(120)', 23, 'between 0 and 100', 'percent(20)'],
    ['payment.age <= days(99999999999999999999)', 29, 'too large', undefined],
    ['payment.age <= days(999999)', 24, 'has no value', 'days(30)'],
    ['1 < 2', 9, 'never changes', undefined],
    ['payment.age', 9, 'is needed here', undefined],
    ['payment.age <=', undefined, '', undefined],
  ])('%s', (condition, column, message, suggestion) => {
    const [problem] = problemsOf(withCondition(condition))
    expect(problem).toMatchObject({ line: 7, path: 'rules[0].when[0]', ...(column !== undefined && { column }) })
    expect(problem?.message).toContain(message)
    if (suggestion !== undefined) expect(problem?.suggestion).toBe(suggestion)
  })
})

describe('a file is refused at its line', () => {
  const end = '\nrules: []\notherwise: { then: deny }\n'
  test.each([
    ['an empty file', '', 1],
    ['no rules', 'policy: P\notherwise: { then: deny }\n', 1],
    ['an unknown key', `policy: P\nrulez: []${end}`, 2],
    ['a duplicate key', `policy: P\npolicy: Q${end}`, 2],
    ['an anchor', `policy: &p P${end}`, 1],
    ['an alias', `policy: &p P\ntimezone: *p${end}`, 1],
    ['a tag', `policy: !!js/function P${end}`, 1],
    ['a directive', `%YAML 1.1\n---\npolicy: P${end}`, 1],
    ['a second document', `policy: P${end}---\npolicy: Q${end}`, 4],
    ['a time zone that is none', `policy: P\ntimezone: Mars/Base${end}`, 2],
    ['a prototype as a name', `policy: P\n__proto__: {}${end}`, 2],
    ['a fact with a built-in name', `policy: P\nfacts:\n  payment.usage: { type: count }${end}`, 3],
    ['a fact named like a prototype', `policy: P\nfacts:\n  constructor.name: { type: count }${end}`, 3],
    ['a fact without a type', `policy: P\nfacts:\n  usage.share: {}${end}`, 3],
    ['rules that are no list', 'policy: P\nrules: {}\notherwise: { then: deny }\n', 2],
    [
      'two rules of one name',
      'policy: P\nrules:\n  - { id: a, when: [payment.first], then: deny }\n  - { id: a, when: [payment.first], then: deny }\notherwise: { then: deny }\n',
      4,
    ],
    ['a denial with an amount', 'policy: P\nrules: []\notherwise: { then: deny, amount: payment.amount }\n', 3],
    [
      'a rule without conditions',
      'policy: P\nrules:\n  - { id: a, when: [], then: deny }\notherwise: { then: deny }\n',
      3,
    ],
    ['a sentence without English', 'policy: P\nrules: []\notherwise: { then: deny, say: { de: Nein } }\n', 3],
    [
      'an approver that nobody can be',
      'policy: P\nrules: []\notherwise: { then: review, approvers: { role: boss } }\n',
      3,
    ],
    [
      'a test of an unknown fact',
      `policy: P${end}tests:\n  - { name: t, given: { payment.agee: 3d }, expect: { then: deny } }\n`,
      5,
    ],
    [
      'a test with a wrong type',
      `policy: P${end}tests:\n  - { name: t, given: { payment.age: 3 }, expect: { then: deny } }\n`,
      5,
    ],
    ['a test of an unknown rule', `policy: P${end}tests:\n  - { name: t, expect: { rule: x } }\n`, 5],
    ['a flow of a thousand brackets', '['.repeat(1000), 1],
    ['a file of a megabyte', `policy: ${'x'.repeat(1_000_000)}`, 1],
  ])('%s', (_, source, line) => {
    const problems = problemsOf(source)
    expect(problems[0]?.line).toBe(line)
    expect(problems[0]?.message).toMatch(/\S/)
  })
})

test('the column is that of the wrong word inside a quoted condition', () => {
  const [problem] = problemsOf(withCondition('"payment.age <= days(3) && payment.agee > days(1)"'))
  expect([problem?.line, problem?.column]).toEqual([7, 9 + 1 + 26])
})

test('several wrong conditions are all named at once', () => {
  const source =
    'policy: P\nrules:\n  - id: a\n    when: [payment.agee > days(1), payment.first == 3]\n    then: deny\notherwise: { then: maybe }\n'
  expect(problemsOf(source).map((each) => each.line)).toEqual([4, 4, 6])
})
