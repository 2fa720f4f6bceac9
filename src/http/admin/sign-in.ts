import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono, type Context } from 'hono'
import { z } from 'zod'
import type { App } from '../../app.ts'
import { codeIsNew } from '../../db/staff.ts'
import { join, whoIsInvited } from '../../flows/team/join.ts'
import { problem } from '../problem.ts'
import { addressHeader, hashPassword, type Auth } from './auth.ts'
import { readBody, refuse, type AdminEnv } from './guard.ts'

export type SignInOptions = { oidc: string | null }

const codeBody = z.strictObject({ code: z.string().trim().min(6).max(40) })
const tokenBody = z.strictObject({ token: z.string().max(100) })
const joinBody = z.strictObject({
  token: z.string().max(100),
  name: z.string().max(200),
  password: z.string().max(200),
})
const oidcBody = z.strictObject({
  to: z
    .string()
    .regex(/^\/(?![/\\])/)
    .max(500)
    .optional(),
})

/** What strangers may ask: to sign in, in each of the ways, and to use an invitation. */
export function signInRoutes(app: App, auth: Auth): Hono<AdminEnv> {
  const routes = new Hono<AdminEnv>()
  routes.get('/options', (c) => c.json({ oidc: app.config.oidc?.name ?? null } satisfies SignInOptions))
  routes.post('/sign-in/email', (c) => passOn(auth, c))
  routes.post('/sign-out', (c) => passOn(auth, c))
  // The body is ours: a browser is never trusted for thirty days because a page asked for that.
  routes.post('/two-factor/verify-totp', async (c) => {
    const body = await readBody(c, codeBody)
    if (!body.ok) return body.response
    const code = body.value.code.replaceAll(' ', '')
    const response = await passOn(auth, c, { code })
    if (!response.ok) return response
    const { token, user } = (await response.clone().json()) as { token: string; user: { id: string } }
    if (await codeIsNew(app.db, user.id, code, app.now())) return response
    const { internalAdapter } = await auth.$context
    await internalAdapter.deleteSession(token)
    return refuse(c, 401, {
      code: 'code_used',
      title: 'This code was used already',
      detail: 'Each code is good once. Wait for the next one.',
      field: 'code',
    })
  })
  routes.post('/two-factor/verify-backup-code', async (c) => {
    const body = await readBody(c, codeBody)
    return body.ok ? passOn(auth, c, { code: body.value.code }) : body.response
  })
  routes.post('/sign-in/oidc', async (c) => {
    const body = await readBody(c, oidcBody)
    if (!body.ok) return body.response
    const { publicUrl, oidc } = app.config
    if (!oidc)
      return refuse(c, 404, { code: 'not_found', title: 'Not found', detail: 'No identity provider is set up here.' })
    return passOn(
      auth,
      c,
      {
        provider: 'oidc',
        callbackURL: `${publicUrl}/admin${body.value.to ?? '/queue'}`,
        errorCallbackURL: `${publicUrl}/admin/sign-in`,
        disableRedirect: true,
      },
      '/sign-in/social',
    )
  })
  routes.get('/callback/oidc', (c) => passOn(auth, c))
  routes.post('/join/look', async (c) => {
    const body = await readBody(c, tokenBody)
    if (!body.ok) return body.response
    const result = await whoIsInvited(app, body.value.token)
    return result.ok ? c.json(result.value) : problem(c, result.no)
  })
  routes.post('/join', async (c) => {
    const body = await readBody(c, joinBody)
    if (!body.ok) return body.response
    const { token, name, password } = body.value
    if (password.length < 12 || password.length > 128)
      return refuse(c, 422, {
        code: 'invalid',
        title: 'This can’t be used as it is',
        detail: 'A password has 12 to 128 characters.',
        field: 'password',
      })
    // Hashing is slow on purpose, so a link that is over is refused first.
    const known = await whoIsInvited(app, token)
    if (!known.ok) return problem(c, known.no)
    const result = await join(app, { secret: token, name, passwordHash: await hashPassword(app, password) })
    if (!result.ok) return problem(c, result.no)
    return passOn(auth, c, { email: result.value.email, password }, '/sign-in/email')
  })
  return routes
}

// Behind a proxy every sign-in comes from one address; the limit is then one for all, which errs on the safe side.
function peer(c: Context): string {
  try {
    return getConnInfo(c).remote.address ?? 'unknown'
  } catch {
    return 'unknown'
  }
}

/** Hands a request to better-auth, with the address that it really came from, and with a body and path of ours where given. */
async function passOn(auth: Auth, c: Context, body?: object, path?: string): Promise<Response> {
  const headers = new Headers(c.req.raw.headers)
  headers.set(addressHeader, peer(c))
  const url = new URL(c.req.url)
  if (path !== undefined) url.pathname = `/admin/api/auth${path}`
  if (body === undefined) return auth.handler(new Request(new Request(url, c.req.raw), { headers }))
  headers.delete('content-length')
  return auth.handler(new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }))
}
