import type { Actor } from './actor.ts'
import type { Refusal } from './refusal.ts'

/** What can be done with many requests at once. */
export const bulkDeeds = ['approve', 'deny', 'assign', 'snooze', 'note', 'handle'] as const
export type BulkDeed = (typeof bulkDeeds)[number]

/** What goes with a deed: the same words for each request. */
export type BulkWords = {
  /** For colleagues: why, how it was settled, what they should know. */
  readonly note?: string | undefined
  /** What the customer reads. */
  readonly reply?: string | undefined
  /** A reply of the team (`tpl_…`) instead, in each customer's language and with each request's values. */
  readonly template?: string | undefined
  readonly proof?: string | undefined
  /** Whom it is given to; null: nobody. */
  readonly to?: Actor | null | undefined
  /** Until when it is snoozed, ISO 8601; null: back now. */
  readonly until?: string | null | undefined
}

/** More than this is work for several bulk actions. */
export const bulkMax = 1_000

/** What is missing for a deed; undefined when nothing is. */
export function missingForBulk(deed: BulkDeed, { note, proof, to, until }: BulkWords): Refusal | undefined {
  if ((deed === 'deny' || deed === 'note' || deed === 'handle') && !note?.trim()) return { code: 'note_missing' }
  if (deed === 'handle' && !proof?.trim()) return { code: 'proof_missing' }
  if (deed === 'assign' && to === undefined)
    return { code: 'setting_invalid', field: 'to', because: 'Say whom they are given to.' }
  if (deed === 'snooze' && until === undefined) return { code: 'time_invalid', because: 'Say until when.' }
  return undefined
}

export type Sum = { readonly currency: string; readonly minor: number; readonly count: number }

/** Whether count and sums were typed as they are: somebody has looked at what is about to happen. */
export function typedAsPlanned(
  planned: readonly Sum[],
  { count, sums }: { readonly count: number; readonly sums: Readonly<Record<string, number>> },
): boolean {
  return (
    count === planned.reduce((all, one) => all + one.count, 0) &&
    Object.keys(sums).length === planned.length &&
    planned.every(({ currency, minor }) => sums[currency] === minor)
  )
}
