import { createServer, request as ask } from 'node:http'
import { sql } from 'kysely'
import Stripe from 'stripe'
import type { App } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { inTransaction } from '../src/db/connect.ts'
import { insertDecision } from '../src/db/decisions.ts'
import { lockPayment } from '../src/db/payments.ts'
import { insertRequest, lockRequest, moveRequest } from '../src/db/requests.ts'
import { newId } from '../src/domain/ids.ts'
import { money } from '../src/domain/money.ts'
import { reserveRefund } from '../src/flows/reserve-refund.ts'
import { startWorker } from '../src/jobs/work.ts'
import { openApp } from '../src/open-app.ts'
import type { Simulator } from '../stripe-simulator/simulator.ts'
import { until } from './holding.ts'

export type Burst = {
  readonly refunds: number
  /** Calls in a second that Stripe takes for an endpoint, and for the account: what is more is answered with 429. */
  readonly endpoint: number
  readonly account: number
  readonly workers: number
}

export type Drained = {
  readonly seconds: number
  readonly perSecond: number
  readonly calls: number
  readonly answered429: number
  readonly busiestSecond: number
  /** From the approval of the one refund that somebody waits for, in the midst of it, until it was paid. */
  readonly urgentSeconds: number
  readonly waitingThen: number
}

/** Approves so many at once, and one more when a third is through; drains them with several workers under Stripe's limits. */
export async function drainBurst(databaseUrl: string, simulator: Simulator, burst: Burst): Promise<Drained> {
  const gate = await limitedStripe(simulator, burst)
  const open = (): Promise<App> =>
    openApp({
      config: readConfig({ LOG_LEVEL: 'silent' }),
      databaseUrl,
      poolSize: 24,
      stripe: {
        secretKey: simulator.secretKey,
        webhookSecrets: [],
        apiBase: gate.url,
        rate: burst.account,
        endpointRate: burst.endpoint,
      },
    })
  const apps = [await open()]
  for (let i = 1; i < burst.workers; i++) apps.push(await open())
  const [app] = apps as [App, ...App[]]
  const charges = await makeCharges(simulator, burst.refunds + 1)
  const last = charges.pop()!
  for (let i = 0; i < charges.length; i += 16)
    await Promise.all(charges.slice(i, i + 16).map((charge) => approveOne(app, charge, 'staff:burst')))
  const settled = async (): Promise<number> =>
    (await sql<{ n: number }>`select count(*) as n from refund where status = 'succeeded'`.execute(app.db)).rows[0]!.n
  const began = performance.now()
  const workers = apps.map((each) => startWorker(each, { reconcile: false }))
  const patience = { seconds: (burst.refunds / burst.endpoint) * 4 + 120 }
  await until('a third is through', async () => (await settled()) >= burst.refunds / 3, patience)
  const waitingThen = burst.refunds - (await settled())
  const asked = performance.now()
  const urgent = await approveOne(app, last, 'staff:one')
  await until(
    'the urgent one is paid',
    async () =>
      (await sql`select from refund where id = ${urgent} and status = 'succeeded'`.execute(app.db)).rows.length === 1,
    patience,
  )
  const urgentSeconds = (performance.now() - asked) / 1000
  await until('all are paid', async () => (await settled()) === burst.refunds + 1, patience)
  const seconds = (performance.now() - began) / 1000
  await Promise.all(workers.map((worker) => worker.stop()))
  for (const each of apps) await each.db.destroy()
  gate.close()
  return { seconds, perSecond: (burst.refunds + 1) / seconds, urgentSeconds, waitingThen, ...gate.seen() }
}

type Charge = { id: string; intent: string }

async function makeCharges(simulator: Simulator, count: number): Promise<Charge[]> {
  const stripe = new Stripe(simulator.secretKey, {
    host: '127.0.0.1',
    port: simulator.port,
    protocol: 'http',
    telemetry: false,
  })
  const charges: Charge[] = []
  const make = async (): Promise<void> => {
    while (charges.length < count) {
      const slot = charges.push({ id: '', intent: '' }) - 1
      const intent = await stripe.paymentIntents.create({
        amount: 4900,
        currency: 'usd',
        payment_method: 'pm_card_bypassPending',
        confirm: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      })
      charges[slot] = { id: String(intent.latest_charge), intent: intent.id }
    }
  }
  await Promise.all(Array.from({ length: 16 }, make))
  return charges
}

/** What a person's approval writes, without the looks before it. */
function approveOne(app: App, charge: Charge, by: `staff:${string}`): Promise<string> {
  return inTransaction(app.db, async (tx) => {
    const [payment, request, at] = [newId('pay'), newId('rr'), app.now()]
    await sql`
      insert into payment (account_id, id, description, captured_minor, currency, paid_at, captured, stripe_charge,
        stripe_payment_intent, seen_at)
      values (${app.account}, ${payment}, 'A guide', 4900, 'usd', ${at}, true, ${charge.id}, ${charge.intent}, ${at})`.execute(
      tx,
    )
    await insertRequest(tx, {
      account_id: app.account,
      id: request,
      payment_id: payment,
      customer_id: null,
      asked_minor: 4900,
      currency: 'usd',
      reason: 'other',
      comment: null,
      channel: 'admin',
      created_by: 'api_key:burst',
      locale: null,
      created_at: at,
      next_at: null,
    })
    const amount = money(4900, 'usd')
    const decision = await insertDecision(tx, {
      account: app.account,
      request,
      verdict: 'approve',
      by,
      amount,
      access: 'keep',
      at,
    })
    const locked = await lockPayment(tx, app.account, payment)
    const row = await lockRequest(tx, app.account, request)
    const refund = await reserveRefund(app, tx, { request: row, payment: locked, decision, amount, access: 'keep' })
    await moveRequest(tx, row, { event: 'approve', by, at })
    return refund
  })
}

/** Stripe behind its limits: a second's worth for each endpoint and for the account, and 429 with its reason for the rest. */
async function limitedStripe(simulator: Simulator, { endpoint, account }: Burst) {
  const buckets = new Map<string, { left: number; at: number }>()
  const seconds = new Map<number, number>()
  let [calls, answered429] = [0, 0]
  const take = (bucket: string, rate: number): boolean => {
    const [now, known] = [performance.now() / 1000, buckets.get(bucket) ?? { left: rate, at: 0 }]
    const left = Math.min(rate, known.left + (now - known.at) * rate)
    buckets.set(bucket, { left: left >= 1 ? left - 1 : left, at: now })
    return left >= 1
  }
  const server = createServer((near, answer) => {
    const name = `${near.method} ${near.url!.split('?')[0]!.replaceAll(/\/(re|ch|pi|py)_\w+/g, '/:id')}`
    calls++
    seconds.set(Math.floor(performance.now() / 1000), (seconds.get(Math.floor(performance.now() / 1000)) ?? 0) + 1)
    const tooMany = !take(name, endpoint) ? 'endpoint-rate' : !take('account', account) ? 'global-rate' : undefined
    if (tooMany !== undefined) {
      answered429++
      near.resume()
      answer.writeHead(429, { 'content-type': 'application/json', 'stripe-rate-limited-reason': tooMany })
      return answer.end(
        '{"error":{"type":"invalid_request_error","code":"rate_limit","message":"Request rate limit exceeded."}}',
      )
    }
    const far = ask(
      { host: '127.0.0.1', port: simulator.port, path: near.url, method: near.method, headers: near.headers },
      (got) => {
        answer.writeHead(got.statusCode!, got.headers)
        got.pipe(answer)
      },
    )
    far.on('error', () => answer.destroy())
    near.pipe(far)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    seen: () => ({ calls, answered429, busiestSecond: Math.max(...seconds.values()) }),
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
