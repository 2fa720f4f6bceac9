import { Hono } from 'hono'
import encodeQR from 'qr'
import { z } from 'zod'
import type { App } from '../../../app.ts'
import { audit } from '../../../db/journal.ts'
import {
  codeIsNew,
  endSessions,
  hasPassword,
  noteFailedProof,
  notePresence,
  passwordOf,
  sessionsOf,
} from '../../../db/staff.ts'
import { hashPassword, type Auth } from '../auth.ts'
import { freshlyProven, needsSecondFactor, readBody, refuse, type AdminEnv } from '../guard.ts'
import { setPassword } from '../../../flows/team/set-password.ts'

export type MePage = {
  name: string
  email: string
  role: string
  two_factor: boolean
  two_factor_needed: boolean
  /** How this person shows again that it is them. */
  proof: 'code' | 'password' | 'sign_in'
  sessions: {
    id: string
    created_at: string
    seen_at: string
    address: string | null
    agent: string | null
    this: boolean
  }[]
}
export type NewTwoFactor = { qr: string; secret: string; codes: string[] }

const proofBody = z.strictObject({ password: z.string().max(200).optional(), code: z.string().max(40).optional() })
const passwordBody = z.strictObject({ password: z.string().max(200) })
const codeBody = z.strictObject({ code: z.string().max(40) })
const emptyBody = z.strictObject({})

/** The page "You": also for those who must set up a second factor before anything else. */
export function meRoutes(app: App, auth: Auth): Hono<AdminEnv> {
  const routes = new Hono<AdminEnv>()
  routes.get('/', async (c) => {
    const { staff, session } = c.var
    const [sessions, password, needed] = await Promise.all([
      sessionsOf(app.db, staff.id),
      hasPassword(app.db, staff.id),
      needsSecondFactor(app, c.var),
    ])
    return c.json({
      name: staff.name,
      email: staff.email,
      role: staff.role,
      two_factor: session.two_factor,
      two_factor_needed: needed,
      proof: session.two_factor ? 'code' : password ? 'password' : 'sign_in',
      sessions: sessions.map((one) => ({ ...one, this: one.id === session.id })),
    })
  })
  routes.post('/step-up', async (c) => {
    const body = await readBody(c, proofBody)
    if (!body.ok) return body.response
    const { staff, session } = c.var
    const proven = session.two_factor
      ? await isRightCode(app, auth, c.req.raw.headers, staff.id, body.value.code ?? '')
      : await isRightPassword(app, auth, staff.id, body.value.password ?? '')
    if (proven) {
      await notePresence(app.db, session.id, new Date())
      return c.json({ ok: true })
    }
    const over = await noteFailedProof(app.db, session.id)
    return over
      ? refuse(c, 401, {
          code: 'not_signed_in',
          title: 'You are signed out',
          detail: 'Five proofs were wrong, so this session was ended. Sign in again. Nothing was changed.',
        })
      : refuse(c, 422, {
          code: 'proof_wrong',
          title: 'That is not right',
          detail: session.two_factor
            ? 'This code is not right, or was used already. Take the newest one.'
            : 'This is not your password.',
          field: session.two_factor ? 'code' : 'password',
        })
  })
  routes.post('/two-factor/start', freshlyProven, async (c) => {
    const body = await readBody(c, passwordBody.partial())
    if (!body.ok) return body.response
    const made = await auth.api
      .enableTwoFactor({ body: { password: body.value.password ?? '', method: 'totp' }, headers: c.req.raw.headers })
      .catch(() => undefined)
    if (!made || made.method !== 'totp')
      return refuse(c, 422, {
        code: 'proof_wrong',
        title: 'That is not right',
        detail: 'This is not your password, or a second factor is set up already.',
        field: 'password',
      })
    return c.json({
      qr: encodeQR(made.totpURI, 'svg', { ecc: 'medium', border: 2 }),
      secret: new URL(made.totpURI).searchParams.get('secret') ?? '',
      codes: made.backupCodes,
    } satisfies NewTwoFactor)
  })
  routes.post('/two-factor/confirm', async (c) => {
    const body = await readBody(c, codeBody)
    if (!body.ok) return body.response
    const code = body.value.code.replaceAll(' ', '')
    const result = await auth.api
      .verifyTOTP({ body: { code }, headers: c.req.raw.headers, returnHeaders: true })
      .catch(() => undefined)
    if (!result || !(await codeIsNew(app.db, c.var.staff.id, code, app.now())))
      return refuse(c, 422, {
        code: 'proof_wrong',
        title: 'That is not right',
        detail: 'This code is not right. Is the clock of your phone right? Take the newest code.',
        field: 'code',
      })
    for (const cookie of result.headers.getSetCookie()) c.header('set-cookie', cookie, { append: true })
    await note(app, c.var.staff.id, 'staff.two_factor_on')
    return c.json({ ok: true })
  })
  routes.post('/two-factor/off', freshlyProven, async (c) => {
    const body = await readBody(c, passwordBody.partial())
    if (!body.ok) return body.response
    const result = await auth.api
      .disableTwoFactor({
        body: { password: body.value.password ?? '' },
        headers: c.req.raw.headers,
        returnHeaders: true,
      })
      .catch(() => undefined)
    if (!result)
      return refuse(c, 422, {
        code: 'proof_wrong',
        title: 'That is not right',
        detail: 'This is not your password. The second factor stays on.',
        field: 'password',
      })
    for (const cookie of result.headers.getSetCookie()) c.header('set-cookie', cookie, { append: true })
    await note(app, c.var.staff.id, 'staff.two_factor_off')
    return c.json({ ok: true })
  })
  routes.post('/password', freshlyProven, async (c) => {
    const body = await readBody(c, passwordBody)
    if (!body.ok) return body.response
    const { password } = body.value
    if (password.length < 12 || password.length > 128)
      return refuse(c, 422, {
        code: 'invalid',
        title: 'This can’t be used as it is',
        detail: 'A password has 12 to 128 characters.',
        field: 'password',
      })
    await setPassword(app, {
      staff: c.var.staff.id,
      hash: await hashPassword(app, password),
      keepSession: c.var.session.id,
    })
    return c.json({ ok: true })
  })
  routes.post('/sessions/end-others', async (c) => {
    const body = await readBody(c, emptyBody)
    if (!body.ok) return body.response
    const ended = await endSessions(app.db, c.var.staff.id, { but: c.var.session.id })
    await note(app, c.var.staff.id, 'staff.signed_out_elsewhere')
    return c.json({ ended })
  })
  return routes
}

async function isRightPassword(app: App, auth: Auth, staff: string, password: string): Promise<boolean> {
  const hash = await passwordOf(app.db, staff)
  if (hash === undefined) return false
  const { password: hasher } = await auth.$context
  return hasher.verify({ hash, password })
}

async function isRightCode(app: App, auth: Auth, headers: Headers, staff: string, code: string): Promise<boolean> {
  const plain = code.replaceAll(' ', '')
  const right = await auth.api
    .verifyTOTP({ body: { code: plain }, headers })
    .then(() => true)
    .catch(() => false)
  return right && codeIsNew(app.db, staff, plain, app.now())
}

const note = (app: App, staff: string, action: string) =>
  audit(app.db, { account: app.account, at: app.now(), actor: `staff:${staff}`, action, subject: staff })
