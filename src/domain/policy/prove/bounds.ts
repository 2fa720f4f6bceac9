import type { Money } from '../../money.ts'
import { walk } from '../expression.ts'
import type { Expr } from '../expression.ts'
import type { Policy } from '../policy.ts'
import { day } from '../values.ts'

/** Between what values facts are looked at. A proof says nothing about facts beyond them. */
export type Bounds = {
  /** The time of the request, in milliseconds. */
  readonly now: readonly [number, number]
  /** How long before the request anything happened. */
  readonly longest: number
  /** How far after the request or another time anything is reckoned: the longest window or number of months that is written. */
  readonly farthest: number
  /** In minor units. */
  readonly amount: number
  readonly count: number
  readonly share: number
  readonly currencies: readonly string[]
}

const year = 366 * day
/** The months that `plus_months` adds, when they are written out. */
function monthsIn(part: Expr): number {
  const months = part.op === 'call' && part.fn.name === 'plus_months' ? part.args[1] : undefined
  return months?.op === 'constant' ? Math.min(Math.abs(months.value as number), 120) : 0
}

const usual = ['usd', 'eur', 'gbp', 'chf', 'sek', 'nok', 'dkk', 'pln', 'czk', 'cad', 'aud', 'nzd']

/** Every expression of a policy. */
export function expressionsOf(policy: Policy): readonly Expr[] {
  const rules = [...policy.rules, ...policy.rights, policy.otherwise]
  const lines = [
    ...rules.flatMap((rule) => [...rule.lines, ...(rule.amount ? [rule.amount] : [])]),
    ...policy.guarantees.flatMap((each) => [...each.when, ...each.always]),
  ]
  return lines.map((line) => line.expr)
}

/**
 * Bounds wide enough for every constant that is written in the policies: times from a year before the earliest date to a
 * year after the latest, ages to twice the longest window, amounts to ten times the largest, each currency that is named
 * and one that is not.
 */
export function boundsOf(policies: readonly Policy[], more: readonly Expr[] = []): Bounds {
  let [first, last] = [Date.UTC(2026, 0, 1), Date.UTC(2028, 0, 1)]
  let longest = 400 * day
  let farthest = 31 * day
  let amount = 1_000_000_00
  let count = 1_000_000
  const named = new Set<string>()
  const money = ({ minor, currency }: Money): void => {
    named.add(currency)
    amount = Math.max(amount, 10 * minor)
  }
  for (const expr of [...policies.flatMap(expressionsOf), ...more]) {
    for (const part of walk(expr)) {
      farthest = Math.max(farthest, monthsIn(part) * 31 * day)
      if (part.op !== 'constant') continue
      const { type, value } = part
      if (type === 'instant')
        [first, last] = [Math.min(first, (value as number) - year), Math.max(last, (value as number) + year)]
      if (type === 'duration') longest = Math.max(longest, 2 * (value as number))
      if (type === 'duration') farthest = Math.max(farthest, value as number)
      if (type === 'count') count = Math.max(count, 10 * (value as number))
      if (type === 'money') money(value as Money)
      if (type === 'moneys') for (const each of value as readonly Money[]) money(each)
    }
  }
  for (const rule of policies.flatMap((policy) => [...policy.rules, ...policy.rights, policy.otherwise]))
    for (const { from } of rule.approversFrom) for (const each of from) money(each)
  const other = usual.find((currency) => !named.has(currency))
  const currencies = named.size === 0 ? ['usd'] : [...named, ...(other === undefined ? [] : [other])]
  return { now: [first, last], longest, farthest, amount, count: Math.min(count, 1e9), share: 10, currencies }
}
