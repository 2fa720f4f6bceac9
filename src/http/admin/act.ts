import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../app.ts'
import { adminPayments } from '../../db/admin-payments.ts'
import { approveBundle } from '../../flows/approve-bundle.ts'
import { approveRequest } from '../../flows/approve-request.ts'
import { cancelRefund } from '../../flows/cancel-refund.ts'
import { denyRequest } from '../../flows/deny-request.ts'
import { paymentBadges } from '../../flows/payment-badges.ts'
import { previewLetter } from '../../flows/preview-letter.ts'
import { previewDecision } from '../../flows/preview-decision.ts'
import { resolveException } from '../../flows/resolve-exception.ts'
import { submitBundle } from '../../flows/submit-bundle.ts'
import { submitRequest } from '../../flows/submit-request.ts'
import { doOnce, idToMake } from '../idempotent.ts'
import { problem } from '../problem.ts'
import { answer, who } from './answer.ts'
import { readBody, readQuery, roleAtLeast, type AdminEnv } from './guard.ts'

const words = (max: number) => z.string().max(max, `is longer than ${max} characters`).optional()
const amount = z.number().int('is a whole number of minor units').optional()
const access = z.enum(['now', 'period_end', 'keep']).optional()

// The revision that was on the screen: what is decided on an old picture is refused.
const seen = z.string().max(100).optional()
const approveBody = z.strictObject({ amount_minor: amount, access, note: words(10_000), reply: words(10_000), seen })
const letterBody = z.strictObject({ amount_minor: z.int().nonnegative(), reply: z.string().max(10_000) })
const denyBody = z.strictObject({ note: z.string().max(10_000), reply: words(10_000), seen })
const noteBody = z.strictObject({ note: z.string().max(10_000) })
const askBody = z.strictObject({
  payment: z.string().max(200),
  reason: z.string().max(100),
  amount_minor: amount,
  comment: words(10_000),
})
const bundleBody = askBody.omit({ payment: true, amount_minor: true }).extend({
  payments: z.array(z.strictObject({ payment: z.string().max(200), amount_minor: amount })).max(1000),
})
const previewBody = askBody.omit({ comment: true })
const searchQuery = z.object({
  q: z.string().max(200).optional(),
  customer: z.string().max(200).optional(),
  after: z.string().max(200).optional(),
})

/** What staff do. Each route parses, calls one flow, and answers; the flow asks the role again under the payment's lock. */
export function actRoutes(app: App): Hono<AdminEnv> {
  const routes = new Hono<AdminEnv>()
  routes.post('/requests/:id/approve', roleAtLeast('support'), async (c) => {
    const body = await readBody(c, approveBody)
    return body.ok
      ? answer(c, await approveRequest(app, { id: c.req.param('id'), ...who(c), ...body.value, undoable: true }))
      : body.response
  })
  routes.post('/requests/:id/letter', async (c) => {
    const body = await readBody(c, letterBody)
    return body.ok ? answer(c, await previewLetter(app, { id: c.req.param('id'), ...body.value })) : body.response
  })
  routes.post('/requests/:id/deny', roleAtLeast('support'), async (c) => {
    const body = await readBody(c, denyBody)
    return body.ok
      ? answer(
          c,
          await doOnce(app, c.get('makes'), (here) =>
            denyRequest(here, { id: c.req.param('id'), ...who(c), ...body.value, undoable: true }),
          ),
        )
      : body.response
  })
  routes.post('/requests/:id/cancel-refund', roleAtLeast('approver'), async (c) =>
    answer(c, await cancelRefund(app, { id: c.req.param('id'), ...who(c) })),
  )
  routes.post('/bundles', roleAtLeast('support'), async (c) => {
    const body = await readBody(c, bundleBody)
    return body.ok
      ? answer(
          c,
          await submitBundle(app, {
            ...body.value,
            id: idToMake('rb', c.get('makes')),
            channel: 'admin',
            by: who(c).by,
          }),
        )
      : body.response
  })
  routes.post('/bundles/:id/approve', roleAtLeast('support'), async (c) =>
    answer(c, await approveBundle(app, { id: c.req.param('id'), ...who(c) })),
  )
  routes.post('/exceptions/:id/resolve', roleAtLeast('support'), async (c) => {
    const body = await readBody(c, noteBody)
    return body.ok
      ? answer(c, await resolveException(app, { id: c.req.param('id'), ...who(c), ...body.value }))
      : body.response
  })
  routes.post('/requests', roleAtLeast('support'), async (c) => {
    const body = await readBody(c, askBody)
    return body.ok
      ? answer(
          c,
          await submitRequest(app, {
            ...body.value,
            id: idToMake('rr', c.get('makes')),
            channel: 'admin',
            by: who(c).by,
          }),
        )
      : body.response
  })
  routes.post('/decisions', async (c) => {
    const body = await readBody(c, previewBody)
    if (!body.ok) return body.response
    const result = await previewDecision(app, { ...body.value, channel: 'admin' })
    return result.ok ? c.json({ decision: result.value.decision }) : problem(c, result.no)
  })
  routes.get('/payments', async (c) => {
    const query = readQuery(c, searchQuery)
    if (!query.ok) return query.response
    const { rows, next } = await adminPayments(app.db, app.account, query.value)
    const badges = await paymentBadges(app, rows)
    return c.json({ rows: rows.map((row) => ({ ...row, badge: badges.get(row.id) ?? null })), next })
  })
  return routes
}
