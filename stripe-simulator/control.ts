import { z } from 'zod'
import { accounts, ensureDefaultAccount } from './accounts.ts'
import { auditBooks } from './audit.ts'
import { changeSettings, newAccount, newKey, changeKey } from './control/access.ts'
import {
  anyBooks,
  anyPayment,
  booksFor,
  ControlError,
  readInput,
  chargeFor,
  moment,
  secondsOf,
} from './control/desk.ts'
import type { Desk, Handler } from './control/desk.ts'
import { refundFromDashboard, moveFromDashboard, newDispute, moveDispute, reviewFields } from './control/money.ts'
import { runImport, logQuery, listDeliveries, replay, resendEvent, defined } from './control/records.ts'
import { showClock, turnClock } from './control/time.ts'
import { openWarning } from './disputes.ts'
import { ApiError } from './errors.ts'
import { emit } from './events.ts'
import { addFault, faultRule } from './faults.ts'
import { forget } from './idempotency.ts'
import { keys } from './keys.ts'
import { record } from './ledger.ts'
import { currencyOf } from './money.ts'
import { clearPayment } from './confirmations.ts'
import { paymentMethodFor } from './payment-methods.ts'
import { readLog } from './request-log.ts'
import { make, need } from './rows.ts'
import { completeSession } from './sessions.ts'
import { deliveries, releaseHeld } from './deliveries.ts'
import { rollSecret } from './signatures.ts'
import { finish, forgetAll } from './world.ts'

const routes: Readonly<Record<string, Handler>> = {
  'GET /_control': (desk) => ({
    simulator: 'stripe',
    url_of_page: '/',
    clock: showClock(desk),
    accounts: accounts(desk.world).order,
    settings: desk.world.settings,
    requests: desk.log.count,
    faults: desk.faults.rules.length,
    routes: Object.keys(routes),
  }),
  'GET /_control/clock': (desk) => showClock(desk),
  'POST /_control/clock': turnClock,
  'GET /_control/settings': (desk) => desk.world.settings,
  'POST /_control/settings': changeSettings,
  'GET /_control/accounts': (desk) => ({ data: accounts(desk.world).order }),
  'POST /_control/accounts': newAccount,
  'GET /_control/keys': (desk) => ({ data: keys(desk.world).order }),
  'POST /_control/keys': newKey,
  'POST /_control/keys/:id': changeKey,
  'POST /_control/refunds': refundFromDashboard,
  'POST /_control/refunds/:id': moveFromDashboard,
  'POST /_control/disputes': newDispute,
  'POST /_control/disputes/:id': moveDispute,
  'POST /_control/warnings': (desk, input) => {
    const of = readInput(z.strictObject(anyPayment), input)
    return openWarning(booksFor(desk, of), chargeFor(booksFor(desk, of), of))
  },
  'POST /_control/reviews': (desk, input) => {
    const of = readInput(z.strictObject(anyPayment), input)
    const books = booksFor(desk, of)
    const review = make(books, 'review', reviewFields(chargeFor(books, of)))
    emit(books, 'review.opened', review)
    return review
  },
  'POST /_control/payments/:id': (desk, input, id) => {
    const { to, ...of } = readInput(z.strictObject({ ...anyBooks, to: z.enum(['succeeded', 'failed']) }), input)
    const intent = need(booksFor(desk, of), 'payment_intent', id)
    if (intent.status !== 'processing' && intent.status !== 'requires_action')
      throw new ControlError(409, `This payment has the status ${intent.status} and waits for nothing.`)
    clearPayment(booksFor(desk, of), intent, to === 'succeeded')
    return intent
  },
  'POST /_control/checkout/:id': (desk, input, id) => {
    const { payment_method, ...of } = readInput(
      z.strictObject({ ...anyBooks, payment_method: z.string().default('pm_card_visa') }),
      input,
    )
    const books = booksFor(desk, of)
    return completeSession(books, need(books, 'checkout.session', id), paymentMethodFor(books, payment_method).id)
  },
  'POST /_control/top_ups': (desk, input) => {
    const { amount, currency, ...of } = readInput(
      z.strictObject({ ...anyBooks, amount: z.int().min(1), currency: z.string().default('usd') }),
      input,
    )
    return record(booksFor(desk, of), {
      type: 'topup',
      amount,
      currency: currencyOf(currency),
      source: null,
      description: 'Top-up',
    })
  },
  'GET /_control/deliveries': listDeliveries,
  'POST /_control/deliveries/:id/replay': replay,
  'POST /_control/deliveries/release': (desk) => {
    const held = deliveries(desk.world).order.filter(({ state }) => state === 'held')
    for (const { endpoint } of held) releaseHeld(desk.office, desk.world, endpoint)
    return { released: held.length }
  },
  'POST /_control/events/:id/resend': resendEvent,
  'POST /_control/webhook_endpoints/:id/roll': (desk, input, id) => {
    const { keep_old_seconds, ...of } = readInput(
      z.strictObject({ ...anyBooks, keep_old_seconds: z.number().min(0).max(86_400).default(86_400) }),
      input,
    )
    const books = booksFor(desk, of)
    return { id, secret: rollSecret(books, need(books, 'webhook_endpoint', id), keep_old_seconds) }
  },
  'GET /_control/requests': (desk, input) => ({
    count: desk.log.count,
    data: readLog(desk.log, defined(readInput(logQuery, input))),
  }),
  'DELETE /_control/requests': (desk) => {
    Object.assign(desk.log, { count: 0, next: 0 })
    desk.log.kept.length = 0
    return { deleted: true }
  },
  'GET /_control/faults': (desk) => ({ data: desk.faults.rules }),
  'POST /_control/faults': (desk, input) => addFault(desk.faults, readInput(faultRule, input)),
  'DELETE /_control/faults': (desk) => {
    desk.faults.rules.length = 0
    return { deleted: true }
  },
  'DELETE /_control/faults/:id': (desk, _, id) => {
    const place = desk.faults.rules.findIndex((rule) => rule.id === id)
    if (place < 0) throw new ControlError(404, `There is no fault '${id}'.`)
    desk.faults.rules.splice(place, 1)
    return { id, deleted: true }
  },
  'POST /_control/idempotency/forget': (desk, input) => {
    const { key, ...of } = readInput(z.strictObject({ ...anyBooks, key: z.string() }), input)
    return { forgotten: forget(booksFor(desk, of), key) }
  },
  'POST /_control/import': runImport,
  'GET /_control/audit': (desk) => ({ faults: [...desk.world.books.values()].flatMap(auditBooks) }),
  'POST /_control/reset': (desk, input) => {
    const { now } = readInput(z.strictObject({ now: moment.optional() }), input)
    forgetAll(
      desk.world,
      now === undefined ? { mode: 'real' } : { mode: 'simulated', now: new Date(secondsOf(now) * 1000) },
    )
    ensureDefaultAccount(desk.world)
    desk.faults.rules.length = 0
    return showClock(desk)
  },
}

function routeFor(method: string, path: string): { handler: Handler; id: string } | null {
  const plain = path.replace(/\/$/, '') || '/_control'
  const exact = routes[`${method} ${plain}`]
  if (exact) return { handler: exact, id: '' }
  const parts = plain.split('/')
  const id = decodeURIComponent(parts[3] ?? '')
  const shape = `${method} ${[...parts.slice(0, 3), ':id', ...parts.slice(4)].join('/')}`
  const handler = parts.length > 3 ? routes[shape] : undefined
  return handler ? { handler, id } : null
}

/** Serves the control API: JSON in, JSON out, never an HTML error. */
export async function control(
  desk: Desk,
  request: { method: string; target: string; body: string },
): Promise<{ status: number; body: object }> {
  const url = new URL(request.target, 'http://control')
  try {
    const found = routeFor(request.method, url.pathname)
    if (!found)
      throw new ControlError(
        404,
        `There is no control operation ${request.method} ${url.pathname}. GET /_control lists them.`,
      )
    const input = request.method === 'GET' ? Object.fromEntries(url.searchParams) : inputOf(request.body)
    const body = await found.handler(desk, input, found.id)
    finish(desk.world)
    return { status: 200, body }
  } catch (error) {
    finish(desk.world)
    if (error instanceof ControlError) return refusal(error.status, error.message, error.param)
    if (error instanceof ApiError) return refusal(error.status, error.message, error.body.param ?? null)
    if (error instanceof URIError) return refusal(400, 'The path could not be decoded.', null)
    throw error
  }
}

const refusal = (status: number, message: string, param: string | null) => ({
  status,
  body: { error: { type: 'control_error', message, ...(param === null ? {} : { param }) } },
})

function inputOf(body: string): Record<string, unknown> {
  if (body.trim() === '') return {}
  try {
    const input: unknown = JSON.parse(body)
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Record<string, unknown>
  } catch (error) {
    throw new ControlError(400, `The body is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  throw new ControlError(400, 'The body must be a JSON object.')
}
