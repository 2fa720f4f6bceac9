import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../../app.ts'
import { inTransaction } from '../../../db/connect.ts'
import { installationSettings, saveInstallationSetting } from '../../../db/installation-settings.ts'
import { audit } from '../../../db/journal.ts'
import { colleagues, type Colleague } from '../../../db/settings/team.ts'
import { roles } from '../../../domain/actor.ts'
import { changeRole, deactivateStaff, resetTwoFactor, signOutStaff } from '../../../flows/team/change-staff.ts'
import { inviteStaff } from '../../../flows/team/invite.ts'
import { answer, who } from '../answer.ts'
import { freshlyProven, readBody, refuse, roleAtLeast, type AdminEnv } from '../guard.ts'

export type { Invitation } from '../../../flows/team/invite.ts'
export type TeamPage = { staff: Colleague[]; two_factor_required: boolean; mail: boolean; oidc: string | null }

const role = z.enum(roles)
const inviteBody = z.strictObject({ email: z.string().max(300), name: z.string().max(200).default(''), role })
const roleBody = z.strictObject({ role })
const requireBody = z.strictObject({ required: z.boolean() })
const emptyBody = z.strictObject({})

/** The page "Team". Everybody sees who works here; only an owner changes it, and shows again that it is them. */
export function teamRoutes(app: App): Hono<AdminEnv> {
  const routes = new Hono<AdminEnv>()
  routes.get('/', async (c) => {
    const [staff, settings] = await Promise.all([colleagues(app.db), installationSettings(app.db, app.account)])
    return c.json({
      staff,
      two_factor_required: settings.two_factor_required,
      mail: app.config.smtpUrl !== undefined,
      oidc: app.config.oidc?.name ?? null,
    } satisfies TeamPage)
  })
  const owner = [roleAtLeast('owner'), freshlyProven] as const
  routes.post('/invite', ...owner, async (c) => {
    const body = await readBody(c, inviteBody)
    return body.ok ? answer(c, await inviteStaff(app, { ...body.value, by: who(c).by })) : body.response
  })
  routes.post('/two-factor-required', ...owner, async (c) => {
    const body = await readBody(c, requireBody)
    if (!body.ok) return body.response
    const { required } = body.value
    if (required && !c.var.session.two_factor)
      return refuse(c, 409, {
        code: 'setting_refused',
        title: 'Set up yours first',
        detail: 'Set up your own second factor first, under “You”: otherwise you would lock yourself out of this page.',
      })
    await inTransaction(app.db, async (tx) => {
      const stamp = { by: who(c).by, at: app.now() }
      await saveInstallationSetting(tx, app.account, 'two_factor_required', required, stamp)
      await audit(tx, {
        account: app.account,
        at: stamp.at,
        actor: stamp.by,
        action: required ? 'staff.two_factor_required' : 'staff.two_factor_optional',
        subject: 'team',
      })
    })
    return c.json({ required })
  })
  routes.post('/:id/role', ...owner, async (c) => {
    const body = await readBody(c, roleBody)
    return body.ok
      ? answer(c, await changeRole(app, { id: c.req.param('id'), role: body.value.role, by: who(c).by }))
      : body.response
  })
  for (const [path, flow] of [
    ['deactivate', deactivateStaff],
    ['sign-out', signOutStaff],
    ['reset-two-factor', resetTwoFactor],
  ] as const) {
    routes.post(`/:id/${path}`, ...owner, async (c) => {
      const body = await readBody(c, emptyBody)
      return body.ok ? answer(c, await flow(app, { id: c.req.param('id'), by: who(c).by })) : body.response
    })
  }
  return routes
}
