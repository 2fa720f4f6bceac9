import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { sql } from 'kysely'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { App } from '../src/app.ts'
import { workOnce } from '../src/jobs/work.ts'
import { addEndpoint, changeEndpoint, rotateSecret } from '../src/flows/webhooks/manage.ts'
import { signedIn } from './staff.ts'
import { openWorld, type Problem, type World } from './world.ts'

type Received = { headers: IncomingHttpHeaders; body: string; event: { id: string; type: string; data: Data } }
type Data = { id: string; status: string; version: number; customer: string; products: { access: boolean }[] }

let world: World
let app: App
let host: string
let received: Received[] = []
let answers: { status: number; headers?: Record<string, string> }[] = []
const server = createServer(async (request, response) => {
  const body = await text(request)
  received.push({ headers: request.headers, body, event: JSON.parse(body) as Received['event'] })
  const { status, headers } = answers.shift() ?? { status: 200 }
  response.writeHead(status, headers).end('thank you')
})

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  world = await openWorld()
  Object.assign(world.app.config, { webhookLoopback: [host] })
  app = world.app
}, 60_000)
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await world[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await sql`update webhook_endpoint set deleted_at = now()`.execute(app.db)
  await sql`update webhook_delivery set status = 'failed', next_at = null where status = 'waiting'`.execute(app.db)
  await sql`delete from outbox`.execute(app.db)
  received = []
  answers = []
})

async function endpoint(events: readonly string[] = ['*']) {
  const made = await addEndpoint(app, { url: `http://${host}/hook`, events, by: 'moneyback' })
  if (!made.ok) throw new Error(JSON.stringify(made.no))
  return made.value
}
const types = () => received.map(({ event }) => event.type)
const verify = (secret: string, { body, headers }: Received) =>
  new Webhook(secret).verify(body, headers as Record<string, string>)

test('from request to money, each state is told with a number to order it by, signed, with ids and no names', async () => {
  const { secret } = await endpoint(['refund_request.*', 'refund.*'])
  const { payment, customer } = await world.subscribes()
  await world.settle()
  await world.used(customer, 0.05)
  received = []
  const { id } = await world.ask(payment)
  await world.settle()
  received.sort((a, b) => a.event.data.version - b.event.data.version)
  expect(types()).toEqual([
    'refund_request.submitted',
    'refund.created',
    'refund_request.approved',
    'refund.succeeded',
    'refund_request.refunded',
  ])
  for (const one of received) {
    expect(() => verify(secret, one)).not.toThrow()
    expect(() => verify(secret, { ...one, body: one.body.replace(id, 'rr_other') })).toThrow()
    expect(one.body).not.toContain('@example.com')
    expect(one.headers['webhook-id']).toMatch(/^whd_/)
  }
})

test('access is told as what is so, with a number that grows, and told again when a bounce gives it back', async () => {
  await endpoint(['access.changed'])
  const { payment, customer } = await world.subscribes()
  await world.settle()
  await world.used(customer, 0.05)
  const { id } = await world.ask(payment)
  await world.settle()
  const { refund } = await world.request(id)
  await world.simulator.control('POST', `/_control/refunds/${refund!.stripe_refund}`, { to: 'failed' })
  await world.settle()
  const told = received
    .map(({ event: { data } }) => [data.version, data.customer === customer, data.products[0]?.access] as const)
    .sort(([a], [b]) => a - b)
  expect(told).toEqual([
    [1, true, true],
    [2, true, false],
    [3, true, true],
  ])
})

test('only what was asked for is sent', async () => {
  await endpoint(['refund_request.denied'])
  const { payment } = await world.subscribes()
  await world.settle()
  const { id } = await world.ask(payment)
  await world.api('POST', `/v1/refund_requests/${id}/deny`, { note: 'No.' })
  await world.settle()
  expect(types()).toEqual(['refund_request.denied'])
})

test('without an endpoint nothing is written down for one', async () => {
  await world.subscribes()
  await world.settle()
  expect(await world.rows('select from outbox')).toEqual([])
})

test('what was not taken is sent again under the same id, after 5 s', async () => {
  await endpoint()
  answers = [{ status: 500 }, { status: 302 }]
  const { payment } = await world.subscribes()
  await world.settle()
  received = []
  answers = [{ status: 500 }]
  await world.ask(payment)
  await world.settle()
  const failed = received[0]!
  expect(received.filter(({ headers }) => headers['webhook-id'] === failed.headers['webhook-id'])).toHaveLength(1)
  world.later(7)
  await world.settle()
  const tries = received.filter(({ headers }) => headers['webhook-id'] === failed.headers['webhook-id'])
  expect(tries).toHaveLength(2)
  expect(tries[0]!.body).toBe(tries[1]!.body)
})

test('a rollback tells nothing: the row for it is in the same transaction', async () => {
  await endpoint()
  const { payment } = await world.subscribes()
  await world.settle()
  const { id } = await world.ask(payment)
  await world.settle()
  received = []
  await app.db
    .transaction()
    .execute(async (tx) => {
      await sql`insert into move (account_id, machine, subject_id, from_status, event, to_status, by, at)
        values (${app.account}, 'request', ${id}, 'in_review', 'deny', 'denied', 'moneyback', now())`.execute(tx)
      throw new Error('taken back')
    })
    .catch(() => undefined)
  await world.settle()
  expect(received).toEqual([])
})

test('410 disables at once, and an owner is called', async () => {
  const { id } = await endpoint()
  answers = [{ status: 410 }]
  const { body } = await world.api<{ delivery: string }>('POST', `/v1/webhook_endpoints/${id}/test`, {})
  await world.settle()
  const shown = await world.api<{ enabled: boolean; disabled_because: string }>('GET', `/v1/webhook_endpoints/${id}`)
  expect(shown.body).toMatchObject({ enabled: false, disabled_because: expect.stringContaining('410') })
  expect(
    await world.rows(`select from exception where kind = 'webhook_disabled' and subject_id = '${id}'`),
  ).toHaveLength(1)
  const replayed = await world.api<Problem>('POST', `/v1/webhook_deliveries/${body.delivery}/replay`, {})
  expect(replayed.status).toBe(409)
  await world.api('POST', `/v1/webhook_endpoints/${id}`, { enabled: true })
  expect((await world.api('POST', `/v1/webhook_deliveries/${body.delivery}/replay`, {})).status).toBe(200)
  await world.settle()
  expect(received.map(({ headers }) => headers['webhook-id'])).toEqual([body.delivery, body.delivery])
})

test('five days of failures disable', async () => {
  const { id } = await endpoint()
  await sql`update webhook_endpoint set failing_since = ${new Date(app.now().getTime() - 5 * 86_400_000)} where id = ${id}`.execute(
    app.db,
  )
  answers = [{ status: 500 }]
  await world.api('POST', `/v1/webhook_endpoints/${id}/test`, {})
  await world.settle()
  const { body } = await world.api<{ enabled: boolean }>('GET', `/v1/webhook_endpoints/${id}`)
  expect(body.enabled).toBe(false)
})

test('for a day after a rotation both secrets sign, then the new one alone', async () => {
  const { id, secret } = await endpoint()
  const rotated = await rotateSecret(app, { id, by: 'moneyback' })
  if (!rotated.ok) throw new Error('not rotated')
  await world.api('POST', `/v1/webhook_endpoints/${id}/test`, {})
  await world.settle()
  expect(() => verify(secret, received[0]!)).not.toThrow()
  expect(() => verify(rotated.value.secret, received[0]!)).not.toThrow()
  await sql`update webhook_endpoint set old_secret_until = ${new Date(app.now().getTime() - 1000)} where id = ${id}`.execute(
    app.db,
  )
  await world.api('POST', `/v1/webhook_endpoints/${id}/test`, {})
  await world.settle()
  const signatures = String(received[1]!.headers['webhook-signature']).split(' ')
  expect(signatures).toHaveLength(1)
})

test('the secret is not in the database as it is, and is shown once', async () => {
  const { id, secret } = await endpoint()
  const rows = await world.rows<{ all: string }>('select e::text as all from webhook_endpoint e')
  expect(rows.some(({ all }) => all.includes(secret.slice(6)))).toBe(false)
  const { client } = await signedIn(world, 'owner')
  for (const path of ['/settings/webhooks', '/settings/webhooks/deliveries'])
    expect(JSON.stringify((await client('GET', path)).body)).not.toContain(secret.slice(6))
  expect((await world.api('GET', `/v1/webhook_endpoints/${id}`)).body).not.toHaveProperty('secret')
})

test('an address inside our network is refused at saving, and again at sending', async () => {
  const { status, body } = await world.api<Problem>('POST', '/v1/webhook_endpoints', {
    url: 'https://169.254.169.254/latest',
    events: ['*'],
  })
  expect([status, body.field]).toEqual([422, 'url'])
  const { id } = await endpoint()
  await sql`update webhook_endpoint set url = 'http://127.0.0.1:1/x' where id = ${id}`.execute(app.db)
  const sent = await world.api<{ delivery: string }>('POST', `/v1/webhook_endpoints/${id}/test`, {})
  await world.settle()
  const { body: delivery } = await world.api<{ last_error: string }>(
    'GET',
    `/v1/webhook_deliveries/${sent.body.delivery}`,
  )
  expect(delivery.last_error).toMatch(/https/)
  expect(received).toEqual([])
})

test('an endpoint that is slow has at most two in flight, and holds up nobody else', async () => {
  const { id } = await endpoint()
  for (let round = 0; round < 6; round++) await world.api('POST', `/v1/webhook_endpoints/${id}/test`, {})
  const other = await endpoint(['refund.*'])
  await world.api('POST', `/v1/webhook_endpoints/${other.id}/test`, {})
  expect(await workOnce(app)).toBe(3)
})

test('only an owner changes endpoints, and what makes no sense is refused by field', async () => {
  const { client: finance } = await signedIn(world, 'finance')
  const { client: owner } = await signedIn(world, 'owner')
  expect((await finance('POST', '/settings/webhooks', {})).body.code).toBe('role_too_low')
  for (const [body, field] of [
    [{ url: 'nonsense', events: ['*'] }, 'url'],
    [{ url: `http://${host}/`, events: [] }, 'events'],
    [{ url: `http://${host}/`, events: ['refund.paid'] }, 'events'],
  ] as const) {
    const answer = await owner('POST', '/settings/webhooks', body)
    expect([answer.status, answer.body.field]).toEqual([422, field])
  }
  const { id } = await endpoint()
  const changed = await changeEndpoint(app, { id, by: 'moneyback', enabled: false })
  expect(changed.ok).toBe(true)
  expect((await owner('POST', `/settings/webhooks/${id}/test`, {})).status).toBe(409)
})
