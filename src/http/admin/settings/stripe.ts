import { Hono } from 'hono'
import type { App } from '../../../app.ts'
import { stripeFacts, type StripeFacts } from '../../../db/settings/stripe.ts'
import type { AdminEnv } from '../guard.ts'

export type StripePage = StripeFacts & { public_url: string; simulator: boolean }

/** The page "Stripe account". */
export function stripeRoutes(app: App): Hono<AdminEnv> {
  return new Hono<AdminEnv>().get('/', async (c) =>
    c.json({
      ...(await stripeFacts(app.db, app.account)),
      public_url: app.config.publicUrl,
      simulator: !app.config.stripe || app.config.stripe.apiBase !== undefined,
    } satisfies StripePage),
  )
}
