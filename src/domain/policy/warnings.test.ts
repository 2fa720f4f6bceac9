import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parsePolicy } from './parse.ts'
import { policyWarnings } from './warnings.ts'

const warningsIn = (source: string): readonly string[] => {
  const read = parsePolicy(source)
  return read.ok
    ? policyWarnings(read.policy).map(({ rule, message }) => `${rule} ${message}`)
    : [JSON.stringify(read.problems)]
}

const policy = (rules: string): string =>
  `policy: P\nrules:\n${rules}\notherwise: { then: deny }\ntests:\n  - { name: t, given: { payment.age: 900d }, expect: { then: deny } }\n`

test.each([
  [
    'a rule behind a wider one',
    '  - { id: a, when: [payment.first], then: deny }\n  - { id: b, when: [payment.captured, payment.first], then: approve }',
    'b is never reached, because a matches whenever it would',
  ],
  [
    'a text that is two things',
    '  - { id: a, when: [payment.interval == "year", payment.interval == "month"], then: deny }',
    "a can't match: payment.interval is not both year and month",
  ],
  [
    'a window that ends before it begins',
    '  - { id: a, when: [payment.age > days(30), payment.age <= days(14)], then: deny }',
    "a can't match: payment.age can't be that large and that small",
  ],
  [
    'a sentence without German',
    '  - { id: a, when: [payment.first], then: deny, say: { en: No, de: Nein } }\n  - { id: b, when: [payment.captured], then: deny, say: { en: No } }',
    'b lacks the language de, which other rules speak',
  ],
])('%s', (_, rules, warning) => expect(warningsIn(policy(rules))).toEqual([warning]))

test('the policy that comes with the product gives no warning', () => {
  expect(warningsIn(readFileSync(new URL('../../../policies/default.yaml', import.meta.url), 'utf8'))).toEqual([])
})
