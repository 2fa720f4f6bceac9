import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Hono } from 'hono'
import { createPortalLink } from '../src/flows/open-portal.ts'
import { portalRoutes } from '../src/http/portal/routes.ts'
import { publishPolicy } from '../src/flows/publish-policy.ts'
import { portalWorld, type PortalWorld } from './portal-world.ts'

let world: PortalWorld
let server: Hono

beforeAll(async () => {
  world = await portalWorld()
  server = new Hono().route('/portal', portalRoutes(world.app))
})
afterAll(() => world.close())

const own = { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }

const outlineIn = (page: string): string => page.split('class="outline"')[1]!.split('</body>')[0]!

async function call(
  method: 'GET' | 'POST',
  path: string,
  { cookie = '', body, headers = own }: { cookie?: string; body?: unknown; headers?: Record<string, string> } = {},
) {
  const answer = await server.request(`http://localhost:3000/portal${path}`, {
    method,
    headers: { ...headers, ...(cookie && { cookie }) },
    ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
  })
  // oxlint-disable-next-line typescript/no-explicit-any -- what came is what is tested
  const json: any = await answer
    .clone()
    .json()
    .catch(() => undefined)
  return {
    status: answer.status,
    json,
    cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0]!,
    setCookie: answer.headers.get('set-cookie') ?? '',
  }
}

const enter = (token: string, cookie = '') => call('POST', '/api/enter', { cookie, body: { token } })

/** A customer with a payment, who is in. */
async function inside(name: string, paying: { used?: number; daysAgo?: number; amount?: number } = {}) {
  const paid = await world.pays({ name, ...paying })
  const { token } = await world.link({ customer: paid.customer })
  const { cookie } = await enter(token)
  return { ...paid, cookie }
}

type Inside = Awaited<ReturnType<typeof inside>>

async function previewed({ payment, cookie }: Inside, reason = 'changed_mind') {
  return (await call('POST', `/api/payments/${payment}/preview`, { cookie, body: { reason } })).json
}

async function asked(who: Inside, over: object = {}) {
  const preview = await previewed(who)
  const body = {
    payment: who.payment,
    reason: 'changed_mind',
    shown: preview.shown,
    after: preview.payment.after,
    ...over,
  }
  return { body, ...(await call('POST', '/api/requests', { cookie: who.cookie, body })) }
}

describe('the link', () => {
  test('opens the portal once, with a cookie that scripts and other sites can’t use', async () => {
    const { customer } = await world.pays({ name: 'Once' })
    const { token } = await world.link({ customer, return_url: 'https://shop.example.com/account' })
    const first = await enter(token)
    expect([first.status, first.json]).toEqual([200, { payment: null, return_url: 'https://shop.example.com/account' }])
    expect(first.setCookie).toMatch(/Path=\/portal; HttpOnly; SameSite=Lax/)
    const second = await enter(token)
    expect([second.json.code, second.json.fault, second.json.return_url, second.cookie]).toEqual([
      'link_invalid',
      'used',
      'https://shop.example.com/account',
      '',
    ])
  })

  test('is not used up by being looked at', async () => {
    const { customer } = await world.pays({ name: 'Scanned' })
    const { token } = await world.link({ customer })
    await call('GET', '/enter')
    await call('GET', `/enter?t=${token}`)
    await call('GET', `/api/enter?token=${token}`)
    expect((await enter(token)).status).toBe(200)
  })

  test('of two at the same moment one gets in', async () => {
    const { customer } = await world.pays({ name: 'Race' })
    const { token } = await world.link({ customer })
    const statuses = (await Promise.all(Array.from({ length: 8 }, () => enter(token)))).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  })

  test('opened again by who is still in leads in; by somebody else it doesn’t', async () => {
    const { customer } = await world.pays({ name: 'Back' })
    const { token } = await world.link({ customer })
    const { cookie } = await enter(token)
    expect((await enter(token, cookie)).status).toBe(200)
    const other = await inside('Other')
    expect((await enter(token, other.cookie)).json.fault).toBe('used')
  })

  test('expires after ten minutes, and says the way back', async () => {
    const { customer } = await world.pays({ name: 'Late' })
    const { token } = await world.link({ customer, return_url: 'https://shop.example.com/' })
    world.later(10 * 60_000 + 1)
    const late = await enter(token)
    world.later(-(10 * 60_000 + 1))
    expect([late.json.fault, late.json.return_url]).toEqual(['expired', 'https://shop.example.com/'])
  })

  test.each([
    ['altered', (token: string) => `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`],
    ['cut off', (token: string) => token.slice(0, 20)],
    ['invented', () => 'a'.repeat(43)],
    ['hashed, as it stands in the database', (token: string) => createHash('sha256').update(token).digest('base64url')],
  ])('that was %s is not valid, and tells nothing', async (_, altered) => {
    const { customer } = await world.pays({ name: 'Altered' })
    const { token } = await world.link({ customer, return_url: 'https://shop.example.com/' })
    const answer = await enter(altered(token))
    expect([answer.json.fault, answer.json.return_url, answer.cookie]).toEqual(['unknown', null, ''])
  })

  test('of another account is not valid here', async () => {
    const { customer } = await world.pays({ name: 'Foreign' })
    const { token } = await world.link({ customer })
    await sql`insert into account (id, livemode, created_at) values ('acct_other', true, now())`.execute(world.app.db)
    await sql`update portal_link set account_id = 'acct_other' where customer_id = ${customer}`.execute(world.app.db)
    expect((await enter(token)).json.fault).toBe('unknown')
  })

  test('is kept as a hash only', async () => {
    const { customer } = await world.pays({ name: 'Hash' })
    const { token } = await world.link({ customer })
    const { rows } = await sql<{ row: string }>`select to_jsonb(l)::text as row from portal_link l`.execute(
      world.app.db,
    )
    expect(rows.some(({ row }) => row.includes(token))).toBe(false)
  })

  test.each([
    ['an unknown customer', async () => ({ customer: 'cus_nobody' }), 'customer_not_found'],
    [
      'somebody else’s payment',
      async () => ({
        customer: (await world.pays({ name: 'A' })).customer,
        payment: (await world.pays({ name: 'B' })).payment,
      }),
      'payment_not_found',
    ],
    [
      'a way back that runs a script',
      async () => ({ customer: (await world.pays({ name: 'A' })).customer, return_url: 'javascript:alert(1)' }),
      'link_invalid',
    ],
    [
      'a way back in the clear',
      async () => ({ customer: (await world.pays({ name: 'A' })).customer, return_url: 'http://shop.example.com' }),
      'link_invalid',
    ],
  ])('is not made for %s', async (_, link, code) => {
    const made = await createPortalLink(world.app, { ...(await link()), by: 'api_key:test' })
    expect(made.ok ? 'made' : made.no.code).toBe(code)
  })
})

describe('the session', () => {
  test.each([
    ['15 minutes without a request', [15 * 60_000 + 1]],
    ['an hour at the latest', Array.from({ length: 6 }, () => 10 * 60_000 + 1)],
  ])('ends after %s', async (_, waits) => {
    const { cookie } = await inside('Idle')
    const statuses: number[] = []
    for (const wait of waits) {
      world.later(wait)
      statuses.push((await call('GET', '/api/payments', { cookie })).status)
    }
    world.later(-waits.reduce((sum, wait) => sum + wait, 0))
    expect([statuses.at(-1), statuses.slice(0, -1).every((status) => status === 200)]).toEqual([401, true])
  })

  test('ends when the customer leaves', async () => {
    const { cookie } = await inside('Leaver')
    await call('POST', '/api/leave', { cookie })
    expect((await call('GET', '/api/payments', { cookie })).status).toBe(401)
  })

  test('shows one’s own payments, and answers for somebody else’s as for none', async () => {
    const [ann, bob] = [await inside('Ann'), await inside('Bob')]
    const theirs = await asked(bob)
    const list = (await call('GET', '/api/payments', { cookie: ann.cookie })).json
    expect(list.payments.map((payment: { id: string }) => payment.id)).toEqual([ann.payment])
    const nowhere = await call('GET', '/api/payments/pay_nowhere', { cookie: ann.cookie })
    const answers = await Promise.all([
      call('GET', `/api/payments/${bob.payment}`, { cookie: ann.cookie }),
      call('POST', `/api/payments/${bob.payment}/preview`, { cookie: ann.cookie, body: { reason: 'changed_mind' } }),
      call('POST', '/api/requests', { cookie: ann.cookie, body: theirs.body }),
      call('GET', `/api/requests/${theirs.json.id}`, { cookie: ann.cookie }),
      call('POST', `/api/requests/${theirs.json.id}/withdraw`, { cookie: ann.cookie }),
      call('POST', `/api/requests/${theirs.json.id}/appeal`, { cookie: ann.cookie }),
    ])
    for (const answer of answers) expect([answer.status, answer.json]).toEqual([404, nowhere.json])
  })

  test('finds in the page itself what is one’s own, and nothing of somebody else', async () => {
    const [ann, bob] = [await inside('Ann'), await inside('Bob')]
    const theirs = await asked(bob)
    const page = async (path: string, cookie: string) =>
      (await server.request(`http://localhost:3000/portal${path}`, { headers: { cookie } })).text()
    const paths = [
      `/payments/${bob.payment}`,
      `/payments/${bob.payment}/refund?reason=changed_mind`,
      `/requests/${theirs.json.id}`,
    ]
    const [nobody] = [await page('/requests/rr_nowhere', ann.cookie)]
    for (const path of paths) expect(outlineIn(await page(path, ann.cookie)), path).toBe(outlineIn(nobody))
    expect(outlineIn(await page(paths[2]!, bob.cookie))).not.toBe(outlineIn(nobody))
  })

  test.each([
    ['another origin', { origin: 'https://evil.example.com', 'content-type': 'application/json' }, 403],
    [
      'another site',
      { origin: 'http://localhost:3000', 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' },
      403,
    ],
    ['nowhere that is told', { 'content-type': 'application/json' }, 403],
    ['a form', { ...own, 'content-type': 'text/plain' }, 415],
  ])('does nothing for a request from %s', async (_, headers, status) => {
    const who = await inside('Csrf')
    const answer = await call('POST', '/api/requests', { cookie: who.cookie, headers, body: {} })
    expect(answer.status).toBe(status)
  })
})

describe('the request', () => {
  test('that is within the rules is approved at once, for what was shown', async () => {
    const who = await inside('Ada')
    const preview = await previewed(who)
    expect([preview.verdict, preview.amount_minor, preview.payment.method.last4]).toEqual(['approve', 4900, '4242'])
    const made = await asked(who)
    await world.work()
    const { json } = await call('GET', `/api/requests/${made.json.id}`, { cookie: who.cookie })
    expect([made.status, json.status, json.refund.status, json.refund.amount_minor]).toEqual([
      201,
      'refunded',
      'succeeded',
      4900,
    ])
  })

  test('sent twenty times at once from two tabs is one request', async () => {
    const who = await inside('Tabs', { daysAgo: 100 })
    const preview = await previewed(who)
    const body = { payment: who.payment, reason: 'changed_mind', shown: preview.shown, after: null }
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call('POST', '/api/requests', { cookie: who.cookie, body })),
    )
    const { json } = await call('POST', '/api/requests', { cookie: who.cookie, body })
    const { rows } = await sql<{ id: string }>`select id from refund_request where payment_id = ${who.payment}`.execute(
      world.app.db,
    )
    expect([rows.length, json]).toEqual([1, { id: rows[0]!.id, existing: true }])
    expect(new Set(answers.map((answer) => answer.json.id ?? answer.json.code))).toEqual(
      new Set([rows[0]!.id, 'request_in_flight']),
    )
  })

  test('is not made as shown when somebody has refunded a part in Stripe a moment ago', async () => {
    const who = await inside('Dashboard')
    const before = await previewed(who)
    const { rows } = await sql<{
      intent: string
    }>`select stripe_payment_intent as intent from payment where id = ${who.payment}`.execute(world.app.db)
    await world.app.stripe.refunds.create({ payment_intent: rows[0]!.intent, amount: 1000 })
    const body = { payment: who.payment, reason: 'changed_mind', shown: before.shown, after: before.payment.after }
    const answer = await call('POST', '/api/requests', { cookie: who.cookie, body })
    expect([answer.status, answer.json.code, answer.json.preview?.amount_minor]).toEqual([
      409,
      'decision_changed',
      3900,
    ])
  })

  test('is not made when the answer has changed since it was shown; the new one is shown', async () => {
    const who = await inside('Changed')
    const before = await previewed(who)
    await publishPolicy(world.app, {
      source: 'policy: Nothing\ntimezone: UTC\njudge_by: request\nrules: []\notherwise: { then: review }\n',
      comment: 'stricter',
      by: 'staff:owner',
      role: 'owner',
    })
    const body = { payment: who.payment, reason: 'changed_mind', shown: before.shown, after: null }
    const answer = await call('POST', '/api/requests', { cookie: who.cookie, body })
    expect([answer.status, answer.json.code, answer.json.preview?.verdict]).toEqual([409, 'decision_changed', 'review'])
    expect((await call('GET', `/api/payments/${who.payment}`, { cookie: who.cookie })).json.request).toBeNull()
    const again = await call('POST', '/api/requests', {
      cookie: who.cookie,
      body: { ...body, shown: answer.json.preview.shown },
    })
    expect(again.status).toBe(201)
    const withdrawn = await call('POST', `/api/requests/${again.json.id}/withdraw`, { cookie: who.cookie })
    expect([
      withdrawn.status,
      (await call('POST', `/api/requests/${again.json.id}/withdraw`, { cookie: who.cookie })).json.code,
    ]).toEqual([200, 'not_withdrawable'])
  })

  test.each([
    ['a reason that is staff’s', { reason: 'fraudulent' }],
    ['a reason that there is not', { reason: 'because' }],
    ['a comment without end', { comment: 'x'.repeat(2001) }],
    ['no mark of what was shown', { shown: undefined }],
  ])('is refused with %s', async (_, over) => {
    const who = await inside('Bad')
    expect((await asked(who, over)).status).toBe(422)
  })
})
