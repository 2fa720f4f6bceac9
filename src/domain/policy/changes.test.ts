import { expect, test } from 'vitest'
import { changesBetween } from './changes.ts'
import { inOrder } from './in-order.ts'
import { parsePolicy } from './parse.ts'
import type { Policy } from './policy.ts'

const text = `policy: P
facts:
  usage.share: { type: fraction, stale_after: 30d, label: { en: the share used, de: der genutzte Anteil } }
rules:
  - id: large
    when: ['request.amount > money(500, "usd")']
    then: review
    approvers: { role: finance, count: 2 }
  - id: back
    when: [payment.age <= days(14), usage.share < percent(20)]
    then: approve
    say: { en: Within 14 days. }
  - id: late
    when: [payment.age > days(14)]
    then: deny
otherwise: { then: review }
tests:
  - { name: t, given: { payment.age: 15d }, expect: { then: deny } }
`
const read = (source: string): Policy => {
  const parsed = parsePolicy(source)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.policy
}
const said = (...swaps: [string, string][]): readonly string[] => {
  const after = swaps.reduce((source, [from, to]) => {
    expect(source).toContain(from)
    return source.replace(from, to)
  }, text)
  return changesBetween(read(text), read(after)).map(({ sentence }) => sentence)
}

test.each<[string, [string, string][], string[]]>([
  ['nothing', [], []],
  [
    'a window',
    [['age <= days(14)', 'age <= days(30)']],
    ['Rule back: The time since the payment: at most 30 days instead of at most 14 days.'],
  ],
  [
    'a strict end',
    [['age <= days(14)', 'age < days(14)']],
    ['Rule back: The time since the payment: less than 14 days instead of at most 14 days.'],
  ],
  [
    'one condition more and one less',
    [[', usage.share < percent(20)', ', payment.first']],
    [
      'Rule back: it now also asks that it is the first payment for the product.',
      'Rule back: it no longer asks that the share used is less than 20%.',
    ],
  ],
  [
    'the answer and who decides',
    [
      ['then: approve', 'then: review'],
      ['count: 2', 'count: 3'],
    ],
    [
      'Rule large: who decides: 3 people with the role finance or above decide instead of 2 people with the role finance or above decide.',
      'Rule back: the answer: a person decides instead of refund automatically.',
    ],
  ],
  ['a new name', [['id: late', 'id: over']], ['Rule late is now called over.']],
  [
    'a rule that is gone',
    [['  - id: late\n    when: [payment.age > days(14)]\n    then: deny\n', '']],
    ['Rule late is gone.'],
  ],
  [
    'a rule that is new',
    [['otherwise:', '  - { id: gift, when: [payment.first], then: approve }\notherwise:']],
    ['Rule gift is new. Rule gift is now asked after late.'],
  ],
  [
    'a setting, a fact, a sentence and the tests',
    [
      ['policy: P\n', 'policy: P\njudge_by: purchase\n'],
      ['30d', '7d'],
      ['Within 14 days.', 'In time.'],
      ['15d', '16d'],
    ],
    [
      'The version that judges: the one in force at the purchase instead of the one in force at the request.',
      'Fact usage.share: fraction, payment, unknown when older than 7 days instead of fraction, payment, unknown when older than 30 days.',
      'Rule back: what the customer reads (en): “In time.” instead of “Within 14 days.”.',
      'Tests: 0 added, 0 removed, 1 changed.',
    ],
  ],
])('%s', (_, swaps, sentences) => expect(said(...swaps)).toEqual(sentences))

test('a rule that only moved is named once, whatever it jumped over', () => {
  const [large, ...rest] = text.split('  - id: ').slice(1)
  const moved = `${text.split('rules:')[0]}rules:\n${[...rest.slice(0, 1), large, ...rest.slice(1)].map((rule) => `  - id: ${rule}`).join('')}`
  expect(changesBetween(read(text), read(moved))).toMatchObject([
    { kind: 'moved', about: 'rule', name: 'large', sentence: 'Rule large is now asked after back.' },
  ])
})

test('what was not moved is the longest part that stands in the old order', () => {
  expect(inOrder(['c', 'a', 'b', 'd'], ['a', 'b', 'c', 'd'])).toEqual(['a', 'b', 'd'])
  expect(inOrder([], [])).toEqual([])
})

test('German says the same', () => {
  const after = text.replace('age <= days(14)', 'age <= days(30)')
  expect(changesBetween(read(text), read(after), 'de').map(({ sentence }) => sentence)).toEqual([
    'Regel back: Die Zeit seit der Zahlung: höchstens 30 Tage statt höchstens 14 Tage.',
  ])
})
