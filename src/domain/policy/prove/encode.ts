import type { Money } from '../../money.ts'
import type { Fact } from '../catalog.ts'
import type { Expr, ExprOf, Sign } from '../expression.ts'
import type { Policy } from '../policy.ts'
import { day } from '../values.ts'
import type { Fraction } from '../values.ts'
import { encodeCall, oneOf, without } from './encode-call.ts'
import type { Calling } from './encode-call.ts'
import { calendarOf } from './calendar-terms.ts'
import type { Calendar } from './calendar-terms.ts'
import { always, namedIn } from './known.ts'
import type { Known } from './known.ts'
import { and, clamp, compare, equal, int, ite, minus, most, no, not, or, plus, same, times, yes } from './terms.ts'
import type { Term } from './terms.ts'
import type { World } from './world.ts'

/** Says expressions of one policy as terms. Parts beyond it become `opaque`, with what is certain about them. */
export class Encoder {
  private readonly said = new Map<string, Known>()
  private calendar: Calendar | undefined
  private readonly world: World
  private readonly policy: Pick<Policy, 'facts' | 'scope'>
  private readonly calling: Calling
  /** Facts beside those of the world: the decision, for guarantees. */
  private readonly extra: ReadonlyMap<string, Known>

  constructor(world: World, policy: Pick<Policy, 'facts' | 'scope'>, extra: ReadonlyMap<string, Known> = new Map()) {
    this.world = world
    this.policy = policy
    this.extra = extra
    this.calling = {
      world,
      policy,
      encode: (expr) => this.encode(expr),
      opaqueOf: (expr) => this.opaqueOf(expr),
      days: () => this.days(),
    }
  }

  encode(expr: Expr): Known {
    const key = `${expr.op} ${expr.type} ${expr.source}`
    const before = this.said.get(key)
    if (before) return before
    const known = namedIn(this.world.script, this.say(expr))
    this.said.set(key, known)
    return known
  }

  private say(expr: Expr): Known {
    switch (expr.op) {
      case 'constant':
        return this.constant(expr)
      case 'fact':
        return this.fact(expr.fact) ?? this.opaqueOf(expr)
      case 'all':
      case 'any':
      case 'not':
        return this.logic(expr)
      case 'if':
        return this.choice(expr)
      case 'compare':
        return this.comparison(expr)
      case 'in':
        return this.membership(expr)
      case 'plus':
      case 'minus':
      case 'times':
        return this.arithmetic(expr)
      case 'call':
        return encodeCall(expr, this.calling)
    }
  }

  private constant({ type, value }: ExprOf<'constant'> & { type: Expr['type'] }): Known {
    if (type === 'bool') return always(type, value === true ? yes : no)
    if (type === 'money') return always(type, int((value as Money).minor), { currency: (value as Money).currency })
    if (type === 'fraction')
      return always(type, int((value as Fraction).part), { whole: int((value as Fraction).whole) })
    if (type === 'text') return always(type, '0', { texts: [value as string] })
    return typeof value === 'number' ? always(type, int(value)) : always(type, '0')
  }

  private fact(fact: Fact): Known | undefined {
    const own = this.extra.get(fact.name)
    if (own) return own
    if (fact.name === 'payment.unused_days_share') return this.unusedDays()
    const known = this.world.fact(fact)
    if (!known || !fact.merchant || !fact.values || !known.texts) return known
    // A text that this policy does not list is unknown to it.
    const listed = known.texts.flatMap((text, index) =>
      fact.values?.includes(text) ? [equal(known.value, int(index))] : [],
    )
    return { ...known, unknown: or(known.unknown, not(or(...listed))) }
  }

  private unusedDays(): Known {
    const { period, now } = this.world
    const calendar = this.days()
    const [first, end] = [calendar.dayOf(period.start), calendar.dayOf(period.end)]
    const whole = this.world.script.name('Int', most(minus(end, first), '1'))
    const left = minus(minus(end, calendar.dayOf(now)), '1')
    return { type: 'fraction', unknown: period.unknown, none: period.none, value: clamp(left, '0', whole), whole }
  }

  private days(): Calendar {
    const { now, longest, farthest } = this.world.bounds
    this.calendar ??= calendarOf(this.policy.scope, this.world.script, [
      now[0] - longest - 2 * farthest - 400 * day,
      now[1] + 2 * farthest + 400 * day,
    ])
    return this.calendar
  }

  /** Any value of the type, unknown or not there. */
  private opaqueOf(expr: Expr): Known {
    const { script, opaque } = this.world
    // The same text means the same in two policies that count days alike.
    const key = [this.policy.scope.zone.name, ...this.policy.scope.holidays, expr.type, expr.source].join(' ')
    const before = opaque.get(key)
    if (before) return before.known
    const declare = (sort: 'Int' | 'Bool', hint: string): Term => script.declare(sort, hint)
    const [unknown, none] = [declare('Bool', 'opaque_unknown'), declare('Bool', 'opaque_none')]
    script.assert(or(not(unknown), not(none)))
    const value = declare(expr.type === 'bool' ? 'Bool' : 'Int', 'opaque')
    if (expr.type === 'bool') script.assert(or(not(value), and(not(unknown), not(none))))
    const whole = expr.type === 'fraction' ? declare('Int', 'opaque_whole') : undefined
    if (whole !== undefined) script.assert(compare('>', whole, '0'))
    const known: Known = {
      type: expr.type,
      unknown,
      none,
      value,
      ...(whole !== undefined && { whole }),
      ...(expr.type === 'money' && { currency: this.world.currency }),
    }
    opaque.set(key, { expr, policy: this.policy, known })
    return known
  }

  private logic(expr: ExprOf<'all' | 'any' | 'not'>): Known {
    if (expr.op === 'not') {
      const { value, unknown, none } = this.encode(expr.of)
      return { type: 'bool', unknown, none, value: and(not(value), not(unknown), not(none)) }
    }
    const [a, b] = [this.encode(expr.left), this.encode(expr.right)]
    const either = or(a.unknown, b.unknown)
    if (expr.op === 'any') {
      const value = or(a.value, b.value)
      return { type: 'bool', none: no, value, unknown: and(not(value), either) }
    }
    const fails = (side: Known): Term => and(not(side.value), not(side.unknown))
    return { type: 'bool', none: no, value: and(a.value, b.value), unknown: and(either, not(fails(a)), not(fails(b))) }
  }

  private choice(expr: ExprOf<'if'> & Expr): Known {
    const [test, a, b] = [this.encode(expr.test), this.encode(expr.yes), this.encode(expr.no)]
    if (a.currency !== b.currency || a.texts || b.texts || a.tags || b.tags) return this.opaqueOf(expr)
    const known = and(not(test.unknown), not(test.none))
    const picked = (x: Term, y: Term): Term => ite(test.value, x, y)
    const value = picked(a.value, b.value)
    return {
      type: expr.type,
      unknown: or(test.unknown, and(known, picked(a.unknown, b.unknown))),
      none: or(test.none, and(known, picked(a.none, b.none))),
      value: expr.type === 'bool' ? and(known, value) : value,
      ...(a.whole !== undefined && { whole: picked(a.whole, b.whole ?? '1') }),
      ...(a.currency !== undefined && { currency: a.currency }),
    }
  }

  private comparison(expr: ExprOf<'compare'> & Expr): Known {
    const [a, b] = [this.encode(expr.left), this.encode(expr.right)]
    const { none, unknown, known } = without(a, b)
    if (a.type === 'money' && a.currency !== b.currency) return { type: 'bool', none, unknown: not(none), value: no }
    const test = this.test(expr.sign, a, b)
    if (test === undefined) return this.opaqueOf(expr)
    return { type: 'bool', none, unknown, value: and(known, test) }
  }

  private test(sign: Sign, a: Known, b: Known): Term | undefined {
    const sides = a.type === 'fraction' ? crossed(a, b) : ([a.value, b.value] as const)
    if (!sides) return undefined
    const [x, y] = sides
    if (sign !== '==' && sign !== '!=') return compare(sign, x, y)
    const equals = a.type === 'bool' ? same(x, y) : a.type === 'text' ? textsEqual(a, b) : equal(x, y)
    return equals === undefined ? undefined : sign === '==' ? equals : not(equals)
  }

  private membership(expr: ExprOf<'in'> & Expr): Known {
    const item = this.encode(expr.item)
    if (expr.list.op === 'constant' && item.texts) {
      const list = expr.list.value as readonly string[]
      const { none, unknown, known } = without(item)
      return {
        type: 'bool',
        none,
        unknown,
        value: and(
          known,
          oneOf(item, (text) => list.includes(text)),
        ),
      }
    }
    const list = this.encode(expr.list)
    const tag = expr.item.op === 'constant' ? list.tags?.get(expr.item.value as string) : undefined
    return tag === undefined ? this.opaqueOf(expr) : always('bool', tag)
  }

  private arithmetic(expr: ExprOf<'plus' | 'minus' | 'times'> & Expr): Known {
    const [a, b] = [this.encode(expr.left), this.encode(expr.right)]
    const { none, unknown, known } = without(a, b)
    if (expr.type === 'money' && a.currency !== b.currency)
      return { type: 'money', none, unknown: not(none), value: '0', currency: a.currency ?? '' }
    const value =
      expr.op === 'plus'
        ? plus(a.value, b.value)
        : expr.op === 'minus'
          ? minus(a.value, b.value)
          : times(a.value, b.value)
    if (value === undefined) return this.opaqueOf(expr)
    const name = this.world.script.name('Int', value)
    const edge = int(Number.MAX_SAFE_INTEGER)
    const leaves = and(known, or(compare('>', name, edge), compare('<', name, int(-Number.MAX_SAFE_INTEGER))))
    return {
      type: expr.type,
      none,
      unknown: or(unknown, leaves),
      value: name,
      ...(a.currency !== undefined && { currency: a.currency }),
    }
  }
}

/** Both sides of a comparison of shares, multiplied out; undefined where that would multiply two unknowns. */
function crossed(a: Known, b: Known): readonly [Term, Term] | undefined {
  const [x, y] = [times(a.value, b.whole ?? '1'), times(b.value, a.whole ?? '1')]
  return x === undefined || y === undefined ? undefined : [x, y]
}

/** A text fact is compared with a fixed text; two facts would need texts that are alike in every way but one. */
function textsEqual(a: Known, b: Known): Term | undefined {
  const [fixed, other] = a.texts?.length === 1 ? [a, b] : [b, a]
  return fixed.texts?.length === 1 && other.texts ? oneOf(other, (text) => text === fixed.texts?.[0]) : undefined
}
