import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import type { App } from '../../app.ts'
import { liveEvents } from '../live.ts'
import { page } from '../web.ts'
import { actRoutes } from './act.ts'
import { addressHeader, makeAuth, type Auth } from './auth.ts'
import { refuse, sameOriginJson, staffOnly, type AdminEnv } from './guard.ts'
import { readRoutes } from './read.ts'
import { settingsRoutes } from './settings/routes.ts'
import { repliesRoute } from './settings/templates.ts'

/** The console: its pages, and what they ask and tell under /admin/api. Only sign-in is open to strangers. */
export function adminRoutes(app: App): Hono {
  const auth = makeAuth(app)
  const api = new Hono<AdminEnv>()
    .use(async (c, next) => {
      c.header('cache-control', 'no-store')
      await next()
    })
    .use(sameOriginJson(app.config.publicUrl))
    .post('/auth/sign-in/email', (c) => authHandler(auth, c.req.raw, peer(c)))
    .post('/auth/sign-out', (c) => authHandler(auth, c.req.raw, peer(c)))
    .use(staffOnly(auth))
    .get('/live', (c) => liveEvents(app, c))
    .route('/', readRoutes(app))
    .route('/', actRoutes(app))
    .route('/settings', settingsRoutes(app))
    .route('/replies', repliesRoute(app))
    .all('*', (c) =>
      refuse(c, 404, { code: 'not_found', title: 'Not found', detail: 'There is nothing under this address.' }),
    )
  return new Hono().route('/api', api as unknown as Hono).get('*', (c) => page(c, 'admin', { title: 'Moneyback' }))
}

// Behind a proxy every sign-in comes from one address; the limit is then one for all, which errs on the safe side.
function peer(c: Parameters<typeof getConnInfo>[0]): string {
  try {
    return getConnInfo(c).remote.address ?? 'unknown'
  } catch {
    return 'unknown'
  }
}

async function authHandler(auth: Auth, request: Request, address: string): Promise<Response> {
  const headers = new Headers(request.headers)
  headers.set(addressHeader, address)
  return auth.handler(new Request(request, { headers }))
}
