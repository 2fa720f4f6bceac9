import { Hono } from 'hono'
import type { App } from '../../app.ts'
import { liveEvents } from '../live.ts'
import { page } from '../web.ts'
import { actRoutes } from './act.ts'
import { once } from '../idempotent.ts'
import { makeAuth } from './auth.ts'
import { auditRoutes } from './audit.ts'
import { bulkRoutes } from './bulk.ts'
import { deskRoutes } from './desk-routes.ts'
import { refuse, sameOriginJson, secondFactor, staffOnly, type AdminEnv } from './guard.ts'
import { policyRoutes } from './policy/routes.ts'
import { readRoutes } from './read.ts'
import { meRoutes } from './settings/me.ts'
import { settingsRoutes } from './settings/routes.ts'
import { repliesRoute } from './settings/templates.ts'
import { signInRoutes } from './sign-in.ts'

/** The console: its pages, and what they ask and tell under /admin/api. Only signing in is open to strangers. */
export function adminRoutes(app: App): Hono {
  const auth = makeAuth(app)
  const api = new Hono<AdminEnv>()
    .use(async (c, next) => {
      c.header('cache-control', 'no-store')
      await next()
    })
    .use(sameOriginJson(app.config.publicUrl))
    .route('/auth', signInRoutes(app, auth))
    .use(staffOnly(auth))
    .route('/settings/me', meRoutes(app, auth))
    .use(secondFactor(app))
    .get('/live', (c) => liveEvents(app, c))
    .route('/', readRoutes(app))
    .route('/audit', auditRoutes(app))
    .use((c, next) => once(app, c, next, `staff:${c.get('staff').id}`) as Promise<Response | void>)
    .route('/', actRoutes(app))
    .route('/', deskRoutes(app))
    .route('/bulk', bulkRoutes(app))
    .route('/settings', settingsRoutes(app))
    .route('/replies', repliesRoute(app))
    .route('/policy', policyRoutes(app))
    .all('*', (c) =>
      refuse(c, 404, { code: 'not_found', title: 'Not found', detail: 'There is nothing under this address.' }),
    )
  return new Hono().route('/api', api as unknown as Hono).get('*', (c) => page(c, 'admin', { title: 'Moneyback' }))
}
