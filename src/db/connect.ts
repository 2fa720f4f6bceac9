import { Kysely, PostgresDialect, type PostgresPool, type Transaction } from 'kysely'
import pg from 'pg'

/** Queries are written as SQL with typed rows, so the schema has no second description in TypeScript. */
// oxlint-disable-next-line typescript/no-explicit-any -- Kysely's own word for "no schema given"
export type Db = Kysely<any>
// oxlint-disable-next-line typescript/no-explicit-any
export type Tx = Transaction<any>

const int8 = 20
const timestamptz = 1184

/** bigint columns become numbers, and one that a number can't hold exactly is an error, never a rounded amount. */
function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large to be an exact number.`)
  return value
}

/** How columns become values. Given to our connections alone: other users of `pg` in the process keep their parsers. */
export const exactTypes = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === int8
      ? safeInteger
      : oid === timestamptz
        ? (text: string) => new Date(text)
        : pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig

/** Opens a pool. */
export function connect(url: string, { size = 12 }: { size?: number } = {}): Db {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    application_name: 'moneyback',
    types: exactTypes,
  })
  // PostgreSQL going away must not end the process: the query that needed it fails and says so (pg#2635).
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return overPool(pool)
}

/** Our way to ask, over a pool that somebody else has made. */
export function overPool(pool: PostgresPool): Db {
  return new Kysely({ dialect: new PostgresDialect({ pool }) })
}

// Serialization failure, deadlock, lock not available: nothing was done, and the same again may go through.
const passing = new Set(['40001', '40P01', '55P03'])

/**
 * Runs `story` in one transaction, from the start again (at most five times) when PostgreSQL took it back for a passing
 * reason. The story must not call anything outside of the database. Within a transaction that is open already it is a part of
 * that one: both are kept, or neither.
 */
export async function inTransaction<T>(db: Db, story: (tx: Tx) => Promise<T>): Promise<T> {
  if (db.isTransaction) return story(db as Tx)
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(story)
    } catch (error) {
      if (attempt >= 5 || !passing.has((error as { code?: string }).code ?? '')) throw error
    }
  }
}
