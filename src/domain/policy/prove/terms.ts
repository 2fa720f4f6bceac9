/** A term of the solver's language (SMT-LIB 2): a name, a literal or a list. */
export type Term = string

export const yes: Term = 'true'
export const no: Term = 'false'

export const int = (value: number | bigint): Term => (value < 0 ? `(- ${-BigInt(value)})` : `${BigInt(value)}`)

/** The number that a term is, when it is a literal. */
export function literal(term: Term): bigint | undefined {
  if (/^\d+$/.test(term)) return BigInt(term)
  const negative = /^\(- (\d+)\)$/.exec(term)
  return negative ? -BigInt(negative[1] ?? '0') : undefined
}

export function and(...terms: readonly Term[]): Term {
  const left = [...new Set(terms)].filter((term) => term !== yes)
  if (left.includes(no)) return no
  return left.length > 1 ? `(and ${left.join(' ')})` : (left[0] ?? yes)
}

export function or(...terms: readonly Term[]): Term {
  const left = [...new Set(terms)].filter((term) => term !== no)
  if (left.includes(yes)) return yes
  return left.length > 1 ? `(or ${left.join(' ')})` : (left[0] ?? no)
}

export function not(term: Term): Term {
  if (term === yes) return no
  if (term === no) return yes
  return term.startsWith('(not ') ? term.slice(5, -1) : `(not ${term})`
}

export function ite(test: Term, then: Term, otherwise: Term): Term {
  if (test === yes || then === otherwise) return then
  if (test === no) return otherwise
  if (then === yes && otherwise === no) return test
  if (then === no && otherwise === yes) return not(test)
  return `(ite ${test} ${then} ${otherwise})`
}

const compared = {
  '=': (a: bigint, b: bigint) => a === b,
  '<': (a: bigint, b: bigint) => a < b,
  '<=': (a: bigint, b: bigint) => a <= b,
  '>': (a: bigint, b: bigint) => a > b,
  '>=': (a: bigint, b: bigint) => a >= b,
} as const

export function compare(sign: keyof typeof compared, a: Term, b: Term): Term {
  const [x, y] = [literal(a), literal(b)]
  if (x !== undefined && y !== undefined) return compared[sign](x, y) ? yes : no
  if (a === b) return sign === '=' || sign === '<=' || sign === '>=' ? yes : no
  return `(${sign} ${a} ${b})`
}

export const equal = (a: Term, b: Term): Term => compare('=', a, b)
/** Two truths are the same. */
export const same = (a: Term, b: Term): Term => (a === b ? yes : a === yes ? b : b === yes ? a : `(= ${a} ${b})`)

export function plus(a: Term, b: Term): Term {
  const [x, y] = [literal(a), literal(b)]
  if (x !== undefined && y !== undefined) return int(x + y)
  return x === 0n ? b : y === 0n ? a : `(+ ${a} ${b})`
}

export function minus(a: Term, b: Term): Term {
  const [x, y] = [literal(a), literal(b)]
  if (x !== undefined && y !== undefined) return int(x - y)
  return y === 0n ? a : `(- ${a} ${b})`
}

/** A product with at least one literal; undefined for two unknowns, which the solver can't be trusted with. */
export function times(a: Term, b: Term): Term | undefined {
  const [x, y] = [literal(a), literal(b)]
  if (x !== undefined && y !== undefined) return int(x * y)
  if (x === undefined && y === undefined) return undefined
  if (x === 1n) return b
  return y === 1n ? a : `(* ${a} ${b})`
}

/** Division by a positive literal, rounded down. */
export function quotient(a: Term, by: bigint): Term {
  const x = literal(a)
  if (x !== undefined) return int(x >= 0n ? x / by : -((-x + by - 1n) / by))
  return by === 1n ? a : `(div ${a} ${by})`
}

export const least = (a: Term, b: Term): Term => ite(compare('<=', a, b), a, b)
export const most = (a: Term, b: Term): Term => ite(compare('>=', a, b), a, b)
export const clamp = (value: Term, low: Term, high: Term): Term => least(most(value, low), high)

/** A script for the solver. Each compound term gets a name once, so that the text grows with the policy and not with its depth. */
export class Script {
  private readonly names = new Map<string, Term>()
  private readonly lines: string[] = []
  private count = 0

  /** A new unknown. */
  declare(sort: 'Int' | 'Bool', hint = 'x'): Term {
    const name = `${hint.replaceAll(/[^a-z0-9]/gi, '_')}_${this.count}`
    this.count += 1
    this.lines.push(`(declare-const ${name} ${sort})`)
    return name
  }

  /** A name for a compound term, the same for the same term. */
  name(sort: 'Int' | 'Bool', term: Term): Term {
    if (!term.startsWith('(') || literal(term) !== undefined) return term
    const known = this.names.get(term)
    if (known !== undefined) return known
    const name = `t${this.count}`
    this.count += 1
    this.lines.push(`(define-fun ${name} () ${sort} ${term})`)
    this.names.set(term, name)
    return name
  }

  assert(term: Term): void {
    if (term !== yes) this.lines.push(`(assert ${term})`)
  }

  /** What was added since the last time. */
  take(): string {
    return this.lines.splice(0).join('\n')
  }
}
