import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { App } from '../../app.ts'
import { shadowAnswers, shadowLines } from '../../db/admin-policy.ts'
import { backtestChanges, findBacktest, listBacktests, type BacktestRow } from '../../db/backtests.ts'
import { policyVersions } from '../../db/policies.ts'
import { reasonsOf } from '../../db/reasons.ts'
import { stateOf } from '../../domain/policy/versions.ts'
import { cancelBacktest, startBacktest } from '../../flows/start-backtest.ts'
import { checkedPolicy } from '../admin/policy/checked-policy.ts'
import { problem } from '../problem.ts'
import { scoped } from './keys.ts'
import { body, errors, idParam, json, withKey, type Api } from './parts.ts'
import * as s from './policy-schemas.ts'

const offsetQuery = { offset: z.coerce.number().int().min(0).max(1_000_000).default(0) }
const pageSize = 100

/** Published versions, and the check that an editor or a build asks for. Publishing is left to people: no key may. */
export function policyRoutes(app: App, api: Api): void {
  const { db, account } = app
  api.openapi(
    createRoute({
      method: 'get',
      path: '/policies',
      summary: 'Published versions, newest first',
      ...scoped('policies:read'),
      responses: {
        200: json(z.object({ data: z.array(s.PolicyVersion) }), 'All of them, with their texts.'),
        ...errors,
      },
    }),
    async (c) => {
      const all = await policyVersions(db, account)
      const data = all.map(({ draft_id: _draft, ...row }) => ({ ...row, state: stateOf(row, all, app.now()) }))
      return c.json({ data }, 200) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/policies/check',
      summary: 'Check a policy text and run its tests',
      ...scoped('policies:read'),
      description: 'Nothing is written. Lines and columns count from 1.',
      request: body(s.PolicyText),
      responses: { 200: json(s.PolicyChecked, 'What is wrong with it, and how its tests come out.'), ...errors },
    }),
    async (c) => {
      const { problems, tests, warnings } = checkedPolicy(c.req.valid('json').source, await reasonsOf(db, account))
      return c.json({ problems, tests, warnings }, 200) as never
    },
  )
  shadowRoutes(app, api)
  backtestRoutes(app, api)
}

function shadowRoutes({ db, account }: App, api: Api): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/shadows',
      summary: 'Drafts in shadow, and what they have found',
      ...scoped('policies:read'),
      responses: { 200: json(z.object({ data: z.array(s.Shadow) }), 'Those that run first.'), ...errors },
    }),
    async (c) =>
      c.json({ data: (await shadowLines(db, account)).map(({ seen_until: _seen, ...row }) => row) }, 200) as never,
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/shadows/{id}/answers',
      summary: 'What a shadow answered beside the live policy, newest first',
      ...scoped('policies:read'),
      request: { ...idParam, query: z.object({ ...offsetQuery, only: z.enum(['differ', 'failed']).optional() }) },
      responses: { 200: json(s.pageOf(s.ShadowAnswer), 'A hundred of them.'), ...errors },
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const { offset, only } = c.req.valid('query')
      if ((await shadowLines(db, account, id)).length === 0) return problem(c, { code: 'shadow_not_found' }) as never
      const rows = await shadowAnswers(db, account, id, { only, offset, limit: pageSize + 1 })
      return c.json({ data: rows.slice(0, pageSize), has_more: rows.length > pageSize }, 200) as never
    },
  )
}

function backtestRoutes(app: App, api: Api): void {
  const { db, account } = app
  const show = async (c: Context, id: string, status: 200 | 201 = 200) => {
    const row = await findBacktest(db, account, id)
    return row ? c.json(viewOf(row), status) : problem(c, { code: 'backtest_not_found' })
  }
  api.openapi(
    createRoute({
      method: 'post',
      path: '/backtests',
      summary: 'Try a policy on the past',
      ...scoped('policies:backtest'),
      description:
        'Over all requests that the policy has decided, with the facts as they were; or over all payments, had everybody asked on one day, or on a random day from a seed.',
      request: { ...withKey, ...body(s.NewBacktest) },
      responses: { 201: json(s.Backtest, 'Written down; the worker goes through it.'), ...errors },
    }),
    async (c) => {
      const result = await startBacktest(app, { ...c.req.valid('json'), by: c.get('actor'), role: 'finance' })
      return (result.ok ? await show(c, result.value.id, 201) : problem(c, result.no)) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/backtests',
      summary: 'The last backtests, newest first',
      ...scoped('policies:read'),
      responses: { 200: json(z.object({ data: z.array(s.Backtest) }), 'At most fifty.'), ...errors },
    }),
    async (c) => c.json({ data: (await listBacktests(db, account)).map(viewOf) }, 200) as never,
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/backtests/{id}',
      summary: 'How far a backtest is, and its result',
      ...scoped('policies:read'),
      request: idParam,
      responses: { 200: json(s.Backtest, 'The backtest.'), ...errors },
    }),
    async (c) => (await show(c, c.req.valid('param').id)) as never,
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/backtests/{id}/changes',
      summary: 'The answers that change, those that move the most money first',
      ...scoped('policies:read'),
      request: {
        ...idParam,
        query: z.object({
          ...offsetQuery,
          from: s.verdict.optional(),
          to: s.verdict.optional(),
          rule: z.string().max(200).optional(),
        }),
      },
      responses: { 200: json(s.pageOf(s.BacktestChange), 'A hundred of them.'), ...errors },
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      if (!(await findBacktest(db, account, id))) return problem(c, { code: 'backtest_not_found' }) as never
      const rows = await backtestChanges(db, account, id, { ...c.req.valid('query'), limit: pageSize + 1 })
      const data = rows.slice(0, pageSize).map(({ customer_name: _name, ...row }) => row)
      return c.json({ data, has_more: rows.length > pageSize }, 200) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/backtests/{id}/cancel',
      summary: 'End a backtest before its time',
      ...scoped('policies:backtest'),
      request: { ...idParam, ...withKey },
      responses: { 200: json(s.Backtest, 'Canceled; what it has counted stays.'), ...errors },
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const result = await cancelBacktest(app, { id, by: c.get('actor'), role: 'finance' })
      return (result.ok ? await show(c, id) : problem(c, result.no)) as never
    },
  )
}

function viewOf(row: Omit<BacktestRow, 'source'>) {
  const { kind, draft_id, last_id: _last, until_id: _until, ...rest } = row
  const { source: _source, ...shown } = rest as typeof rest & { source?: string }
  return { ...shown, over: kind, draft: draft_id }
}
