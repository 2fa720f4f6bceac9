import type { Facts, MerchantFact } from '../facts.ts'
import { step, toDecimal } from '../money.ts'
import type { Money } from '../money.ts'
import type { Fact } from './catalog.ts'
import { lastBefore } from './boundaries.ts'
import { compile } from './compile.ts'
import { walk } from './expression.ts'
import type { Expr, Run } from './expression.ts'
import type { Line, Policy } from './policy.ts'
import { second } from './values.ts'
import type { Fraction, Known, Value } from './values.ts'

/**
 * Another value that a fact might have had, how far it is in proportion to what is so (0 is the same, 1 is all of it), and how far in
 * the fact's own unit, which decides between two that are as far in proportion: from zero, everything is all of it.
 */
export type OtherValue = { readonly fact: Fact; readonly value: Value; readonly cost: number; readonly apart: number }

// What a customer or a merchant could have had otherwise. Time is not among them: it moves many facts at once.
const changeable = new Set([
  'request.amount',
  'request.reason',
  'payment.interval',
  'payment.product',
  'payment.first',
  'payment.method',
  'payment.quantity',
  'subscription.status',
  'customer.country',
  'customer.disputes',
  'request.attempt',
])

const kept = new WeakMap<Policy, ReadonlyMap<Fact, readonly Near[]>>()

/** A place where a fact is compared: gives the values at which the comparison turns. */
type Near = (facts: Facts) => readonly Value[]

/** Every value at which some condition on a changeable fact turns. */
export function* otherValues(policy: Policy, facts: Facts): Generator<OtherValue> {
  for (const [fact, places] of turningPoints(policy)) {
    const now = fact.read(facts, policy.scope.zone)
    if (now === null) continue
    const seen = new Set<string>()
    for (const value of places.flatMap((near) => [...near(facts)])) {
      const text = plain(fact, value)
      if (text === undefined || seen.has(String(text)) || (now !== undefined && text === plain(fact, now))) continue
      seen.add(String(text))
      yield { fact, value, cost: costOf(fact, now, value), apart: Math.abs(sizeOf(now) - sizeOf(value)) }
    }
  }
}

function turningPoints(policy: Policy): ReadonlyMap<Fact, readonly Near[]> {
  const known = kept.get(policy)
  if (known) return known
  const places = new Map<Fact, Near[]>()
  const add = (fact: Fact, near: Near): void => {
    if (!fact.merchant && !changeable.has(fact.name)) return
    places.set(fact, [...(places.get(fact) ?? []), near])
  }
  for (const line of [...policy.rules, ...policy.rights].flatMap((rule) => [...rule.lines])) pointsIn(line, policy, add)
  kept.set(policy, places)
  return places
}

function pointsIn(line: Line, { scope }: Policy, add: (fact: Fact, near: Near) => void): void {
  for (const part of walk(line.expr)) {
    if (part.op === 'fact' && part.type === 'bool') add(part.fact, () => [true, false])
    if (part.op === 'in' && part.item.op === 'fact' && part.list.op === 'constant') {
      const values = part.list.value as readonly string[]
      const other = part.item.fact.values?.filter((value) => !values.includes(value)) ?? []
      add(part.item.fact, () => [...values, ...other])
    }
    if (part.op !== 'compare') continue
    for (const [side, against] of [
      [part.left, part.right],
      [part.right, part.left],
    ] as const) {
      if (side.op !== 'fact') {
        for (const { fact } of innerFacts(side)) add(fact, turnsInside(fact, compile(part, scope)))
        continue
      }
      const other = compile(against as Expr, scope)
      const { fact } = side
      add(fact, (facts) => around(fact, other(facts)))
    }
  }
}

const innerFacts = (expr: Expr): readonly Extract<Expr, { op: 'fact' }>[] =>
  [...walk(expr)].filter((each) => each.op === 'fact')

// How far a number is looked for: a count, an amount, a length of time in seconds; a share up to all of it.
const farthest = { count: 1_000_000, money: 100_000_000, duration: 315_576_000, fraction: 10_000 } as const

/**
 * Where a comparison turns that has the fact somewhere inside a formula, on both sides of what is so: found by halving, which is the
 * nearest turn for every formula that only grows or only falls with the fact.
 */
function turnsInside(fact: Fact, comparison: Run): Near {
  if (!(fact.type in farthest)) return () => []
  const type = fact.type as keyof typeof farthest
  return (facts) => {
    const like = (whole: number): Value =>
      type === 'money'
        ? { minor: whole * step(facts.payment.amount.currency), currency: facts.payment.amount.currency }
        : type === 'fraction'
          ? { part: whole, whole: 10_000 }
          : type === 'duration'
            ? whole * second
            : whole
    const ask = (whole: number): Known => {
      const changed = substitute(facts, fact, like(whole), true)
      return changed && comparison(changed)
    }
    const unit = type === 'money' ? step(facts.payment.amount.currency) : type === 'duration' ? second : 1
    const size = sizeOf(fact.read(facts, { name: 'UTC', offset: () => 0 }))
    const [below, above] = [Math.floor, Math.ceil].map((round) =>
      round(type === 'fraction' ? size * 10_000 : size / unit),
    )
    return [
      [below, 0],
      [above, farthest[type]],
    ].flatMap(([from = 0, to = 0]) => {
      const now = ask(from)
      if (from === to || now === undefined || ask(to) === now) return []
      const last = lastBefore(from, to, (whole) => ask(whole) === now)
      return [like(last + Math.sign(to - from))]
    })
  }
}

/** A value and its nearest neighbours. */
function around(fact: Fact, value: Known): readonly Value[] {
  if (value === undefined || value === null) return []
  switch (fact.type) {
    case 'count':
      return [value as number, (value as number) - 1, (value as number) + 1].filter((each) => each >= 0)
    case 'duration':
    case 'instant':
      return [value as number, (value as number) - second, (value as number) + second]
    case 'money': {
      const { minor, currency } = value as Money
      return [minor, minor - step(currency), minor + step(currency)].map((each) => ({ minor: each, currency }))
    }
    case 'fraction': {
      const { part, whole } = value as Fraction
      const points = (part / whole) * 10_000
      return [Math.floor(points), Math.ceil(points), Math.ceil(points) - 1, Math.floor(points) + 1]
        .filter((each) => each >= 0 && each <= 10_000)
        .map((each) => ({ part: each, whole: 10_000 }))
    }
    case 'text':
      return [...new Set([value as string, ...(fact.values ?? [])])]
    case 'bool':
      return [true, false]
    case 'texts':
    case 'moneys':
      return []
  }
}

function costOf(fact: Fact, from: Known, to: Value): number {
  // What the customer can still do comes before everything that can't be changed any more.
  if (fact.step) return fact.type === 'bool' ? 0.01 : 0.02
  if (fact.type === 'text') return 1.5
  if (from === undefined || from === null) return 0.5
  if (fact.type === 'bool') return fact.merchant ? 0.2 : 1.5
  const [a, b] = [sizeOf(from), sizeOf(to)]
  return a === 0 ? 1 : Math.abs(a - b) / Math.abs(a)
}

function sizeOf(value: Known): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'object' || value === null) return 0
  if ('minor' in value) return value.minor
  return 'part' in value ? value.part / value.whole : 0
}

/** A value as the merchant would push it. */
function plain(fact: Fact, value: Known): MerchantFact['value'] | undefined {
  if (value === undefined || value === null) return undefined
  switch (fact.type) {
    case 'fraction':
      return (value as Fraction).part / (value as Fraction).whole
    case 'money':
      return `${toDecimal(value as Money)} ${(value as Money).currency}`
    case 'duration':
      return (value as number) >= 0 ? `${value as number}ms` : undefined
    case 'instant':
      return new Date(value as number).toISOString()
    default:
      return typeof value === 'object' ? undefined : value
  }
}

/** The facts with one of them changed; undefined when it can't have that value. `trying` takes also an amount that nobody can ask for. */
export function substitute(facts: Facts, fact: Fact, value: Value, trying = false): Facts | undefined {
  if (fact.merchant) {
    const pushed = plain(fact, value)
    return pushed === undefined
      ? undefined
      : { ...facts, merchant: { ...facts.merchant, [fact.name]: { value: pushed, as_of: facts.now } } }
  }
  const [part, name] = fact.name.split('.') as ['payment' | 'customer' | 'request' | 'subscription', string]
  if (fact.name === 'request.amount') {
    const { minor, currency } = value as Money
    const possible = minor > 0 && minor <= facts.payment.refundable.minor && currency === facts.payment.amount.currency
    return possible || trying ? { ...facts, request: { ...facts.request, amount: { minor, currency } } } : undefined
  }
  const inside = facts[part]
  return inside && { ...facts, [part]: { ...inside, [name]: value } }
}
