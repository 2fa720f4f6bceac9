import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../../app.ts'
import { newestImport } from '../../../db/imports.ts'
import { stripeFacts, type StripeFacts } from '../../../db/settings/stripe.ts'
import { findCredential } from '../../../db/stripe-credentials.ts'
import { eventTypes } from '../../../flows/observe-events.ts'
import { endImport, startImport } from '../../../flows/stripe/import-history.ts'
import { checkKeyOf, forgetKey, keepKey } from '../../../flows/stripe/keep-key.ts'
import { makeEndpoint } from '../../../flows/stripe/make-endpoint.ts'
import { checkPermissions, clockDifference, type PermissionCheck } from '../../../stripe/permissions.ts'
import { answer, who } from '../answer.ts'
import { freshlyProven, readBody, roleAtLeast, type AdminEnv } from '../guard.ts'

export type { MadeEndpoint } from '../../../flows/stripe/make-endpoint.ts'
export type { CheckedKey } from '../../../flows/stripe/keep-key.ts'
export type ImportState = {
  id: string
  status: 'running' | 'canceled' | 'done' | 'failed'
  from_at: string
  reached_at: string
  payments: number
  refunds: number
  started_at: string
  done_at: string | null
  last_error: string | null
}
export type StripePage = StripeFacts & {
  public_url: string
  simulator: boolean
  event_types: readonly string[]
  import: ImportState | null
  /** The pasted key, by its ends; null: the one in the environment is used. */
  kept_key: { hint: string; saved_at: string } | null
  can_keep: boolean
}
export type StripeCheck = { checks: PermissionCheck[]; clock_seconds: number | null }

const keyBody = z.strictObject({ key: z.string().max(400) })
const importBody = z.strictObject({ months: z.number() })
const emptyBody = z.strictObject({})

/** The page "Stripe account". */
export function stripeRoutes(app: App): Hono<AdminEnv> {
  const routes = new Hono<AdminEnv>()
  routes.get('/', async (c) => {
    const [facts, running, kept] = await Promise.all([
      stripeFacts(app.db, app.account),
      newestImport(app.db, app.account),
      findCredential(app.db, app.account),
    ])
    return c.json({
      ...facts,
      public_url: app.config.publicUrl,
      simulator: !app.config.stripe || app.config.stripe.apiBase !== undefined,
      event_types: eventTypes,
      import: running ?? null,
      kept_key: kept ? { hint: kept.hint, saved_at: kept.saved_at } : null,
      can_keep: app.config.secret !== undefined,
    })
  })
  routes.get('/check', async (c) => {
    const [checks, clock] = await Promise.all([
      checkPermissions(app.stripe),
      clockDifference(app.stripe, () => new Date()),
    ])
    return c.json({ checks, clock_seconds: clock ?? null } satisfies StripeCheck)
  })
  const owner = [roleAtLeast('owner'), freshlyProven] as const
  routes.post('/key/check', ...owner, async (c) => {
    const body = await readBody(c, keyBody)
    return body.ok ? answer(c, await checkKeyOf(app, body.value.key)) : body.response
  })
  routes.post('/key', ...owner, async (c) => {
    const body = await readBody(c, keyBody)
    return body.ok ? answer(c, await keepKey(app, { key: body.value.key, by: who(c).by })) : body.response
  })
  routes.post('/key/forget', ...owner, async (c) => {
    const body = await readBody(c, emptyBody)
    return body.ok ? answer(c, await forgetKey(app, { by: who(c).by })) : body.response
  })
  routes.post('/endpoint', ...owner, async (c) => {
    const body = await readBody(c, emptyBody)
    return body.ok ? answer(c, await makeEndpoint(app, { by: who(c).by })) : body.response
  })
  routes.post('/import', roleAtLeast('finance'), async (c) => {
    const body = await readBody(c, importBody)
    return body.ok ? answer(c, await startImport(app, { months: body.value.months, by: who(c).by })) : body.response
  })
  routes.post('/import/cancel', roleAtLeast('finance'), async (c) => {
    const body = await readBody(c, emptyBody)
    return body.ok ? answer(c, await endImport(app, { by: who(c).by })) : body.response
  })
  return routes
}
