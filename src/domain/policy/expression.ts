import type { Facts } from '../facts.ts'
import type { Fact } from './catalog.ts'
import type { PolicyFunction } from './functions.ts'
import type { Known, Value, ValueType } from './values.ts'

/** Reads one value out of the facts: a compiled expression. */
export type Run = (facts: Facts) => Known

export type Sign = '==' | '!=' | '<' | '<=' | '>' | '>='

/** A checked expression. Everything that is said or computed about a policy walks this tree. */
export type Expr = { readonly type: ValueType; readonly source: string } & (
  | { readonly op: 'constant'; readonly value: Value }
  | { readonly op: 'fact'; readonly fact: Fact }
  | { readonly op: 'call'; readonly fn: PolicyFunction; readonly args: readonly Expr[] }
  | { readonly op: 'compare'; readonly sign: Sign; readonly left: Expr; readonly right: Expr }
  | { readonly op: 'in'; readonly item: Expr; readonly list: Expr }
  | { readonly op: 'all' | 'any'; readonly left: Expr; readonly right: Expr }
  | { readonly op: 'not'; readonly of: Expr }
  | { readonly op: 'plus' | 'minus' | 'times'; readonly left: Expr; readonly right: Expr }
  | { readonly op: 'if'; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
)

export type ExprOf<Op extends Expr['op']> = Extract<Expr, { op: Op }>

/** The expressions directly inside another. */
export function parts(expr: Expr): readonly Expr[] {
  switch (expr.op) {
    case 'constant':
    case 'fact':
      return []
    case 'call':
      return expr.args
    case 'in':
      return [expr.item, expr.list]
    case 'not':
      return [expr.of]
    case 'if':
      return [expr.test, expr.yes, expr.no]
    default:
      return [expr.left, expr.right]
  }
}

/** The expression and everything inside it. */
export function* walk(expr: Expr): Generator<Expr> {
  yield expr
  for (const part of parts(expr)) yield* walk(part)
}

/** Every fact that an expression names, once. */
export function factsOf(expr: Expr): readonly Fact[] {
  const found = new Set<Fact>()
  for (const part of walk(expr)) if (part.op === 'fact') found.add(part.fact)
  return [...found]
}
