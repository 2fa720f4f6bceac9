import type { Given } from '../given.ts'
import { toMoney } from '../merchant-facts.ts'
import { toDecimal } from '../../money.ts'
import type { Money } from '../../money.ts'
import { day, durationOf, hour, minute, second } from '../values.ts'
import { durationText } from './case.ts'

/**
 * The same case in fewer and rounder facts: everything is left out that an ordinary request has anyway or that changes
 * nothing, and what is left is rounded, as long as the case stays one.
 */
export function simplified(given: Given, isOne: (given: Given) => boolean): Given {
  const { 'payment.period_start': _start, 'payment.period_end': _end, ...ordinaryPeriod } = given
  let kept: Record<string, unknown> = isOne(ordinaryPeriod) ? ordinaryPeriod : { ...given }
  // The time of the request last: many dates hang on it.
  const names = Object.keys(kept).toSorted((a, b) => Number(a === 'now') - Number(b === 'now'))
  // Twice, because one fact can hang on another: the start of a period on its end.
  for (const name of [...names, ...names]) {
    const { [name]: _left, ...rest } = kept
    if (isOne(rest)) kept = rest
  }
  for (const [name, value] of Object.entries(kept)) {
    const rounder = roundings(value).find((each) => isOne({ ...kept, [name]: each }))
    if (rounder !== undefined) kept = { ...kept, [name]: rounder }
  }
  return kept
}

/** Rounder values near one, the roundest first. */
function roundings(value: unknown): readonly unknown[] {
  if (typeof value === 'number') {
    if (Number.isInteger(value)) return value > 10 ? [10, 100, 1000].filter((each) => each < value) : []
    return [10, 100, 1000, 10_000].flatMap((steps) => [
      Math.floor(value * steps) / steps,
      Math.ceil(value * steps) / steps,
    ])
  }
  if (typeof value !== 'string') return []
  const length = durationOf(value)
  if (length !== undefined) {
    return [day, hour, minute, second]
      .flatMap((unit) => [Math.floor(length / unit) * unit, Math.ceil(length / unit) * unit])
      .filter((each) => each !== length)
      .map(durationText)
  }
  const amount = toMoney(value) as Money | undefined
  if (amount) {
    return [100_00, 10_00, 1_00, 10]
      .flatMap((unit) => [Math.floor(amount.minor / unit) * unit, Math.ceil(amount.minor / unit) * unit])
      .filter((minor) => minor > 0 && minor !== amount.minor)
      .map((minor) => `${toDecimal({ minor, currency: amount.currency })} ${amount.currency}`)
  }
  if (/^\d{4}-\d\d-\d\dT/.test(value)) {
    const at = Date.parse(value)
    return [day, hour, minute, second]
      .flatMap((unit) => [Math.floor(at / unit) * unit, Math.ceil(at / unit) * unit])
      .filter((each) => each !== at)
      .map((each) => new Date(each).toISOString().replace('.000Z', 'Z'))
  }
  return []
}
