import { newestVersion } from './description.ts'
import type { EventRow, Kind, Kinds } from './kinds.ts'
import { make, set } from './rows.ts'
import type { Books } from './world.ts'
import { now, table } from './world.ts'
import { remove } from './store.ts'

const daysKept = 30

/**
 * Writes one fact down as an event. The object is copied as it is now; nested values are shared because rows replace them and never
 * change them in place.
 */
export function emit(books: Books, type: string, object: object, previous?: Record<string, unknown>): EventRow {
  const event = make(books, 'event', {
    api_version: newestVersion,
    data: { object: { ...object }, ...(previous ? { previous_attributes: previous } : {}) },
    pending_webhooks: 0,
    request: { ...books.world.cause },
    type,
  })
  forgetOld(books)
  books.world.onEvent(books, event)
  return event
}

/** Events are listed for 30 days. */
function forgetOld(books: Books): void {
  const events = table(books, 'event')
  const limit = now(books) - daysKept * 86_400
  let first = events.order[0]
  for (let i = 0; i < 2 && first && first.created < limit; i++) {
    remove(books.world.store, events, first.id)
    first = events.order[0]
  }
}

/** Changes a row and sends the events of that change, with the old values of what changed. Nothing changed: nothing is sent. */
export function changed<K extends Kind>(
  books: Books,
  kind: K,
  row: Kinds[K],
  patch: Partial<Kinds[K]>,
  ...types: string[]
): void {
  const previous = differences(row as Record<string, unknown>, patch as Record<string, unknown>)
  set(books, kind, row, patch)
  if (Object.keys(previous).length === 0) return
  for (const type of types) emit(books, type, row as object, previous)
}

const isHash = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Old values of changed fields: hashes only by their changed keys, lists whole, new fields as null. */
function differences(old: Record<string, unknown>, patch: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(patch)) {
    const before = old[field]
    if (before === value) continue
    if (isHash(before) && isHash(value)) {
      const gone = Object.fromEntries(
        Object.keys(before)
          .filter((key) => !(key in value))
          .map((key) => [key, undefined]),
      )
      const inner = differences(before, { ...gone, ...value })
      if (Object.keys(inner).length > 0) result[field] = inner
    } else if (JSON.stringify(before) !== JSON.stringify(value)) result[field] = before ?? null
  }
  return result
}
