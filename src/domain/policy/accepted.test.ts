import { readFileSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changesBetween } from './changes.ts'
import { decide } from './decide.ts'
import { describe } from './describe.ts'
import { formOf } from './form/model.ts'
import { factsFrom } from './given.ts'
import { brokenGuarantees } from './guarantees.ts'
import { parsePolicy } from './parse.ts'
import type { Policy } from './policy.ts'
import { refundableUntil } from './refundable-until.ts'
import { runPolicyTests } from './run-tests.ts'
import { policyWarnings } from './warnings.ts'

const folder = new URL('../../../policies/', import.meta.url)
const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => readFileSync(new URL(file, folder), 'utf8'))

const read = (source: string): Policy => {
  const parsed = parsePolicy(source)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.policy
}

/** What people and programs do to a text: a number, a word or a sign becomes another, a line is lost, doubled or moved in. */
const mutation: fc.Arbitrary<(text: string) => string> = fc
  .tuple(
    fc.constantFrom('number', 'number', 'number', 'sign', 'sign', 'sign', 'word', 'drop', 'double', 'indent', 'swap'),
    fc.nat(),
    fc.nat(),
    fc.constantFrom('0', '1', '2', '13', '45', '99', '100', '999999', '9007199254740991', '0.5', '1e3', '-1', '٣'),
  )
  .map(([kind, first, second, number]) => (text) => {
    const lines = text.split('\n')
    const [a, b] = [first % lines.length, second % lines.length]
    const nth = (pattern: RegExp, other: string): string => {
      const places = [...text.matchAll(pattern)]
      const place = places[first % Math.max(places.length, 1)]
      return place ? text.slice(0, place.index) + other + text.slice(place.index + place[0].length) : text
    }
    const pick = (pattern: RegExp): string => {
      const all = [...text.matchAll(pattern)].map(([found]) => found)
      return all[second % Math.max(all.length, 1)] ?? ''
    }
    switch (kind) {
      case 'number':
        return nth(/\d+/g, number)
      case 'sign':
        return nth(
          /<=|>=|==|!=|<|>|&&|\|\||\+|-/g,
          ['<', '<=', '>', '>=', '==', '!=', '&&', '||', '+', '-'][second % 10] ?? '',
        )
      case 'word':
        return nth(/[a-z_.]{3,}/g, pick(/[a-z_.]{3,}/g))
      case 'drop':
        return lines.toSpliced(a, 1).join('\n')
      case 'double':
        return lines.toSpliced(a, 0, lines[a] ?? '').join('\n')
      case 'indent':
        return lines.with(a, ` ${lines[a]}`).join('\n')
      default:
        return lines
          .with(a, lines[b] ?? '')
          .with(b, lines[a] ?? '')
          .join('\n')
    }
  })

const givens: readonly Record<string, unknown>[] = [
  {},
  { 'payment.age': '0s', 'payment.amount': '0.01 usd' },
  { 'payment.age': '400d', 'payment.interval': 'year', 'payment.refunded': '48.99 usd' },
  { 'payment.amount': '5000 jpy', 'payment.interval': 'once' },
  { 'customer.country': null, 'payment.product': null, 'request.reason': 'other' },
]

/** Everything that can be asked of a policy, in a fixed order. */
function everything(policy: Policy): void {
  const vocabulary = { facts: policy.facts, zone: policy.scope.zone }
  const unknown = Object.fromEntries(policy.declarations.map(({ name }) => [name, null]))
  for (const given of [...givens, { ...policy.assume, ...policy.tests[0]?.given }, { ...policy.assume, ...unknown }]) {
    const facts = factsFrom(given, vocabulary)
    const decision = decide(policy, facts, 1)
    // Explanation and counterfactual are worked out when they are read.
    const said = JSON.stringify(decision)
    expect(said).not.toMatch(/NaN|Infinity|undefined|\[object/)
    expect(decision.amount.minor).toBeGreaterThanOrEqual(0)
    expect(decision.amount.minor).toBeLessThanOrEqual(facts.payment.refundable.minor)
    refundableUntil(policy, facts)
    brokenGuarantees(policy, facts)
  }
  runPolicyTests(policy)
  policyWarnings(policy)
  for (const language of ['en', 'de'])
    expect(describe(policy, language)).not.toMatch(/undefined|\{[01]\.?\}|NaN|\[object/)
}

test('what check accepts never fails later: decided, explained, described, compared and shown as a form, however it was changed', () => {
  const seen = { accepted: 0, refused: 0 }
  fc.assert(
    fc.property(
      fc.constantFrom(...texts),
      fc.array(mutation, { minLength: 1, maxLength: 2 }),
      (original, mutations) => {
        const changed = mutations.reduce((text, mutate) => mutate(text), original)
        const parsed = parsePolicy(changed)
        // The form is shown for every text, also while it is being written.
        formOf(changed)
        if (!parsed.ok) {
          seen.refused += 1
          expect(parsed.problems.length).toBeGreaterThan(0)
          for (const { line, column, message } of parsed.problems)
            expect([line >= 1, column >= 1, message.length > 5]).toEqual([true, true, true])
          return
        }
        seen.accepted += 1
        everything(parsed.policy)
        for (const { sentence } of changesBetween(read(original), parsed.policy))
          expect(sentence).not.toMatch(/undefined|NaN/)
      },
    ),
    { numRuns: 300 },
  )
  expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(20)
}, 120_000)
