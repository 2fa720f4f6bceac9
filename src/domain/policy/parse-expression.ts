import { ParseError } from '@marcbachmann/cel-js'
import { celEnvironment, parseLimits } from './cel-environment.ts'
import { check } from './check.ts'
import type { Checking, Complaint } from './check.ts'
import { typeNames } from './check.ts'
import { compile } from './compile.ts'
import type { Expr } from './expression.ts'
import { factsOf } from './expression.ts'
import type { Line } from './policy.ts'
import type { ValueType } from './values.ts'

const longestExpression = 1000

export type Expressions = {
  /** The checked and compiled expression, or what is wrong with it. */
  readonly read: (source: string, type: ValueType) => { line: Line } | { complaints: readonly Complaint[] }
}

/**
 * A reader of expressions over a set of facts. An expression is taken only when our checker, which knows units, and the CEL
 * engine's own, which knows CEL, both accept it.
 */
export function expressions(known: Pick<Checking, 'facts' | 'scope'>): Expressions {
  const engine = celEnvironment(known.facts)
  return {
    read: (source, type) => {
      if (source.length > longestExpression) {
        return { complaints: [{ offset: 0, message: `An expression has at most ${longestExpression} letters` }] }
      }
      const parsed = parse(engine, source)
      if ('offset' in parsed) return { complaints: [parsed] }
      const checking: Checking = { ...known, complaints: [] }
      const expr = check(parsed.ast, checking)
      if (!expr) return { complaints: checking.complaints }
      if (expr.type !== type) {
        return {
          complaints: [
            { offset: 0, message: `${source} is ${typeNames[expr.type]}; ${typeNames[type]} is needed here` },
          ],
        }
      }
      if (type === 'bool' && expr.op === 'constant')
        return { complaints: [{ offset: 0, message: `${source} never changes` }] }
      const second = parsed.check()
      if (!second.valid) {
        return {
          complaints: [
            { offset: second.error?.range?.start ?? 0, message: second.error?.summary ?? 'CEL refuses this' },
          ],
        }
      }
      return { line: lineOf(source, expr, known.scope) }
    },
  }
}

function lineOf(source: string, expr: Expr, scope: Checking['scope']): Line {
  return { source, expr, run: compile(expr, scope), facts: factsOf(expr) }
}

function parse(engine: ReturnType<typeof celEnvironment>, source: string): ReturnType<typeof engine.parse> | Complaint {
  try {
    return engine.parse(source)
  } catch (error) {
    // The engine's parser recurses; it stops at its limits with a ParseError, and a stack that still overflows is no crash.
    if (error instanceof ParseError) return { offset: error.range?.start ?? 0, message: error.summary }
    if (error instanceof RangeError)
      return { offset: 0, message: `An expression is nested at most ${parseLimits.maxDepth} deep` }
    throw error
  }
}
