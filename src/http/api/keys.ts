import { createHash } from 'node:crypto'
import { createMiddleware } from 'hono/factory'
import type { App } from '../../app.ts'
import { findApiKey } from '../../db/api-keys.ts'
import { forgetKey, keepAnswer, takeKey } from '../../db/idempotent-answers.ts'
import type { Actor } from '../../domain/actor.ts'
import type { Scope } from '../../domain/scopes.ts'
import { answerProblem } from '../problem.ts'

export type ApiEnv = { Variables: { actor: Actor; scopes: readonly Scope[]; requestId: string } }

/** Lets only a known key pass, from the header alone: what stands in an address ends up in logs. */
export const keyOnly = (app: App) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const secret = /^Bearer (\S+)$/.exec(c.req.header('authorization') ?? '')?.[1]
    const key = secret === undefined ? undefined : await findApiKey(app.db, app.account, secret, app.now())
    if (key === undefined) {
      c.header('www-authenticate', 'Bearer')
      return answerProblem(c, {
        status: 401,
        code: 'key_invalid',
        title: 'API key missing or not valid',
        detail:
          secret === undefined
            ? 'Send your key in the header: Authorization: Bearer mb_…'
            : 'This key is not known, has expired or was revoked.',
      })
    }
    c.set('actor', `api_key:${key.id}`)
    c.set('scopes', key.scopes)
    return next()
  })

/** What a route needs: written into its description, and asked of the key. Every route of the API has one. */
export const scoped = (scope: Scope) => ({
  security: [{ key: [scope] }],
  middleware: createMiddleware<ApiEnv>(async (c, next) => {
    if (c.get('scopes').includes(scope)) return next()
    return answerProblem(c, {
      status: 403,
      code: 'scope_missing',
      title: 'This key may not do that',
      detail: `This needs a key with the scope ${scope}; this one has ${c.get('scopes').join(', ')}. Make another key in the console, under Settings, API keys. Nothing was done.`,
      scope,
    })
  }),
})

/** A request whose process died before it answered may be tried again after this. */
const inFlightMs = 60_000

/**
 * The same POST with the same `Idempotency-Key` is done once: the answer is kept for 30 days and given again. The same key
 * with another body is refused (draft-ietf-httpapi-idempotency-key-header). Our own failures are not kept.
 */
export const idempotent = (app: App) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const key = c.req.header('idempotency-key')
    if (c.req.method !== 'POST' || key === undefined) return next()
    if (key.length < 1 || key.length > 255)
      return answerProblem(c, {
        status: 400,
        code: 'idempotency_key_invalid',
        title: 'Idempotency-Key not valid',
        detail: 'A key has 1 to 255 characters.',
      })
    const of = { account: app.account, principal: c.get('actor'), key }
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
    if (c.res.status >= 500) return forgetKey(app.db, of)
    await keepAnswer(app.db, of, c.res.status, await c.res.clone().text())
  })
