import { Hono } from 'hono'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPortalLink } from '../src/flows/open-portal.ts'
import { statusLink } from '../src/flows/status-link.ts'
import { portalRoutes } from '../src/http/portal/routes.ts'
import { jpeg } from './hostile-files.ts'
import { portalWorld, type PortalWorld } from './portal-world.ts'

// Stripe makes a new customer for each checkout where the shop does not name one, so one person is often several.

let world: PortalWorld
let server: Hono
let cookie: string
const email = 'many@example.com'
let payments: { first: string; second: string; guest: string; late: string }
let customers: string[]

beforeAll(async () => {
  world = await portalWorld()
  server = new Hono().route('/portal', portalRoutes(world.app))
  const first = await world.pays({ name: 'Many', email })
  const second = await world.pays({ name: 'Many', email, amount: 1500 })
  const guest = await world.pays({ name: 'Many', guest: email, amount: 900 })
  const late = await world.pays({ name: 'Many', email, amount: 700, daysAgo: 100 })
  await world.pays({ name: 'Other' })
  payments = { first: first.payment, second: second.payment, guest: guest.payment, late: late.payment }
  customers = [first, second, guest, late].map(({ customer }) => customer)
  cookie = await inside()
})
afterAll(() => world.close())

async function inside(): Promise<string> {
  const made = await createPortalLink(world.app, { email: ' Many@Example.com '.trim(), by: 'api_key:test' })
  const token = made.ok ? made.value.url.split('#t=')[1]! : ''
  return (await call('POST', '/enter', { token })).cookie
}

async function call(method: 'GET' | 'POST', path: string, body?: object, as = cookie) {
  const answer = await server.request(`http://localhost:3000/portal/api${path}`, {
    method,
    headers: {
      origin: 'http://localhost:3000',
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/json',
      cookie: as ?? '',
    },
    ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
  })
  // oxlint-disable-next-line typescript/no-explicit-any -- what came is what is tested
  const json: any = await answer.json().catch(() => undefined)
  return { status: answer.status, json, cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0]! }
}

const agreed = async (ids: readonly string[]) => {
  const { json } = await call('POST', '/several/preview', { payments: ids, reason: 'changed_mind' })
  return json.previews.map((each: { payment: { id: string; after: string | null }; shown: string }) => ({
    payment: each.payment.id,
    shown: each.shown,
    after: each.payment.after,
  }))
}

test('everything that was paid with a verified address is shown, and nothing else', async () => {
  const { json } = await call('GET', '/payments')
  expect(new Set(json.payments.map(({ id }: { id: string }) => id))).toEqual(new Set(Object.values(payments)))
})

test('payments of two customers and a guest are asked for in one deed, each with a file’s owner, and each shows the others', async () => {
  const sent = await server.request('http://localhost:3000/portal/api/attachments', {
    method: 'POST',
    headers: {
      origin: 'http://localhost:3000',
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/octet-stream',
      'x-file-name': 'screen.jpg',
      cookie,
    },
    body: new Uint8Array(jpeg),
  })
  const { id: file } = (await sent.json()) as { id: string }
  const three = [payments.first, payments.second, payments.guest]
  const { status, json } = await call('POST', '/several', {
    payments: await agreed(three),
    reason: 'changed_mind',
    files: [file],
  })
  expect(status).toBe(201)
  const view = (await call('GET', `/requests/${json.id}`)).json
  expect(view.together).toHaveLength(2)
  expect(
    view.files.length +
      (
        await Promise.all(
          view.together.map(async ({ id }: { id: string }) => (await call('GET', `/requests/${id}`)).json.files.length),
        )
      ).reduce((a: number, b: number) => a + b, 0),
  ).toBe(1)
  expect((await call('GET', `/attachments/${file}`)).status).toBe(200)
  await world.work()
  const { rows } = await sql<{ customer_id: string | null; created_by: string; status: string }>`
    select customer_id, created_by, status from refund_request where payment_id = any(${three}) order by created_by`.execute(
    world.app.db,
  )
  expect(rows.map(({ status: one }) => one)).toEqual(['refunded', 'refunded', 'refunded'])
  // Each stands in the name of whose payment it is.
  expect(new Set(rows.map(({ created_by }) => created_by))).toEqual(
    new Set(customers.slice(0, 3).map((owner) => `customer:${owner}`)),
  )
})

test('a request of any of them is made, appealed and withdrawn from the one visit', async () => {
  const shown = (await call('POST', `/payments/${payments.late}/preview`, { reason: 'other' })).json
  const made = await call('POST', '/requests', {
    payment: payments.late,
    reason: 'other',
    shown: shown.shown,
    after: null,
  })
  expect(made.status).toBe(201)
  expect((await call('POST', `/requests/${made.json.id}/appeal`, { comment: 'Please.' })).status).toBe(200)
  expect((await call('POST', `/requests/${made.json.id}/withdraw`)).status).toBe(200)
  // The link of a letter about it shows no less than what the visitor sees already.
  const url = await statusLink(world.app, { id: 'msg_1', request_id: made.json.id, created_at: world.app.now() })
  await call('POST', '/enter', { token: url!.split('#t=')[1]! })
  expect((await call('GET', '/payments')).status).toBe(200)
})

test('the form to withdraw from a contract is filled in for any of their payments, and for nobody else’s', async () => {
  const { rows } = await sql<{ id: string }>`
    select id from payment where owner_id <> all(${customers}::text[]) limit 1`.execute(world.app.db)
  await sql`update customer set country = 'DE'`.execute(world.app.db)
  const form = async (id: string) => {
    const page = await server.request(`http://localhost:3000/portal/withdrawal?payment=${id}`, { headers: { cookie } })
    return page.text()
  }
  for (const id of [payments.first, payments.second]) expect(await form(id)).toContain(email)
  expect(await form(rows[0]!.id)).not.toContain('other@example.com')
})

test('by the id of one customer only theirs are shown: an id says nothing about an address', async () => {
  const { token } = await world.link({ customer: customers[0]! })
  const alone = (await call('POST', '/enter', { token }, '')).cookie
  const { json } = await call('GET', '/payments', undefined, alone)
  expect(json.payments.map(({ id }: { id: string }) => id)).toEqual([payments.first])
  const foreign = await call('POST', '/several/preview', { payments: [payments.second], reason: 'other' }, alone)
  expect(foreign.status).toBe(404)
})

test.each([
  ['an address that nobody paid with', { email: 'nobody@example.com' }, 'customer_not_found'],
  ['an address and a customer at once', { email, customer: 'cus_x' }, 'link_invalid'],
  ['an address and somebody else’s payment', { email, payment: 'pay_none' }, 'payment_not_found'],
])('no link is made for %s', async (_, link, code) => {
  expect(await createPortalLink(world.app, { ...link, by: 'api_key:test' })).toMatchObject({ ok: false, no: { code } })
})
