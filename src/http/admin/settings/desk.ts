import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../../app.ts'
import { absences, type Absence, type Colleague } from '../../../db/absences.ts'
import { deskOf } from '../../../db/desk.ts'
import { mayAs } from '../../../domain/actor.ts'
import type { Desk } from '../../../domain/desk.ts'
import { setAbsence } from '../../../flows/set-absence.ts'
import { setDesk } from '../../../flows/set-desk.ts'
import { answer, who } from '../answer.ts'
import { freshlyProven, readBody, refuse, roleAtLeast, type AdminEnv } from '../guard.ts'

export type DeskPage = { desk: Desk; away: Absence[]; colleagues: Colleague[] }

const limit = z.strictObject({
  per_request_minor: z.int().nonnegative().nullable(),
  per_day_minor: z.int().nonnegative().nullable(),
})
const zone = z.string().max(60).refine(isZone, 'is not a time zone, such as Europe/Berlin')
const deskBody = z.strictObject({
  currency: z.string().regex(/^[a-z]{3}$/, 'is a currency in three small letters'),
  rates: z.record(z.string().regex(/^[a-z]{3}$/), z.number().positive()),
  limits: z.strictObject({ support: limit, approver: limit, finance: limit, owner: limit }),
  four_eyes: z.boolean(),
  hours: z
    .strictObject({
      time_zone: zone,
      days: z.array(z.int().min(1).max(7)).min(1, 'needs a day on which somebody works').max(7),
      opens: z.int().min(0).max(1440),
      closes: z.int().min(0).max(1440),
    })
    .refine(({ opens, closes }) => opens < closes, 'The desk closes before it opens.'),
  answer_within: z
    .int()
    .min(1)
    .max(30 * 1440),
  remind_before: z
    .int()
    .min(0)
    .max(30 * 1440),
  escalate_to: z.enum(['support', 'approver', 'finance', 'owner']).nullable(),
  dispute_fee_minor: z.int().nonnegative(),
  dispute_fees: z.record(z.string().regex(/^[a-z]{3}$/), z.int().nonnegative()).default({}),
  win_percent: z.int().min(0).max(100).default(30),
})
const awayBody = z.strictObject({
  staff: z.string().max(100),
  deputy: z.string().max(100),
  until: z.iso.datetime({ offset: true }).nullable(),
})

/** The page "Desk": who may approve how much, when people work, and who is away. */
export function deskSettingsRoutes(app: App): Hono<AdminEnv> {
  return new Hono<AdminEnv>()
    .get('/', async (c) =>
      c.json({
        desk: await deskOf(app.db, app.account),
        ...(await absences(app.db, app.now())),
      } satisfies DeskPage),
    )
    .post('/', roleAtLeast('owner'), freshlyProven, async (c) => {
      const body = await readBody(c, deskBody)
      return body.ok ? c.json(await setDesk(app, { settings: body.value, by: who(c).by })) : body.response
    })
    .post('/away', roleAtLeast('support'), async (c) => {
      const body = await readBody(c, awayBody)
      if (!body.ok) return body.response
      const { staff, deputy, until } = body.value
      const me = c.get('staff')
      if (staff !== me.id && !mayAs(me.role, 'owner'))
        return refuse(c, 403, {
          code: 'role_too_low',
          title: 'Your role does not allow this',
          detail: 'Only an owner can say that somebody else is away. Nothing was changed.',
        })
      return answer(
        c,
        await setAbsence(app, { staff, deputy, until: until === null ? null : new Date(until), by: who(c).by }),
      )
    })
}

function isZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
