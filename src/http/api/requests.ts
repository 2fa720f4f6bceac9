import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { App } from '../../app.ts'
import { listRequestViews, requestView } from '../../db/request-views.ts'
import { answerQuestion } from '../../flows/answer-question.ts'
import { approveRequest } from '../../flows/approve-request.ts'
import { cancelRefund } from '../../flows/cancel-refund.ts'
import { askCustomer } from '../../flows/ask-customer.ts'
import { denyRequest } from '../../flows/deny-request.ts'
import { submitRequest } from '../../flows/submit-request.ts'
import { withdrawRequest } from '../../flows/withdraw-request.ts'
import { doOnce, idToMake } from '../idempotent.ts'
import { problem } from '../problem.ts'
import { body, errors, idParam, json, pageUp, withKey, type Api } from './parts.ts'
import { scoped } from './keys.ts'
import * as s from './schemas.ts'

/** Asking for a refund, and what becomes of it. */
export function requestRoutes(app: App, api: Api): void {
  const show = async (c: Context, id: string, status: 200 | 201 = 200) => {
    const view = await requestView(app.db, app.account, id)
    return view ? c.json(view, status) : problem(c, { code: 'request_not_found' })
  }
  api.openapi(
    createRoute({
      method: 'post',
      path: '/refund_requests',
      summary: 'Ask for a refund',
      ...scoped('requests:write'),
      request: { ...withKey, ...body(s.NewRefundRequest) },
      responses: { 201: json(s.RefundRequest, 'Kept, and decided where Stripe answers.'), ...errors },
    }),
    async (c) => {
      const { amount, channel = 'api', ...asking } = c.req.valid('json')
      const result = await submitRequest(app, {
        ...asking,
        id: idToMake('rr', c.get('makes')),
        amount_minor: amount,
        channel,
        by: c.get('actor'),
      })
      return (result.ok ? await show(c, result.value.id, 201) : problem(c, result.no)) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/refund_requests',
      summary: 'List requests, newest first',
      ...scoped('requests:read'),
      request: {
        query: z.object({
          ...s.paging,
          status: s.RefundRequest.shape.status.optional(),
          customer: z.string().optional(),
          payment: z.string().optional(),
        }),
      },
      responses: { 200: json(s.pageOf(s.RefundRequest), 'A page.'), ...errors },
    }),
    async (c) => {
      const { cursor, limit, status, customer, payment } = c.req.valid('query')
      const rows = await listRequestViews(app.db, app.account, {
        status,
        customer,
        payment,
        after: cursor,
        limit: limit + 1,
      })
      return c.json(pageUp(rows, limit), 200) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/refund_requests/{id}',
      summary: 'A request',
      ...scoped('requests:read'),
      request: idParam,
      responses: { 200: json(s.RefundRequest, 'The request.'), ...errors },
    }),
    async (c) => (await show(c, c.req.valid('param').id)) as never,
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/refund_requests/{id}/approve',
      summary: 'Approve',
      ...scoped('decisions:write'),
      request: { ...idParam, ...withKey, ...body(s.Approval) },
      responses: { 200: json(s.Approved, 'Approved, or waiting for a second person.'), ...errors },
    }),
    async (c) => {
      const { amount, ...rest } = c.req.valid('json')
      const result = await approveRequest(app, {
        id: c.req.valid('param').id,
        by: c.get('actor'),
        role: 'owner',
        amount_minor: amount,
        ...rest,
      })
      if (!result.ok) return problem(c, result.no) as never
      const view = await requestView(app.db, app.account, result.value.id)
      return c.json({ ...view!, needs_another_approval: result.value.needs_another_approval }, 200) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/refund_requests/{id}/deny',
      summary: 'Deny',
      ...scoped('decisions:write'),
      request: { ...idParam, ...withKey, ...body(s.Denial) },
      responses: { 200: json(s.RefundRequest, 'Denied.'), ...errors },
    }),
    async (c) => {
      const result = await doOnce(app, c.get('makes'), (here) =>
        denyRequest(here, {
          id: c.req.valid('param').id,
          by: c.get('actor'),
          role: 'owner',
          ...c.req.valid('json'),
        }),
      )
      return (result.ok ? await show(c, result.value.id) : problem(c, result.no)) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/refund_requests/{id}/ask',
      summary: 'Ask the customer before anybody decides',
      ...scoped('decisions:write'),
      request: { ...idParam, ...withKey, ...body(s.ToAsk) },
      responses: { 200: json(s.RefundRequest, 'The request waits for the customer.'), ...errors },
    }),
    async (c) => {
      const asked = { id: c.req.valid('param').id, by: c.get('actor'), role: 'owner', ...c.req.valid('json') } as const
      const result = await doOnce(app, c.get('makes'), (here) => askCustomer(here, asked))
      return (result.ok ? await show(c, result.value.id) : problem(c, result.no)) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/refund_requests/{id}/answer',
      summary: 'Pass on the customer’s answer to the open question',
      ...scoped('requests:write'),
      request: { ...idParam, ...withKey, ...body(s.Reply) },
      responses: { 200: json(s.RefundRequest, 'The request waits for staff again.'), ...errors },
    }),
    async (c) => {
      const result = await doOnce(app, c.get('makes'), (here) =>
        answerQuestion(here, {
          id: c.req.valid('param').id,
          by: c.get('actor'),
          ...c.req.valid('json'),
        }),
      )
      return (result.ok ? await show(c, result.value.id) : problem(c, result.no)) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/refund_requests/{id}/withdraw',
      summary: 'Withdraw',
      ...scoped('requests:write'),
      request: { ...idParam, ...withKey },
      responses: { 200: json(s.RefundRequest, 'Withdrawn.'), ...errors },
    }),
    async (c) => {
      const result = await doOnce(app, c.get('makes'), (here) =>
        withdrawRequest(here, { id: c.req.valid('param').id, by: c.get('actor') }),
      )
      return (result.ok ? await show(c, result.value.id) : problem(c, result.no)) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/refund_requests/{id}/cancel_refund',
      summary: 'Give up a refund that waits for the customer’s bank details',
      ...scoped('decisions:write'),
      request: { ...idParam, ...withKey },
      responses: { 200: json(s.RefundRequest, 'Canceled; a person decides what comes next.'), ...errors },
    }),
    async (c) => {
      const result = await cancelRefund(app, { id: c.req.valid('param').id, by: c.get('actor'), role: 'owner' })
      return (result.ok ? await show(c, result.value.id) : problem(c, result.no)) as never
    },
  )
}
