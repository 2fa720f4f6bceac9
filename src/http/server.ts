import { serve } from '@hono/node-server'
import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { except } from 'hono/combine'
import { createMiddleware } from 'hono/factory'
import { HTTPException } from 'hono/http-exception'
import { requestId } from 'hono/request-id'
import { sql } from 'kysely'
import type { Server } from 'node:http'
import type { App } from '../app.ts'
import { errorLine } from '../stripe/answers.ts'
import { adminRoutes } from './admin/routes.ts'
import { apiRoutes } from './api/routes.ts'
import { ownPolicy } from './attachments.ts'
import { docsRoutes } from './docs.ts'
import { pageHeaders } from './headers.ts'
import { isPortalsOwn } from './own-hosts.ts'
import { policyPages } from './portal/policy-page.ts'
import { portalRoutes } from './portal/routes.ts'
import { answerProblem } from './problem.ts'
import { stripeWebhook } from './stripe-webhook.ts'
import { webFiles } from './web.ts'

/** The whole HTTP surface: API, portal, admin console, Stripe's webhook, docs, health. */
export function makeServer(app: App): Hono {
  const server = new Hono()
  server.use(requestId())
  // Built files are packed already, and lines of live events are not held back (web.ts, live.ts).
  server.use(compress())
  // What stands on merchants' pages has headers of its own (portal/look.ts).
  server.use(
    except(
      ['/portal/embed', '/portal/embed.js', '/admin/api/settings/portal/preview'],
      stricterPolicyStands,
      pageHeaders(),
    ),
  )
  server.route('/webhooks/stripe', stripeWebhook(app))
  // The portal has limits of its own: files are larger.
  server.use(except('/portal/*', smallBody))
  server.get('/health', (c) => health(app).then(({ ok, ...body }) => c.json({ ok, ...body }, ok ? 200 : 503)))
  server.route('/', webFiles())
  server.route('/docs', docsRoutes())
  server.route('/v1', apiRoutes(app))
  server.use('/admin/*', notOnThePortalsDomain(app))
  server.route('/portal', portalRoutes(app))
  server.route('/policy', policyPages(app))
  server.route('/admin', adminRoutes(app))
  server.get('/', (c) => c.redirect(isPortalsOwn(app, c.req.url) ? '/portal' : '/admin'))
  server.notFound(nothingHere)
  server.onError((error, c) => unexpected(app, error, c))
  return server
}

const nothingHere = (c: Context): Response =>
  answerProblem(c, {
    status: 404,
    code: 'not_found',
    title: 'Not found',
    detail: `There is nothing at ${c.req.path}. The API is described at /docs.`,
  })

/** Customers' domain has no console, so that nothing on it is worth attacking. */
const notOnThePortalsDomain = (app: App) =>
  createMiddleware((c, next) =>
    isPortalsOwn(app, c.req.url) ? Promise.resolve(nothingHere(c)) : next().then(() => undefined),
  )

const smallBody = bodyLimit({
  maxSize: 256 * 1024,
  onError: (c) =>
    answerProblem(c, { status: 413, code: 'too_large', title: 'Too large', detail: 'Send less than 256 KiB.' }),
})

/** A route that sets a Content-Security-Policy of its own, for files of somebody's, keeps it. */
const stricterPolicyStands = createMiddleware(async (c, next) => {
  await next()
  const own = c.res.headers.get(ownPolicy)
  if (own === null) return
  c.res.headers.set('content-security-policy', own)
  c.res.headers.delete(ownPolicy)
  if (own.includes("frame-ancestors 'self'")) c.res.headers.set('x-frame-options', 'SAMEORIGIN')
})

/** PostgreSQL away is told as such (503), so that a client knows to come again; everything else is our own fault. */
function unexpected(app: App, error: Error, c: Context): Response {
  if (error instanceof HTTPException) {
    return answerProblem(c, {
      status: error.status as 400,
      code: 'bad_request',
      title: 'Bad request',
      detail: error.message || 'This request can’t be understood.',
    })
  }
  if (isUnstorableText(error)) {
    return answerProblem(c, {
      status: 422,
      code: 'invalid_text',
      title: 'This can’t be used as it is',
      detail: 'A text has a NUL character (U+0000) in it, which can’t be kept. Take it out. Nothing was done.',
    })
  }
  const id = c.get('requestId') as string
  app.log.error({ id, path: c.req.path, error: errorLine(error), stack: error.stack }, 'a request failed')
  if (isDatabaseAway(error)) {
    return answerProblem(c, {
      status: 503,
      code: 'database_away',
      title: 'For a moment not available',
      detail: 'The database can’t be reached right now. Nothing was done; try again in a moment.',
      request_id: id,
    })
  }
  return answerProblem(c, {
    status: 500,
    code: 'unexpected',
    title: 'Unexpected',
    detail: `This is our fault. Tell us the request id ${id} if it happens again.`,
    request_id: id,
  })
}

// PostgreSQL keeps no NUL character in a text (22021) nor in JSON (22P05).
const isUnstorableText = (error: Error): boolean => /^(22021|22P05)$/.test((error as { code?: string }).code ?? '')

function isDatabaseAway(error: Error): boolean {
  const code = (error as { code?: string }).code ?? ''
  return (
    /^(ECONN|EPIPE|ENOTFOUND|57P0|08|53)/.test(code) ||
    /timeout exceeded when trying to connect|Connection terminated/.test(error.message)
  )
}

type Health = {
  ok: boolean
  database: string
  sending: string
  open_exceptions: number | null
  /** Past the time by which somebody should have looked. */
  overdue_exceptions: number | null
  exceptions: Record<string, number> | null
}

async function health(app: App): Promise<Health> {
  try {
    const { rows } = await sql<{ stopped: string | null; overdue: number; kinds: Record<string, number> | null }>`
      select (select sending_stopped_because from account where id = ${app.account}) as stopped,
        (select count(*) from exception where account_id = ${app.account} and resolved_at is null and due_at < ${app.now()}) as overdue,
        (select json_object_agg(kind, open order by kind) from (
          select kind, count(*) as open from exception where account_id = ${app.account} and resolved_at is null group by kind) k) as kinds`.execute(
      app.db,
    )
    const { stopped, overdue, kinds } = rows[0]!
    return {
      ok: true,
      database: 'reached',
      sending: stopped === null ? 'on' : `stopped: ${stopped}`,
      open_exceptions: Object.values(kinds ?? {}).reduce((sum, open) => sum + open, 0),
      overdue_exceptions: overdue,
      exceptions: kinds ?? {},
    }
  } catch {
    return {
      ok: false,
      database: 'away',
      sending: 'unknown',
      open_exceptions: null,
      overdue_exceptions: null,
      exceptions: null,
    }
  }
}

/** Why the server can't listen, in words. */
export class CannotListen extends Error {
  override name = 'CannotListen'
}

export type Listening = { readonly port: number; close(): Promise<void> }

/** Listens. Throws CannotListen when the port is taken or not allowed. */
export function listen(server: Hono, { port, host }: { port: number; host: string }): Promise<Listening> {
  return new Promise((done, failed) => {
    const http = serve(
      {
        fetch: server.fetch,
        port,
        hostname: host,
        serverOptions: { requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: 16 * 1024 },
      },
      (info) => done({ port: info.port, close: () => close(http as Server) }),
    ) as Server
    http.once('error', (error: NodeJS.ErrnoException) => failed(new CannotListen(listenProblem(error, port))))
  })
}

function listenProblem({ code, message }: NodeJS.ErrnoException, port: number): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken by another program. Stop it, or choose another port: PORT=${port + 1} npm start`
  if (code === 'EACCES') return `This user may not listen on port ${port}. Choose one above 1023: PORT=3000 npm start`
  return `Can’t listen on port ${port}: ${message}`
}

/** Live pages keep their connection open for ever, so they are ended rather than waited for. */
function close(http: Server): Promise<void> {
  return new Promise((done) => {
    http.close(() => done())
    http.closeAllConnections()
  })
}
