import { ApiError, invalid, refused } from './errors.ts'
import { accounts, defaultAccountId } from './accounts.ts'
import { insert, tableIn } from './store.ts'
import type { Table } from './store.ts'
import { booksOf } from './world.ts'
import type { Books, World } from './world.ts'
import type { Route } from './description.ts'

/** A key made by the control API. `permissions` null: everything. Otherwise names such as `refund_write`. */
export type Key = {
  readonly id: string
  readonly account: string
  readonly permissions: readonly string[] | null
  readonly state: 'active' | 'expired' | 'revoked'
}

export const keys = (world: World): Table<Key> => tableIn<Key>(world.store, 'world/key')
export const addKey = (world: World, key: Key): Key => insert(world.store, keys(world), key)

const wellFormed = /^(sk|rk)_(test|live)_[A-Za-z0-9_]{1,200}$/

/** `sk_test_***cdef`: a key in a message never shows itself. */
const masked = (key: string): string =>
  `${key.slice(0, 8)}${'*'.repeat(Math.max(3, Math.min(20, key.length - 12)))}${key.slice(-4)}`

const unauthorized = (message: string, code?: string) =>
  new ApiError(
    401,
    { type: 'invalid_request_error', message, ...(code ? { code } : {}) },
    { stored: false, headers: { 'www-authenticate': 'Basic realm="Stripe"' } },
  )

function keyIn(authorization: string | undefined): string {
  const [scheme = '', value = ''] = (authorization ?? '').split(' ')
  if (scheme.toLowerCase() === 'bearer') return value
  if (scheme.toLowerCase() === 'basic') return Buffer.from(value, 'base64').toString('utf8').split(':')[0] ?? ''
  return ''
}

export type Caller = {
  readonly key: string
  readonly books: Books
  readonly platform: Books | null
  readonly permissions: readonly string[] | null
}

/**
 * Who asks. Well-formed keys that nobody made belong to the default account, in the mode that their prefix says, unless the
 * settings are strict. Refuses missing, malformed, unknown, expired and revoked keys, and accounts that the key may not act for.
 */
export function callerOf(world: World, authorization: string | undefined, forAccount: string | undefined): Caller {
  const text = keyIn(authorization)
  if (text === '') {
    throw unauthorized(
      'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth ' +
        "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    )
  }
  const known = keys(world).rows.get(text)
  if (!wellFormed.test(text) || (!known && world.settings.strictKeys) || known?.state === 'revoked') {
    throw unauthorized(`Invalid API Key provided: ${masked(text)}`)
  }
  if (known?.state === 'expired') throw unauthorized(`Expired API Key provided: ${masked(text)}`, 'api_key_expired')
  const livemode = text.slice(3, 7) === 'live'
  const own = booksOf(world, known?.account ?? defaultAccountId, livemode)
  const permissions = known?.permissions ?? null
  if (forAccount === undefined || forAccount === own.account)
    return { key: text, books: own, platform: null, permissions }
  if (accounts(world).rows.get(forAccount)?.platform !== own.account) {
    throw refused(
      `The provided key '${masked(text)}' does not have access to account '${forAccount.slice(0, 60)}' (or that account does not exist). ` +
        'Application access may have been revoked.',
      { status: 403, code: 'account_invalid' },
    )
  }
  return { key: text, books: booksOf(world, forAccount, livemode), platform: own, permissions }
}

/** Path, the permission's name on a restricted key, and its name in the dashboard. */
const rows: readonly (readonly [prefix: string, name: string, label: string])[] = [
  ['/v1/refunds', 'refund', 'Refunds'],
  ['/v1/test_helpers/refunds', 'refund', 'Refunds'],
  ['/v1/charges', 'charge', 'Charges'],
  ['/v1/payment_intents', 'payment_intent', 'PaymentIntents'],
  ['/v1/payment_methods', 'payment_method', 'PaymentMethods'],
  ['/v1/customers', 'customer', 'Customers'],
  ['/v1/test_helpers/customers', 'customer', 'Customers'],
  ['/v1/products', 'product', 'Products'],
  ['/v1/prices', 'plan', 'Prices'],
  ['/v1/subscription', 'subscription', 'Subscriptions'],
  ['/v1/invoice', 'invoice', 'Invoices'],
  ['/v1/credit_notes', 'credit_note', 'Credit notes'],
  ['/v1/disputes', 'dispute', 'Disputes'],
  ['/v1/radar', 'radar', 'Radar'],
  ['/v1/reviews', 'review', 'Reviews'],
  ['/v1/events', 'event', 'Events'],
  ['/v1/balance', 'balance', 'Balance'],
  ['/v1/webhook_endpoints', 'webhook', 'Webhook Endpoints'],
  ['/v1/entitlements', 'entitlement', 'Entitlements'],
  ['/v1/checkout', 'checkout_session', 'Checkout Sessions'],
  ['/v1/billing_portal', 'billing_portal', 'Customer portal'],
  ['/v1/transfers', 'transfer', 'Transfers'],
  ['/v1/application_fees', 'application_fee', 'Application Fees'],
  ['/v1/test_helpers/test_clocks', 'billing_clock', 'Test clocks'],
]

const permissionNames: readonly string[] = [...new Set(rows.flatMap(([, name]) => [`${name}_read`, `${name}_write`]))]

function permissionFor({ method, template }: Route): { name: string; label: string } | null {
  const row = rows.find(([prefix]) => template.startsWith(prefix))
  if (!row) return null
  const [, name, label] = row
  return method === 'GET'
    ? { name: `${name}_read`, label: `${label} Read` }
    : { name: `${name}_write`, label: `${label} Write` }
}

const noPermission = (key: string, books: Books, label: string, name: string) =>
  new ApiError(
    403,
    {
      type: 'invalid_request_error',
      message:
        `The provided key '${masked(key)}' does not have the required permissions for this endpoint on account '${books.account}'. ` +
        `Enabling "${label}" ('${name}') permissions on this key would allow this request to continue.`,
    },
    { stored: false },
  )

/** Refuses what a restricted key may not do, naming the permission that is missing. Writing includes reading. */
export function checkPermission(caller: Caller, route: Route): void {
  if (caller.permissions === null) return
  const needed = permissionFor(route)
  if (!needed) return
  const written = needed.name.replace(/_read$/, '_write')
  if (!caller.permissions.includes(needed.name) && !caller.permissions.includes(written)) {
    throw noPermission(caller.key, caller.books, needed.label, needed.name)
  }
}

/** The same refusal for a fault: "this permission was taken away while you were working". */
export function permissionRefusal(key: string, books: Books, route: Route | null): ApiError {
  const needed = (route && permissionFor(route)) ?? { name: 'refund_write', label: 'Refunds Write' }
  return noPermission(key, books, needed.label, needed.name)
}

/** 401, as for a key that has expired. */
export const expiredRefusal = (key: string) =>
  unauthorized(`Expired API Key provided: ${masked(key)}`, 'api_key_expired')
export const revokedRefusal = (key: string) => unauthorized(`Invalid API Key provided: ${masked(key)}`)

/** Refuses a new key that does not look like one, or that names unknown permissions. */
export function checkKey(world: World, key: Key): void {
  if (!wellFormed.test(key.id)) throw invalid('A key looks like sk_test_…, sk_live_…, rk_test_… or rk_live_…')
  if (!accounts(world).rows.has(key.account)) throw invalid(`There is no account '${key.account}'.`)
  const unknown = key.permissions?.find((name) => !permissionNames.includes(name))
  if (unknown !== undefined)
    throw invalid(`There is no permission '${unknown}'. There are: ${permissionNames.join(', ')}.`)
}
