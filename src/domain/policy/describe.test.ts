import { readFileSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { firstReasonCodes } from '../reasons.ts'
import { describePolicy } from './describe.ts'
import type { DescribedRule } from './describe.ts'
import { walk } from './expression.ts'
import { dative } from './german.ts'
import { guards } from './guards.ts'
import { parsePolicy } from './parse.ts'
import type { Policy, Rule } from './policy.ts'

const folder = new URL('../../../policies/', import.meta.url)
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'))

function read(source: string): Policy {
  const parsed = parsePolicy(source)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.policy
}

const pairs = (policy: Policy, locale: string): (readonly [Rule, DescribedRule])[] => {
  const said = describePolicy(policy, locale)
  const lists: [readonly Rule[], readonly DescribedRule[]][] = [
    [policy.rules, said.rules],
    [policy.rights, said.rights],
    [[policy.otherwise], [said.otherwise]],
  ]
  return lists.flatMap(([rules, each]) => rules.map((rule, index) => [rule, each[index] as DescribedRule] as const))
}

const languages = ['en', 'de'] as const
type Tongue = (typeof languages)[number]
const decimal = (text: string, language: Tongue): string => (language === 'de' ? text.replace('.', ',') : text)

/** What must be read of a line, worked out of its letters and not of what the program made of them. */
function boundsOf(source: string, language: Tongue): RegExp[] {
  const found: RegExp[] = []
  const say = (pattern: string): void => {
    found.push(new RegExp(pattern))
  }
  const units = {
    minutes: ['minutes?', 'Minuten?'],
    hours: ['hours?', 'Stunden?'],
    days: ['days?', 'Tage?n?'],
    weeks: ['days', 'Tagen?'],
  } as const
  let rest = source
  const take = (pattern: RegExp, each: (...groups: string[]) => void): void => {
    rest = rest.replace(pattern, (_, ...groups: string[]) => {
      each(...groups)
      return ' '
    })
  }
  take(/\b(minutes|hours|days|weeks)\((\d+)\)/g, (unit = '', count = '') => {
    const [minute, hour] = [60_000, 3_600_000]
    const length = Number(count) * { minutes: minute, hours: hour, days: 24 * hour, weeks: 168 * hour }[unit as 'days']
    const [name] = [units[unit as 'days'][language === 'de' ? 1 : 0]]
    if (length % (24 * hour) === 0 && length > 0)
      say(`\\b${length / (24 * hour)} ${units.days[language === 'de' ? 1 : 0]}`)
    else if (length > 0 && length < 24 * hour) say(`\\b${count} ${name}`)
    else if (length > 0) say(`\\b${Math.floor(length / (24 * hour))} ${units.days[language === 'de' ? 1 : 0]}`)
  })
  take(/\bpercent\("?([\d.]+)"?\)/g, (points = '') =>
    say(`\\b${decimal(String(Number(points)), language)}${language === 'de' ? '[ \u00A0]' : ''}%`),
  )
  take(/\bmoney\("?([\d.]+)"?, *"([a-z]+)"\)/g, (amount = '') => {
    const [major = '', minor] = amount.split('.')
    const grouped = major.replace(/\B(?=(\d{3})+$)/g, language === 'de' ? '.' : ',')
    say(`(^|[^\\d])${grouped}${minor === undefined ? '' : `[.,]${minor}`}`)
  })
  take(/\b(?:date|timestamp)\("([\d-]+)[^"]*"\)/g, (date = '') => say(date))
  take(/\bplus_months\(.*?, *(\d+)\)/g, (months = '') => say(`\\b${months} (months|Monate)`))
  take(/"([^"]*)"/g, () => undefined)
  for (const [number] of rest.matchAll(/(?<![\w.])\d+(\.\d+)?(?![\w.])/g)) say(`\\b${number}\\b`)
  return found
}

describe.each(files)('%s in words', (file) => {
  test.each(languages)('says every bound of every rule: numbers, dates, shares, amounts (%s)', (language) => {
    const policy = read(readFileSync(new URL(file, folder), 'utf8'))
    for (const [rule, said] of pairs(policy, language)) {
      for (const [index, { source }] of rule.lines.entries())
        for (const bound of boundsOf(source, language))
          expect([said.id, said.when[index]]).toEqual([said.id, expect.stringMatching(bound)])
      const then = said.then.join('\n')
      for (const bound of rule.amount ? boundsOf(rule.amount.source, language) : []) expect(then).toMatch(bound)
      for (const { from, count } of rule.approversFrom)
        for (const { minor } of from) {
          expect(then.replaceAll(/[.,\u00A0 ]/g, '')).toContain(String(minor).replace(/0+$/, ''))
          if (count > 1) expect(then).toContain(`${count} `)
        }
    }
  })

  test.each(languages)('names every text that a rule compares with, and no code that has a name (%s)', (language) => {
    const policy = read(readFileSync(new URL(file, folder), 'utf8'))
    for (const [rule, said] of pairs(policy, language)) {
      for (const [index, line] of rule.lines.entries()) {
        for (const part of walk(line.expr)) {
          if (part.op !== 'compare' && part.op !== 'in') continue
          const [fact, object] = part.op === 'in' ? [part.item, part.list] : [part.left, part.right]
          if (fact.op !== 'fact' || object.op !== 'constant') continue
          const texts = [object.value].flat().filter((value) => typeof value === 'string')
          for (const text of texts) {
            const words = said.when[index] ?? ''
            if (
              fact.fact.name === 'payment.interval' ||
              (fact.fact.name === 'request.reason' && firstReasonCodes.some((code) => code === text))
            )
              expect(words).not.toMatch(new RegExp(`[: ]${text}\\b`))
            else if (fact.fact.merchant || fact.fact.name === 'customer.country')
              expect(words).toMatch(new RegExp(text.replaceAll('_', '[_ ]'), 'i'))
          }
        }
      }
    }
  })
})

test('a bound is said to its last unit and its last decimal: what is read is what is asked', () => {
  fc.assert(
    fc.property(
      fc.tuple(...[99, 23, 59, 59].map((max) => fc.integer({ min: 1, max }))),
      fc.integer({ min: 1, max: 99_999 }),
      ([days, hours, minutes, seconds], thousandths) => {
        const points = `${Math.floor(thousandths / 1000)}.${String(thousandths % 1000).padStart(3, '0')}`
        const policy = read(
          `policy: P\nfacts:\n  usage.share: { type: fraction }\nrules:\n  - id: r\n    when:\n      - payment.age <= duration("${days}d${hours}h${minutes}m${seconds}s")\n      - usage.share < percent("${points}")\n    then: approve\notherwise: { then: deny }\n`,
        )
        const [first, second] = describePolicy(policy, 'en').rules[0]?.when ?? []
        for (const [count, unit] of [
          [days, 'day'],
          [hours, 'hour'],
          [minutes, 'minute'],
          [seconds, 'second'],
        ] as const)
          expect(first).toMatch(new RegExp(`\\b${count} ${unit}`))
        expect(second).toContain(`less than ${Number(points)}%`)
      },
    ),
    { numRuns: 100 },
  )
})

test.each([
  ['das erste Upgrade', 'dem ersten Upgrade'],
  ['der Zeitpunkt der Zahlung', 'dem Zeitpunkt der Zahlung'],
  ['die letzte gute Lieferung', 'der letzten guten Lieferung'],
  ['die geleisteten Tage', undefined],
  ['game.released_at', undefined],
])('the dative of "%s" is %s', (phrase, expected) => {
  expect(dative(phrase)).toBe(expected)
})

test('what a guard tells the customer is there in every language of the portal', () => {
  const portal = readdirSync(new URL('../../web/portal/words/', import.meta.url))
    .filter((file) => /^[a-z]{2}\.ts$/.test(file))
    .map((file) => file.slice(0, 2))
  expect(portal.length).toBeGreaterThan(8)
  for (const { id, say } of guards) expect([id, Object.keys(say).toSorted()]).toEqual([id, portal.toSorted()])
})
