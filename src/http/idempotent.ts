import { createHash } from 'node:crypto'
import type { Context, Next } from 'hono'
import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { keepAnswer, keepDone, lockDone, releaseKey, takeKey, type KeptAnswer } from '../db/idempotent-answers.ts'
import { newSuffix, type Prefix } from '../domain/ids.ts'
import { ok, type Result } from '../domain/refusal.ts'
import { answerProblem } from './problem.ts'

/** What `once` tells the routes behind it. */
export type WithKey = { Variables: { makes?: string } }

/** A request whose process died before it answered may be tried again after this. */
const inFlightMs = 60_000

/**
 * The same POST with the same `Idempotency-Key` is done once: the answer is kept for 30 days and given again. The same key
 * with another body is refused (draft-ietf-httpapi-idempotency-key-header). Our own failures are not kept as answers, and
 * the key is not forgotten: what was written before the failure is found by `idToMake`. A key counts for one `principal`.
 */
export async function once(app: App, c: Context, next: Next, principal: string): Promise<Response | undefined> {
  const key = c.req.header('idempotency-key')
  if (c.req.method !== 'POST' || key === undefined) {
    await next()
    return undefined
  }
  if (key.length < 1 || key.length > 255)
    return answerProblem(c, {
      status: 400,
      code: 'idempotency_key_invalid',
      title: 'Idempotency-Key not valid',
      detail: 'A key has 1 to 255 characters.',
    })
  const of = { account: app.account, principal, key }
  const fingerprint = createHash('sha256')
    .update(`${c.req.method} ${c.req.path}\n${await c.req.text()}`)
    .digest('hex')
  const abandoned = () => new Date(app.now().getTime() - inFlightMs)
  const taken = await takeKey(app.db, of, { fingerprint, makes: newSuffix(), now: app.now(), abandoned: abandoned() })
  if (!taken.ours) return answerOf(c, taken.kept, fingerprint)
  c.set('makes', taken.makes)
  await next()
  if (c.res.status >= 500) await releaseKey(app.db, of, abandoned())
  else await keepAnswer(app.db, of, c.res.status, await c.res.clone().text())
  return undefined
}

/** What a key that was used before is answered with. */
function answerOf(c: Context, kept: KeptAnswer, fingerprint: string): Response {
  if (kept.fingerprint !== fingerprint) {
    return answerProblem(c, {
      status: 422,
      code: 'idempotency_key_reused',
      title: 'Idempotency-Key used before',
      detail: 'This key was used with another request. Use a new key for a new request.',
    })
  }
  if (kept.status === null) {
    return answerProblem(c, {
      status: 409,
      code: 'idempotency_key_in_use',
      title: 'Still being answered',
      detail: 'A request with this key is being answered right now. Try again in a moment.',
    })
  }
  return c.body(kept.body ?? '', kept.status as 200, {
    'content-type': kept.status < 400 ? 'application/json' : 'application/problem+json',
    'idempotency-replayed': 'true',
  })
}

/**
 * The id of what this call makes: under an `Idempotency-Key` the same at every try, so that a try whose answer was lost is
 * found and nothing is made twice. `makes` is what `once` told; undefined without a key.
 */
export function idToMake<P extends Prefix>(prefix: P, makes: string | undefined): `${P}_${string}` | undefined {
  return makes === undefined ? undefined : `${prefix}_${makes}`
}

/**
 * Runs a flow that only reads and writes our own books once for the call that makes `makes`: in the transaction that does the
 * work it is written what came of it, so a try whose answer was lost gets that and does nothing again. What was refused may be
 * tried again. Without a key it just runs.
 */
export async function doOnce<T extends object>(
  app: App,
  makes: string | undefined,
  flow: (app: App) => Promise<Result<T>>,
): Promise<Result<T>> {
  if (makes === undefined) return flow(app)
  return inTransaction(app.db, async (tx) => {
    const done = await lockDone(tx, app.account, makes)
    if (done !== undefined) return ok(done as T)
    const result = await flow({ ...app, db: tx })
    if (result.ok) await keepDone(tx, app.account, makes, result.value)
    return result
  })
}
