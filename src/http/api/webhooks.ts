import { createRoute, z } from '@hono/zod-openapi'
import type { App } from '../../app.ts'
import {
  findDelivery,
  findEndpoint,
  listDeliveries,
  listEndpoints,
  type DeliveryLine,
  type EndpointRow,
} from '../../db/webhooks.ts'
import {
  addEndpoint,
  changeEndpoint,
  removeEndpoint,
  replay,
  rotateSecret,
  sendTestEvent,
} from '../../flows/webhooks/manage.ts'
import { problem } from '../problem.ts'
import { scoped } from './keys.ts'
import { body, errors, idParam, json, pageUp, withKey, type Api } from './parts.ts'
import * as s from './schemas.ts'

const instant = z.iso.datetime()
const Endpoint = z
  .object({
    id: z.string().openapi({ example: 'whe_019a…' }),
    url: z.string(),
    description: z.string(),
    events: z.array(z.string()).openapi({ example: ['refund.*', 'access.changed'] }),
    enabled: z.boolean(),
    disabled_because: z.string().nullable(),
    failing_since: instant.nullable(),
    created_at: instant,
  })
  .openapi('WebhookEndpoint')
const Secret = z.object({ id: z.string(), secret: z.string().openapi({ description: 'whsec_…, shown this once.' }) })
const Delivery = z
  .object({
    id: z.string().openapi({ description: 'Also the header webhook-id: the same on every attempt.' }),
    status: z.enum(['waiting', 'delivered', 'failed']),
    endpoint: z.string(),
    event: z.string(),
    type: z.string(),
    subject: z.string(),
    tries: z.int(),
    last_status: z.int().nullable(),
    last_error: z.string().nullable(),
    created_at: instant,
    next_at: instant.nullable(),
  })
  .openapi('WebhookDelivery')
const Attempts = Delivery.extend({
  body: z.string(),
  attempts: z.array(
    z.object({
      number: z.int(),
      at: instant,
      status: z.int().nullable(),
      ms: z.int(),
      error: z.string().nullable(),
      response: z.string().nullable(),
    }),
  ),
}).openapi('WebhookDeliveryWithAttempts')

const events = z.array(z.string().max(100)).max(100).openapi({ description: 'Types, `refund.*`, or `*`.' })
const NewEndpoint = z.strictObject({
  url: z.string().max(2000),
  events,
  description: z.string().max(200).optional(),
})
const EndpointChange = z.strictObject({
  url: z.string().max(2000).optional(),
  events: events.optional(),
  description: z.string().max(200).optional(),
  enabled: z.boolean().optional(),
})

/** Outgoing webhooks: who is told of what, and what came of it. */
export function webhookRoutes(app: App, api: Api): void {
  const { db, account } = app
  api.openapi(
    createRoute({
      method: 'post',
      path: '/webhook_endpoints',
      summary: 'Make an endpoint',
      ...scoped('webhooks:manage'),
      request: { ...withKey, ...body(NewEndpoint) },
      responses: { 201: json(Secret, 'Made. The secret is shown this once.'), ...errors },
    }),
    async (c) => {
      const { description, ...rest } = c.req.valid('json')
      const made = await addEndpoint(app, {
        ...rest,
        ...(description !== undefined && { description }),
        by: c.get('actor'),
      })
      return (made.ok ? c.json(made.value, 201) : problem(c, made.no)) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/webhook_endpoints',
      summary: 'List endpoints',
      ...scoped('webhooks:manage'),
      responses: { 200: json(z.object({ data: z.array(Endpoint) }), 'All of them.'), ...errors },
    }),
    async (c) => c.json({ data: (await listEndpoints(db, account)).map(endpointView) }, 200) as never,
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/webhook_endpoints/{id}',
      summary: 'An endpoint',
      ...scoped('webhooks:manage'),
      request: idParam,
      responses: { 200: json(Endpoint, 'The endpoint.'), ...errors },
    }),
    async (c) => {
      const found = await findEndpoint(db, account, c.req.valid('param').id)
      return (
        found ? c.json(endpointView(found), 200) : problem(c, { code: 'setting_not_found', what: 'webhook endpoint' })
      ) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/webhook_endpoints/{id}',
      summary: 'Change, disable or enable an endpoint',
      ...scoped('webhooks:manage'),
      request: { ...idParam, ...withKey, ...body(EndpointChange) },
      responses: { 200: json(Endpoint, 'Changed.'), ...errors },
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const result = await changeEndpoint(app, { id, by: c.get('actor'), ...c.req.valid('json') })
      if (!result.ok) return problem(c, result.no) as never
      return c.json(endpointView((await findEndpoint(db, account, id))!), 200) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'delete',
      path: '/webhook_endpoints/{id}',
      summary: 'Remove an endpoint',
      ...scoped('webhooks:manage'),
      request: idParam,
      responses: { 200: json(z.object({ id: z.string() }), 'Removed.'), ...errors },
    }),
    async (c) => {
      const result = await removeEndpoint(app, { id: c.req.valid('param').id, by: c.get('actor') })
      return (result.ok ? c.json(result.value, 200) : problem(c, result.no)) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/webhook_endpoints/{id}/rotate_secret',
      summary: 'Make a new secret; the old one signs too for 24 hours',
      ...scoped('webhooks:manage'),
      request: { ...idParam, ...withKey },
      responses: { 200: json(Secret.extend({ old_until: instant }), 'The new one, shown this once.'), ...errors },
    }),
    async (c) => {
      const result = await rotateSecret(app, { id: c.req.valid('param').id, by: c.get('actor') })
      return (result.ok ? c.json(result.value, 200) : problem(c, result.no)) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/webhook_endpoints/{id}/test',
      summary: 'Send a test event',
      ...scoped('webhooks:manage'),
      request: { ...idParam, ...withKey },
      responses: { 200: json(z.object({ delivery: z.string() }), 'In line.'), ...errors },
    }),
    async (c) => {
      const result = await sendTestEvent(app, { id: c.req.valid('param').id, by: c.get('actor') })
      return (result.ok ? c.json(result.value, 200) : problem(c, result.no)) as never
    },
  )
  deliveryRoutes(app, api)
}

function deliveryRoutes(app: App, api: Api): void {
  const { db, account } = app
  api.openapi(
    createRoute({
      method: 'get',
      path: '/webhook_deliveries',
      summary: 'List deliveries, newest first',
      ...scoped('webhooks:manage'),
      request: {
        query: z.object({
          ...s.paging,
          endpoint: z.string().max(100).optional(),
          status: Delivery.shape.status.optional(),
        }),
      },
      responses: { 200: json(s.pageOf(Delivery), 'A page.'), ...errors },
    }),
    async (c) => {
      const { cursor, limit, endpoint, status } = c.req.valid('query')
      const rows = await listDeliveries(db, account, { endpoint, status, after: cursor, limit: limit + 1 })
      const { data, next_cursor } = pageUp(rows, limit)
      return c.json({ data: data.map(deliveryView), next_cursor }, 200) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/webhook_deliveries/{id}',
      summary: 'A delivery with what was sent and each attempt',
      ...scoped('webhooks:manage'),
      request: idParam,
      responses: { 200: json(Attempts, 'The delivery.'), ...errors },
    }),
    async (c) => {
      const found = await findDelivery(db, account, c.req.valid('param').id)
      if (!found) return problem(c, { code: 'setting_not_found', what: 'delivery' }) as never
      const { body: sent, attempts } = found
      return c.json({ ...deliveryView(found), body: sent, attempts }, 200) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/webhook_deliveries/{id}/replay',
      summary: 'Send a delivery again, under its id',
      ...scoped('webhooks:manage'),
      request: { ...idParam, ...withKey },
      responses: { 200: json(z.object({ id: z.string() }), 'In line.'), ...errors },
    }),
    async (c) => {
      const result = await replay(app, { id: c.req.valid('param').id, by: c.get('actor') })
      return (result.ok ? c.json(result.value, 200) : problem(c, result.no)) as never
    },
  )
}

const endpointView = ({
  id,
  url,
  description,
  events: told,
  disabled_at,
  disabled_because,
  failing_since,
  created_at,
}: EndpointRow) => ({
  id,
  url,
  description,
  events: told,
  enabled: disabled_at === null,
  disabled_because,
  failing_since,
  created_at,
})

const deliveryView = (row: DeliveryLine) => ({
  id: row.id,
  status: row.status,
  endpoint: row.endpoint_id,
  event: row.event_id,
  type: row.type,
  subject: row.subject_id,
  tries: row.tries,
  last_status: row.last_status,
  last_error: row.last_error,
  created_at: row.created_at,
  next_at: row.next_at,
})
