import { decimals, step } from '../../money.ts'
import type { Money } from '../../money.ts'
import type { Expr, ExprOf } from '../expression.ts'
import type { Policy } from '../policy.ts'
import { day } from '../values.ts'
import type { Calendar } from './calendar-terms.ts'
import { always } from './known.ts'
import type { Known } from './known.ts'
import {
  and,
  clamp,
  compare,
  equal,
  int,
  ite,
  least,
  literal,
  minus,
  most,
  no,
  not,
  or,
  plus,
  quotient,
  times,
  yes,
} from './terms.ts'
import type { Term } from './terms.ts'
import type { World } from './world.ts'

/** What the calls of one policy need of its encoder. */
export type Calling = {
  readonly world: World
  readonly policy: Pick<Policy, 'facts' | 'scope'>
  readonly encode: (expr: Expr) => Known
  readonly opaqueOf: (expr: Expr) => Known
  readonly days: () => Calendar
}

/** A call as terms; opaque where the function is beyond the solver for these arguments. */
export function encodeCall(expr: ExprOf<'call'> & Expr, at: Calling): Known {
  const args = expr.args.map((arg) => at.encode(arg))
  const { none, unknown, known } = without(...args)
  const result = (value: Term, more: Partial<Known> = {}, lost: Term = no): Known => ({
    type: expr.type,
    none,
    unknown: or(unknown, and(known, lost)),
    value: expr.type === 'bool' ? and(known, value) : value,
    ...more,
  })
  const [a, b] = args
  const fixed = expr.args.map((arg) => (arg.op === 'constant' ? arg.value : undefined))
  const { currency, script } = at.world
  switch (expr.fn.name) {
    case 'minutes':
    case 'hours':
    case 'days':
    case 'weeks': {
      const length = { minutes: 60_000, hours: 3_600_000, days: day, weeks: 7 * day }[expr.fn.name]
      const value = times(a?.value ?? '0', int(length)) ?? '0'
      return result(value, {}, or(compare('<', value, '0'), compare('>', value, int(36_525 * day))))
    }
    case 'refunds':
    case 'requests':
      return past(at.world[expr.fn.name], fixed[0]) ?? at.opaqueOf(expr)
    case 'paid': {
      const others = at.world.paid.get(fixed[0] as number)
      if (others === undefined) return at.opaqueOf(expr)
      const { now, paidAt, refundable, paidUnknown } = at.world
      const own = ite(compare('<=', minus(now, paidAt), int(fixed[0] as number)), refundable, '0')
      return { type: 'money', none: no, unknown: paidUnknown, value: plus(others, own), currency }
    }
    case 'limit': {
      const limit = (fixed[0] as readonly Money[] | undefined)?.find((each) => each.currency === currency)
      return limit
        ? always('money', int(limit.minor), { currency })
        : { ...always('money', '0', { currency }), unknown: yes }
    }
    case 'share':
      return share(a as Known, b as Known, result, at.world)
    case 'remainder':
      return result(most(minus(a?.whole ?? '1', a?.value ?? '0'), '0'), { whole: a?.whole ?? '1' })
    case 'prorate':
      return prorate(expr, a as Known, b as Known, result, at)
    case 'least':
    case 'most': {
      if (a?.currency !== b?.currency)
        return { type: 'money', none, unknown: not(none), value: '0', currency: a?.currency ?? '' }
      return result((expr.fn.name === 'least' ? least : most)(a?.value ?? '0', b?.value ?? '0'), {
        currency: a?.currency ?? '',
      })
    }
    case 'whole_units': {
      const unit = 10n ** BigInt(decimals(a?.currency ?? currency))
      return result(times(script.name('Int', quotient(a?.value ?? '0', unit)), int(unit)) ?? '0', {
        currency: a?.currency ?? '',
      })
    }
    case 'later':
      return result(most(a?.value ?? '0', b?.value ?? '0'))
    case 'earlier':
      return result(least(a?.value ?? '0', b?.value ?? '0'))
    case 'start_of_day':
      return result(at.days().startOfDay(at.days().dayOf(a?.value ?? '0')))
    case 'end_of_day':
      return result(at.days().endOfDay(plus(at.days().dayOf(a?.value ?? '0'), quotient(b?.value ?? '0', BigInt(day)))))
    case 'end_of_day_counting_first':
      return result(
        at.days().endOfDay(minus(plus(at.days().dayOf(a?.value ?? '0'), quotient(b?.value ?? '0', BigInt(day))), '1')),
      )
    case 'end_of_working_day':
      return result(
        at
          .days()
          .endOfDay(
            at
              .days()
              .workingDayFrom(
                script.name('Int', plus(at.days().dayOf(a?.value ?? '0'), quotient(b?.value ?? '0', BigInt(day)))),
              ),
          ),
      )
    case 'plus_months': {
      const months = literal(b?.value ?? '')
      // Farther than the calendar above was worked out.
      if (months === undefined || months < -24n || months > 120n) return at.opaqueOf(expr)
      return result(at.days().plusMonths(a?.value ?? '0', Number(months)))
    }
    case 'startsWith':
    case 'endsWith':
    case 'contains': {
      if (!a?.texts || typeof fixed[1] !== 'string') return at.opaqueOf(expr)
      const part = fixed[1]
      const holds = {
        startsWith: (text: string) => text.startsWith(part),
        endsWith: (text: string) => text.endsWith(part),
        contains: (text: string) => text.includes(part),
      }
      return result(oneOf(a, holds[expr.fn.name]))
    }
    default:
      return at.opaqueOf(expr)
  }
}

function past(counted: ReadonlyMap<number, Term>, window: unknown): Known | undefined {
  const count = counted.get(window as number)
  return count === undefined ? undefined : always('count', count)
}

function share(
  a: Known,
  b: Known,
  result: (value: Term, more: Partial<Known>, lost: Term) => Known,
  world: World,
): Known {
  if (a.type === 'money' && b.type === 'money' && a.currency !== b.currency) return result('0', { whole: '1' }, yes)
  const nothing = compare('<=', b.value, '0')
  const whole = world.script.name('Int', ite(nothing, '1', b.value))
  return result(clamp(a.value, '0', whole), { whole }, nothing)
}

function prorate(
  expr: ExprOf<'call'> & Expr,
  a: Known,
  b: Known,
  result: (value: Term, more: Partial<Known>, lost: Term) => Known,
  at: Calling,
): Known {
  const { script, opaque } = at.world
  const [part, whole, currency] = [b.value, b.whole ?? '1', a.currency ?? at.world.currency]
  const lost = or(compare('<', a.value, '0'), compare('<', part, '0'))
  const product = literal(whole) === undefined ? undefined : times(a.value, part)
  const unit = BigInt(step(currency))
  if (product !== undefined) {
    const steps = script.name('Int', quotient(script.name('Int', product), (literal(whole) ?? 1n) * unit))
    return result(ite(compare('>=', part, whole), a.value, times(steps, int(unit)) ?? steps), { currency }, lost)
  }
  const key = ['prorate', a.value, part, whole, currency].join(' ')
  const before = opaque.get(key)?.known.value
  const rounded = before ?? script.declare('Int', 'prorated')
  script.assert(or(lost, and(compare('>=', rounded, '0'), compare('<=', rounded, a.value))))
  script.assert(or(not(equal(part, '0')), equal(rounded, '0')))
  const known = result(ite(compare('>=', part, whole), a.value, rounded), { currency }, lost)
  opaque.set(key, { expr, policy: at.policy, known: { ...known, value: rounded }, share: { of: a, by: b } })
  return known
}

/** What comes of operands of which some have no value: nothing there beats not known. */
export function without(...sides: readonly Known[]): { none: Term; unknown: Term; known: Term } {
  const none = or(...sides.map((side) => side.none))
  const unknown = and(not(none), or(...sides.map((side) => side.unknown)))
  return { none, unknown, known: and(not(none), not(unknown)) }
}

/** Whether a text is one of those that hold. */
export function oneOf(item: Known, holds: (text: string) => boolean): Term {
  return or(...(item.texts ?? []).flatMap((text, index) => (holds(text) ? [equal(item.value, int(index))] : [])))
}
