import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../src/config.ts'
import { createApiKey } from '../src/db/api-keys.ts'
import type { App } from '../src/app.ts'
import type { RequestView } from '../src/db/request-views.ts'
import { endAllLeases } from '../src/db/work.ts'
import { eventTypes } from '../src/flows/observe-events.ts'
import { publishPolicy } from '../src/flows/publish-policy.ts'
import { openApp } from '../src/open-app.ts'
import { startSimulator, type Simulator } from '../stripe-simulator/simulator.ts'
import { until } from './holding.ts'
import { freshDatabase, type TestDatabase } from './postgres.ts'
import { startProgram, type Program } from './program.ts'
import { call, clientOf, expectBooksToAgree, freePort, makeShop, refundsMade } from './world.ts'

const policy = `
policy: Everything
timezone: UTC
judge_by: request
rules:
  - id: person
    when: [request.reason == "other"]
    then: review
    access: now
otherwise:
  then: approve
  amount: payment.refundable
  access: now
`

let database: TestDatabase
let simulator: Simulator
let app: App
let port: number
let env: Record<string, string>
let key: string

beforeAll(async () => {
  database = await freshDatabase()
  simulator = await startSimulator({ clock: { mode: 'simulated', now: new Date(Date.now() - 60_000) } })
  port = await freePort()
  const endpoint = await clientOf(simulator).webhookEndpoints.create({
    url: `http://127.0.0.1:${port}/webhooks/stripe`,
    enabled_events: eventTypes,
  })
  env = {
    DATABASE_URL: database.url,
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    STRIPE_SECRET_KEY: simulator.secretKey,
    STRIPE_WEBHOOK_SECRET: endpoint.secret!,
    STRIPE_API_BASE: simulator.url,
  }
  const config = readConfig({ ...env, LOG_LEVEL: 'silent' })
  app = await openApp({ config, databaseUrl: database.url, stripe: config.stripe! })
  expect(
    await publishPolicy(app, { source: policy, comment: 'For the test.', by: 'moneyback', role: 'owner' }),
  ).toMatchObject({ ok: true })
  key = (await createApiKey(app.db, app.account, 'test', app.now())).secret
  // Who gets no answer does not try again here: Stripe's list of events has to be enough.
  await simulator.control('POST', '/_control/settings', { webhookRetrySeconds: { test: [] } })
})

afterAll(async () => {
  await app.db.destroy()
  await simulator.close()
  await database.drop()
})

const api = <T = RequestView>(method: string, path: string, body?: unknown) =>
  call<T>(`http://127.0.0.1:${port}`, method, path, body, { authorization: `Bearer ${key}` })

async function requestsOf(customer: string): Promise<RequestView[]> {
  return (await api<{ data: RequestView[] }>('GET', `/v1/refund_requests?customer=${customer}`)).body.data
}

/** Starts the program again, after the time in which leases and waits run out. */
async function again(): Promise<Program> {
  await endAllLeases(app.db)
  await sql`update refund_request set next_at = ${app.now()} where next_at is not null`.execute(app.db)
  const program = startProgram(env)
  await program.ready
  return program
}

const shop = () => makeShop(clientOf(simulator)).subscribes()

/** Asks, and does not mind that no answer comes. */
const tryTo = (method: string, path: string, body: unknown) =>
  api(method, path, body).then(
    ({ status }) => status,
    () => undefined,
  )

const ask = (payment: string) => tryTo('POST', '/v1/refund_requests', { payment, reason: 'changed_mind' })

async function askAndApprove(payment: string): Promise<void> {
  const { status, body } = await api('POST', '/v1/refund_requests', { payment, reason: 'other' })
  expect([status, body.status]).toEqual([201, 'in_review'])
  await tryTo('POST', `/v1/refund_requests/${body.id}/approve`, {})
}

test.each(['after-approve', 'after-bulk-item'])(
  'a bulk action that is killed at %s goes on after the start: each is refunded once, each has its result',
  async (point) => {
    const before = (await refundsMade(clientOf(simulator))).size
    const calm = startProgram(env)
    await calm.ready
    const requests: string[] = []
    for (let n = 0; n < 3; n++) {
      const { payment } = await shop()
      const { body } = await api('POST', '/v1/refund_requests', { payment, reason: 'other' })
      requests.push(body.id)
    }
    const { body: bulk } = await api<{ id: string }>('POST', '/v1/bulk_actions', { deed: 'approve', requests })
    calm.process.kill('SIGTERM')
    await calm.ended
    const doomed = startProgram({ ...env, MONEYBACK_CRASH_AT: point })
    await doomed.ready
    await tryTo('POST', `/v1/bulk_actions/${bulk.id}/begin`, { count: 3, sums: { usd: 3 * 2900 } })
    expect(await doomed.ended).toMatchObject({ signal: 'SIGKILL' })
    const program = await again()
    await until('all three are refunded', async () => {
      const { body } = await api<{ status: string }>('GET', `/v1/bulk_actions/${bulk.id}`)
      const { rows } =
        await sql`select from refund_request where id = any(${requests}) and status = 'refunded'`.execute(app.db)
      return body.status === 'done' && rows.length === 3
    })
    const { body } = await api<{ data: { result: string; because: string | null }[] }>(
      'GET',
      `/v1/bulk_actions/${bulk.id}/results`,
    )
    expect(body.data).toMatchObject(requests.map(() => ({ result: 'done', because: null })))
    expect((await refundsMade(clientOf(simulator))).size).toBe(before + 3)
    program.process.kill('SIGTERM')
    expect(await program.ended).toMatchObject({ code: 0 })
  },
  120_000,
)

test.each([
  ['after-submit', ask],
  ['before-decide', ask],
  ['after-decide', ask],
  ['after-approve', askAndApprove],
  ['after-claim', ask],
  ['after-look', ask],
  ['before-intent', ask],
  ['after-intent', ask],
  ['after-send', ask],
  ['after-record', ask],
  ['after-subscription-change', ask],
])(
  'killed at %s and started again: one refund under one key, the subscription ended, the books agree',
  async (point, doing) => {
    const doomed = startProgram({ ...env, MONEYBACK_CRASH_AT: point })
    await doomed.ready
    const { customer, payment, subscription } = await shop()
    await doing(payment)
    expect(await doomed.ended).toMatchObject({ signal: 'SIGKILL' })
    const before = (await refundsMade(clientOf(simulator))).size
    const program = await again()
    await until('the request is refunded and nothing is left to do', async () => {
      const [request] = await requestsOf(customer)
      const { rows } = await sql`
      select 1 from stripe_event where status = 'new' union all select 1 from subscription_change where status = 'wanted'
      union all select 1 from refund where status in ('reserved', 'unconfirmed')`.execute(app.db)
      return request?.status === 'refunded' && rows.length === 0
    })
    const requests = await requestsOf(customer)
    expect(requests).toHaveLength(1)
    expect(requests[0]!.timeline.map(({ event }) => event).filter((event) => event.startsWith('refund.'))).toEqual([
      'refund.send',
      'refund.succeed',
    ])
    expect((await clientOf(simulator).refunds.list({ payment_intent: payment })).data).toHaveLength(1)
    expect((await clientOf(simulator).subscriptions.retrieve(subscription!)).status).toBe('canceled')
    expect((await refundsMade(clientOf(simulator))).size - before).toBeLessThanOrEqual(1)
    await expectBooksToAgree({ app, stripe: clientOf(simulator), simulator })
    program.process.kill('SIGTERM')
    expect(await program.ended).toMatchObject({ code: 0 })
  },
)

test.each(['after-inbox', 'after-observe'])('killed at %s: what Stripe told us is not lost', async (point) => {
  const doomed = startProgram({ ...env, MONEYBACK_CRASH_AT: point })
  await doomed.ready
  const { customer, payment } = await shop()
  expect(await doomed.ended).toMatchObject({ signal: 'SIGKILL' })
  const meanwhile = await shop()
  await simulator.control('POST', '/_control/refunds', { payment_intent: meanwhile.payment, amount: 700 })
  const program = await again()
  const known = async (id: string) =>
    (await api<{ data: object[] }>('GET', `/v1/payments?customer=${id}`)).body.data.length
  await until(
    'both payments are known',
    async () => (await known(customer)) === 1 && (await known(meanwhile.customer)) === 1,
  )
  await until(
    'the refund from the dashboard is adopted',
    async () => (await requestsOf(meanwhile.customer))[0]?.status === 'refunded',
  )
  expect((await api('POST', '/v1/refund_requests', { payment, reason: 'changed_mind' })).status).toBe(201)
  await until('it is paid', async () => (await requestsOf(customer))[0]?.status === 'refunded')
  await until(
    'every event was looked at',
    async () => (await sql`select 1 from stripe_event where status = 'new'`.execute(app.db)).rows.length === 0,
  )
  await expectBooksToAgree({ app, stripe: clientOf(simulator), simulator })
  program.process.kill('SIGTERM')
  expect(await program.ended).toMatchObject({ code: 0 })
})
