import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../app.ts'
import { endPortalSession, newSecret } from '../../db/portal-sessions.ts'
import { enterByJwt } from '../../flows/enter-by-jwt.ts'
import { enterPortal, type EnterResult } from '../../flows/open-portal.ts'
import { askForLink, openByMail } from '../../flows/sign-in-by-mail.ts'
import { addressOf, tooOften } from '../limits.ts'
import { clearSessionCookie, readSessionCookie, setSessionCookie, type Cookie } from '../session.ts'
import { portalCookie, readBody, refuse, refused, sessionSecret, tooMany, type PortalEnv } from './guard.ts'
import { languageOf } from './language.ts'
import type { EnterAnswer, SignInAnswer } from './wire.ts'

const token = z.string().min(1).max(200)
const bodies = {
  enter: z.union([z.strictObject({ token }), z.strictObject({ jwt: z.string().min(1).max(8192) })]),
  ask: z.strictObject({
    email: z
      .string()
      .trim()
      .max(254)
      .regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]+$/u),
    number: z.string().trim().max(60).nullish(),
  }),
  open: z.strictObject({
    token,
    code: z
      .string()
      .regex(/^\d{6}$/)
      .optional(),
  }),
} as const

const unusable = { code: 'invalid', detail: 'This can’t be used as it is. Nothing was changed.' }

/** Marks the browser that asked for a link by e-mail, so that the link opens in it without a code. */
const browserCookie = (app: App): Cookie => ({ ...portalCookie(app), name: 'portal_browser' })

/** In a frame on the merchant's page browsers keep no cookie of ours: the page holds the session itself and sends it. */
const isFramed = (c: Context): boolean => c.req.header('x-portal-frame') === '1'

/** How customers come in and go out. Only a POST lets anybody in: what merely looks at links doesn't use them up. */
export function waysIn(app: App, api: Hono<PortalEnv>): void {
  const cookie = portalCookie(app)

  const letIn = (c: Context, entered: EnterResult): Response => {
    if (!entered.ok) return refused(c, entered.no)
    const { session, payment, request, return_url } = entered.value
    if (!isFramed(c)) setSessionCookie(c, cookie, session)
    return c.json({
      payment,
      ...(request !== null && { request }),
      return_url,
      ...(isFramed(c) && { session }),
    } satisfies EnterAnswer)
  }

  // A link's token, or one that the merchant's backend has signed, becomes a session.
  api.post('/enter', async (c) => {
    const body = await readBody(c, bodies.enter)
    if (body === undefined) return refuse(c, 422, unusable)
    const wait = await tooOften(app, 'enter_from_ip', addressOf(app, c))
    if (wait !== undefined) return tooMany(c, wait)
    const session = sessionSecret(app, c)
    return letIn(
      c,
      'jwt' in body ? await enterByJwt(app, { ...body, session }) : await enterPortal(app, { ...body, session }),
    )
  })

  // Somebody asks for a link by e-mail. The answer is the same for every address and every number.
  api.post('/sign-in', async (c) => {
    if (app.config.smtpUrl === undefined)
      return refuse(c, 404, {
        code: 'not_offered',
        detail: 'Links are not sent by e-mail here. Ask for one where you paid.',
      })
    const body = await readBody(c, bodies.ask)
    if (body === undefined)
      return refuse(c, 422, { code: 'email_invalid', detail: 'Enter a whole e-mail address.', field: 'email' })
    const wait =
      (await tooOften(app, 'mail_from_ip', addressOf(app, c))) ??
      (await tooOften(app, 'mail_to_address', body.email.toLowerCase()))
    if (wait !== undefined) return tooMany(c, wait)
    const browser = readSessionCookie(c, browserCookie(app)) ?? newSecret()
    const { code } = await askForLink(app, {
      email: body.email,
      number: body.number || null,
      language: languageOf(c),
      browser,
    })
    setSessionCookie(c, browserCookie(app), browser)
    return c.json({ code } satisfies SignInAnswer, 202)
  })

  // The mailed link, after its reader has pressed the button.
  api.post('/sign-in/open', async (c) => {
    const body = await readBody(c, bodies.open)
    if (body === undefined) return refuse(c, 422, unusable)
    const wait = await tooOften(app, 'enter_from_ip', addressOf(app, c))
    if (wait !== undefined) return tooMany(c, wait)
    const browser = readSessionCookie(c, browserCookie(app))
    const opened = await openByMail(app, { token: body.token, code: body.code, browser })
    if ('needs_code' in opened)
      return refuse(c, 403, {
        code: opened.wrong ? 'code_wrong' : 'code_needed',
        detail: 'Enter the six digits that are shown where you asked for the link.',
      })
    return letIn(c, opened)
  })

  // Ends the session on this device.
  api.post('/leave', async (c) => {
    const secret = sessionSecret(app, c)
    if (secret !== undefined) await endPortalSession(app.db, app.account, secret)
    clearSessionCookie(c, cookie)
    return c.json({})
  })
}
