import type { Facts } from '../facts.ts'
import { compile } from './compile.ts'
import { parts } from './expression.ts'
import type { Expr, ExprOf, Run } from './expression.ts'
import type { Policy } from './policy.ts'
import type { Known, Value } from './values.ts'

/** The instants at which what an expression says may change while only time passes. */
type Turns = (facts: Facts, found: Set<number>) => void

/** How a value moves with the clock: so many milliseconds per millisecond, or `bends` when it is no straight line. */
function slope(expr: Expr): number | 'bends' {
  switch (expr.op) {
    case 'constant':
      return 0
    case 'fact':
      return expr.fact.clock === 'runs' ? 1 : expr.fact.clock === 'falls' ? 'bends' : 0
    case 'plus':
    case 'minus': {
      const [left, right] = [slope(expr.left), slope(expr.right)]
      if (left === 'bends' || right === 'bends') return 'bends'
      return expr.op === 'plus' ? left + right : left - right
    }
    case 'call':
      return !expr.fn.turns && expr.args.every((arg) => slope(arg) === 0) ? 0 : 'bends'
    default:
      return parts(expr).every((part) => slope(part) === 0) ? 0 : 'bends'
  }
}

function turnsOf(expr: Expr, policy: Policy): readonly Turns[] {
  const inside = parts(expr).flatMap((part) => [...turnsOf(part, policy)])
  if (expr.op === 'compare') return [...inside, ...crossing(expr, policy)]
  if (expr.op === 'call' && expr.fn.turns) return [...inside, ...windowTurns(expr, policy)]
  if (expr.op === 'fact' && expr.fact.clock === 'falls') return [...inside, periodEnds]
  return inside
}

/** Two straight lines meet once. */
function crossing(compare: ExprOf<'compare'> & Expr, policy: Policy): readonly Turns[] {
  const { left, right } = compare
  const [a, b] = [slope(left), slope(right)]
  if (a === 'bends' || b === 'bends') return [turnInPeriod(compare, policy)]
  if (a === b) return []
  const [x, y] = [compile(left, policy.scope), compile(right, policy.scope)]
  return [
    (facts, found) => {
      const [p, q] = [x(facts), y(facts)]
      if (typeof p === 'number' && typeof q === 'number') found.add(Math.round(facts.now.getTime() - (p - q) / (a - b)))
    },
  ]
}

function windowTurns({ fn, args }: ExprOf<'call'>, policy: Policy): readonly Turns[] {
  const runs: Run[] = args.map((arg) => compile(arg, policy.scope))
  return [
    (facts, found) => {
      const values = runs.map((run) => run(facts))
      if (values.some((value) => value === undefined || value === null)) return
      for (const instant of fn.turns?.(facts, values as Value[]) ?? []) found.add(instant)
    },
  ]
}

/** A share that falls while the paid period passes is met once, between the period's ends: where, is found by halving. */
function turnInPeriod(expr: Expr, policy: Policy): Turns {
  const run = compile(expr, policy.scope)
  return (facts, found) => {
    const [start, end] = [facts.payment.period_start?.getTime(), facts.payment.period_end?.getTime()]
    if (start === undefined || end === undefined || end <= start) return
    const ask = (instant: number): Known => run(at(facts, instant))
    const first = ask(start)
    if (first === ask(end)) return
    const last = lastBefore(start, end, (instant) => ask(instant) === first)
    found.add(last).add(last + 1)
  }
}

const periodEnds: Turns = ({ payment }, found) => {
  if (payment.period_start) found.add(payment.period_start.getTime())
  if (payment.period_end) found.add(payment.period_end.getTime())
}

const kept = new WeakMap<Policy, readonly Turns[]>()

function allTurns(policy: Policy): readonly Turns[] {
  const known = kept.get(policy)
  if (known) return known
  const rules = [...policy.rules, ...policy.rights, policy.otherwise]
  const lines = rules.flatMap((rule) => [...rule.lines, ...(rule.amount ? [rule.amount] : [])])
  const turns = lines.flatMap((line) => [...turnsOf(line.expr, policy)])
  kept.set(policy, turns)
  return turns
}

/**
 * Every instant at which a condition may turn or an amount may bend as time passes and the other facts stay. Between two of
 * them each comparison is of straight lines or of a share that only falls, so it turns at most once.
 */
export function timeBoundaries(policy: Policy, facts: Facts): readonly number[] {
  const found = new Set<number>()
  for (const turn of allTurns(policy)) turn(facts, found)
  return [...found].toSorted((a, b) => a - b)
}

const farAway = new Date(8_640_000_000_000_000)

/** The facts of now with the merchant's own held as they are: what's fresh stays fresh, what's too old stays unknown. */
export function pinned(policy: Policy, facts: Facts): Facts {
  const merchant: Record<string, Facts['merchant'][string]> = {}
  for (const { name } of policy.declarations) {
    const pushed = Object.hasOwn(facts.merchant, name) ? facts.merchant[name] : undefined
    if (pushed && policy.facts.get(name)?.read(facts, policy.scope.zone) !== undefined) {
      merchant[name] = { value: pushed.value, as_of: farAway }
    }
  }
  return { ...facts, merchant }
}

/** The same facts at another time. */
export const at = (facts: Facts, instant: number): Facts => ({ ...facts, now: new Date(instant) })

/** The last instant from `from` towards `to` at which something still is as it is at `from`; they differ at `to`. */
export function lastBefore(from: number, to: number, same: (instant: number) => boolean): number {
  let [yes, no] = [from, to]
  while (Math.abs(no - yes) > 1) {
    const middle = yes + Math.trunc((no - yes) / 2)
    if (same(middle)) yes = middle
    else no = middle
  }
  return yes
}
