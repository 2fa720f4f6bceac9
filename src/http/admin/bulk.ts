import { Hono, type Context } from 'hono'
import { z } from 'zod'
import type { App } from '../../app.ts'
import { bulkItems, bulkLines, bulkPage, type BulkItemLine, type BulkLine, type BulkPage } from '../../db/admin-bulk.ts'
import { queueIds } from '../../db/admin-queue.ts'
import type { Actor } from '../../domain/actor.ts'
import { bulkDeeds, bulkMax } from '../../domain/bulk.ts'
import { toDecimal } from '../../domain/money.ts'
import { planBulk } from '../../flows/bulk/plan.ts'
import { beginBulk, cancelBulk, undoBulk } from '../../flows/bulk/steer.ts'
import { csvFile } from '../csv.ts'
import { idToMake } from '../idempotent.ts'
import { answer, who } from './answer.ts'
import { freshlyProven, readBody, readQuery, refuse, roleAtLeast, type AdminEnv } from './guard.ts'
import { queueQuery } from './read.ts'

export type { BulkLine, BulkPage }
export type BulkList = { bulks: BulkLine[] }
export type BulkItems = { rows: BulkItemLine[]; more: boolean }

const text = (max: number) =>
  z
    .string()
    .max(max, `is longer than ${max.toLocaleString('en')} characters`)
    .optional()
const planBody = z.strictObject({
  deed: z.enum(bulkDeeds),
  requests: z.array(z.string().max(100)).max(10_000).optional(),
  /** A view of the queue instead: all that it holds now. */
  view: queueQuery.optional(),
  note: text(10_000),
  reply: text(10_000),
  template: text(100),
  proof: text(1_000),
  /** `me`, `nobody` or a colleague's id. */
  to: text(100),
  until: z.iso.datetime({ offset: true }).nullable().optional(),
})
const beginBody = z.strictObject({
  count: z.number().int(),
  sums: z.record(z.string().max(3), z.number().int()).default({}),
})
const itemsQuery = z.object({
  only: z.enum(['waiting', 'done', 'excluded', 'refused', 'canceled', 'undone']).optional(),
  after: z.coerce.number().int().nonnegative().optional(),
})
const perPage = 100
const columns = [
  'request',
  'customer',
  'email',
  'payment',
  'amount',
  'currency',
  'result',
  'because',
  'request_status',
  'refund_status',
  'at',
  'link',
]

/** One deed for many requests: dry run, begin, look, take back, export. */
export function bulkRoutes(app: App): Hono<AdminEnv> {
  const { db, account } = app
  const routes = new Hono<AdminEnv>()
  const support = roleAtLeast('support')
  const shown = async (c: Context<AdminEnv>, id: string) => {
    const page = await bulkPage(db, account, id, app.now())
    return page ? c.json(page) : missing(c)
  }
  routes.get('/', async (c) => c.json({ bulks: await bulkLines(db, account, who(c).by) } satisfies BulkList))
  routes.get('/:id', (c) => shown(c, c.req.param('id')))
  routes.get('/:id/items', async (c) => {
    const query = readQuery(c, itemsQuery)
    if (!query.ok) return query.response
    const rows = await bulkItems(db, account, c.req.param('id'), { ...query.value, limit: perPage + 1 })
    return c.json({ rows: rows.slice(0, perPage), more: rows.length > perPage } satisfies BulkItems)
  })
  routes.get('/:id/result.csv', async (c) => {
    const rows = await bulkItems(db, account, c.req.param('id'), { limit: bulkMax })
    if (rows.length === 0) return missing(c)
    return csvFile(
      c,
      `bulk-${c.req.param('id').replace(/\W/g, '')}`,
      columns,
      rows.map((row) => csvLine(app, row)),
    )
  })
  routes.post('/', support, async (c) => {
    const body = await readBody(c, planBody)
    if (!body.ok) return body.response
    const { deed, requests, view, to, ...words } = body.value
    const me = who(c)
    const chosen = view
      ? await queueIds(db, account, { ...view, me: me.by, now: app.now() }, bulkMax + 1)
      : (requests ?? [])
    const aim: Actor | null | undefined =
      to === undefined ? undefined : to === 'me' ? me.by : to === 'nobody' ? null : `staff:${to.replace(/^staff:/, '')}`
    const id = idToMake('blk', c.get('makes'))
    return answer(c, await planBulk(app, { id, deed, requests: chosen, words: { ...words, to: aim }, ...me }))
  })
  // Money for many at once is money above what one click gives: whoever begins it shows again that it is them.
  routes.post('/:id/begin', support, provenForMoney(app), async (c) => {
    const body = await readBody(c, beginBody)
    return body.ok
      ? answer(c, await beginBulk(app, { id: c.req.param('id'), ...body.value, by: who(c).by }))
      : body.response
  })
  routes.post('/:id/cancel', support, async (c) =>
    answer(c, await cancelBulk(app, { id: c.req.param('id'), ...who(c) })),
  )
  routes.post('/:id/undo', support, async (c) => answer(c, await undoBulk(app, { id: c.req.param('id'), ...who(c) })))
  return routes
}

const provenForMoney =
  (app: App): typeof freshlyProven =>
  async (c, next) => {
    const page = await bulkPage(app.db, app.account, c.req.param('id') ?? '', app.now())
    return page?.deed === 'approve' ? freshlyProven(c, next) : next()
  }

function csvLine(app: App, row: BulkItemLine): object {
  return {
    request: row.request_id,
    customer: row.customer_name,
    email: row.customer_email,
    payment: row.description,
    amount: row.amount_minor > 0 ? toDecimal({ minor: row.amount_minor, currency: row.currency }) : '',
    currency: row.currency.toUpperCase(),
    result: row.status,
    because: row.because,
    request_status: row.request_status,
    refund_status: row.refund_status,
    at: row.at?.toISOString() ?? '',
    link: `${app.config.publicUrl}/admin/requests/${row.request_id}`,
  }
}

const missing = (c: Context) =>
  refuse(c, 404, { code: 'setting_not_found', title: 'Not found', detail: 'There is no such bulk action.' })
