import type { Expr } from '../expression.ts'
import type { Policy } from '../policy.ts'
import type { ValueType } from '../values.ts'
import { no } from './terms.ts'
import type { Script, Term } from './terms.ts'

/**
 * A three-valued term: unknown, not there, or one value. For a yes-or-no `value` is true only where it is known and so, and
 * for everything else it means nothing where it is unknown or not there.
 */
export type Known = {
  readonly type: ValueType
  readonly unknown: Term
  readonly none: Term
  readonly value: Term
  /** For a share: what `value` is a part of. Positive. */
  readonly whole?: Term
  /** For an amount: its currency, which is always plain from the text. */
  readonly currency?: string
  /** For a text: what `value` counts in. */
  readonly texts?: readonly string[]
  /** For the customer's tags: whether each that is asked for is among them. */
  readonly tags?: ReadonlyMap<string, Term>
}

export const always = (type: ValueType, value: Term, more: Partial<Known> = {}): Known => ({
  type,
  unknown: no,
  none: no,
  value,
  ...more,
})

/** The same with a name for each part, so that each can be read back. */
export function namedIn<K extends Known | undefined>(script: Script, known: K): K {
  if (known === undefined) return known
  return {
    ...known,
    unknown: script.name('Bool', known.unknown),
    none: script.name('Bool', known.none),
    value: script.name(known.type === 'bool' ? 'Bool' : 'Int', known.value),
    ...(known.whole !== undefined && { whole: script.name('Int', known.whole) }),
  }
}

/** A part that the solver is not told the meaning of: any value at all, so that a proof holds whatever it is. */
export type Opaque = {
  readonly expr: Expr
  /** Whose part it is: its facts and its calendar. */
  readonly policy: Pick<Policy, 'facts' | 'scope'>
  readonly known: Known
  /** For a part of an amount by an unknown share: both, so that a wrong guess can be corrected for every amount. */
  readonly share?: { readonly of: Known; readonly by: Known }
}
