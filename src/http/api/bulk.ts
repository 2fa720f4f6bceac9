import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { App } from '../../app.ts'
import { bulkItems, bulkPage } from '../../db/admin-bulk.ts'
import { bulkMax } from '../../domain/bulk.ts'
import { planBulk } from '../../flows/bulk/plan.ts'
import { beginBulk, cancelBulk } from '../../flows/bulk/steer.ts'
import { idToMake } from '../idempotent.ts'
import { problem } from '../problem.ts'
import { scoped } from './keys.ts'
import { body, errors, idParam, json, withKey, type Api } from './parts.ts'
import { paging } from './schemas.ts'

const minor = z.int().openapi({ description: 'Whole minor units of the currency.' })
const NewBulkAction = z
  .strictObject({
    deed: z.enum(['approve', 'deny', 'note', 'handle']),
    requests: z.array(z.string().max(255)).min(1).max(bulkMax).openapi({ description: 'Ids of requests: rr_…' }),
    note: z.string().max(10_000).optional().openapi({ description: 'For staff. Needed for all but approve.' }),
    reply: z.string().max(10_000).optional().openapi({ description: 'What each customer reads.' }),
    template: z
      .string()
      .max(100)
      .optional()
      .openapi({ description: 'tpl_…: a reply of the team, in each customer’s language.' }),
    proof: z.string().max(1_000).optional().openapi({ description: 'For handle: what shows that it was settled.' }),
  })
  .openapi('NewBulkAction')
const BulkAction = z
  .object({
    id: z.string().openapi({ example: 'blk_019a…' }),
    status: z.enum(['draft', 'running', 'canceled', 'done']),
    deed: z.string(),
    created_at: z.iso.datetime(),
    started_at: z.iso.datetime().nullable(),
    done_at: z.iso.datetime().nullable(),
    totals: z.array(z.object({ status: z.string(), currency: z.string(), count: z.int(), amount_minor: minor })),
    left_out: z.array(z.object({ because: z.string(), count: z.int() })),
    needs_second_person: z.int(),
  })
  .openapi('BulkAction')
const ToBegin = z
  .strictObject({
    count: z.int().openapi({ description: 'How many are waiting, as the dry run says.' }),
    sums: z
      .record(z.string(), z.int())
      .default({})
      .openapi({ description: 'For approve: the sum waiting in each currency, in minor units.' }),
  })
  .openapi('BulkConfirmation')
const BulkResult = z
  .object({
    request: z.string(),
    result: z.enum(['waiting', 'done', 'excluded', 'refused', 'canceled', 'undone']),
    amount_minor: minor,
    currency: z.string(),
    because: z.string().nullable(),
    at: z.iso.datetime().nullable(),
  })
  .openapi('BulkResult')

/** One deed for many requests: a dry run, then a job with a result for each. */
export function bulkRoutes(app: App, api: Api): void {
  const show = async (c: Context, id: string, status: 200 | 201 = 200) => {
    const page = await bulkPage(app.db, app.account, id, app.now())
    if (!page) return problem(c, { code: 'setting_not_found', what: 'bulk action' }) as never
    const { deed, created_at, started_at, done_at, left_out, second_person, sums } = page
    const totals = sums.map(({ minor: amount_minor, ...rest }) => ({ ...rest, amount_minor }))
    return c.json(
      {
        id,
        status: page.status,
        deed,
        created_at,
        started_at,
        done_at,
        totals,
        left_out,
        needs_second_person: second_person,
      },
      status,
    ) as never
  }
  api.openapi(
    createRoute({
      method: 'post',
      path: '/bulk_actions',
      summary: 'Plan one deed for many requests',
      ...scoped('decisions:write'),
      description:
        'The dry run: what would be done, and what is left out and why. Nothing is changed before it is begun.',
      request: { ...withKey, ...body(NewBulkAction) },
      responses: { 201: json(BulkAction, 'The dry run.'), ...errors },
    }),
    async (c) => {
      const { deed, requests, ...words } = c.req.valid('json')
      const id = idToMake('blk', c.get('makes'))
      const result = await planBulk(app, { id, deed, requests, words, by: c.get('actor'), role: 'owner' })
      return (result.ok ? await show(c, result.value.id, 201) : problem(c, result.no)) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/bulk_actions/{id}',
      summary: 'How far a bulk action is',
      ...scoped('requests:read'),
      request: idParam,
      responses: { 200: json(BulkAction, 'The bulk action.'), ...errors },
    }),
    async (c) => (await show(c, c.req.valid('param').id)) as never,
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/bulk_actions/{id}/results',
      summary: 'What became of each request',
      ...scoped('requests:read'),
      request: { ...idParam, query: z.object(paging) },
      responses: {
        200: json(
          z.object({ data: z.array(BulkResult), next_cursor: z.string().nullable() }),
          'A page, in the order in which they are done.',
        ),
        ...errors,
      },
    }),
    async (c) => {
      const { cursor, limit } = c.req.valid('query')
      const rows = await bulkItems(app.db, app.account, c.req.valid('param').id, {
        after: Number(cursor) || 0,
        limit: limit + 1,
      })
      const data = rows.slice(0, limit)
      const next_cursor = rows.length > limit ? String(data.at(-1)!.position) : null
      return c.json(
        {
          data: data.map(({ request_id, status, amount_minor, currency, because, at }) => ({
            request: request_id,
            result: status,
            amount_minor,
            currency,
            because,
            at,
          })),
          next_cursor,
        },
        200,
      ) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/bulk_actions/{id}/begin',
      summary: 'Begin what was planned',
      ...scoped('decisions:write'),
      description:
        'Count and sums as the dry run says them. Only the key that planned it can begin it; nothing is done twice.',
      request: { ...idParam, ...withKey, ...body(ToBegin) },
      responses: { 200: json(BulkAction, 'It runs.'), ...errors },
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const result = await beginBulk(app, { id, by: c.get('actor'), ...c.req.valid('json') })
      return (result.ok ? await show(c, id) : problem(c, result.no)) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/bulk_actions/{id}/cancel',
      summary: 'Cancel what has not begun',
      ...scoped('decisions:write'),
      request: { ...idParam, ...withKey },
      responses: { 200: json(BulkAction, 'What was done stays done.'), ...errors },
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const result = await cancelBulk(app, { id, by: c.get('actor'), role: 'owner' })
      return (result.ok ? await show(c, id) : problem(c, result.no)) as never
    },
  )
}
