import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../../app.ts'
import { policyAt } from '../../../db/policies.ts'
import { reasonsOf, reasonUse } from '../../../db/reasons.ts'
import { languageCodes } from '../../../domain/languages.ts'
import { reasonsNamed } from '../../../domain/policy/named-reasons.ts'
import { creditNoteReasons, stripeReasons, type Reason } from '../../../domain/reasons.ts'
import { addReason, arrangeReasons, changeReason } from '../../../flows/settings/save-reason.ts'
import { readVersion } from '../../../flows/judge.ts'
import { answer, who } from '../answer.ts'
import { readBody, roleAtLeast, type AdminEnv } from '../guard.ts'

export type ReasonsPage = {
  reasons: (Omit<Reason, 'archived_at'> & {
    archived_at: string | null
    requests: number
    last_at: string | null
    /** Languages of the portal in which it is shown in English. */
    missing: string[]
    /** Rules of the policy in force that name it. */
    rules: string[]
  })[]
}

const fields = {
  audience: z.enum(['customer', 'staff']),
  labels: z.record(z.string().max(10), z.string().max(500)),
  stripe: z.enum(stripeReasons),
  credit_note: z.enum(creditNoteReasons),
}
const newBody = z.strictObject({ code: z.string().max(100), ...fields })
const changeBody = z.strictObject({ ...fields, archived: z.boolean() }).partial()
const orderBody = z.strictObject({ codes: z.array(z.string().max(100)).max(500) })

/** The page "Reasons". */
export function reasonRoutes(app: App): Hono<AdminEnv> {
  const routes = new Hono<AdminEnv>()
  routes.get('/', async (c) => {
    const [reasons, uses, version] = await Promise.all([
      reasonsOf(app.db, app.account),
      reasonUse(app.db, app.account),
      policyAt(app.db, app.account, app.now()),
    ])
    const named = version ? reasonsNamed(readVersion(app, version)) : []
    return c.json({
      reasons: reasons.map((reason) => ({
        ...reason,
        requests: uses.find(({ code }) => code === reason.code)?.requests ?? 0,
        last_at: uses.find(({ code }) => code === reason.code)?.last_at ?? null,
        missing: languageCodes.filter((language) => reason.labels[language] === undefined),
        rules: [...new Set(named.filter(({ code }) => code === reason.code).map(({ rule }) => rule))],
      })),
    })
  })
  routes.post('/', roleAtLeast('finance'), async (c) => {
    const body = await readBody(c, newBody)
    return body.ok ? answer(c, await addReason(app, body.value, who(c).by)) : body.response
  })
  routes.post('/order', roleAtLeast('finance'), async (c) => {
    const body = await readBody(c, orderBody)
    return body.ok ? answer(c, await arrangeReasons(app, body.value.codes, who(c).by)) : body.response
  })
  routes.post('/:code', roleAtLeast('finance'), async (c) => {
    const body = await readBody(c, changeBody)
    return body.ok ? answer(c, await changeReason(app, c.req.param('code'), body.value, who(c).by)) : body.response
  })
  return routes
}
