import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../../app.ts'
import { findDelivery, listDeliveries, listEndpoints } from '../../../db/webhooks.ts'
import { webhookEventTypes } from '../../../domain/webhook.ts'
import {
  addEndpoint,
  changeEndpoint,
  removeEndpoint,
  replay,
  rotateSecret,
  sendTestEvent,
} from '../../../flows/webhooks/manage.ts'
import { answer, who } from '../answer.ts'
import { freshlyProven, readBody, readQuery, refuse, roleAtLeast, type AdminEnv } from '../guard.ts'

export type WebhooksPage = {
  endpoints: {
    id: string
    url: string
    description: string
    events: string[]
    disabled_at: string | null
    disabled_because: string | null
    failing_since: string | null
    old_secret_until: string | null
  }[]
  types: readonly string[]
}
export type DeliveryListLine = {
  id: string
  status: 'waiting' | 'delivered' | 'failed'
  endpoint_id: string
  type: string
  subject_id: string
  created_at: string
  next_at: string | null
  tries: number
  last_status: number | null
  last_error: string | null
}
export type DeliveriesPage = { rows: DeliveryListLine[]; next: string | null }
export type DeliveryPage = DeliveryListLine & {
  body: string
  attempts: {
    number: number
    at: string
    status: number | null
    ms: number
    error: string | null
    response: string | null
  }[]
}

const events = z.array(z.string().max(100)).max(100)
const newBody = z.strictObject({ url: z.string().max(2500), events, description: z.string().max(500).default('') })
const changeBody = z.strictObject({
  url: z.string().max(2500).optional(),
  events: events.optional(),
  description: z.string().max(500).optional(),
  enabled: z.boolean().optional(),
})
const emptyBody = z.strictObject({})
const pageSize = 30
const listQuery = z.object({
  endpoint: z.string().max(100).optional(),
  status: z.enum(['waiting', 'delivered', 'failed']).optional(),
  after: z.string().max(100).optional(),
})

/** The page "Webhooks". */
export function webhookSettingsRoutes(app: App): Hono<AdminEnv> {
  const routes = new Hono<AdminEnv>()
  routes.get('/', async (c) => {
    const endpoints = (await listEndpoints(app.db, app.account)).map(
      ({ secret: _secret, old_secret: _old, ...rest }) => rest,
    )
    return c.json({ endpoints, types: webhookEventTypes })
  })
  routes.get('/deliveries', async (c) => {
    const query = readQuery(c, listQuery)
    if (!query.ok) return query.response
    const rows = await listDeliveries(app.db, app.account, { ...query.value, limit: pageSize + 1 })
    return c.json({ rows: rows.slice(0, pageSize), next: rows.length > pageSize ? rows[pageSize - 1]!.id : null })
  })
  routes.get('/deliveries/:id', async (c) => {
    const found = await findDelivery(app.db, app.account, c.req.param('id'))
    return found
      ? c.json(found)
      : refuse(c, 404, { code: 'setting_not_found', title: 'Not found', detail: 'There is no such delivery.' })
  })
  routes.post('/deliveries/:id/replay', roleAtLeast('finance'), async (c) => {
    const body = await readBody(c, emptyBody)
    return body.ok ? answer(c, await replay(app, { id: c.req.param('id'), by: who(c).by })) : body.response
  })
  const owner = [roleAtLeast('owner'), freshlyProven] as const
  routes.post('/', ...owner, async (c) => {
    const body = await readBody(c, newBody)
    return body.ok ? answer(c, await addEndpoint(app, { ...body.value, by: who(c).by })) : body.response
  })
  routes.post('/:id', ...owner, async (c) => {
    const body = await readBody(c, changeBody)
    return body.ok
      ? answer(c, await changeEndpoint(app, { id: c.req.param('id'), by: who(c).by, ...body.value }))
      : body.response
  })
  for (const [path, flow] of [
    ['remove', removeEndpoint],
    ['rotate-secret', rotateSecret],
    ['test', sendTestEvent],
  ] as const) {
    routes.post(`/:id/${path}`, ...owner, async (c) => {
      const body = await readBody(c, emptyBody)
      return body.ok ? answer<object>(c, await flow(app, { id: c.req.param('id'), by: who(c).by })) : body.response
    })
  }
  return routes
}
