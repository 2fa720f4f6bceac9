import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { z } from 'zod'
import type { App } from '../../app.ts'
import { ownerOf } from '../../db/payments.ts'
import { usePortalSession } from '../../db/portal-sessions.ts'
import type { Refusal } from '../../domain/refusal.ts'
import { answerProblem, problem } from '../problem.ts'
import { readSessionCookie, type Cookie } from '../session.ts'

/** Whose session it is: all that it may see, and the one whom the address is about. */
export type PortalEnv = {
  Variables: {
    customer: string
    owners: readonly string[]
    /** The only request that may be seen; null: all that are the customer's. */
    only: string | null
  }
}

type Status = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429

/** A "no" of the portal's own, in the shape of every other one. */
export function refuse(
  c: Context,
  status: Status,
  no: { code: string; detail: string } & Record<string, unknown>,
): Response {
  return answerProblem(c, { title: 'This was not done', ...no, status })
}

/** What is somebody else's is answered exactly as what is nowhere. */
export const notFound = (c: Context): Response =>
  refuse(c, 404, { code: 'not_found', detail: 'There is nothing here that belongs to you.' })

/** A refusal of a flow. */
export function refused(c: Context, no: Refusal): Response {
  return no.code === 'payment_not_found' || no.code === 'request_not_found' ? notFound(c) : problem(c, no)
}

export const portalCookie = (app: App): Cookie => ({ name: 'portal', path: '/portal', publicUrl: app.config.portalUrl })

/** Says that something was tried too often, and when it can be tried again. */
export function tooMany(c: Context, seconds: number): Response {
  c.header('retry-after', String(seconds))
  const minutes = Math.ceil(seconds / 60)
  return refuse(c, 429, {
    code: 'too_often',
    detail: `This was tried too often. Nothing was changed. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    retry_after_seconds: seconds,
  })
}

/**
 * The secret of a visit: from the cookie, or in a frame on the merchant's page, where browsers keep no cookies of ours, from
 * a header that only our own script sends.
 */
export function sessionSecret(app: App, c: Context): string | undefined {
  const [scheme, secret] = (c.req.header('authorization') ?? '').split(' ')
  return scheme === 'Portal' ? secret : readSessionCookie(c, portalCookie(app))
}

/**
 * Whether a form was sent from another site. Our pages send no Referer, so a browser says "null" as the origin of their forms;
 * where the form came from it says here.
 */
export const isForeign = (c: Context): boolean => {
  const site = c.req.header('sec-fetch-site')
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}

/** Lets only a customer pass, by the session that their link opened. */
export const customerOnly = (app: App) =>
  createMiddleware<PortalEnv>(async (c, next) => {
    const secret = sessionSecret(app, c)
    const session = secret === undefined ? undefined : await usePortalSession(app.db, app.account, secret, app.now())
    if (session === undefined) {
      return refuse(c, 401, {
        code: 'not_signed_in',
        detail: 'Your visit has ended. Ask for a new link: nothing was changed.',
      })
    }
    if (session.request !== null && !showsOnly(session.request, c.req.path)) {
      return refuse(c, 403, {
        code: 'one_request_only',
        detail: 'The link in a mail shows one request. Ask for a link to see everything: nothing was changed.',
      })
    }
    c.set('owners', session.owners)
    c.set('customer', await ownerInPath(app, c.req.path, session.owners))
    c.set('only', session.request)
    return next()
  })

/** Of several customers who are one person: the one whose payment or request the address names. */
async function ownerInPath(app: App, path: string, owners: readonly string[]): Promise<string> {
  const [, subject] = /\/(?:payments|requests)\/((?:pay|rr)_\w+)/.exec(path) ?? []
  const owner = owners.length > 1 && subject !== undefined ? await ownerOf(app.db, app.account, subject) : undefined
  return owner !== undefined && owners.includes(owner) ? owner : owners[0]!
}

/** Whether a path is about this request and nothing else. Hints that something moved are about nothing; files say by themselves whose they are. */
function showsOnly(request: string, path: string): boolean {
  const own = `/portal/api/requests/${request}`
  return path === own || path.startsWith(`${own}/`) || /^\/portal\/api\/(live|attachments(\/.*)?)$/.test(path)
}

/** Refuses what another site makes a browser send: a cookie alone is no proof that the customer meant it. */
export const ownPagesOnly = (app: App) =>
  createMiddleware(async (c, next) => {
    c.header('cache-control', 'no-store')
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
    const origin = c.req.header('origin')
    const site = c.req.header('sec-fetch-site')
    // The host that the request names was looked at before (ownHostsOnly).
    const ours = [new URL(app.config.publicUrl).host, new URL(app.config.portalUrl).host, c.req.header('host')]
    const foreign = origin === undefined ? site !== 'same-origin' : !ours.includes(URL.parse(origin)?.host ?? '')
    if (foreign || (site !== undefined && site !== 'same-origin')) {
      return refuse(c, 403, {
        code: 'foreign_origin',
        detail: 'This did not come from our own pages. Nothing was changed.',
      })
    }
    // Both are types that no form of another site can send.
    const expected = c.req.path === '/portal/api/attachments' ? 'application/octet-stream' : 'application/json'
    if (!(c.req.header('content-type') ?? '').startsWith(expected)) {
      return refuse(c, 415, { code: 'not_json', detail: `Send ${expected}. Nothing was changed.` })
    }
    return next()
  })

/** The JSON body by a schema; undefined when it is not so. */
export async function readBody<S extends z.ZodType>(c: Context, schema: S): Promise<z.infer<S> | undefined> {
  const body: unknown = await c.req.json().catch(() => undefined)
  return schema.safeParse(body).data
}
