import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../../app.ts'
import { apiKeyLines, type ApiKeyLine } from '../../../db/settings/api-keys.ts'
import { endApiKey, makeApiKey } from '../../../flows/settings/api-keys.ts'
import { answer, who } from '../answer.ts'
import { freshlyProven, readBody, roleAtLeast, type AdminEnv } from '../guard.ts'

export type ApiKeysPage = { keys: ApiKeyLine[] }

const newBody = z.strictObject({
  name: z.string().max(200),
  scopes: z.array(z.string().max(50)).max(50),
  days: z.number().int().min(1).max(3650).nullable(),
})
const emptyBody = z.strictObject({})

/** The page "API keys". */
export function apiKeyRoutes(app: App): Hono<AdminEnv> {
  const routes = new Hono<AdminEnv>()
  routes.get('/', async (c) => c.json({ keys: await apiKeyLines(app.db, app.account) } satisfies ApiKeysPage))
  routes.post('/', roleAtLeast('owner'), freshlyProven, async (c) => {
    const body = await readBody(c, newBody)
    return body.ok ? answer(c, await makeApiKey(app, { ...body.value, by: who(c).by })) : body.response
  })
  routes.post('/:id/revoke', roleAtLeast('owner'), freshlyProven, async (c) => {
    const body = await readBody(c, emptyBody)
    return body.ok ? answer(c, await endApiKey(app, { id: c.req.param('id'), by: who(c).by })) : body.response
  })
  return routes
}
