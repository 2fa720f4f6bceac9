import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { z } from 'zod'
import { mayAs, type Role } from '../../domain/actor.ts'
import { installationSettings } from '../../db/installation-settings.ts'
import { hasPassword } from '../../db/staff.ts'
import type { App } from '../../app.ts'
import type { WithKey } from '../idempotent.ts'
import { currentStaff, type Auth, type Session, type Staff } from './auth.ts'

export type AdminEnv = { Variables: WithKey['Variables'] & { staff: Staff; session: Session } }

/** A "no" of the console itself, in the shape of every other refusal (RFC 9457). */
export function refuse(
  c: Context,
  status: 400 | 401 | 403 | 404 | 409 | 415 | 422 | 429,
  no: { code: string; title: string; detail: string; field?: string },
): Response {
  return c.body(JSON.stringify({ type: 'about:blank', status, ...no }), status, {
    'content-type': 'application/problem+json',
  })
}

/** Lets only staff pass. The session and the role are read again for every request, so both can end at any moment. */
export const staffOnly = (auth: Auth) =>
  createMiddleware<AdminEnv>(async (c, next) => {
    const current = await currentStaff(auth, c.req.raw.headers)
    if (!current) {
      return refuse(c, 401, {
        code: 'not_signed_in',
        title: 'You are not signed in',
        detail: 'Your session has ended. Sign in again: nothing was changed.',
      })
    }
    c.set('staff', current.staff)
    c.set('session', current.session)
    await next()
    for (const cookie of current.cookies) c.header('set-cookie', cookie, { append: true })
  })

/** Whether somebody has to set a second factor up before anything else. */
export async function needsSecondFactor(app: App, { staff, session }: AdminEnv['Variables']): Promise<boolean> {
  if (session.two_factor) return false
  const { two_factor_required } = await installationSettings(app.db, app.account)
  return two_factor_required && (await hasPassword(app.db, staff.id))
}

/** Where it is required, lets only those pass who have a second factor. Whoever comes by the identity provider has theirs there. */
export const secondFactor = (app: App) =>
  createMiddleware<AdminEnv>(async (c, next) => {
    if (c.req.path.endsWith('/api/me') || !(await needsSecondFactor(app, c.var))) return next()
    return refuse(c, 403, {
      code: 'two_factor_needed',
      title: 'Set up your second factor first',
      detail: 'An owner requires a second factor for everybody. Set yours up under Settings, You. Nothing was changed.',
    })
  })

const provenForMs = 5 * 60_000

/** For what would do harm in other hands: lets only those pass who proved within five minutes who they are. */
export const freshlyProven = createMiddleware<AdminEnv>(async (c, next) => {
  if (Date.now() - c.get('session').proved_at.getTime() <= provenForMs) return next()
  return refuse(c, 403, {
    code: 'step_up_needed',
    title: 'Show again that it is you',
    detail:
      'This needs your password or your code once more, when the last time is longer ago than five minutes. Nothing was changed.',
  })
})

/** Lets only a role pass, or a higher one. */
export const roleAtLeast = (needed: Role) =>
  createMiddleware<AdminEnv>(async (c, next) => {
    const { role } = c.get('staff')
    if (mayAs(role, needed)) return next()
    return refuse(c, 403, {
      code: 'role_too_low',
      title: 'Your role does not allow this',
      detail: `This needs the role ${needed} or a higher one; yours is ${role}. Ask somebody who has it. Nothing was changed.`,
    })
  })

/** Refuses what another site makes a browser send: the session cookie alone is not proof that staff meant it. */
export const sameOriginJson = (publicUrl: string) =>
  createMiddleware(async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
    const site = c.req.header('sec-fetch-site')
    const origin = c.req.header('origin')
    const ours = [new URL(publicUrl).host, c.req.header('host')]
    const foreign =
      site !== undefined
        ? site !== 'same-origin'
        : origin !== undefined && !ours.includes(URL.parse(origin)?.host ?? '')
    if (foreign || (site === undefined && origin === undefined)) {
      return refuse(c, 403, {
        code: 'foreign_origin',
        title: 'Refused',
        detail: 'This did not come from the console’s own pages. Nothing was changed.',
      })
    }
    if (!(c.req.header('content-type') ?? '').startsWith('application/json')) {
      return refuse(c, 415, {
        code: 'not_json',
        title: 'Refused',
        detail: 'Send application/json. Nothing was changed.',
      })
    }
    return next()
  })

type Parsed<T> = { ok: true; value: T } | { ok: false; response: Response }

/** Reads the query by a schema; what it refuses is answered with the field and the reason. */
export function readQuery<S extends z.ZodType>(c: Context, schema: S): Parsed<z.infer<S>> {
  return parsed(c, schema.safeParse(c.req.query()))
}

/** Reads the JSON body by a schema. */
export async function readBody<S extends z.ZodType>(c: Context, schema: S): Promise<Parsed<z.infer<S>>> {
  const body: unknown = await c.req.json().catch(() => undefined)
  return parsed(c, schema.safeParse(body))
}

function parsed<T>(c: Context, result: { success: true; data: T } | { success: false; error: z.ZodError }): Parsed<T> {
  if (result.success) return { ok: true, value: result.data }
  const issue = result.error.issues[0]!
  const field = issue.path.join('.')
  return {
    ok: false,
    response: refuse(c, 422, {
      code: 'invalid',
      title: 'This can’t be used as it is',
      detail: field ? `${field}: ${issue.message}` : issue.message,
      ...(field && { field }),
    }),
  }
}
