import { step } from '../../money.ts'
import type { Fact } from '../catalog.ts'
import { walk } from '../expression.ts'
import type { Expr } from '../expression.ts'
import { day } from '../values.ts'
import type { Bounds } from './bounds.ts'
import { always, namedIn } from './known.ts'
import type { Known, Opaque } from './known.ts'
import { and, clamp, compare, equal, int, minus, no, not, or, plus, Script, times, yes } from './terms.ts'
import type { Term } from './terms.ts'
import { textsOf } from './texts.ts'

/** Windows of the past in which something is counted: the most that each may count grows with the window. */
type Counted = ReadonlyMap<number, Term>

/** The facts of a request as unknowns of the solver, with what is so of all facts that can really come. */
export type World = {
  readonly script: Script
  readonly bounds: Bounds
  readonly currency: string
  readonly now: Term
  readonly paidAt: Term
  readonly amount: Term
  readonly refunded: Term
  readonly refundable: Term
  readonly requested: Term
  readonly period: { readonly unknown: Term; readonly none: Term; readonly start: Term; readonly end: Term }
  readonly refunds: Counted
  readonly requests: Counted
  /** What others of the customer's payments come to, by window. */
  readonly paid: Counted
  readonly paidUnknown: Term
  /** A built-in fact, or one of the merchant's. */
  readonly fact: (fact: Fact) => Known | undefined
  /** The facts that were asked for so far. */
  readonly facts: () => readonly { readonly fact: Fact; readonly known: Known }[]
  /** What the solver is not told the meaning of, in all policies together. */
  readonly opaque: Map<string, Opaque>
  /** Every declared unknown, to be read back. */
  readonly names: readonly Term[]
  readonly once: Term
}

const ordinaryTexts: Readonly<Record<string, string>> = {
  'payment.method': 'card',
  'payment.product': 'product',
  'payment.product_name': 'Product',
  'payment.invoice': 'invoice',
  'customer.country': 'US',
  'request.channel': 'portal',
}

/** What a text can be when nothing asks about it: its usual value and another. */
const ordinary = (fact: Fact): readonly string[] => [
  ...(ordinaryTexts[fact.name] === undefined ? [] : [ordinaryTexts[fact.name] ?? '']),
  fact.name === 'customer.country' ? 'XX' : 'other',
]

const disputes = ['none', 'inquiry', 'won']
const neverUnknown = new Set(['request.channel', 'subscription.status', 'request.reason'])

/** Makes the unknowns for all facts that some expressions name, in one currency. */
export function worldOf(exprs: readonly Expr[], bounds: Bounds, currency: string): World {
  const script = new Script()
  const names: Term[] = []
  const declare = (sort: 'Int' | 'Bool', hint: string): Term => {
    const name = script.declare(sort, hint)
    names.push(name)
    return name
  }
  const between = (hint: string, low: Term, high: Term): Term => {
    const name = declare('Int', hint)
    script.assert(and(compare('>=', name, low), compare('<=', name, high)))
    return name
  }
  const unit = step(currency)
  /** An amount in the steps in which the currency is paid. */
  const money = (hint: string, low: number, high: Term): Term => {
    const steps = declare('Int', hint)
    const minor = times(steps, int(unit)) ?? steps
    script.assert(and(compare('>=', minor, int(low)), compare('<=', minor, high)))
    return script.name('Int', minor)
  }
  const [first, last] = bounds.now
  const now = between('now', int(first), int(last))
  const before = minus(now, int(bounds.longest))
  const paidAt = between('paid_at', before, now)
  const amount = money('amount', unit, int(bounds.amount))
  const refunded = money('refunded', 0, minus(amount, int(unit)))
  const refundable = script.name('Int', minus(amount, refunded))
  const requested = money('requested', unit, refundable)
  const texts = textsOf(exprs, ordinary)
  const text = (fact: Fact, unknown: Term, none: Term, only?: readonly string[]): Known | undefined => {
    const values = only ?? texts.get(fact.name)
    if (!values) return undefined
    return { type: 'text', unknown, none, value: between(fact.name, '0', int(values.length - 1)), texts: values }
  }
  const intervals = ['month', 'year', 'week', 'day', 'once']
  const interval = between('interval', '0', '4')
  const once = script.name('Bool', equal(interval, '4'))
  const start = between('period_start', minus(paidAt, int(366 * day)), plus(paidAt, int(366 * day)))
  const end = between('period_end', plus(start, int(3_600_000)), plus(start, int(366 * day)))
  const period = {
    unknown: script.name('Bool', and(not(once), declare('Bool', 'period_unknown'))),
    none: once,
    start,
    end,
  }
  const subscribed = declare('Bool', 'subscribed')
  script.assert(or(not(subscribed), not(once)))
  const firstPayment = declare('Bool', 'first')
  const made = new Map<string, Known | undefined>()
  const facts: { fact: Fact; known: Known }[] = []
  const counted = (name: string, most: Term, make: (hint: string, high: Term) => Term): Map<number, Term> =>
    windows(exprs, name, (window) => make(`${name}_${window}`, most), script)
  const refunds = counted('refunds', int(50), (hint, high) => between(hint, '0', high))
  const requests = counted('requests', int(50), (hint, high) => between(hint, '0', high))
  const paid = counted('paid', int(bounds.amount), (hint, high) => money(hint, 0, high))
  const paidUnknown = paid.size > 0 ? declare('Bool', 'paid_unknown') : no

  const build = (fact: Fact): Known | undefined => {
    if (fact.merchant) return merchant(fact)
    const { name } = fact
    const count = (hint: string, low: number, high: number): Known =>
      always('count', between(hint, int(low), int(high)))
    const since = (instant: Known): Known => ({
      ...instant,
      type: 'duration',
      value: script.name('Int', minus(now, instant.value)),
    })
    const own = (minor: Term): Known => always('money', minor, { currency })
    const noSubscription = not(subscribed)
    switch (name) {
      case 'now':
        return always('instant', now)
      case 'payment.amount':
        return own(amount)
      case 'payment.refunded':
        return own(refunded)
      case 'payment.refundable':
        return own(refundable)
      case 'request.amount':
        return own(requested)
      case 'customer.lifetime_value':
        return own(money('lifetime_value', 0, int(bounds.amount)))
      case 'payment.currency':
        return always('text', '0', { texts: [currency] })
      case 'payment.paid_at':
        return always('instant', paidAt)
      case 'payment.age':
        return since(always('instant', paidAt))
      case 'payment.captured':
        return always('bool', yes)
      case 'payment.dispute':
        return text(fact, no, no, disputes)
      case 'payment.fraud_warning':
        return always('bool', declare('Bool', 'fraud_warning'))
      case 'payment.interval':
        return always('text', interval, { texts: intervals })
      case 'payment.interval_count':
        return count(name, 1, 36)
      case 'payment.first':
        return always('bool', firstPayment)
      case 'payment.renewal':
        return always('bool', script.name('Bool', and(not(firstPayment), not(once))))
      case 'payment.period_start':
        return { type: 'instant', unknown: period.unknown, none: period.none, value: start }
      case 'payment.period_end':
        return { type: 'instant', unknown: period.unknown, none: period.none, value: end }
      case 'payment.quantity':
        return count(name, 1, 1000)
      case 'payment.unused_share':
        return unused(period.unknown, period.none)
      case 'subscription.unused_share':
        return unused(and(subscribed, period.unknown), or(noSubscription, period.none))
      case 'customer.created_at':
        return customerSince()
      case 'customer.age':
        return since(factOf({ ...fact, name: 'customer.created_at' }) ?? customerSince())
      case 'customer.disputes':
        return count(name, 0, 50)
      case 'customer.tags':
        return tags()
      case 'subscription.exists':
        return always('bool', subscribed)
      case 'subscription.started_at':
        return { type: 'instant', unknown: no, none: noSubscription, value: between(name, before, now) }
      case 'subscription.age':
        return since(factOf({ ...fact, name: 'subscription.started_at' }) as Known)
      case 'subscription.trial_end':
        return {
          type: 'instant',
          unknown: no,
          none: or(noSubscription, declare('Bool', 'no_trial')),
          value: between(name, before, plus(now, int(366 * day))),
        }
      case 'subscription.current_period': {
        const current = declare('Bool', 'current_period')
        return { type: 'bool', unknown: no, none: noSubscription, value: and(subscribed, current) }
      }
      case 'subscription.status':
        return text(fact, no, noSubscription)
      case 'request.comment_length':
        return count(name, 0, 100_000)
      case 'request.attempt':
        return count(name, 1, 100)
      default:
        if (fact.type === 'text')
          return text(fact, neverUnknown.has(name) ? no : declare('Bool', `${name}_unknown`), no)
        return undefined
    }
  }

  function unused(unknown: Term, none: Term): Known {
    const length = script.name('Int', minus(end, start))
    return {
      type: 'fraction',
      unknown,
      none,
      value: script.name('Int', clamp(minus(end, now), '0', length)),
      whole: length,
    }
  }

  function customerSince(): Known {
    const unknown = declare('Bool', 'customer_since_unknown')
    return { type: 'instant', unknown, none: no, value: between('customer_since', before, now) }
  }

  function tags(): Known {
    const asked = new Set<string>()
    for (const expr of exprs)
      for (const part of walk(expr))
        if (part.op === 'in' && part.list.op === 'fact' && part.item.op === 'constant')
          asked.add(part.item.value as string)
    return always('texts', '0', { tags: new Map([...asked].map((tag) => [tag, declare('Bool', `tag_${tag}`)])) })
  }

  function merchant(fact: Fact): Known | undefined {
    const unknown = declare('Bool', `${fact.name}_unknown`)
    const value = (known: Term, more: Partial<Known> = {}): Known => ({
      type: fact.type,
      unknown,
      none: no,
      value: known,
      ...more,
    })
    switch (fact.type) {
      case 'bool': {
        const answer = declare('Bool', fact.name)
        return value(and(not(unknown), answer))
      }
      case 'count':
        return value(between(fact.name, '0', int(bounds.count)))
      case 'duration':
        return value(between(fact.name, '0', int(bounds.longest)))
      case 'instant':
        return value(between(fact.name, before, plus(now, int(366 * day))))
      case 'money':
        return value(money(fact.name, 0, int(bounds.amount)), { currency })
      case 'fraction':
        return value(between(fact.name, '0', int(BigInt(bounds.share) * sharesIn)), { whole: int(sharesIn) })
      case 'text':
        return text(fact, unknown, no)
      default:
        return undefined
    }
  }

  const factOf = (fact: Fact): Known | undefined => {
    const key = `${fact.name} ${fact.type}`
    if (!made.has(key)) {
      const known = namedIn(script, build(fact))
      made.set(key, known)
      if (known) facts.push({ fact, known })
    }
    return made.get(key)
  }
  return {
    script,
    bounds,
    currency,
    now,
    paidAt,
    amount,
    refunded,
    refundable,
    requested,
    period,
    refunds,
    requests,
    paid,
    paidUnknown,
    fact: factOf,
    opaque: new Map(),
    names,
    facts: () => facts,
    once,
  }
}

/** Merchants' shares are read to twelve decimals. */
export const sharesIn = 1_000_000_000_000n

/** One unknown for each fixed window that a function of the past is asked about; a longer window holds no less. */
function windows(
  exprs: readonly Expr[],
  name: string,
  make: (window: number) => Term,
  script: Script,
): Map<number, Term> {
  const lengths = new Set<number>()
  for (const expr of exprs)
    for (const part of walk(expr)) {
      const [window] = part.op === 'call' && part.fn.on === 'customer' && part.fn.name === name ? part.args : []
      if (window?.op === 'constant') lengths.add(window.value as number)
    }
  const made = new Map<number, Term>()
  let before: Term | undefined
  for (const length of [...lengths].toSorted((a, b) => a - b)) {
    const term = make(length)
    if (before !== undefined) script.assert(compare('>=', term, before))
    made.set(length, term)
    before = term
  }
  return made
}
