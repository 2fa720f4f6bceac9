import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import { CompiledQuery } from 'kysely'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { App } from '../app.ts'

/** What may be done how often: so many times in so many seconds. */
const limits = {
  /** Links by e-mail, for each address and for each place that they are asked from. */
  mail_to_address: { points: 3, duration: 600 },
  mail_from_ip: { points: 10, duration: 3600 },
  /** Attempts to come in by a link or a token. */
  enter_from_ip: { points: 60, duration: 600 },
  /** Requests, and what is asked before one, for each customer. */
  submit: { points: 20, duration: 3600 },
  preview: { points: 120, duration: 600 },
  /** Files that a customer sends, also those that are refused: to look at one costs a second. */
  /** Statements of withdrawal from one place: many people may sit behind one address. */
  withdrawal: { points: 30, duration: 3600 },
  file: { points: 60, duration: 3600 },
} as const

export type Limit = keyof typeof limits

type Limiters = Readonly<Record<Limit, RateLimiterPostgres>>
const limitersOf = new WeakMap<App, Limiters>()

function limitersFor(app: App): Limiters {
  const known = limitersOf.get(app)
  if (known) return known
  // The library asks a pool; ours stands behind Kysely. The table is made by our migrations, and forgetOld empties it.
  const pool = {
    query: ({ text, values }: { text: string; values: unknown[] }) =>
      app.db.executeQuery(CompiledQuery.raw(text, values)).then(({ rows }) => ({ rows, rowCount: rows.length })),
  }
  const made = Object.fromEntries(
    Object.entries(limits).map(([name, { points, duration }]) => [
      name,
      new RateLimiterPostgres({
        storeClient: pool,
        storeType: 'pool',
        tableName: 'rate_limit',
        tableCreated: true,
        clearExpiredByTimeout: false,
        keyPrefix: `${app.account}:${name}`,
        points,
        duration,
      }),
    ]),
  ) as unknown as Limiters
  limitersOf.set(app, made)
  return made
}

/** Counts one attempt. Answers in how many seconds the next is allowed, when this one was too many; counted in all processes. */
export async function tooOften(app: App, limit: Limit, key: string): Promise<number | undefined> {
  try {
    await limitersFor(app)[limit].consume(key)
    return undefined
  } catch (error) {
    if (error instanceof RateLimiterRes) return Math.max(1, Math.ceil(error.msBeforeNext / 1000))
    throw error
  }
}

/** Where a request comes from. X-Forwarded-For is believed for as many proxies as the configuration says stand before us. */
export function addressOf(app: App, c: Context): string {
  const { trustedProxies } = app.config
  const forwarded = (c.req.header('x-forwarded-for') ?? '').split(',').map((part) => part.trim())
  const told = trustedProxies > 0 ? forwarded.at(-trustedProxies) : undefined
  if (told) return told
  try {
    return getConnInfo(c).remote.address ?? 'unknown'
  } catch {
    return 'unknown'
  }
}
