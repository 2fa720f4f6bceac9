import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import Stripe from 'stripe'
import { readConfig } from '../../src/config.ts'
import { createApiKey } from '../../src/db/api-keys.ts'
import { exactTypes } from '../../src/db/connect.ts'
import { verifyBooks } from '../../src/db/verify.ts'
import { eventTypes } from '../../src/flows/observe-events.ts'
import { publishPolicy } from '../../src/flows/publish-policy.ts'
import { openApp } from '../../src/open-app.ts'
import { startSimulator, type Simulator } from '../../stripe-simulator/simulator.ts'
import { policies } from '../policy.ts'
import { lineTo, type Line } from './line.ts'
import { freePort, startCrashingPostgres, type CrashingPostgres } from './postgres.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export type Program = {
  readonly process: ChildProcess
  readonly ready: Promise<void>
  readonly ended: Promise<unknown>
  said(): string
}

/** Real processes on real sockets: PostgreSQL on a disk, Stripe's simulator, and lines between that can be cut. */
export type Stage = {
  readonly postgres: CrashingPostgres
  readonly simulator: Simulator
  readonly stripe: Stripe
  readonly toPostgres: Line
  readonly toStripe: Line
  /** Starts `serve` or `work` in a process of its own. */
  start(command: 'serve' | 'work', env?: Record<string, string>): Program
  api(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: { id: string; status: string; code?: string } }>
  rows<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
  buy(count: number): Promise<string[]>
  /** A customer who subscribes by the month: the payment of the first one. */
  subscribe(): Promise<string>
  verify(): Promise<string[]>
  close(): Promise<void>
}

export async function setStage(): Promise<Stage> {
  const postgres = await startCrashingPostgres()
  const simulator = await startSimulator({ clock: { mode: 'real' } })
  const [toPostgres, toStripe] = [await lineTo(postgres.url), await lineTo(new URL(simulator.url))]
  const port = await freePort()
  const stripe = new Stripe(simulator.secretKey, {
    host: '127.0.0.1',
    port: simulator.port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  })
  const endpoint = await stripe.webhookEndpoints.create({
    url: `http://127.0.0.1:${port}/webhooks/stripe`,
    enabled_events: eventTypes,
  })
  await simulator
    .control('POST', '/_control/settings', { delays: { refundSettles: { real: 1 } } })
    .catch(() => undefined)
  const throughLine = new URL(postgres.url)
  throughLine.port = String(toPostgres.port)
  const base = {
    PATH: process.env['PATH'] ?? '',
    MONEYBACK_WEB: 'built',
    LOG_LEVEL: 'error',
    DATABASE_URL: throughLine.href,
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    STRIPE_SECRET_KEY: simulator.secretKey,
    STRIPE_WEBHOOK_SECRET: endpoint.secret!,
    STRIPE_API_BASE: `http://127.0.0.1:${toStripe.port}`,
  }
  const config = readConfig(base)
  const app = await openApp({ config, databaseUrl: postgres.url.href, stripe: config.stripe! })
  await publishPolicy(app, { source: policies[0], comment: 'For the chaos.', by: 'moneyback', role: 'owner' })
  const { secret } = await createApiKey(app.db, app.account, 'chaos', app.now())
  await app.db.destroy()
  const running = new Set<ChildProcess>()
  const query = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> => {
    for (let tries = 0; ; tries++) {
      const client = new pg.Client({ connectionString: postgres.url.href, types: exactTypes })
      client.on('error', () => undefined)
      try {
        await client.connect()
        return (await client.query<Row>(text, values)).rows
      } catch (error) {
        if (tries === 100) throw error
        await pause(100)
      } finally {
        await client.end().catch(() => undefined)
      }
    }
  }
  return {
    postgres,
    simulator,
    stripe,
    toPostgres,
    toStripe,
    rows: query,
    start(command, env = {}) {
      const child = spawn(process.execPath, [main, command], {
        env: { ...base, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      running.add(child)
      let said = ''
      const ended = once(child, 'close').finally(() => running.delete(child))
      const ready = new Promise<void>((done, failed) => {
        for (const stream of [child.stdout, child.stderr])
          stream.on('data', (chunk: Buffer) => {
            said = (said + chunk.toString()).slice(-20_000)
            if (/^(ready|working)/m.test(said)) done()
          })
        void ended.then(() => failed(new Error(`${command} ended before it was ready: ${said}`)))
      })
      ready.catch(() => undefined)
      return { process: child, ready, ended, said: () => said }
    },
    async api(method, path, body, headers = {}) {
      const answer = await fetch(`${base.PUBLIC_URL}${path}`, {
        method,
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(20_000),
      })
      return { status: answer.status, body: (await answer.json().catch(() => ({}))) as never }
    },
    async buy(count) {
      const steps = Array.from({ length: count }, () => ({
        path: '/v1/payment_intents',
        params: { amount: 1000, currency: 'usd', payment_method: 'pm_card_visa', confirm: true },
      }))
      const { answers } = (await simulator.control('POST', '/_control/import', { steps })) as {
        answers: { id: string }[]
      }
      return answers.map(({ id }) => id)
    },
    async subscribe() {
      const { id: customer } = await stripe.customers.create({ email: 'ada@example.com' })
      const card = await stripe.paymentMethods.attach('pm_card_visa', { customer })
      const { id: product } = await stripe.products.create({ name: 'Studio' })
      const { id: price } = await stripe.prices.create({
        product,
        currency: 'usd',
        unit_amount: 2900,
        recurring: { interval: 'month' },
      })
      const { latest_invoice } = await stripe.subscriptions.create({
        customer,
        default_payment_method: card.id,
        items: [{ price }],
        expand: ['latest_invoice.payments'],
      })
      return String((latest_invoice as Stripe.Invoice).payments!.data[0]!.payment.payment_intent)
    },
    async verify() {
      const books = await openApp({
        config,
        databaseUrl: postgres.url.href,
        stripe: { ...config.stripe!, apiBase: simulator.url },
      })
      try {
        const { violations } = await verifyBooks(books.db, { account: books.account, now: books.now() })
        return violations.map(({ code, examples }) => `verify, ${code}: ${examples.join('; ')}`)
      } finally {
        await books.db.destroy()
      }
    },
    async close() {
      for (const child of running) child.kill('SIGKILL')
      toPostgres.close()
      toStripe.close()
      await simulator.close()
      await postgres.stop()
    },
  }
}

/** Polls until it holds; fails when it doesn't in time. */
export async function until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + seconds * 1000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Not within ${seconds} s: ${what}`)
    await pause(250)
  }
}

type Logged = {
  method: string
  path: string
  idempotency_key: string | null
  params: { metadata?: { moneyback_refund?: string } } | null
}

/** What must be so of every refund: one key, one refund at Stripe, the same status and amount in both books. */
export async function compareWithStripe({ simulator, stripe, rows }: Stage): Promise<string[]> {
  const wrong: string[] = []
  const ours = await rows<{
    id: string
    status: string
    amount_minor: number
    stripe_refund_id: string | null
    idempotency_key: string | null
  }>('select * from refund order by id')
  const theirs = new Map<string, Stripe.Refund[]>()
  for await (const refund of stripe.refunds.list({ limit: 100 })) {
    const name = refund.metadata?.['moneyback_refund'] ?? refund.id
    theirs.set(name, [...(theirs.get(name) ?? []), refund])
  }
  for (const row of ours) {
    const made = theirs.get(row.id) ?? []
    if (made.length !== 1) wrong.push(`${row.id} (${row.status}) was made ${made.length} times`)
    else if (
      made[0]!.id !== row.stripe_refund_id ||
      made[0]!.amount !== row.amount_minor ||
      made[0]!.status !== row.status
    )
      wrong.push(`${row.id} is ${row.status} ${row.amount_minor}, at Stripe ${made[0]!.status} ${made[0]!.amount}`)
  }
  if (theirs.size !== ours.length) wrong.push(`${theirs.size} refunds at Stripe, ${ours.length} in the books`)
  const keys = new Map<string, Set<string>>()
  const { data } = (await simulator.control('GET', '/_control/requests?limit=5000')) as { data: Logged[] }
  for (const { method, path, idempotency_key, params } of data) {
    const refund = params?.metadata?.moneyback_refund
    if (method !== 'POST' || path !== '/v1/refunds' || refund === undefined) continue
    keys.set(refund, (keys.get(refund) ?? new Set()).add(String(idempotency_key)))
  }
  for (const [refund, used] of keys) if (used.size !== 1) wrong.push(`${refund} was sent under ${used.size} keys`)
  return wrong
}
