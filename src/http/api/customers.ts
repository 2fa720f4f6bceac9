import { createRoute, z } from '@hono/zod-openapi'
import type { App } from '../../app.ts'
import { reasonsOf } from '../../db/reasons.ts'
import { capturedReport, reasonsReport } from '../../db/reports.ts'
import { accessOfCustomer } from '../../flows/access-of-customer.ts'
import { createPortalLink } from '../../flows/open-portal.ts'
import { putFacts } from '../../flows/put-facts.ts'
import { problem } from '../problem.ts'
import { body, errors, idParam, json, withKey, type Api } from './parts.ts'
import { scoped } from './keys.ts'
import * as s from './schemas.ts'

/** Access, facts, links into the portal, and why money is asked back. */
export function customerRoutes(app: App, api: Api): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/access/{id}',
      summary: 'What a customer may use now',
      ...scoped('access:read'),
      request: idParam,
      responses: { 200: json(s.Access, 'Computed from all purchases and refunds.'), ...errors },
    }),
    async (c) => {
      const result = await accessOfCustomer(app, c.req.valid('param').id)
      return (result.ok ? c.json(result.value, 200) : problem(c, result.no)) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'put',
      path: '/facts/{id}',
      summary: 'Say what you know about a customer or payment',
      ...scoped('facts:write'),
      request: { ...idParam, ...body(s.NewFacts) },
      responses: { 200: json(s.FactsKept, 'Kept.'), ...errors },
    }),
    async (c) => {
      const { facts, as_of } = c.req.valid('json')
      const result = await putFacts(app, {
        subject: c.req.valid('param').id,
        facts,
        as_of: as_of === undefined ? undefined : new Date(as_of),
        by: c.get('actor'),
      })
      return (result.ok ? c.json(result.value, 200) : problem(c, result.no)) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/portal_sessions',
      summary: 'A link into the portal for one customer',
      ...scoped('portal:create'),
      request: { ...withKey, ...body(s.NewPortalSession) },
      responses: { 201: json(s.PortalSession, 'Good once, for ten minutes.'), ...errors },
    }),
    async (c) => {
      const result = await createPortalLink(app, { ...c.req.valid('json'), by: c.get('actor') })
      return (result.ok ? c.json(result.value, 201) : problem(c, result.no)) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/reasons',
      summary: 'The reasons that a request can have',
      ...scoped('requests:read'),
      description:
        'In the order in which they are offered. Archived ones come last: old requests have them, new ones can’t.',
      responses: { 200: json(s.ReasonList, 'All reasons.'), ...errors },
    }),
    async (c) => {
      const data = (await reasonsOf(app.db, app.account)).map(({ archived_at, ...reason }) => ({
        ...reason,
        archived: archived_at !== null,
      }))
      return c.json({ data }, 200) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/reports/reasons',
      summary: 'Why money was asked back',
      ...scoped('reports:read'),
      request: { query: z.object({ from: day, to: day }) },
      responses: { 200: json(s.ReasonsReport, 'By reason and currency.'), ...errors },
    }),
    async (c) => {
      const query = c.req.valid('query')
      const range = { from: startOf(query.from) ?? new Date(0), to: endOf(query.to) ?? app.now() }
      const [reasons, captured] = await Promise.all([
        reasonsReport(app.db, app.account, range),
        capturedReport(app.db, app.account, range),
      ])
      return c.json({ from: range.from.toISOString(), to: range.to.toISOString(), reasons, captured }, 200) as never
    },
  )
}

const day = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })])
  .optional()
  .openapi({ description: 'A date (UTC) or an instant; `to` as a date is inclusive.' })
const dayMs = 24 * 60 * 60 * 1000
const startOf = (text: string | undefined): Date | undefined => (text === undefined ? undefined : new Date(text))
const endOf = (text: string | undefined): Date | undefined =>
  text === undefined ? undefined : new Date(new Date(text).getTime() + (text.length === 10 ? dayMs : 0))
