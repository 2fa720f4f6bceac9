import { int } from './terms.ts'
import type { Term } from './terms.ts'

/** A search asks the solver with texts and is given what it says. Pure, because whoever runs it does the asking. */
export type Asking<R> = Generator<string, R, string>

export type Answered = 'sat' | 'unsat' | 'unknown'
export type Values = ReadonlyMap<Term, bigint | boolean>

// A question that takes more steps is not proven either way. Steps and not seconds, so that the answer is the same on a busy machine.
const mostSteps = 30_000_000

/** Begins anew with what a script says. Whoever runs the search starts the solver afresh when it reads this. */
export const begin = (text: string): string => `${anew}(set-option :rlimit ${mostSteps})\n${text}`
export const anew = '; anew\n'

export function* check(text: string): Asking<Answered> {
  const said = (yield `${text}\n(check-sat)`).trim()
  if (/^\(error/m.test(said)) throw new Error(`The solver refuses what it was asked: ${said}`)
  const last = said.split('\n').at(-1)
  return last === 'sat' || last === 'unsat' ? last : 'unknown'
}

/** What some terms are in the case that was found. */
export function* valuesOf(terms: readonly Term[]): Asking<Values> {
  const names = [...new Set(terms)].filter((term) => /^[a-z_]/i.test(term) && term !== 'true' && term !== 'false')
  const values = new Map<Term, bigint | boolean>([
    ['true', true],
    ['false', false],
  ])
  if (names.length === 0) return values
  const said = yield `(get-value (${names.join(' ')}))`
  for (const [, name = '', value = ''] of said.matchAll(/\(([a-z_]\w*) (true|false|\d+|\(- \d+\))\)/gi)) {
    if (value === 'true' || value === 'false') values.set(name, value === 'true')
    else values.set(name, value.startsWith('(') ? -BigInt(value.slice(3, -1)) : BigInt(value))
  }
  return values
}

/** What a term is in a case, literals included. */
export function valueIn(values: Values, term: Term): bigint | boolean {
  const known = values.get(term)
  if (known !== undefined) return known
  if (/^\d+$/.test(term)) return BigInt(term)
  const negative = /^\(- (\d+)\)$/.exec(term)
  return negative ? -BigInt(negative[1] ?? '0') : 0n
}

export const numberIn = (values: Values, term: Term): number => Number(valueIn(values, term))
export const truthIn = (values: Values, term: Term): boolean => valueIn(values, term) === true

/** That a term is what it was in a case. */
export function pinned(values: Values, term: Term): Term {
  const value = valueIn(values, term)
  if (typeof value === 'boolean') return value ? term : `(not ${term})`
  return `(= ${term} ${int(value)})`
}
