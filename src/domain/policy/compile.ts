import type { Facts } from '../facts.ts'
import type { Money } from '../money.ts'
import type { Expr, ExprOf, Run, Sign } from './expression.ts'
import type { Scope } from './functions.ts'
import { compareFractions } from './values.ts'
import type { Fraction, Known, Value, ValueType } from './values.ts'

/**
 * Turns a checked expression into a closure. Three-valued: `undefined` is unknown; `null` says that there is no such
 * thing, which makes a comparison fail without making it unknown. Making a fact unknown can turn a result into unknown but
 * never into another result, which is what keeps a missing fact from approving or denying.
 */
export function compile(expr: Expr, scope: Scope): Run {
  switch (expr.op) {
    case 'constant': {
      const { value } = expr
      return () => value
    }
    case 'fact': {
      const { read } = expr.fact
      return (facts) => read(facts, scope.zone)
    }
    case 'call':
      return compileCall(expr, scope)
    case 'compare':
      return compileCompare(expr, scope)
    case 'in':
      return compileIn(expr, scope)
    case 'all':
      return both(compile(expr.left, scope), compile(expr.right, scope))
    case 'any':
      return either(compile(expr.left, scope), compile(expr.right, scope))
    case 'not': {
      const of = compile(expr.of, scope)
      return (facts) => {
        const value = of(facts)
        return value === undefined || value === null ? value : !value
      }
    }
    case 'plus':
    case 'minus':
    case 'times':
      return compileArithmetic(expr, scope)
    case 'if':
      return choose(compile(expr.test, scope), compile(expr.yes, scope), compile(expr.no, scope))
  }
}

/** What comes of two operands of which at least one has no value: nothing there beats not known. */
const without = (a: Known, b: Known): null | undefined => (a === null || b === null ? null : undefined)

function both(left: Run, right: Run): Run {
  return (facts) => {
    const a = left(facts)
    if (a === false || a === null) return false
    const b = right(facts)
    if (b === false || b === null) return false
    return a === undefined || b === undefined ? undefined : true
  }
}

function either(left: Run, right: Run): Run {
  return (facts) => {
    const a = left(facts)
    if (a === true) return true
    const b = right(facts)
    if (b === true) return true
    return a === undefined || b === undefined ? undefined : false
  }
}

function choose(test: Run, yes: Run, no: Run): Run {
  return (facts) => {
    const answer = test(facts)
    if (answer === undefined || answer === null) return answer
    return answer ? yes(facts) : no(facts)
  }
}

function compileCall({ fn, args }: ExprOf<'call'>, scope: Scope): Run {
  const run = fn.run as (scope: Scope, facts: Facts, ...values: Value[]) => Known
  const [first, second] = args.map((arg) => compile(arg, scope))
  if (!first) return (facts) => run(scope, facts)
  if (!second) {
    return (facts) => {
      const a = first(facts)
      return a === undefined || a === null ? a : run(scope, facts, a)
    }
  }
  return (facts) => {
    const [a, b] = [first(facts), second(facts)]
    if (a === undefined || a === null || b === undefined || b === null) return without(a, b)
    return run(scope, facts, a, b)
  }
}

type Test = (a: never, b: never) => boolean | undefined

const numeric = {
  '==': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
} as const satisfies Record<Sign, Test>

/** The comparison of two known values; undefined when amounts have two currencies, because nothing converts. */
function testOf(type: ValueType, sign: Sign): Test {
  const compare = numeric[sign]
  if (type === 'money')
    return (a: Money, b: Money) => (a.currency === b.currency ? compare(a.minor, b.minor) : undefined)
  if (type === 'fraction') return (a: Fraction, b: Fraction) => compare(compareFractions(a, b), 0)
  return compare
}

function compileCompare({ sign, left, right }: ExprOf<'compare'>, scope: Scope): Run {
  const test = testOf(left.type, sign) as (a: Value, b: Value) => boolean | undefined
  const a = compile(left, scope)
  if (right.op === 'constant') {
    const { value } = right
    return (facts) => {
      const found = a(facts)
      return found === undefined || found === null ? found : test(found, value)
    }
  }
  const b = compile(right, scope)
  return (facts) => {
    const [x, y] = [a(facts), b(facts)]
    return x === undefined || x === null || y === undefined || y === null ? without(x, y) : test(x, y)
  }
}

function compileIn({ item, list }: ExprOf<'in'>, scope: Scope): Run {
  const [a, b] = [compile(item, scope), compile(list, scope)]
  return (facts) => {
    const [value, among] = [a(facts), b(facts)]
    if (value === undefined || value === null || among === undefined || among === null) return without(value, among)
    return (among as readonly string[]).includes(value as string)
  }
}

const safe = (value: number): number | undefined => (Number.isSafeInteger(value) ? value : undefined)

/** Undefined when the result leaves the whole numbers that are exact, or when amounts have two currencies. */
function arithmeticOf(op: 'plus' | 'minus' | 'times', type: ValueType): (a: Value, b: Value) => Known {
  const combine = (a: number, b: number): number => (op === 'plus' ? a + b : op === 'minus' ? a - b : a * b)
  if (type !== 'money') return (a, b) => safe(combine(a as number, b as number))
  return (a, b) => {
    const [x, y] = [a as Money, b as Money]
    const minor = x.currency === y.currency ? safe(combine(x.minor, y.minor)) : undefined
    return minor === undefined ? undefined : { minor, currency: x.currency }
  }
}

function compileArithmetic(expr: ExprOf<'plus' | 'minus' | 'times'>, scope: Scope): Run {
  const combine = arithmeticOf(expr.op, expr.type)
  const [a, b] = [compile(expr.left, scope), compile(expr.right, scope)]
  return (facts) => {
    const [x, y] = [a(facts), b(facts)]
    return x === undefined || x === null || y === undefined || y === null ? without(x, y) : combine(x, y)
  }
}
