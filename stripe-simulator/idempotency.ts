import { createHash } from 'node:crypto'
import { ApiError, invalid } from './errors.ts'
import { insert, remove, tableIn } from './store.ts'
import type { Table } from './store.ts'
import { nowMs } from './world.ts'
import type { Books } from './world.ts'

/** What a key was first used for, and what was answered then. `answer` null: the first request is still on its way. */
type Kept = {
  readonly id: string
  readonly fingerprint: string
  readonly at: number
  readonly request: string
  readonly answer: { readonly status: number; readonly body: string } | null
}

const longestKey = 255

const keptKeys = (books: Books): Table<Kept> => tableIn(books.world.store, `${books.key}/idempotency key`)

/** What must be the same for a key to be replayed: method, path and parameters. */
export function fingerprintOf(method: string, path: string, form: string): string {
  return createHash('sha256').update(`${method}\n${path}\n${form}`).digest('base64')
}

/** The key of a request, refused when it is longer than 255 characters. */
export function checkKeyLength(key: string): void {
  if (key.length > longestKey)
    throw invalid(`Idempotency keys may be at most ${longestKey} characters long; this one has ${key.length}.`)
}

/** What is known of a key. A key older than a day (settable) is forgotten: it makes a new request. */
export function recall(books: Books, key: string, fingerprint: string): Kept | null {
  const table = keptKeys(books)
  const kept = table.rows.get(key)
  if (!kept) return null
  if (nowMs(books) - kept.at >= books.world.settings.idempotencyHours * 3_600_000) {
    remove(books.world.store, table, key)
    return null
  }
  if (kept.fingerprint !== fingerprint) {
    throw new ApiError(
      400,
      {
        type: 'idempotency_error',
        message:
          'Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other ' +
          `than '${key}' if you meant to execute a different request.`,
      },
      { stored: false },
    )
  }
  if (kept.answer === null) throw inProgress(key)
  return kept
}

/** 409: the first request under this key has not been answered yet. */
export const inProgress = (key: string) =>
  new ApiError(
    409,
    {
      type: 'idempotency_error',
      code: 'idempotency_key_in_use',
      message:
        'There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the ' +
        `other request is still going through): ${key}. Please try again later.`,
    },
    { stored: false },
  )

/** Remembers what was answered under a key. */
export function keep(books: Books, kept: Kept): void {
  forgetOldest(books)
  const table = keptKeys(books)
  if (table.rows.has(kept.id)) remove(books.world.store, table, kept.id)
  insert(books.world.store, table, kept)
}

function forgetOldest(books: Books): void {
  const table = keptKeys(books)
  const limit = nowMs(books) - books.world.settings.idempotencyHours * 3_600_000
  for (let i = 0, first = table.order[0]; i < 2 && first && first.at <= limit; i++, first = table.order[0]) {
    remove(books.world.store, table, first.id)
  }
}

/** Drops a key, as if it had expired. False when it was not known. */
export function forget(books: Books, key: string): boolean {
  const table = keptKeys(books)
  const known = table.rows.has(key)
  if (known) remove(books.world.store, table, key)
  return known
}
