import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parsePolicy } from '../parse.ts'
import { conditionOn, formFacts, joinCondition, splitCondition } from './condition.ts'
import { formOf } from './model.ts'

const facts = formFacts({ 'usage.share': { type: 'fraction' }, 'course.kind': { type: 'text', values: ['a', 'b'] } })

test('a condition of fact, sign and value is shown in parts and put together as it was', () => {
  for (const source of [
    'payment.age <= days(30)',
    'usage.share < percent(20)',
    'payment.amount > money(500, "usd")',
    'customer.refunds(days(365)) == 0',
    'payment.interval != "once"',
    'payment.quantity >= 2',
    'payment.paid_at < date("2026-01-01")',
    'payment.first',
    '!payment.renewal',
  ]) {
    const split = splitCondition(source, facts)
    expect([source, split.shape]).not.toEqual([source, 'expression'])
    expect(joinCondition(split)).toBe(source)
  }
})

test('what does not fit stays the expression that it is', () => {
  for (const source of [
    'payment.age <= days(30) || payment.first',
    'now - later(payment.paid_at, game.released_at) <= days(14)',
    'request.amount > payment.limit([money(500, "usd")])',
    'payment.agee <= days(30)',
    'payment.age <= 30',
    'customer.country in ["DE", "FR"]',
    'payment.product.startsWith("pro_")',
    'payment.interval == "a\\"b"',
    '',
  ])
    expect(splitCondition(source, facts)).toEqual({ shape: 'expression', source })
})

test('every condition of every ready-made policy is either split and put together unchanged in meaning, or left alone', () => {
  const folder = new URL('../../../../policies/', import.meta.url)
  const files = ['default.yaml', ...readdirSync(new URL('published/', folder)).map((name) => `published/${name}`)]
  let split = 0
  for (const file of files) {
    const form = formOf(readFileSync(new URL(file, folder), 'utf8'))!
    const own = formFacts(form.facts)
    for (const source of [...form.rules, ...form.rights].flatMap(({ when }) => when)) {
      const condition = splitCondition(source, own)
      if (condition.shape !== 'expression') split += 1
      expect(joinCondition(condition).replaceAll(/['"\s]/g, '')).toBe(source.trim().replaceAll(/['"\s]/g, ''))
    }
  }
  expect(split).toBeGreaterThan(60)
})

test('what the form begins with for any fact is a condition that the language takes', () => {
  for (const fact of facts.filter(({ type }) => type !== 'texts')) {
    const source = `policy: x
facts: { usage.share: { type: fraction }, course.kind: { type: text, values: [a, b] } }
rules: [{ id: a, when: [${JSON.stringify(joinCondition(conditionOn(fact)))}], then: review }]
otherwise: { then: review }
`
    expect([fact.name, parsePolicy(source)]).toMatchObject([fact.name, { ok: true }])
  }
})
