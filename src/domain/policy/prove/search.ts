import type { Facts } from '../../facts.ts'
import { compile } from '../compile.ts'
import { factsOf } from '../expression.ts'
import { factsFrom } from '../given.ts'
import type { Given } from '../given.ts'
import type { Fraction } from '../values.ts'
import type { Money } from '../../money.ts'
import { step } from '../../money.ts'
import { caseOf, termsOf } from './case.ts'
import { begin, check, numberIn, pinned } from './conversation.ts'
import type { Asking, Values } from './conversation.ts'
import type { Opaque } from './known.ts'
import { and, compare, equal, int, not, or, quotient, same, times, yes } from './terms.ts'
import type { Term } from './terms.ts'
import type { World } from './world.ts'

/** Why a search could not come to a proof. */
export type Doubt = 'too hard' | 'beyond the solver'

export type Found<T> = { readonly found: readonly T[]; readonly doubt: Doubt | undefined; readonly more: boolean }

/** What is looked for, and how a case is told from one that was found already. */
export type Wanted<T> = {
  /** True of every case that is looked for; it may be true of others that `real` then refuses. */
  readonly that: Term
  /** The case as it really comes out; undefined when it is none. */
  readonly real: (given: Given) => T | undefined
  /** What is true of all cases of the same kind, so that each kind is found once. */
  readonly kind: (found: T) => Term
  /** Whether a case of its kind was found elsewhere. */
  readonly isKnown: (found: T) => boolean
}

// A case that is none teaches the solver something about the parts that it does not know; after so many it gives up.
const mostLessons = 40

/**
 * Finds a case of each kind until there are no more. What the solver calls impossible is impossible, because it is told
 * nothing that is not so; what it calls possible counts only when the policy itself, asked, gives it.
 */
export function* search<T>(world: World, wanted: Wanted<T>, most: number): Asking<Found<T>> {
  const found: T[] = []
  const kinds = new Set<Term>()
  let lessons = 0
  world.script.assert(wanted.that)
  let text = begin(world.script.take())
  while (found.length < most) {
    const said = yield* check(text)
    if (said === 'unsat') return { found, doubt: undefined, more: false }
    if (said === 'unknown') return { found, doubt: 'too hard', more: false }
    const first = yield* caseOf(world)
    const real = wanted.real(first.given) ?? (yield* corrected(world, wanted, first))
    // The solver may believe in a case that turns out as one found already: then it has something to learn, as with none.
    if (real && !wanted.isKnown(real) && !kinds.has(wanted.kind(real))) {
      found.push(real)
      kinds.add(wanted.kind(real))
      text = `(assert ${not(wanted.kind(real))})`
      continue
    }
    const lesson = lessonOf(world, first)
    lessons += 1
    if (lesson === yes || lessons > mostLessons) return { found, doubt: 'beyond the solver', more: false }
    text = `(assert ${lesson})`
  }
  return { found, doubt: undefined, more: true }
}

/** Tries again with what the opaque parts hang on held as it was and their true values there. */
function* corrected<T>(world: World, wanted: Wanted<T>, { given, values }: Case): Asking<T | undefined> {
  if (world.opaque.size === 0) return undefined
  const held = [...world.opaque.values()].flatMap((opaque) =>
    opaque.share ? termsOf(opaque.share.by) : basis(world, opaque),
  )
  const said = yield* check(
    `(push)\n(assert ${and(lessonOf(world, { given, values }), ...held.filter(named).map((term) => pinned(values, term)))})`,
  )
  const real = said === 'sat' ? wanted.real((yield* caseOf(world)).given) : undefined
  yield '(pop)'
  return real
}

type Case = { readonly given: Given; readonly values: Values }

const named = (term: Term): boolean => /^[a-z_]/i.test(term) && term !== 'true' && term !== 'false'

/** What is so of every opaque part where the facts are as in this case. */
function lessonOf(world: World, { given, values }: Case): Term {
  return and(
    ...[...world.opaque.values()].map((opaque) => {
      const { share } = opaque
      if (share) {
        const [part, whole] = [numberIn(values, share.by.value), numberIn(values, share.by.whole ?? '1')]
        const unit = BigInt(step(world.currency))
        const exact = quotient(times(share.of.value, int(part)) ?? '0', BigInt(whole) * unit)
        const here = and(equal(share.by.value, int(part)), equal(share.by.whole ?? '1', int(whole)))
        const sensible = and(compare('>=', share.of.value, '0'), compare('>=', int(part), '0'))
        return or(not(here), not(sensible), equal(opaque.known.value, times(exact, int(unit)) ?? exact))
      }
      const facts = factsFrom(given, { facts: opaque.policy.facts, zone: opaque.policy.scope.zone })
      const here = basis(world, opaque)
        .filter(named)
        .map((term) => pinned(values, term))
      return or(not(and(...here)), isReally(opaque, facts))
    }),
  )
}

/** That an opaque part is what the policy's own closure makes of the facts. */
function isReally({ expr, policy, known }: Opaque, facts: Facts): Term {
  const value = compile(expr, policy.scope)(facts)
  if (value === undefined) return known.unknown
  if (value === null) return known.none
  const there = and(not(known.unknown), not(known.none))
  if (typeof value === 'boolean') return and(there, same(known.value, value ? yes : 'false'))
  if (typeof value === 'number') return and(there, equal(known.value, int(value)))
  if (typeof value !== 'object') return yes
  if ('minor' in value) return and(there, equal(known.value, int((value as Money).minor)))
  if (!('part' in value)) return yes
  const { part, whole } = value as Fraction
  return and(there, equal(known.value, int(part)), equal(known.whole ?? '1', int(whole)))
}

/** The terms that an opaque part hangs on. */
function basis(world: World, { expr }: Opaque): readonly Term[] {
  const { now, paidAt, amount, refunded, requested, period, once, refunds, requests, paid } = world
  const past = [refunds, requests, paid].flatMap((each) => [...each.values()])
  const known = factsOf(expr).map((fact) => world.fact(fact))
  return [
    now,
    paidAt,
    amount,
    refunded,
    requested,
    period.start,
    period.end,
    period.unknown,
    once,
    ...past,
    ...known.flatMap((each) => (each ? termsOf(each) : [])),
  ]
}

/** Two cases are of one kind when these terms are alike. */
export const alike = (pairs: readonly (readonly [Term, number])[]): Term =>
  and(...pairs.map(([term, value]) => equal(term, int(value))))
