import { sql } from 'kysely'
import type { Db, Tx } from './connect.ts'
import { invariants, type Books, type Invariant } from './invariants.ts'

export type Violation = {
  readonly code: string
  readonly sentence: string
  readonly count: number
  /** Some of them, each with what is wrong: `rf_…: sent 2 times`. */
  readonly examples: readonly string[]
}

export type Verified = { readonly checked: number; readonly violations: readonly Violation[] }

const examplesMax = 5

/**
 * Asks the books for everything that must be so, in one snapshot, and answers what is not. Changes nothing, and can run beside
 * the work. The tests ask the same after every story.
 */
export async function verifyBooks(db: Db, books: Books): Promise<Verified> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      await sql`set local statement_timeout = '10min'`.execute(tx)
      return { checked: invariants.length, violations: await violationsIn(tx, books) }
    })
}

/** The same within a transaction that is open already. */
export async function violationsIn(tx: Tx, books: Books): Promise<Violation[]> {
  const violations: Violation[] = []
  for (const invariant of invariants) {
    const { rows } = await sql<{ subject: string; what: string; count: number }>`
      select subject, what, count(*) over () as count from (${invariant.broken(books)}) broken
      order by subject limit ${examplesMax}`.execute(tx)
    if (rows[0]) violations.push(violation(invariant, rows, rows[0].count))
  }
  return violations
}

function violation(
  { code, sentence }: Invariant,
  rows: readonly { subject: string; what: string }[],
  count: number,
): Violation {
  return { code, sentence, count, examples: rows.map(({ subject, what }) => `${subject}: ${what}`) }
}
