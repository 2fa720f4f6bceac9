import { decimals, money, step } from '../money.ts'
import type { Money } from '../money.ts'

/** What an expression can be. A `count` is a bare whole number; everything measured has a type of its own. */
export type ValueType = 'bool' | 'count' | 'fraction' | 'money' | 'duration' | 'instant' | 'text' | 'texts' | 'moneys'

/** `part / whole`, both safe integers, whole > 0. Kept as two numbers so that a third is exactly a third. */
export type Fraction = { readonly part: number; readonly whole: number }

/** Durations and instants are milliseconds (an instant since 1970 in UTC). */
export type Value = boolean | number | string | Fraction | Money | readonly string[] | readonly Money[]

/** `undefined` is unknown (missing or late); `null` is known not to be there, such as a trial that never was. */
export type Known = Value | null | undefined

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

/** -1, 0 or 1, exact for all safe integers. */
export function compareFractions(a: Fraction, b: Fraction): number {
  const left = a.part * b.whole
  const right = b.part * a.whole
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return Math.sign(left - right)
  const exact = BigInt(a.part) * BigInt(b.whole) - BigInt(b.part) * BigInt(a.whole)
  return exact < 0n ? -1 : exact > 0n ? 1 : 0
}

/** Reads decimal text ("19.9", "1e-7") exactly; undefined when it is no decimal or has more than 15 digits. */
export function fractionOf(decimal: string, whole = 1): Fraction | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/i.exec(decimal)
  if (!match) return undefined
  const digits = (match[2] ?? '') + (match[3] ?? '')
  const exponent = Number(match[4] ?? 0) - (match[3]?.length ?? 0)
  const part = Number(digits) * (match[1] ? -1 : 1) * (exponent > 0 ? 10 ** exponent : 1)
  const scaled = whole * (exponent < 0 ? 10 ** -exponent : 1)
  return Number.isSafeInteger(part) && Number.isSafeInteger(scaled) && digits.length <= 15
    ? { part, whole: scaled }
    : undefined
}

/** Reads a whole amount in major units ("499.99", "usd") exactly; a sentence when it can't be paid like that. */
export function moneyOf(decimal: string, currency: string): Money | string {
  if (!/^[a-z]{3}$/.test(currency)) return `A currency is three lower-case letters such as "usd", not "${currency}"`
  const match = /^(\d{1,13})(?:\.(\d+))?$/.exec(decimal)
  if (!match) return `An amount is a decimal such as 49 or "49.90", not "${decimal}"`
  const digits = decimals(currency)
  const minorText = (match[2] ?? '').replace(/0+$/, '')
  if (minorText.length > digits) return `${currency} has ${digits} decimals, "${decimal}" has ${minorText.length}`
  const minor = Number((match[1] ?? '') + minorText.padEnd(digits, '0'))
  if (!Number.isSafeInteger(minor)) return `${decimal} is too large an amount`
  if (minor % step(currency) !== 0) return `${currency} amounts go in steps of ${step(currency)} minor units`
  return money(minor, currency)
}

/** Reads "30d", "1h30m", "30d1s", "2w"; undefined when it is something else. */
export function durationOf(text: string): number | undefined {
  const match = /^(?:(\d{1,6})w)?(?:(\d{1,6})d)?(?:(\d{1,7})h)?(?:(\d{1,8})m)?(?:(\d{1,9})s)?(?:(\d{1,12})ms)?$/.exec(
    text,
  )
  if (!match || text === '') return undefined
  const [weeks, days, hours, minutes, seconds, milliseconds] = match.slice(1).map((part) => Number(part ?? 0))
  return (
    (weeks ?? 0) * 7 * day +
    (days ?? 0) * day +
    (hours ?? 0) * hour +
    (minutes ?? 0) * minute +
    (seconds ?? 0) * second +
    (milliseconds ?? 0)
  )
}

/** Reads an RFC 3339 instant with its offset; undefined for anything else, a date that does not exist included. */
export function instantOf(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.exec(text)
  if (!match || dateOf(match[1] ?? '') === undefined) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

/** Reads a calendar date as the number of days since 1970-01-01; undefined when there is no such day. */
export function dateOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined
  const at = Date.parse(`${text}T00:00:00Z`)
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text) return undefined
  return at / day
}
