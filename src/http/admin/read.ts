import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../app.ts'
import { adminPayment } from '../../db/admin-payments.ts'
import { adminQueue } from '../../db/admin-queue.ts'
import { alternativeCounts } from '../../db/portal-look.ts'
import { adminReports } from '../../db/admin-reports.ts'
import { adminRequests } from '../../db/admin-requests.ts'
import { undoable } from '../../db/admin-undo.ts'
import { reasonsOf } from '../../db/reasons.ts'
import { labelOf } from '../../domain/reasons.ts'
import { savedViews } from '../../db/saved-views.ts'
import { installationFacts } from '../../db/admin-settings.ts'
import { requestScreen } from './request-screen.ts'
import { needsSecondFactor, readQuery, refuse, type AdminEnv } from './guard.ts'
import { signalsOfRequest } from '../../flows/signals-of-request.ts'
import { answer } from './answer.ts'
import { readAttachment } from '../../flows/read-attachment.ts'
import { asDownload, asPicture } from '../attachments.ts'
import { reasonsCsv } from './reasons-csv.ts'

const text = z
  .string()
  .trim()
  .max(200)
  .optional()
  .transform((value) => value || undefined)
const day = z.iso
  .date()
  .optional()
  .transform((value) => (value ? new Date(`${value}T00:00:00Z`) : undefined))
const dayMs = 24 * 60 * 60 * 1000

/** A view of the queue, as it stands in the address bar. */
export const queueQuery = z.object({
  view: z
    .enum(['all', 'overdue', 'mine', 'unassigned', 'mentions', 'escalated', 'failed', 'customer', 'snoozed'])
    .default('all'),
  reason: text,
  q: text,
  signal: z.enum(['repeat', 'dispute', 'fraud_warning', 'high_value']).optional(),
})
const requestsQuery = z.object({
  status: text,
  reason: text,
  channel: text,
  rule: text,
  by: text,
  currency: text,
  policy: z.enum(['in', 'out']).optional(),
  q: text,
  after: text,
  from: day,
  to: day,
})
const rangeQuery = z
  .object({ from: z.iso.date(), to: z.iso.date() })
  .transform(({ from, to }) => ({
    from: new Date(`${from}T00:00:00Z`),
    to: new Date(new Date(`${to}T00:00:00Z`).getTime() + dayMs),
  }))
  .refine(({ from, to }) => from < to, 'The range ends before it begins.')

/** What the screens show. Every route here only reads. */
export function readRoutes(app: App): Hono<AdminEnv> {
  const { db, account } = app
  return new Hono<AdminEnv>()
    .get('/me', async (c) =>
      c.json({
        staff: c.get('staff'),
        account,
        livemode: app.livemode,
        version: 1,
        two_factor_needed: await needsSecondFactor(app, c.var),
      }),
    )
    .get('/queue', async (c) => {
      const query = readQuery(c, queueQuery)
      if (!query.ok) return query.response
      return c.json(await adminQueue(db, account, { ...query.value, me: `staff:${c.get('staff').id}`, now: app.now() }))
    })
    .get('/requests', async (c) => {
      const query = readQuery(c, requestsQuery)
      if (!query.ok) return query.response
      const { to, ...rest } = query.value
      return c.json(await adminRequests(db, account, { ...rest, to: to && new Date(to.getTime() + dayMs) }))
    })
    .get('/undoable', async (c) =>
      c.json({ rows: await undoable(db, account, { by: `staff:${c.get('staff').id}`, now: app.now() }) }),
    )
    .get('/views', async (c) => c.json({ views: await savedViews(db, account, c.get('staff').id) }))
    .get('/requests/:id', async (c) => {
      const screen = await requestScreen(app, c.req.param('id'), c.get('staff'))
      return screen ? c.json(screen) : missing(c, 'request')
    })
    .get('/reasons', async (c) => {
      const reasons = await reasonsOf(db, account)
      return c.json({
        reasons: reasons.map(({ code, labels, audience, archived_at }) => ({
          code,
          name: labelOf({ code, labels }),
          audience,
          archived: archived_at !== null,
        })),
      })
    })
    .get('/requests/:id/signals', async (c) => answer(c, await signalsOfRequest(app, c.req.param('id'))))
    .get('/attachments/:id', async (c) => {
      const found = await readAttachment(app, c.req.param('id'))
      return found.ok ? asDownload(c, found.value) : missing(c, 'attachment')
    })
    .get('/attachments/:id/picture', async (c) => {
      const found = await readAttachment(app, c.req.param('id'))
      return found.ok ? asPicture(c, found.value) : missing(c, 'attachment')
    })
    .get('/payments/:id', async (c) => {
      const screen = await adminPayment(db, account, c.req.param('id'))
      return screen ? c.json(screen) : missing(c, 'payment')
    })
    .get('/reports', async (c) => {
      const query = readQuery(c, rangeQuery)
      return query.ok ? c.json(await adminReports(db, account, query.value)) : query.response
    })
    .get('/reports/alternatives', async (c) => {
      const query = readQuery(c, rangeQuery)
      return query.ok ? c.json({ counts: await alternativeCounts(db, account, query.value) }) : query.response
    })
    .get('/reports/reasons.csv', async (c) => {
      const query = readQuery(c, rangeQuery)
      if (!query.ok) return query.response
      const name = `refund-reasons-${c.req.query('from')}-to-${c.req.query('to')}.csv`
      return c.body(reasonsCsv(await adminReports(db, account, query.value)), 200, {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="${name}"`,
      })
    })
    .get('/settings', async (c) => c.json(await installationFacts(db, account)))
}

const missing = (c: Parameters<typeof refuse>[0], what: string) =>
  refuse(c, 404, {
    code: `${what}_not_found`,
    title: 'Not found',
    detail: `There is no such ${what} in this Stripe account. It may belong to another one.`,
  })
