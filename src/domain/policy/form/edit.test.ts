import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePolicy } from '../parse.ts'
import { entriesOf, isList, nodeAt, readDoc, type Path } from './document.ts'
import { insertItem, moveItem, removeField, removeItem, setValue } from './edit.ts'
import { changeBetween, takeBack, type Change } from './undo.ts'

const folder = new URL('../../../../policies/', import.meta.url)
const files = ['default.yaml', ...readdirSync(new URL('published/', folder)).map((file) => `published/${file}`)]
const texts = files.map((file) => readFileSync(new URL(file, folder), 'utf8'))
const hand = `# Our policy. Ask Ada before you change it.
policy: "Hand made"   # the name

facts: { usage.share: { type: fraction } }
rules:
  # The law first.
  - id: law
    when:
      - payment.age <= days(14)   # calendar days
      # EU only
      - customer.country in ["DE", "FR"]
    then: approve

  # A remark that stands alone.

  - id: 'quoted'
    when: [payment.first, request.reason != "other"] # on one line
    then: review
    approvers: { role: finance, count: 2 }
    say:
      en: |
        Two lines
        of text.
      de: "Zwei"


  - { id: flow, when: [payment.renewal], then: deny }
otherwise: { then: review }   # a person
tests:
  - { name: one, given: { payment.age: 3d }, expect: { then: review } }
`
const corpus = [...texts, hand, hand.trimEnd(), hand.replaceAll('\n', '\r\n')]

const count = (text: string, path: Path): number => {
  const doc = readDoc(text)
  const node = doc && nodeAt(doc, path)
  return isList(node) ? node.items.length : 0
}

test('a rule that is moved there and back leaves the file as it was, byte for byte', () => {
  for (const text of corpus)
    for (const path of [['rules'], ['tests'], ['rules', 0, 'when']] as Path[])
      for (let from = 0; from < count(text, path); from += 1)
        for (const to of new Set([0, Math.min(from + 1, count(text, path) - 1), count(text, path) - 1]))
          expect(moveItem(moveItem(text, path, from, to)!, path, to, from)).toBe(text)
})

test('a rule takes the comments right above it along, and a remark that stands alone stays where it is', () => {
  const moved = moveItem(hand, ['rules'], 0, 1)!
  const rows = moved.split('\n')
  expect(rows.indexOf('  # The law first.')).toBe(rows.indexOf('  - id: law') - 1)
  expect(rows.indexOf('  # A remark that stands alone.')).toBeGreaterThan(rows.indexOf("  - id: 'quoted'"))
  expect(rows.indexOf('  # A remark that stands alone.')).toBeLessThan(rows.indexOf('  - id: law'))
  expect(parsePolicy(moved).ok).toBe(true)
})

const rule = { id: 'new-rule', when: ['payment.age <= days(14)'], then: 'review', say: { en: 'A person looks.' } }

test('a rule that is put in and taken out again leaves the file as it was, wherever it was put', () => {
  for (const text of corpus)
    for (const at of new Set([0, 1, count(text, ['rules'])])) {
      const more = insertItem(text, ['rules'], at, rule)!
      expect(count(more, ['rules'])).toBe(count(text, ['rules']) + 1)
      expect(parsePolicy(more).ok).toBe(parsePolicy(text).ok)
      expect(removeItem(more, ['rules'], at)).toBe(text)
    }
})

test('a condition that is put in and taken out again leaves the file as it was, in blocks and on one line', () => {
  for (const text of corpus)
    for (let of = 0; of < count(text, ['rules']); of += 1) {
      const path = ['rules', of, 'when']
      for (const at of new Set([0, count(text, path)])) {
        const more = insertItem(text, path, at, 'payment.limit([money(500, "usd")]) > request.amount')!
        expect(parsePolicy(more).ok).toBe(parsePolicy(text).ok)
        expect(removeItem(more, path, at)).toBe(text)
      }
    }
})

test('a value keeps its quotes and the comment behind it, and only its line is another', () => {
  const named = setValue(hand, ['policy'], 'Other')!
  expect(named).toBe(hand.replace('"Hand made"', '"Other"'))
  expect(setValue(hand, ['rules', 1, 'id'], 'other')).toBe(hand.replace("'quoted'", "'other'"))
  expect(setValue(hand, ['rules', 0, 'when', 0], 'payment.age <= days(30)')).toBe(hand.replace('days(14)', 'days(30)'))
  expect(setValue(hand, ['rules', 1, 'when', 0], 'payment.interval in ["a", "b"]')).toContain(
    `when: ['payment.interval in ["a", "b"]', request.reason != "other"] # on one line`,
  )
  expect(setValue(hand, ['otherwise', 'then'], 'deny')).toBe(hand.replace('{ then: review }   #', '{ then: deny }   #'))
})

test('a field that is new takes its place in the order, in a block and on one line, and goes again without a trace', () => {
  const order = ['id', 'when', 'then', 'amount', 'access', 'say']
  const block = setValue(hand, ['rules', 0, 'access'], 'period_end', order)!
  expect(block).toContain('    then: approve\n    access: period_end\n\n  # A remark')
  expect(removeField(block, ['rules', 0, 'access'])).toBe(hand)
  const flow = setValue(hand, ['rules', 2, 'access'], 'keep', order)!
  expect(flow).toContain('{ id: flow, when: [payment.renewal], then: deny, access: keep }')
  expect(removeField(flow, ['rules', 2, 'access'])).toBe(hand)
  const say = setValue(hand, ['rules', 0, 'say'], { en: 'Yes: "all" of it #1' }, order)!
  expect(say).toContain(`    say:\n      en: 'Yes: "all" of it #1'\n`)
  expect(removeField(say, ['rules', 0, 'say'])).toBe(hand)
})

test('the last condition that goes leaves an empty list, and the first one that comes fills it again', () => {
  const none = removeItem(removeItem(hand, ['rules', 0, 'when'], 1)!, ['rules', 0, 'when'], 0)!
  expect(none).toContain('    when: []\n    then: approve')
  expect(insertItem(none, ['rules', 0, 'when'], 0, 'payment.first')).toContain('    when: [payment.first]\n')
  const untested = removeItem(hand, ['tests'], 0)!
  const again = insertItem(untested, ['tests'], 0, { name: 'two', expect: { then: 'review' } })!
  expect(again).toContain('tests:\n  - name: two\n    expect:\n      then: review\n')
  expect(parsePolicy(again).ok).toBe(true)
})

test('a text of markup, emoji, colons and quotes is read back as it was typed, in any place', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), fc.nat(2), (typed, place) => {
      const path = [
        ['rules', 0, 'say', 'en'],
        ['rules', 1, 'when', 0],
        ['tests', 0, 'name'],
      ][place]!
      const text = place === 0 ? setValue(hand, ['rules', 0, 'say'], { en: 'x' })! : hand
      const edited = setValue(text, path, typed)!
      expect(readDoc(edited)?.doc.getIn(path)).toBe(typed)
    }),
    { numRuns: 300 },
  )
})

type Step = { kind: number; a: number; b: number; c: number }
const steps = fc.array(fc.record({ kind: fc.nat(7), a: fc.nat(50), b: fc.nat(50), c: fc.nat(50) }), {
  minLength: 1,
  maxLength: 12,
})

/** An edit of a form, drawn; and the lines to which it has to keep. */
function edited(text: string, { kind, a, b, c }: Step): { text: string | undefined; path: Path } {
  const of = a % Math.max(1, count(text, ['rules']))
  const when: Path = ['rules', of, 'when']
  const rules = count(text, ['rules'])
  switch (kind) {
    case 0:
      return { text: moveItem(text, ['rules'], of, b % Math.max(1, rules)), path: ['rules'] }
    case 1:
      return { text: insertItem(text, ['rules'], b % (rules + 1), { ...rule, id: `new-${c}` }), path: ['rules'] }
    case 2:
      return { text: removeItem(text, ['rules'], of), path: ['rules'] }
    case 3:
      return { text: insertItem(text, when, b % (count(text, when) + 1), `payment.age <= days(${c})`), path: when }
    case 4:
      return { text: removeItem(text, when, b % Math.max(1, count(text, when))), path: when }
    case 5:
      return {
        text: setValue(text, ['rules', of, 'say'], { en: `Sentence ${c}` }, ['id', 'when', 'then', 'say']),
        path: ['rules', of],
      }
    case 6:
      return { text: setValue(text, ['rules', of, 'id'], `renamed-${c}`), path: ['rules', of] }
    default:
      return { text: removeField(text, ['rules', of, 'amount']), path: ['rules', of] }
  }
}

test('edits drawn at random, taken back one after the other, give the text back byte for byte; each keeps to the lines of what it edits', () => {
  fc.assert(
    fc.property(fc.constantFrom(...corpus), steps, (original, drawn) => {
      let text = original
      const undo = []
      for (const step of drawn) {
        const { text: next, path } = edited(text, step)
        if (next === undefined) continue
        expect(readDoc(next), 'still YAML').toBeDefined()
        const change = changeBetween(text, next)
        keepsTo(text, path, change)
        undo.push(change)
        text = next
      }
      for (const change of undo.reverse()) text = takeBack(text, change)
      expect(text).toBe(original)
    }),
    { numRuns: 150 },
  )
}, 60_000)

/** What changed lies within the lines of the rule or list that was edited, its key's own line included. */
function keepsTo(text: string, path: Path, { line, removed, added }: Change): void {
  const doc = readDoc(text)!
  const node = nodeAt(doc, path)
  if (!node?.range || (removed.length === 0 && added.length === 0)) return
  const first = doc.lines.linePos(node.range[0]).line - 1
  const last = doc.lines.linePos(Math.min(node.range[2], text.length)).line - 1
  const [begin] = isList(node) && node.items.length > 0 ? entriesOf(node) : []
  const comments = begin ? 6 : 0
  expect(line).toBeGreaterThanOrEqual(first - 1 - comments)
  expect(line + removed.length).toBeLessThanOrEqual(last + 2)
}
