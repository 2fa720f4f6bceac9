import type { Reading, Twist } from './api.ts'
import { ApiError, refused } from './errors.ts'
import { deleteProduct } from './catalog.ts'
import { deleteCustomer } from './customers.ts'
import { openDispute } from './disputes.ts'
import { changed } from './events.ts'
import type { RequestEffect } from './faults.ts'
import { forget, inProgress } from './idempotency.ts'
import { expiredRefusal, permissionRefusal, revokedRefusal } from './keys.ts'
import type { Charge, Refund, Subscription } from './kinds.ts'
import { createRefund } from './refunds.ts'
import { renew } from './renewals.ts'
import type { Settings } from './settings.ts'
import { find, rowsWith } from './rows.ts'
import { cancelNow } from './subscriptions.ts'
import { at, byItself, newId, now } from './world.ts'
import type { Books } from './world.ts'

const html = (status: number) =>
  `<html><head><title>${status}</title></head><body><h1>${status}</h1><p>The server could not handle this request.</p></body></html>`

const bodies: Readonly<Record<'error' | 'html' | 'json' | 'empty', (status: number) => string>> = {
  error: (status) =>
    JSON.stringify({
      error: {
        type: status < 500 ? 'invalid_request_error' : 'api_error',
        message: 'An unknown error occurred.',
      },
    }),
  html,
  json: () => JSON.stringify({ message: 'bad gateway' }),
  empty: () => '',
}

const limited = (effect: Extract<RequestEffect, { kind: 'rate_limit' }>) =>
  new ApiError(
    429,
    {
      type: 'invalid_request_error',
      code: 'rate_limit',
      message: 'Request rate limit exceeded. Learn more about rate limits: https://stripe.com/docs/rate-limits.',
    },
    {
      stored: false,
      headers: {
        ...(effect.reason === null ? {} : { 'stripe-rate-limited-reason': effect.reason }),
        ...(effect.retry_after === undefined ? {} : { 'retry-after': String(effect.retry_after) }),
      },
    },
  )

const locked = () =>
  new ApiError(
    429,
    {
      type: 'invalid_request_error',
      code: 'lock_timeout',
      message:
        'This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this ' +
        'error intermittently, retry the request.',
    },
    { stored: false, headers: { 'stripe-should-retry': 'true' } },
  )

const keyOf = (reading: Reading) => reading.caller?.key ?? 'sk_test_unknown'
const booksIn = (reading: Reading): Books => {
  if (!reading.caller) throw new Error('A fault acts only on requests whose caller is known.')
  return reading.caller.books
}

/** The charge that a request is about: by its parameters, else by its path. */
function chargeIn(reading: Reading): Charge | undefined {
  const books = booksIn(reading)
  const { charge, payment_intent: intent } = (reading.params ?? {}) as {
    charge?: string
    payment_intent?: string
  }
  const inPath = Object.values(reading.pathValues)[0] ?? ''
  return (
    find(books, 'charge', charge) ??
    find(books, 'charge', find(books, 'payment_intent', intent ?? inPath)?.latest_charge) ??
    find(books, 'charge', inPath)
  )
}

function subscriptionIn(reading: Reading): Subscription | undefined {
  const books = booksIn(reading)
  const inPath = find(books, 'subscription', Object.values(reading.pathValues)[0])
  const customer = chargeIn(reading)?.customer
  return (
    inPath ??
    (customer
      ? rowsWith(books, 'subscription', 'customer', customer).find(({ status }) => status === 'active')
      : undefined)
  )
}

/** A refund as a person makes it in the dashboard: it has a request, but no idempotency key of ours. */
export function dashboardRefund(books: Books, params: Parameters<typeof createRefund>[1]): Refund {
  const { cause } = books.world
  books.world.cause = { id: newId(books, 'req'), idempotency_key: null }
  try {
    return createRefund(books, params)
  } finally {
    books.world.cause = cause
  }
}

function happensFirst(effect: Extract<RequestEffect, { kind: 'first' }>, reading: Reading): void {
  const books = booksIn(reading)
  const charge = chargeIn(reading)
  const subscription = subscriptionIn(reading)
  const customer = find(books, 'customer', charge?.customer ?? subscription?.customer)
  const product = find(books, 'product', subscription?.items.data[0]?.price.product)
  const { cause } = books.world
  books.world.cause = byItself
  try {
    if (effect.does === 'open_dispute' && charge)
      openDispute(books, charge, effect.amount === undefined ? {} : { amount: effect.amount })
    if (effect.does === 'dashboard_refund' && charge)
      dashboardRefund(books, {
        charge: charge.id,
        ...(effect.amount === undefined ? {} : { amount: effect.amount }),
      })
    if (effect.does === 'delete_customer' && customer && !customer.deleted) deleteCustomer(books, customer)
    if (effect.does === 'delete_product' && product) deleteProduct(books, product, true)
    if (effect.does === 'renew_subscription' && subscription) renew(books, subscription)
    if (effect.does === 'cancel_subscription' && subscription && subscription.status !== 'canceled')
      cancelNow(books, subscription, {})
  } finally {
    books.world.cause = cause
  }
}

function outcome(effect: Extract<RequestEffect, { kind: 'refund_outcome' }>, reading: Reading, row: object): void {
  const books = booksIn(reading)
  const refund = find(books, 'refund', (row as { id?: string }).id)
  if (!refund) return
  if (effect.outcome === 'bounces') at(books, now(books) + effect.after_seconds, 'refund.bounce', { refund: refund.id })
  if (effect.outcome === 'requires_action')
    at(books, now(books) + effect.after_seconds, 'refund.return', { refund: refund.id })
  if (effect.outcome === 'unknown_status')
    changed(books, 'refund', refund, { status: 'quantum' as Refund['status'] }, 'refund.updated')
}

/** Runs one request under settings of its own. */
function withSettings(patch: Partial<Settings>): Twist {
  let before: Books['world']['settings'] | null = null
  return {
    before: (reading) => {
      const { world } = booksIn(reading)
      before = world.settings
      world.settings = { ...before, ...patch }
    },
    finally: (reading) => {
      if (before && reading.caller) reading.caller.books.world.settings = before
    },
  }
}

function lagging(seconds: number): Twist {
  return {
    edit: (shown, reading) => {
      if (shown['object'] !== 'list') return shown
      const limit = now(booksIn(reading)) - seconds
      const data = (shown['data'] as { created?: number }[]).filter(({ created = 0 }) => created <= limit)
      return { ...shown, data }
    },
  }
}

/** What a fault makes of a request, for the effects that concern the answer. Those that concern the network are in transport.ts. */
export function twistOf(effect: RequestEffect): Twist {
  switch (effect.kind) {
    case 'status':
      return {
        instead: {
          status: effect.status,
          body: bodies[effect.body](effect.status),
          executes: effect.executes,
        },
      }
    case 'rate_limit':
      return { refuse: () => limited(effect) }
    case 'lock_timeout':
      return { refuse: locked }
    case 'idempotency_key_in_use':
      return { refuse: ({ idempotencyKey }) => inProgress(idempotencyKey ?? '') }
    case 'balance_refused':
      return withSettings({ balancePolicy: 'refuse', emptyBalance: true })
    case 'balance_pending':
      return withSettings({ balancePolicy: 'pending', emptyBalance: true })
    case 'key_expired':
      return { refuse: (reading) => expiredRefusal(keyOf(reading)) }
    case 'key_revoked':
      return { refuse: (reading) => revokedRefusal(keyOf(reading)) }
    case 'permission_missing':
      return { refuse: (reading) => permissionRefusal(keyOf(reading), booksIn(reading), reading.route) }
    case 'wrong_mode':
      return { refuse: wrongMode }
    case 'error':
      return {
        before: () => {
          throw refused(effect.message, {
            status: effect.status,
            ...(effect.code ? { code: effect.code } : {}),
            ...(effect.param ? { param: effect.param } : {}),
          })
        },
      }
    case 'answer_changed':
      return { edit: (shown) => ({ ...shown, ...effect.fields }) }
    case 'first':
      return { before: (reading) => happensFirst(effect, reading) }
    case 'refund_outcome':
      if (effect.outcome === 'stays_pending') return withSettings({ refundsStayPending: true })
      return { after: (reading, row) => outcome(effect, reading, row) }
    case 'list_lag':
      return lagging(effect.seconds)
    case 'key_forgotten':
      return {
        early: (reading) => {
          forget(booksIn(reading), reading.idempotencyKey ?? '')
        },
      }
    default:
      return {}
  }
}

function wrongMode(reading: Reading): ApiError {
  const id =
    Object.values(reading.pathValues)[0] ??
    Object.values(reading.params ?? {}).find((value) => typeof value === 'string' && /^(pi|ch|re|cus)_/.test(value)) ??
    'pi_unknown'
  const [there, here] = booksIn(reading).livemode ? ['test', 'live'] : ['live', 'test']
  const kind = String(id).startsWith('pi_') ? 'payment_intent' : String(id).startsWith('ch_') ? 'charge' : 'object'
  return refused(
    `No such ${kind}: '${String(id)}'; a similar object exists in ${there} mode, but a ${here} mode key was used to make this request.`,
    { status: 404, code: 'resource_missing', param: kind === 'charge' ? 'id' : kind },
  )
}
