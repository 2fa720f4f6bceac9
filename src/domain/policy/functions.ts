import type { Facts } from '../facts.ts'
import { decimals, least, money, shareRoundedDown } from '../money.ts'
import type { Money } from '../money.ts'
import { dayOf, endOfDay, plusMonths, startOfDay, workingDayFrom } from './calendar.ts'
import type { Zone } from './calendar.ts'
import { compareFractions, day, hour, minute } from './values.ts'
import type { Fraction, Known, Value, ValueType } from './values.ts'

/** What functions may know of the policy that they are used in. */
export type Scope = { readonly zone: Zone; readonly holidays: ReadonlySet<number> }

export type PolicyFunction = {
  readonly name: string
  /** Written after a dot, `customer.refunds(…)`; undefined for a function that stands alone. */
  readonly on?: 'customer' | 'payment' | 'text'
  /** The types that each parameter may have; the receiver of a text method is the first. */
  readonly params: readonly (readonly ValueType[])[]
  readonly result: ValueType
  /** The result depends on the facts beside the parameters, so it is never computed when the policy is read. */
  readonly readsFacts?: true
  /** Instants at which the result may change as time passes, given the parameters. */
  readonly turns?: (facts: Facts, args: readonly Value[]) => readonly number[]
  /** An example for errors. */
  readonly example: string
  readonly run: (scope: Scope, facts: Facts, ...args: never[]) => Known
}

// A hundred years: longer windows are typing mistakes, and no multiplication below can leave the safe integers.
const longest = 36_525 * day

const length =
  (unit: number) =>
  (_scope: Scope, _facts: Facts, count: number): Known => {
    const total = count * unit
    return total >= 0 && total <= longest ? total : undefined
  }

const within = (instants: readonly Date[], facts: Facts, window: number): number => {
  const end = facts.now.getTime()
  let count = 0
  for (const instant of instants) {
    const at = instant.getTime()
    if (at <= end && at >= end - window) count += 1
  }
  return count
}

const enters = (instants: readonly Date[], window: number): number[] =>
  instants.flatMap((instant) => [instant.getTime(), instant.getTime() + window])

const mostPayments = 1000

/** All that was paid in a window and not given back. Unknown when nobody gathered it, or when it began before the oldest known. */
function paidWithin({ now, payment, customer }: Facts, window: number): Known {
  const end = now.getTime()
  const paid = customer.paid
  if (!paid) return undefined
  let minor = 0
  let oldest = Infinity
  for (const { at, amount } of paid) {
    const instant = at.getTime()
    oldest = Math.min(oldest, instant)
    if (amount.currency === payment.amount.currency && instant <= end && instant >= end - window) minor += amount.minor
  }
  if (paid.length >= mostPayments && oldest > end - window) return undefined
  return money(minor, payment.amount.currency)
}

const sameCurrency = (a: Money, b: Money): boolean => a.currency === b.currency

/** A share of something, between 0 and 1; unknown when the whole is nothing. */
function shareOf(_scope: Scope, _facts: Facts, part: number | Money, whole: number | Money): Known {
  const [a, b] = [typeof part === 'number' ? part : part.minor, typeof whole === 'number' ? whole : whole.minor]
  if (typeof part !== 'number' && typeof whole !== 'number' && !sameCurrency(part, whole)) return undefined
  return b <= 0 ? undefined : { part: Math.min(Math.max(a, 0), b), whole: b }
}

function prorate(_scope: Scope, _facts: Facts, amount: Money, share: Fraction): Known {
  if (amount.minor < 0 || share.part < 0) return undefined
  return compareFractions(share, { part: 1, whole: 1 }) >= 0
    ? amount
    : shareRoundedDown(amount, share.part, share.whole)
}

function endOfWorkingDay({ zone, holidays }: Scope, _facts: Facts, from: number, window: number): number {
  return endOfDay(zone, workingDayFrom(dayOf(zone, from) + Math.floor(window / day), holidays))
}

const functions: readonly PolicyFunction[] = [
  { name: 'minutes', params: [['count']], result: 'duration', example: 'minutes(30)', run: length(minute) },
  { name: 'hours', params: [['count']], result: 'duration', example: 'hours(48)', run: length(hour) },
  { name: 'days', params: [['count']], result: 'duration', example: 'days(30)', run: length(day) },
  { name: 'weeks', params: [['count']], result: 'duration', example: 'weeks(2)', run: length(7 * day) },
  {
    name: 'refunds',
    on: 'customer',
    params: [['duration']],
    result: 'count',
    readsFacts: true,
    example: 'customer.refunds(days(365))',
    turns: (facts, [window]) => enters(facts.customer.refunded_at, window as number),
    run: (_scope, facts, window: number) => within(facts.customer.refunded_at, facts, window),
  },
  {
    name: 'requests',
    on: 'customer',
    params: [['duration']],
    result: 'count',
    readsFacts: true,
    example: 'customer.requests(days(365))',
    turns: (facts, [window]) => enters(facts.customer.requested_at, window as number),
    run: (_scope, facts, window: number) => within(facts.customer.requested_at, facts, window),
  },
  {
    name: 'paid',
    on: 'customer',
    params: [['duration']],
    result: 'money',
    readsFacts: true,
    example: 'customer.paid(days(90))',
    turns: (facts, [window]) =>
      enters(
        (facts.customer.paid ?? []).map(({ at }) => at),
        window as number,
      ),
    run: (_scope, facts, window: number) => paidWithin(facts, window),
  },
  {
    name: 'limit',
    on: 'payment',
    params: [['moneys']],
    result: 'money',
    readsFacts: true,
    example: 'payment.limit([money(500, "usd"), money(450, "eur")])',
    run: (_scope, facts, limits: readonly Money[]) => limits.find((limit) => sameCurrency(limit, facts.payment.amount)),
  },
  {
    name: 'prorate',
    params: [['money'], ['fraction']],
    result: 'money',
    example: 'prorate(payment.amount, payment.unused_share)',
    run: prorate,
  },
  {
    name: 'share',
    params: [
      ['count', 'duration', 'money'],
      ['count', 'duration', 'money'],
    ],
    result: 'fraction',
    example: 'share(usage.used, usage.allowance)',
    run: shareOf,
  },
  {
    name: 'remainder',
    params: [['fraction']],
    result: 'fraction',
    example: 'remainder(usage.share)',
    run: (_scope, _facts, { part, whole }: Fraction) => ({ part: Math.max(whole - part, 0), whole }),
  },
  {
    name: 'least',
    params: [['money'], ['money']],
    result: 'money',
    example: 'least(payment.amount, money(50, "usd"))',
    run: (_scope, _facts, a: Money, b: Money) => (sameCurrency(a, b) ? least(a, b) : undefined),
  },
  {
    name: 'most',
    params: [['money'], ['money']],
    result: 'money',
    example: 'most(payment.refundable, money(5, "usd"))',
    run: (_scope, _facts, a: Money, b: Money) => (sameCurrency(a, b) ? (a.minor >= b.minor ? a : b) : undefined),
  },
  {
    name: 'whole_units',
    params: [['money']],
    result: 'money',
    example: 'whole_units(prorate(payment.amount, payment.unused_share))',
    run: (_scope, _facts, amount: Money) => roundedToUnits(amount),
  },
  {
    name: 'later',
    params: [['instant'], ['instant']],
    result: 'instant',
    example: 'later(payment.paid_at, service.activated_at)',
    run: (_scope, _facts, a: number, b: number) => Math.max(a, b),
  },
  {
    name: 'earlier',
    params: [['instant'], ['instant']],
    result: 'instant',
    example: 'earlier(payment.paid_at, service.activated_at)',
    run: (_scope, _facts, a: number, b: number) => Math.min(a, b),
  },
  {
    name: 'start_of_day',
    params: [['instant']],
    result: 'instant',
    example: 'start_of_day(payment.paid_at)',
    run: ({ zone }, _facts, from: number) => startOfDay(zone, dayOf(zone, from)),
  },
  {
    name: 'end_of_day',
    params: [['instant'], ['duration']],
    result: 'instant',
    example: 'end_of_day(payment.paid_at, days(14))',
    run: ({ zone }, _facts, from: number, window: number) =>
      endOfDay(zone, dayOf(zone, from) + Math.floor(window / day)),
  },
  {
    name: 'end_of_day_counting_first',
    params: [['instant'], ['duration']],
    result: 'instant',
    example: 'end_of_day_counting_first(payment.paid_at, days(30))',
    run: ({ zone }, _facts, from: number, window: number) =>
      endOfDay(zone, dayOf(zone, from) + Math.floor(window / day) - 1),
  },
  {
    name: 'end_of_working_day',
    params: [['instant'], ['duration']],
    result: 'instant',
    example: 'end_of_working_day(payment.paid_at, days(14))',
    run: endOfWorkingDay,
  },
  {
    name: 'plus_months',
    params: [['instant'], ['count']],
    result: 'instant',
    example: 'plus_months(payment.paid_at, 3)',
    run: ({ zone }, _facts, from: number, months: number) =>
      months >= -1200 && months <= 1200 ? plusMonths(zone, from, months) : undefined,
  },
  {
    name: 'startsWith',
    on: 'text',
    params: [['text'], ['text']],
    result: 'bool',
    example: 'payment.product.startsWith("pro_")',
    run: (_scope, _facts, text: string, start: string) => text.startsWith(start),
  },
  {
    name: 'endsWith',
    on: 'text',
    params: [['text'], ['text']],
    result: 'bool',
    example: 'payment.product.endsWith("_trial")',
    run: (_scope, _facts, text: string, end: string) => text.endsWith(end),
  },
  {
    name: 'contains',
    on: 'text',
    params: [['text'], ['text']],
    result: 'bool',
    example: 'payment.product_name.contains("Trial")',
    run: (_scope, _facts, text: string, part: string) => text.includes(part),
  },
] as readonly PolicyFunction[]

/** Drops what is below one major unit: 12.99 becomes 12.00. */
function roundedToUnits(amount: Money): Money {
  const unit = 10 ** decimals(amount.currency)
  return money(Math.floor(amount.minor / unit) * unit, amount.currency)
}

/** Every function, in the order of the reference. */
export const functionsByName: readonly PolicyFunction[] = functions

/** Functions that stand alone, by name; `money`, `percent`, `date`, `timestamp` and `duration` take literals and are read elsewhere. */
export const freeFunctions: ReadonlyMap<string, PolicyFunction> = byName(undefined)

/** Functions written after a dot, by what stands before it. */
export const methods = {
  customer: byName('customer'),
  payment: byName('payment'),
  text: byName('text'),
} as const satisfies Record<string, ReadonlyMap<string, PolicyFunction>>

function byName(on: PolicyFunction['on']): ReadonlyMap<string, PolicyFunction> {
  return new Map(functions.filter((each) => each.on === on).map((each) => [each.name, each]))
}
