import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { sql } from 'kysely'
import Stripe from 'stripe'
import { expect } from 'vitest'
import type { App } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { createApiKey } from '../src/db/api-keys.ts'
import type { RefundRow } from '../src/db/refunds.ts'
import type { RequestView } from '../src/db/request-views.ts'
import { verifyBooks, type Violation } from '../src/db/verify.ts'
import { holds } from '../src/domain/refund.ts'
import { eventTypes } from '../src/flows/observe-events.ts'
import { publishPolicy } from '../src/flows/publish-policy.ts'
import { listen, makeServer } from '../src/http/server.ts'
import { workOnce } from '../src/jobs/work.ts'
import { openApp } from '../src/open-app.ts'
import { allPages } from '../src/stripe/answers.ts'
import { startSimulator, type Simulator } from '../stripe-simulator/simulator.ts'
import { freshDatabase } from './postgres.ts'

export type Bought = { readonly customer: string; readonly payment: string; readonly subscription: string | null }
export type Answer<T> = { readonly status: number; readonly body: T; readonly headers: Headers }
export type Problem = {
  readonly type: string
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly field?: string
}

type Purchase = {
  readonly customer?: string
  readonly card?: string
  readonly amount?: number
  readonly currency?: string
}

/** The program in this process, on a database of its own, against a Stripe simulator of its own. */
export type World = AsyncDisposable & {
  readonly app: App
  readonly simulator: Simulator
  /** A client of Stripe that is not ours: a colleague at the dashboard. */
  readonly stripe: Stripe
  readonly url: string
  readonly databaseUrl: string
  readonly webhookSecret: string
  readonly apiKey: string
  /** A request to our API with its key. */
  api<T = RequestView>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>
  buys(purchase?: Purchase): Promise<Bought>
  subscribes(purchase?: Purchase & { readonly every?: 'month' | 'year' }): Promise<Bought>
  /** Turns Stripe's clock to so many days before now; what is due on the way happens. */
  daysAgo(days: number): Promise<void>
  /** Says how much of the product a customer has used. */
  used(customer: string, share: number): Promise<void>
  /** Asks for a refund and expects that it was taken. */
  ask(payment: string, more?: object): Promise<RequestView>
  request(id: string): Promise<RequestView>
  /** Our clock goes ahead; Stripe's stays. */
  later(seconds: number): void
  /** Stripe's webhooks arrive and everything that is due is done, until nothing is. */
  settle(): Promise<void>
  fault(effect: object, rule?: { readonly match?: object; readonly times?: number | null }): Promise<void>
  faultsEnd(): Promise<void>
  rows<Row extends object>(query: string): Promise<Row[]>
  /** This test breaks the books by hand: they are not verified when it ends. */
  breaksTheBooks(): void
}

export const onRefund = { method: 'POST', path: '/v1/refunds' }

/** Opens a world whose Stripe begins some days before now and goes no further by itself. */
export async function openWorld({
  daysAgo = 6,
  env = {},
}: { daysAgo?: number; env?: Record<string, string> } = {}): Promise<World> {
  const database = await freshDatabase()
  const simulator = await startSimulator({ clock: { mode: 'simulated', now: secondsBefore(daysAgo) } })
  const stripe = clientOf(simulator)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const endpoint = await stripe.webhookEndpoints.create({ url: `${url}/webhooks/stripe`, enabled_events: eventTypes })
  const opened = await openApp({
    config: readConfig({ PORT: String(port), PUBLIC_URL: url, LOG_LEVEL: 'silent', ...env }),
    databaseUrl: database.url,
    stripe: { secretKey: simulator.secretKey, webhookSecrets: [endpoint.secret!], apiBase: simulator.url },
  })
  let ahead = 0
  let verified = true
  const app: App = { ...opened, now: () => new Date(Date.now() + ahead) }
  await publishTestPolicy(app)
  const { secret: apiKey } = await createApiKey(app.db, app.account, 'test', app.now())
  const listening = await listen(makeServer(app), { port, host: '127.0.0.1' })
  const shop = makeShop(stripe)
  const world: World = {
    app,
    simulator,
    stripe,
    url,
    databaseUrl: database.url,
    webhookSecret: endpoint.secret!,
    apiKey,
    ...shop,
    api: (method, path, body, headers = {}) =>
      call(url, method, path, body, { authorization: `Bearer ${apiKey}`, ...headers }),
    daysAgo: (days) =>
      simulator.control('POST', '/_control/clock', { set: secondsBefore(days).getTime() / 1000 }).then(() => undefined),
    used: async (customer, share) => {
      const { status } = await world.api('PUT', `/v1/facts/${customer}`, { facts: { 'usage.share': share } })
      expect(status).toBe(200)
    },
    ask: async (payment, more = {}) => {
      const { status, body } = await world.api('POST', '/v1/refund_requests', {
        payment,
        reason: 'changed_mind',
        ...more,
      })
      expect([status, body]).toEqual([201, expect.objectContaining({ id: expect.stringMatching(/^rr_/) })])
      return body
    },
    request: async (id) => (await world.api('GET', `/v1/refund_requests/${id}`)).body,
    later: (seconds) => {
      ahead += seconds * 1000
    },
    settle: () => settle(app, simulator),
    fault: async (effect, { match = onRefund, times = 1 } = {}) => {
      await simulator.control('POST', '/_control/faults', { on: 'request', match, effect, times })
    },
    faultsEnd: () => simulator.control('DELETE', '/_control/faults').then(() => undefined),
    rows: async <Row extends object>(query: string) => (await sql.raw<Row>(query).execute(app.db)).rows,
    breaksTheBooks: () => {
      verified = false
    },
    [Symbol.asyncDispose]: async () => {
      await listening.close()
      const wrong = verified ? await whatIsWrong(app, { alsoLate: false }) : []
      await app.db.destroy()
      await simulator.close()
      await database.drop()
      if (wrong.length > 0) throw new Error(`The books are wrong at the end: ${JSON.stringify(wrong, null, 2)}`)
    },
  }
  return world
}

/** What `moneyback verify` says. A test that ended in the middle, or turned the clock, may have left something late. */
async function whatIsWrong(
  { db, account, now }: Pick<App, 'db' | 'account' | 'now'>,
  { alsoLate }: { alsoLate: boolean },
): Promise<readonly Violation[]> {
  const { violations } = await verifyBooks(db, { account, now: now() })
  return alsoLate ? violations : violations.filter(({ code }) => code !== 'nothing-is-late')
}

const secondsBefore = (days: number): Date => new Date(Math.floor(Date.now() / 1000 - days * 86_400) * 1000)

export function clientOf({ port, secretKey }: Simulator): Stripe {
  return new Stripe(secretKey, { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0, telemetry: false })
}

export async function publishTestPolicy(app: App): Promise<void> {
  const source = await readFile(new URL('./policy.yaml', import.meta.url), 'utf8')
  const result = await publishPolicy(app, { source, comment: 'For the test.', by: 'moneyback', role: 'owner' })
  expect(result).toMatchObject({ ok: true })
}

/** A port that is free, below those that the system gives to outgoing connections: it stays free until it is listened on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 30_000)
    const probe = createServer()
    const free = await new Promise<boolean>((done) => {
      probe.once('error', () => done(false)).listen(port, '127.0.0.1', () => done(true))
    })
    await new Promise((done) => probe.close(done))
    if (free) return port
  }
}

export async function call<T>(
  url: string,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer<T>> {
  const answer = await fetch(url + path, {
    method,
    // A connection of its own: one that was refused half-way is not used again.
    headers: { connection: 'close', ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: (text === '' ? null : JSON.parse(text)) as T }
}

async function settle(app: App, simulator: Simulator): Promise<void> {
  for (let idle = 0, round = 0; idle < 2; round++) {
    if (round === 500) throw new Error('the work does not come to an end')
    await simulator.idle()
    idle = (await workOnce(app)) === 0 ? idle + 1 : 0
  }
}

/** Customers who buy at Stripe's present time. */
export function makeShop(stripe: Stripe): Pick<World, 'buys' | 'subscribes'> {
  let people = 0
  const prices = new Map<string, Promise<string>>()
  const someone = async (): Promise<string> => {
    const name = `Customer ${++people}`
    return (await stripe.customers.create({ name, email: `customer${people}@example.com`, preferred_locales: ['en'] }))
      .id
  }
  const priceOf = (every: 'month' | 'year', unit_amount: number, currency: string): Promise<string> => {
    const key = `${every}/${unit_amount}/${currency}`
    const made =
      prices.get(key) ??
      stripe.products
        .create({ name: `Studio by the ${every}` })
        .then(
          async ({ id }) =>
            (await stripe.prices.create({ product: id, currency, unit_amount, recurring: { interval: every } })).id,
        )
    prices.set(key, made)
    return made
  }
  return {
    buys: async ({ customer: known, card = 'pm_card_visa', amount = 4900, currency = 'usd' } = {}) => {
      const customer = known ?? (await someone())
      const { id } = await stripe.paymentIntents.create({
        amount,
        currency,
        customer,
        payment_method: card,
        confirm: true,
        description: 'Field guide',
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      })
      return { customer, payment: id, subscription: null }
    },
    subscribes: async ({
      customer: known,
      card = 'pm_card_visa',
      amount = 2900,
      currency = 'usd',
      every = 'month',
    } = {}) => {
      const customer = known ?? (await someone())
      const { id: default_payment_method } = await stripe.paymentMethods.attach(card, { customer })
      const subscription = await stripe.subscriptions.create({
        customer,
        default_payment_method,
        items: [{ price: await priceOf(every, amount, currency) }],
        expand: ['latest_invoice.payments'],
      })
      const invoice = subscription.latest_invoice as Stripe.Invoice
      return {
        customer,
        payment: String(invoice.payments!.data[0]!.payment.payment_intent),
        subscription: subscription.id,
      }
    },
  }
}

type Logged = {
  readonly method: string
  readonly path: string
  readonly idempotency_key: string | null
  readonly params: { metadata?: { moneyback_refund?: string } } | null
}

/** Every key under which each of our refunds was sent to Stripe. */
export async function keysAtStripe(simulator: Simulator): Promise<Map<string, Set<string>>> {
  const { data } = (await simulator.control('GET', '/_control/requests?limit=5000')) as { data: Logged[] }
  const keys = new Map<string, Set<string>>()
  for (const { method, path, idempotency_key, params } of data) {
    const ours = params?.metadata?.moneyback_refund
    if (method !== 'POST' || path !== '/v1/refunds' || ours === undefined) continue
    keys.set(ours, (keys.get(ours) ?? new Set()).add(String(idempotency_key)))
  }
  return keys
}

/** Refunds of ours that Stripe made, each with how often. */
export async function refundsMade(stripe: Stripe): Promise<Map<string, number>> {
  const made = new Map<string, number>()
  for (const { metadata } of await allPages((page) => stripe.refunds.list(page))) {
    const ours = metadata?.['moneyback_refund']
    if (ours !== undefined) made.set(ours, (made.get(ours) ?? 0) + 1)
  }
  return made
}

type Line = Pick<RefundRow, 'id' | 'status' | 'amount_minor' | 'currency' | 'stripe_refund_id' | 'idempotency_key'> & {
  stripe_charge: string
}

/**
 * Compares Stripe's books with ours to the cent: every refund with its payment, amount and status; for every payment the sum;
 * one key and at most one refund for each of ours; that Stripe's own books add up; and that every invariant of ours holds.
 */
export async function expectBooksToAgree({
  app,
  stripe,
  simulator,
}: Pick<World, 'stripe' | 'simulator'> & { app: Pick<App, 'db' | 'account' | 'now'> }): Promise<void> {
  const { db } = app
  expect(await whatIsWrong(app, { alsoLate: true }), 'what moneyback verify says').toEqual([])
  const [theirs, charges, { rows: ours }, { rows: payments }] = await Promise.all([
    allPages((page) => stripe.refunds.list(page)),
    allPages((page) => stripe.charges.list(page)),
    sql<Line>`select r.*, p.stripe_charge from refund r join payment p on p.account_id = r.account_id and p.id = r.payment_id`.execute(
      db,
    ),
    sql<{
      stripe_charge: string
      reserved_minor: number
      overlap_minor: number
      captured_minor: number
    }>`select * from payment`.execute(db),
  ])
  const known = ours.filter(({ stripe_refund_id }) => stripe_refund_id !== null)
  expect(
    sorted(known.map((row) => [row.stripe_refund_id, row.stripe_charge, row.amount_minor, row.currency, row.status])),
  ).toEqual(sorted(theirs.map((row) => [row.id, row.charge, row.amount, row.currency, row.status])))
  expect(
    ours.filter(({ status, stripe_refund_id }) => stripe_refund_id === null && holds(status)),
    'money set aside for nothing',
  ).toEqual([])
  expect(
    sorted(payments.map((row) => [row.stripe_charge, row.captured_minor, row.reserved_minor, row.overlap_minor])),
  ).toEqual(
    sorted(
      charges
        .filter(({ status }) => status === 'succeeded')
        .map((row) => [row.id, row.amount_captured, row.amount_refunded, 0]),
    ),
  )
  await expectOneKeyEach(ours, stripe, simulator)
  expect(await simulator.control('GET', '/_control/audit')).toEqual({ faults: [] })
}

async function expectOneKeyEach(ours: readonly Line[], stripe: Stripe, simulator: Simulator): Promise<void> {
  for (const [refund, keys] of await keysAtStripe(simulator)) {
    expect([...keys], `the keys of ${refund}`).toEqual([ours.find(({ id }) => id === refund)?.idempotency_key])
  }
  for (const [refund, count] of await refundsMade(stripe)) expect(count, `how often Stripe made ${refund}`).toBe(1)
}

const sorted = (rows: readonly (readonly unknown[])[]): string[] => rows.map((row) => row.join(' ')).sort()
