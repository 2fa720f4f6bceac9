import { createRoute } from '@hono/zod-openapi'
import type { App } from '../../app.ts'
import { bundleView } from '../../db/bundles.ts'
import { approveBundle } from '../../flows/approve-bundle.ts'
import { submitBundle } from '../../flows/submit-bundle.ts'
import { idToMake } from '../idempotent.ts'
import { problem } from '../problem.ts'
import { scoped } from './keys.ts'
import { body, errors, idParam, json, withKey, type Api } from './parts.ts'
import * as s from './schemas.ts'

/** Several payments asked for at once; each is a request of its own. */
export function bundleRoutes(app: App, api: Api): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/refund_bundles',
      summary: 'Ask for several payments at once',
      ...scoped('requests:write'),
      description: 'All are taken, or none. Each is then a request of its own, with its own answer and refund.',
      request: { ...withKey, ...body(s.NewBundle) },
      responses: { 201: json(s.Bundle, 'Kept, and decided where Stripe answers.'), ...errors },
    }),
    async (c) => {
      const { payments, channel = 'api', ...asking } = c.req.valid('json')
      const result = await submitBundle(app, {
        id: idToMake('rb', c.get('makes')),
        ...asking,
        payments: payments.map(({ payment, amount }) => ({ payment, amount_minor: amount })),
        channel,
        by: c.get('actor'),
      })
      if (!result.ok) return problem(c, result.no) as never
      return c.json((await bundleView(app.db, app.account, result.value.id))!, 201) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/refund_bundles/{id}',
      summary: 'What became of payments that were asked for together',
      ...scoped('requests:read'),
      request: idParam,
      responses: { 200: json(s.Bundle, 'The bundle.'), ...errors },
    }),
    async (c) => {
      const view = await bundleView(app.db, app.account, c.req.valid('param').id)
      return (view ? c.json(view, 200) : problem(c, { code: 'bundle_not_found' })) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/refund_bundles/{id}/approve',
      summary: 'Approve what of a bundle waits for a person',
      ...scoped('decisions:write'),
      description:
        'Each with its own checks; what can’t be approved stays as it is and says why. Asking again goes on.',
      request: { ...idParam, ...withKey, ...body(s.BundleApproval) },
      responses: { 200: json(s.BundleApproved, 'What became of each.'), ...errors },
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const result = await approveBundle(app, { id, by: c.get('actor'), role: 'owner', ...c.req.valid('json') })
      if (!result.ok) return problem(c, result.no) as never
      return c.json({ ...(await bundleView(app.db, app.account, id))!, approved: result.value.legs }, 200) as never
    },
  )
}
