import type { Facts, MerchantFact } from '../facts.ts'
import { money } from '../money.ts'
import type { Money } from '../money.ts'
import { plusMonths } from './calendar.ts'
import type { Zone } from './calendar.ts'
import type { Fact } from './catalog.ts'
import { convert, howWritten, toMoney } from './merchant-facts.ts'
import { day, durationOf } from './values.ts'
import type { Known } from './values.ts'

/** What a test says about the facts: each by its name. */
export type Given = Readonly<Record<string, unknown>>

export type Vocabulary = { readonly facts: ReadonlyMap<string, Fact>; readonly zone: Zone }

// Computed from other facts, so a test sets those.
export const computed: Readonly<Record<string, string>> = {
  'payment.currency': 'payment.amount',
  'payment.renewal': 'payment.first',
  'payment.unused_share': 'payment.period_start and payment.period_end',
  'payment.unused_days_share': 'payment.period_start and payment.period_end',
  'payment.unused_months_share': 'payment.period_start and payment.period_end',
  'subscription.unused_share': 'payment.period_start and payment.period_end',
}

const canBeUnknown = new Set([
  'payment.method',
  'payment.product',
  'payment.product_name',
  'payment.invoice',
  'payment.period_start',
  'payment.period_end',
  'customer.created_at',
  'customer.country',
  'subscription.trial_end',
])

/** Earlier refunds and requests, each as how long before the request it was. */
const histories = ['customer.refunds', 'customer.requests'] as const

/** Other payments of the customer: how long before the request, and how much. */
const payments = 'customer.payments'

/** Names that a test may set. */
export function givenNames({ facts }: Vocabulary): readonly string[] {
  return [...facts.keys(), ...histories, payments].filter((name) => !Object.hasOwn(computed, name))
}

/** Why a value can't be given for a fact; undefined when it can. `null` makes a fact unknown. */
export function wrongGiven(name: string, value: unknown, vocabulary: Vocabulary): string | undefined {
  if (Object.hasOwn(computed, name)) return `\`${name}\` is computed; set ${computed[name]}`
  if (name === histories[0] || name === histories[1]) {
    return durationsOf(value) ? undefined : `\`${name}\` is a list of times before the request, such as [40d, 400d]`
  }
  if (name === payments) {
    if (value === null) return undefined
    return paymentsOf(value) ? undefined : `\`${name}\` is a list of times and amounts, such as ["40d 49.00 usd"]`
  }
  const fact = vocabulary.facts.get(name)
  if (!fact) return `There is no fact \`${name}\``
  if (value === null) {
    return fact.merchant || canBeUnknown.has(name) ? undefined : `\`${name}\` is always known`
  }
  if (fact.type === 'texts')
    return Array.isArray(value) && value.every((each) => typeof each === 'string')
      ? undefined
      : `\`${name}\` is a list of texts`
  const known = convertGiven(fact, value, vocabulary.zone)
  if (known === undefined) return `\`${name}\` is written as ${howWritten[fact.type as keyof typeof howWritten]}`
  if (fact.values && !fact.values.includes(String(known))) return `\`${name}\` is one of ${fact.values.join(', ')}`
  return undefined
}

function durationsOf(value: unknown): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined
  const lengths = value.map((each) => (typeof each === 'string' ? durationOf(each) : undefined))
  return lengths.every((each) => each !== undefined) ? lengths : undefined
}

function paymentsOf(value: unknown): readonly { ago: number; amount: Money }[] | undefined {
  if (!Array.isArray(value)) return undefined
  const read = value.map((each) => {
    const [, length, amount] = typeof each === 'string' ? (/^(\S+) (.+)$/.exec(each) ?? []) : []
    const [ago, paid] = [durationOf(length ?? ''), toMoney(amount ?? '') as Money | undefined]
    return ago === undefined || !paid ? undefined : { ago, amount: paid }
  })
  return read.every((each) => each !== undefined) ? read : undefined
}

/** The value of a given fact; undefined for unknown. */
export function convertGiven(fact: Fact, value: unknown, zone: Zone): Known {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined
  return convert(fact.type, value, zone)
}

const noon = Date.UTC(2026, 5, 15, 12)

/**
 * The facts of a test: what it gives, over an ordinary monthly payment of 49.00 usd made ten days before the request, asked
 * back in full by a customer of one year without a history. The merchant's own facts are unknown unless given.
 */
export function factsFrom(given: Given, vocabulary: Vocabulary): Facts {
  const read = <T>(name: string, otherwise: T): T => {
    if (!Object.hasOwn(given, name)) return otherwise
    const fact = vocabulary.facts.get(name)
    const value = fact && convertGiven(fact, given[name], vocabulary.zone)
    return value as T
  }
  const now = read('now', noon)
  const since = (at: string, age: string, otherwise: number): number => read(at, now - read(age, otherwise))
  const ago = (name: string): Date[] => (durationsOf(given[name]) ?? []).map((length) => new Date(now - length))
  const payment = paymentFrom(read, since('payment.paid_at', 'payment.age', 10 * day), vocabulary.zone)
  return {
    now: new Date(now),
    payment,
    customer: {
      id: 'customer',
      created_at:
        read('customer.created_at', 0) === undefined
          ? undefined
          : new Date(since('customer.created_at', 'customer.age', 365 * day)),
      country: read<string | undefined>('customer.country', 'US'),
      lifetime_value: read('customer.lifetime_value', payment.amount),
      refunded_at: ago('customer.refunds'),
      requested_at: ago('customer.requests'),
      ...(given[payments] !== null && {
        paid: [
          { at: payment.paid_at, amount: payment.refundable },
          ...(paymentsOf(given[payments] ?? []) ?? []).map(({ ago, amount }) => ({ at: new Date(now - ago), amount })),
        ],
      }),
      disputes: read('customer.disputes', 0),
      tags: (given['customer.tags'] as readonly string[] | undefined) ?? [],
    },
    subscription: subscriptionFrom(read, payment, since),
    request: {
      amount: read('request.amount', payment.refundable),
      reason: read('request.reason', 'changed_mind'),
      channel: read('request.channel', 'portal'),
      comment_length: read('request.comment_length', 0),
      attempt: read('request.attempt', 1),
    },
    merchant: merchantFrom(given, vocabulary, now),
  }
}

type Read = <T>(name: string, otherwise: T) => T

function paymentFrom(read: Read, paidAt: number, zone: Zone): Facts['payment'] {
  const amount = read<Money>('payment.amount', money(4900, 'usd'))
  const refunded = read<Money>('payment.refunded', money(0, amount.currency))
  const interval = read<Facts['payment']['interval']>('payment.interval', 'month')
  const count = read('payment.interval_count', 1)
  const [start, end] =
    interval === 'once' ? [undefined, undefined] : [paidAt, afterInterval(zone, paidAt, interval, count)]
  const date = (instant: number | undefined): Date | undefined =>
    instant === undefined ? undefined : new Date(instant)
  return {
    id: 'payment',
    amount,
    refunded,
    interval,
    refundable: read('payment.refundable', money(amount.minor - refunded.minor, amount.currency)),
    paid_at: new Date(paidAt),
    captured: read('payment.captured', true),
    method: read<string | undefined>('payment.method', 'card'),
    dispute: read<Facts['payment']['dispute']>('payment.dispute', 'none'),
    fraud_warning: read('payment.fraud_warning', false),
    product: read<string | undefined>('payment.product', 'product'),
    product_name: read<string | undefined>('payment.product_name', 'Product'),
    interval_count: count,
    first: read('payment.first', true),
    invoice: read<string | undefined>('payment.invoice', 'invoice'),
    period_start: date(read('payment.period_start', start)),
    period_end: date(read('payment.period_end', end)),
    quantity: read('payment.quantity', 1),
  }
}

function afterInterval(zone: Zone, from: number, interval: 'day' | 'week' | 'month' | 'year', count: number): number {
  if (interval === 'day') return from + count * day
  if (interval === 'week') return from + count * 7 * day
  return plusMonths(zone, from, interval === 'month' ? count : 12 * count)
}

type Since = (at: string, age: string, otherwise: number) => number

function subscriptionFrom(read: Read, payment: Facts['payment'], since: Since): Facts['subscription'] {
  if (!read('subscription.exists', payment.interval !== 'once')) return undefined
  const trialEnd = read<number | undefined>('subscription.trial_end', undefined)
  return {
    id: 'subscription',
    status: read('subscription.status', 'active'),
    started_at: new Date(since('subscription.started_at', 'subscription.age', 10 * day)),
    trial_end: trialEnd === undefined ? undefined : new Date(trialEnd),
    current_period: read('subscription.current_period', true),
  }
}

function merchantFrom(given: Given, { facts }: Vocabulary, now: number): Facts['merchant'] {
  const merchant: Record<string, MerchantFact> = {}
  for (const [name, value] of Object.entries(given)) {
    if (!facts.get(name)?.merchant || value === null) continue
    merchant[name] = { value: value as string | number | boolean, as_of: new Date(now) }
  }
  return merchant
}
