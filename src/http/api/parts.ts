import { z, type OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from './keys.ts'
import { Problem } from './schemas.ts'

/** What the descriptions of the routes are put together from. */
export type Api = OpenAPIHono<ApiEnv>

export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  content: { 'application/json': { schema } },
  description,
})
const refused = {
  content: { 'application/problem+json': { schema: Problem } },
  description: 'Refused: what, why, and the way out.',
}
export const errors = { 401: refused, 403: refused, 404: refused, 409: refused, 422: refused, 503: refused }
export const body = <T extends z.ZodType>(schema: T) => ({
  body: { required: true, content: { 'application/json': { schema } } },
})
export const withKey = { headers: z.object({ 'idempotency-key': z.string().min(1).max(255).optional() }) }
export const idParam = { params: z.object({ id: z.string().min(1).max(255) }) }

/** A page of `limit` rows from one row more than that: the row more tells whether there is a next page. */
export function pageUp<T extends { id: string }>(rows: T[], limit: number): { data: T[]; next_cursor: string | null } {
  const data = rows.slice(0, limit)
  return { data, next_cursor: rows.length > limit ? data.at(-1)!.id : null }
}
