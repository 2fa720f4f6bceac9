import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../../app.ts'
import {
  incidentLines,
  incidentPage,
  reportLines,
  type IncidentListLine,
  type IncidentPage,
} from '../../../db/settings/incidents.ts'
import { toDecimal } from '../../../domain/money.ts'
import { planIncident } from '../../../flows/incidents/plan.ts'
import { mayAlone } from '../../../flows/incidents/who-may.ts'
import { confirmIncident, startIncident, steerIncident } from '../../../flows/incidents/steer.ts'
import { csvFile } from '../../csv.ts'
import { doOnce } from '../../idempotent.ts'
import { answer, who } from '../answer.ts'
import { freshlyProven, readBody, refuse, roleAtLeast, type AdminEnv } from '../guard.ts'

export type { IncidentListLine, IncidentPage }
export type IncidentsPage = { incidents: IncidentListLine[] }

const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .optional()
    .transform((value) => value || undefined)
const day = z
  .union([z.iso.date(), z.literal('')])
  .optional()
  .transform((value) => value || undefined)
const planBody = z.strictObject({
  name: z.string().max(500),
  who: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('list'), text: z.string().max(250_000) }),
    z.strictObject({
      kind: z.literal('query'),
      product: text(200),
      from: day,
      to: day,
      currency: text(3).transform((value) => value?.toLowerCase()),
      q: text(200),
    }),
  ]),
  amount: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('full') }),
    z.strictObject({ kind: z.literal('percent'), percent: z.number() }),
    z.strictObject({ kind: z.literal('fixed'), minor: z.number(), currency: z.string().max(3).toLowerCase() }),
  ]),
  reason: z.string().max(100),
  say: z.string().max(5000),
  access: z.enum(['now', 'period_end', 'keep']),
  again: z.boolean(),
})
const confirmBody = z.strictObject({
  count: z.number().int(),
  sums: z.record(z.string().max(3), z.number().int()),
})
const emptyBody = z.strictObject({})

/** The page "Incident refunds". */
export function incidentRoutes(app: App): Hono<AdminEnv> {
  const routes = new Hono<AdminEnv>()
  const { db, account } = app
  routes.get('/', async (c) => c.json({ incidents: await incidentLines(db, account) }))
  routes.get('/:id', async (c) => {
    const page = await incidentPage(db, account, c.req.param('id'))
    if (!page) return missing(c)
    const waiting = page.sums.filter(({ status }) => status === 'waiting')
    return c.json({ ...page, needs_two: !(await mayAlone(app, db, who(c), waiting)) } satisfies IncidentPage)
  })
  routes.get('/:id/report.csv', async (c) => {
    const lines = await reportLines(db, account, c.req.param('id'))
    if (lines.length === 0) return missing(c)
    return csvFile(
      c,
      `incident-${c.req.param('id').replace(/\W/g, '')}`,
      [
        'reference',
        'payment_id',
        'customer',
        'email',
        'status',
        'amount',
        'currency',
        'because',
        'request_id',
        'refund_status',
        'at',
      ],
      lines.map((line) => ({
        ...line,
        amount: toDecimal({ minor: line.amount_minor, currency: line.currency }),
        currency: line.currency.toUpperCase(),
        at: line.at?.toISOString() ?? '',
      })),
    )
  })
  routes.post('/', roleAtLeast('approver'), async (c) => {
    const body = await readBody(c, planBody)
    return body.ok
      ? answer(c, await doOnce(app, c.get('makes'), (here) => planIncident(here, body.value, who(c).by)))
      : body.response
  })
  routes.post('/:id/confirm', roleAtLeast('approver'), freshlyProven, async (c) => {
    const body = await readBody(c, confirmBody)
    return body.ok
      ? answer(c, await confirmIncident(app, { id: c.req.param('id'), ...body.value, ...who(c) }))
      : body.response
  })
  routes.post('/:id/start', roleAtLeast('finance'), freshlyProven, async (c) => {
    const body = await readBody(c, emptyBody)
    return body.ok ? answer(c, await startIncident(app, { id: c.req.param('id'), ...who(c) })) : body.response
  })
  for (const move of ['pause', 'resume', 'cancel'] as const) {
    routes.post(`/:id/${move}`, roleAtLeast('approver'), async (c) => {
      const body = await readBody(c, emptyBody)
      return body.ok ? answer(c, await steerIncident(app, { id: c.req.param('id'), move, ...who(c) })) : body.response
    })
  }
  return routes
}

const missing = (c: Parameters<typeof refuse>[0]) =>
  refuse(c, 404, { code: 'setting_not_found', title: 'Not found', detail: 'There is no such incident.' })
