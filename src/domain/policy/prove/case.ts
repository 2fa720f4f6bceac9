import { toDecimal } from '../../money.ts'
import type { Given } from '../given.ts'
import { day, hour, minute, second } from '../values.ts'
import { numberIn, truthIn, valueIn, valuesOf } from './conversation.ts'
import type { Asking, Values } from './conversation.ts'
import type { Known } from './known.ts'
import type { Term } from './terms.ts'
import { sharesIn } from './world.ts'
import type { World } from './world.ts'

// Said by other facts: the period, the time of the payment, the first payment.
const computed = new Set([
  'now',
  'payment.amount',
  'payment.refunded',
  'payment.refundable',
  'request.amount',
  'payment.currency',
  'payment.paid_at',
  'payment.age',
  'payment.renewal',
  'payment.first',
  'payment.interval',
  'payment.period_start',
  'payment.period_end',
  'payment.unused_share',
  'subscription.unused_share',
  'subscription.exists',
  'subscription.age',
  'customer.age',
  'customer.tags',
])

/** Reads the case that the solver found as the facts of a test. */
export function* caseOf(world: World): Asking<{ given: Given; values: Values }> {
  const { amount, refunded, requested, now, paidAt, period, once, paidUnknown } = world
  const lists = [world.refunds, world.requests, world.paid].flatMap((each) => [...each.values()])
  const terms = world.facts().flatMap(({ known }) => termsOf(known))
  const opaque = [...world.opaque.values()].flatMap(({ known, share }) => [
    ...termsOf(known),
    ...(share ? [...termsOf(share.of), ...termsOf(share.by)] : []),
  ])
  const values = yield* valuesOf([
    amount,
    refunded,
    requested,
    now,
    paidAt,
    once,
    paidUnknown,
    period.start,
    period.end,
    period.unknown,
    ...lists,
    ...terms,
    ...opaque,
  ])
  const money = (term: Term): string =>
    `${toDecimal({ minor: numberIn(values, term), currency: world.currency })} ${world.currency}`
  const instant = (term: Term): string => new Date(numberIn(values, term)).toISOString()
  const given: Record<string, unknown> = {
    now: instant(now),
    'payment.age': durationText(numberIn(values, now) - numberIn(values, paidAt)),
    'payment.amount': money(amount),
    'payment.refunded': money(refunded),
    'request.amount': money(requested),
  }
  for (const { fact, known } of world.facts()) {
    if (fact.name === 'payment.first') given[fact.name] = truthIn(values, known.value)
    if (fact.name === 'payment.renewal') given['payment.first'] ??= !truthIn(values, known.value)
    if (fact.name === 'payment.interval') given[fact.name] = known.texts?.[numberIn(values, known.value)]
    if (fact.name === 'subscription.exists') given[fact.name] = truthIn(values, known.value)
    if (fact.name === 'customer.tags')
      given[fact.name] = [...(known.tags ?? [])].filter(([, term]) => truthIn(values, term)).map(([tag]) => tag)
    if (fact.name === 'customer.age') given['customer.created_at'] = createdAt(known)
    if (!computed.has(fact.name)) Object.assign(given, plain(fact.name, known))
  }
  if (truthIn(values, once)) given['payment.interval'] = 'once'
  else if (truthIn(values, period.unknown))
    Object.assign(given, { 'payment.period_start': null, 'payment.period_end': null })
  else
    Object.assign(given, { 'payment.period_start': instant(period.start), 'payment.period_end': instant(period.end) })
  past('customer.refunds', world.refunds)
  past('customer.requests', world.requests)
  if (truthIn(values, paidUnknown)) given['customer.payments'] = null
  else others()
  return { given, values }

  function createdAt(age: Known): string | null {
    return truthIn(values, age.unknown)
      ? null
      : new Date(numberIn(values, now) - numberIn(values, age.value)).toISOString()
  }

  function plain(name: string, known: Known): Record<string, unknown> {
    // What is not there is left out: a payment without a subscription, a subscription without a trial.
    if (truthIn(values, known.none))
      return name.startsWith('subscription.') && name !== 'subscription.trial_end'
        ? { 'subscription.exists': false }
        : {}
    if (truthIn(values, known.unknown)) return { [name]: null }
    const value = valueIn(values, known.value)
    switch (known.type) {
      case 'bool':
        return { [name]: value === true }
      case 'count':
        return { [name]: Number(value) }
      case 'fraction':
        return { [name]: Number(value) / Number(sharesIn) }
      case 'money':
        return { [name]: money(known.value) }
      case 'duration':
        return { [name]: durationText(Number(value)) }
      case 'instant':
        return { [name]: instant(known.value) }
      case 'text':
        return { [name]: known.texts?.[Number(value)] }
      default:
        return {}
    }
  }

  function past(name: string, counted: ReadonlyMap<number, Term>): void {
    const times: string[] = []
    for (const [window, term] of counted) while (times.length < numberIn(values, term)) times.push(durationText(window))
    if (counted.size > 0) given[name] = times
  }

  function others(): void {
    let before = 0
    const payments: string[] = []
    for (const [window, term] of world.paid) {
      const minor = numberIn(values, term)
      if (minor > before)
        payments.push(
          `${durationText(window)} ${toDecimal({ minor: minor - before, currency: world.currency })} ${world.currency}`,
        )
      before = minor
    }
    if (world.paid.size > 0) given['customer.payments'] = payments
  }
}

export const termsOf = (known: Known): readonly Term[] => [
  known.unknown,
  known.none,
  known.value,
  ...(known.whole === undefined ? [] : [known.whole]),
  ...(known.tags?.values() ?? []),
]

/** A length of time as policies write it: 30d, 1h30m, 30d1ms. */
export function durationText(length: number): string {
  if (length === 0) return '0s'
  let rest = length
  return (
    [
      [day, 'd'],
      [hour, 'h'],
      [minute, 'm'],
      [second, 's'],
      [1, 'ms'],
    ] as const
  )
    .map(([unit, letter]) => {
      const count = Math.floor(rest / unit)
      rest -= count * unit
      return count === 0 ? '' : `${count}${letter}`
    })
    .join('')
}
