import { OpenAPIHono, type z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { App } from '../../app.ts'
import { Bug } from '../../domain/refusal.ts'
import { answerProblem } from '../problem.ts'
import { bulkRoutes } from './bulk.ts'
import { bundleRoutes } from './bundles.ts'
import { customerRoutes } from './customers.ts'
import { decisionRoutes, paymentRoutes } from './payments.ts'
import { idempotent, keyOnly, type ApiEnv } from './keys.ts'
import { mailRoutes } from './mail.ts'
import { policyRoutes } from './policies.ts'
import { requestRoutes } from './requests.ts'
import { webhookRoutes } from './webhooks.ts'

/** The API, and the description that is made from the same routes (OpenAPI 3.1 at /v1/openapi.json). */
export function apiRoutes(app: App): OpenAPIHono<ApiEnv> {
  const api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  })
  api.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key: mb_…',
  })
  api.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Moneyback', version: '1', description: 'Refunds by the policy that you published.' },
    servers: [{ url: '/v1' }],
    security: [{ key: [] }],
  })
  api.use('/*', keyOnly(app), idempotent(app))
  requestRoutes(app, api)
  bundleRoutes(app, api)
  bulkRoutes(app, api)
  decisionRoutes(app, api)
  paymentRoutes(app, api)
  customerRoutes(app, api)
  policyRoutes(app, api)
  mailRoutes(app, api)
  webhookRoutes(app, api)
  expectScopes(api)
  return api
}

/** A route without a scope would be open to every key: the program does not start with one. */
function expectScopes(api: OpenAPIHono<ApiEnv>): void {
  for (const definition of api.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue
    const { method, path, security } = definition.route
    if (!security?.[0]?.['key']?.length) throw new Bug(`${method} ${path} has no scope`)
  }
}

function invalid(c: Context, error: z.core.$ZodError): Response {
  const issue = error.issues[0]!
  const field = issue.path.join('.')
  const detail =
    field === 'amount'
      ? 'amount is a whole number of minor units, 1 or more (4900 for 49.00).'
      : field
        ? `${field}: ${issue.message}`
        : issue.message
  return answerProblem(c, {
    status: 422,
    code: 'invalid',
    title: 'This can’t be used as it is',
    detail,
    ...(field && { field }),
  })
}
