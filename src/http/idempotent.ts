import { createHash } from 'node:crypto'
import type { Context, Next } from 'hono'
import type { App } from '../app.ts'
import { forgetKey, keepAnswer, takeKey } from '../db/idempotent-answers.ts'
import { answerProblem } from './problem.ts'

/** A request whose process died before it answered may be tried again after this. */
const inFlightMs = 60_000

/**
 * The same POST with the same `Idempotency-Key` is done once: the answer is kept for 30 days and given again. The same key
 * with another body is refused (draft-ietf-httpapi-idempotency-key-header). Our own failures are not kept. A key counts for
 * one `principal`.
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
  let kept = await takeKey(app.db, of, fingerprint, app.now())
  if (
    kept &&
    kept.status === null &&
    kept.fingerprint === fingerprint &&
    app.now().getTime() - kept.created_at.getTime() > inFlightMs
  ) {
    await forgetKey(app.db, of)
    kept = await takeKey(app.db, of, fingerprint, app.now())
  }
  if (kept && kept.fingerprint !== fingerprint) {
    return answerProblem(c, {
      status: 422,
      code: 'idempotency_key_reused',
      title: 'Idempotency-Key used before',
      detail: 'This key was used with another request. Use a new key for a new request.',
    })
  }
  if (kept?.status === null) {
    return answerProblem(c, {
      status: 409,
      code: 'idempotency_key_in_use',
      title: 'Still being answered',
      detail: 'A request with this key is being answered right now. Try again in a moment.',
    })
  }
  if (kept)
    return c.body(kept.body ?? '', kept.status as 200, {
      'content-type': kept.status! < 400 ? 'application/json' : 'application/problem+json',
      'idempotency-replayed': 'true',
    })
  await next()
  if (c.res.status >= 500) await forgetKey(app.db, of)
  else await keepAnswer(app.db, of, c.res.status, await c.res.clone().text())
  return undefined
}
