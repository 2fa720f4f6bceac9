import { createMiddleware } from 'hono/factory'
import type { App } from '../../app.ts'
import { findApiKey } from '../../db/api-keys.ts'
import type { Actor } from '../../domain/actor.ts'
import type { Scope } from '../../domain/scopes.ts'
import { once, type WithKey } from '../idempotent.ts'
import { answerProblem } from '../problem.ts'

export type ApiEnv = { Variables: WithKey['Variables'] & { actor: Actor; scopes: readonly Scope[]; requestId: string } }

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

/** The same POST with the same `Idempotency-Key` is done once (`once`). */
export const idempotent = (app: App) =>
  createMiddleware<ApiEnv>((c, next) => once(app, c, next, c.get('actor')) as Promise<Response | void>)
