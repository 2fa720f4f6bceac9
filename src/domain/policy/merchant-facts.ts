import type { Facts, MerchantFact } from '../facts.ts'
import { startOfDay } from './calendar.ts'
import type { Zone } from './calendar.ts'
import type { Fact } from './catalog.ts'
import { dateOf, durationOf, fractionOf, instantOf, moneyOf } from './values.ts'
import type { Known, ValueType } from './values.ts'

/** A fact of the merchant's own, as the policy declares it. */
export type Declaration = {
  readonly name: string
  readonly type: ValueType
  /** What it is pushed for: each payment, or the customer once. */
  readonly on: 'payment' | 'customer'
  /** After so many milliseconds the value is too old, so unknown; never when undefined. */
  readonly stale_after: number | undefined
  readonly values: readonly string[] | undefined
  readonly label: Readonly<Record<string, string>>
  /** What the customer can still do about it. */
  readonly step?: Readonly<Record<string, string>> | undefined
}

/** The words of the policy file for the types that a merchant's fact can have. */
export const declaredTypes = {
  bool: 'bool',
  text: 'text',
  count: 'count',
  fraction: 'fraction',
  money: 'money',
  duration: 'duration',
  instant: 'instant',
} as const satisfies Record<string, ValueType>

/** How a value of each type is written, for errors and for the guide. */
export const howWritten: Readonly<Record<keyof typeof declaredTypes, string>> = {
  bool: 'true or false',
  text: 'a text',
  count: 'a whole number',
  fraction: 'a number between 0 and 1 such as 0.2, or "20%"',
  money: 'a text such as "49.00 usd"',
  duration: 'a text such as "2h", "90m" or "30d1s"',
  instant: 'a text such as "2026-03-01T12:00:00Z", or a date such as "2026-03-01"',
}

/** The fact behind a declaration. A value that is missing, too old or not of the declared type is unknown. */
export function merchantFact(declared: Declaration): Fact {
  const { name, type, stale_after: staleAfter, values } = declared
  return {
    name,
    type,
    label: declared.label,
    ...(values && { values }),
    ...(declared.step && { step: declared.step }),
    merchant: true,
    read: (facts, zone) => {
      if (!Object.hasOwn(facts.merchant, name)) return undefined
      const fact = facts.merchant[name]
      if (!fact || isStale(fact, staleAfter, facts)) return undefined
      const value = convert(type, fact.value, zone)
      return values && !values.includes(value as string) ? undefined : value
    },
  }
}

function isStale(fact: MerchantFact, staleAfter: number | undefined, facts: Facts): boolean {
  return staleAfter !== undefined && facts.now.getTime() - fact.as_of.getTime() > staleAfter
}

/** The value of a fact from what was pushed; undefined when it does not have the type. */
export function convert(type: ValueType, value: string | number | boolean, zone: Zone): Known {
  switch (type) {
    case 'bool':
      return typeof value === 'boolean' ? value : undefined
    case 'text':
      return typeof value === 'string' ? value : undefined
    case 'count':
      return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
    case 'fraction':
      return toFraction(value)
    case 'money':
      return typeof value === 'string' ? toMoney(value) : undefined
    case 'duration':
      return typeof value === 'string' ? durationOf(value) : undefined
    case 'instant':
      return typeof value === 'string' ? toInstant(value, zone) : undefined
    case 'texts':
    case 'moneys':
      return undefined
  }
}

function toFraction(value: string | number | boolean): Known {
  if (typeof value === 'number') {
    // Four decimals are what is pushed nearly always. A third and its like are taken to twelve, so that what comes out of a
    // division of floats (0.19899999999999998) is what was meant.
    const part = Math.round(value * 10_000)
    if (part / 10_000 === value) return { part, whole: 10_000 }
    return Math.abs(value) <= 1000 ? { part: Math.round(value * 1e12), whole: 1e12 } : undefined
  }
  if (typeof value !== 'string') return undefined
  return value.endsWith('%') ? fractionOf(value.slice(0, -1).trim(), 100) : fractionOf(value)
}

/** Reads "49.00 usd". */
export function toMoney(text: string): Known {
  const match = /^(-?)([\d.]+) ([a-z]{3})$/.exec(text)
  if (!match) return undefined
  const amount = moneyOf(match[2] ?? '', match[3] ?? '')
  if (typeof amount === 'string') return undefined
  return match[1] ? { ...amount, minor: -amount.minor } : amount
}

function toInstant(text: string, zone: Zone): Known {
  const date = dateOf(text)
  return date === undefined ? instantOf(text) : startOfDay(zone, date)
}
