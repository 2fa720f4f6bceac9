import { z } from 'zod'
import { importSteps } from '../importing.ts'
import { need } from '../rows.ts'
import { deliveries, resend } from '../deliveries.ts'
import { booksOf, table } from '../world.ts'
import { anyBooks, booksFor, ControlError, readInput, moment, secondsOf } from './desk.ts'
import type { Desk } from './desk.ts'

const stepInput = z.strictObject({
  at: moment.optional(),
  as: z.string().max(80).optional(),
  method: z.enum(['GET', 'POST', 'DELETE']).default('POST'),
  path: z.string().startsWith('/v1/'),
  params: z.record(z.string(), z.unknown()).optional(),
  key: z.string().optional(),
  account: z.string().optional(),
  may_fail: z.boolean().optional(),
})

const importInput = z.strictObject({ steps: z.array(stepInput).max(100_000) })

/** Does a list of requests at once. */
export function runImport(desk: Desk, input: Record<string, unknown>): object {
  const { steps } = readInput(importInput, input)
  const dated = steps.map(({ at, ...step }) => ({
    ...step,
    ...(at === undefined ? {} : { at: secondsOf(at) }),
  }))
  return importSteps(desk.world, dated as never, desk.secretKey)
}

const deliveryQuery = z.strictObject({
  event: z.string().optional(),
  endpoint: z.string().optional(),
  state: z.string().optional(),
  type: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})

export const logQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(5000).optional(),
  path: z.string().optional(),
  status: z.coerce.number().int().optional(),
  idempotency_key: z.string().optional(),
  after: z.coerce.number().int().optional(),
})

/** Deliveries, newest first. */
export function listDeliveries(desk: Desk, input: Record<string, unknown>): object {
  const { limit, ...wish } = readInput(deliveryQuery, input)
  const fits = (row: object) =>
    Object.entries(wish).every(
      ([field, value]) => value === undefined || (row as Record<string, unknown>)[field] === value,
    )
  return { data: deliveries(desk.world).order.filter(fits).slice(-limit).reverse() }
}

/** Sends a delivery once more. */
export function replay(desk: Desk, _: Record<string, unknown>, id: string): object {
  const old = deliveries(desk.world).rows.get(id)
  if (!old) throw new ControlError(404, `There is no delivery '${id}'.`)
  const [account = '', mode] = old.endpointBooks.split('/')
  const books = booksOf(desk.world, account, mode === 'live')
  const event = table(books, 'event').rows.get(old.event)
  const endpoint = table(books, 'webhook_endpoint').rows.get(old.endpoint)
  if (!event || !endpoint) throw new ControlError(409, 'The event or the endpoint of this delivery is gone.')
  return resend(desk.office, books, event, endpoint)
}

/** Sends an event to all endpoints, or to one. */
export function resendEvent(desk: Desk, input: Record<string, unknown>, id: string): object {
  const { endpoint: only, ...of } = readInput(z.strictObject({ ...anyBooks, endpoint: z.string().optional() }), input)
  const books = booksFor(desk, of)
  const event = need(books, 'event', id)
  const endpoints = table(books, 'webhook_endpoint').order.filter((row) => only === undefined || row.id === only)
  if (endpoints.length === 0) throw new ControlError(404, 'There is no such endpoint to send to.', 'endpoint')
  return { data: endpoints.map((endpoint) => resend(desk.office, books, event, endpoint)) }
}

export const defined = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never
