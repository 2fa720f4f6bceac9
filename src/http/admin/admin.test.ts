import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '../../domain/actor.ts'
import { call, expectBooksToAgree, openWorld, type Answer, type Problem, type World } from '../../../test/world.ts'
import { createStaff } from './auth.ts'
import { adminRoutes } from './routes.ts'
import type { QueueScreen, RequestScreen } from './screens.ts'

const password = 'correct horse battery'
let world: World

beforeAll(async () => {
  world = await openWorld()
  for (const role of ['viewer', 'support', 'finance', 'owner'] satisfies Role[]) {
    await createStaff(world.app, { email: `${role}@example.com`, name: role, role, password })
  }
  await sql`update staff set "createdAt" = now() - interval '30 days', role_since = now() - interval '30 days'`.execute(
    world.app.db,
  )
}, 60_000)
afterAll(() => world[Symbol.asyncDispose]())

const origin = () => ({ origin: world.url })
const signIn = (email: string, secret = password) =>
  call<{ code?: string; message?: string }>(
    world.url,
    'POST',
    '/admin/api/auth/sign-in/email',
    { email, password: secret },
    origin(),
  )

type Client = <T = Problem>(
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer<T>>

const clients = new Map<Role, Promise<Client>>()

/** A signed-in colleague of this role; the same session for all tests. */
function as(role: Role): Promise<Client> {
  const client = clients.get(role) ?? freshlySignedIn(role)
  clients.set(role, client)
  return client
}

async function freshlySignedIn(role: Role): Promise<Client> {
  const { status, headers } = await signIn(`${role}@example.com`)
  expect(status).toBe(200)
  const cookie = headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  return (method, path, body, more = {}) =>
    call(world.url, method, `/admin/api${path}`, body, { cookie, ...origin(), ...more })
}

async function waiting(amount = 2900) {
  await world.daysAgo(6).catch(() => undefined)
  const bought = await world.subscribes({ amount })
  await world.settle()
  return { ...bought, ...(await world.ask(bought.payment)) }
}

describe('signing in', () => {
  test('an unknown e-mail and a wrong password get the same answer', async () => {
    const [unknown, wrong] = await Promise.all([
      signIn('nobody@example.com'),
      signIn('viewer@example.com', 'not the password'),
    ])
    expect(unknown.status).toBe(401)
    expect([wrong.status, wrong.body]).toEqual([unknown.status, unknown.body])
  })

  test('the cookie is out of reach of scripts and of other sites', async () => {
    const { headers } = await signIn('viewer@example.com')
    expect(headers.get('set-cookie')).toMatch(/^moneyback-staff=.+HttpOnly/i)
    expect(headers.get('set-cookie')).toMatch(/SameSite=Lax/i)
  })

  test('nobody can sign up, or reach another door of the sign-in library', async () => {
    for (const path of [
      '/auth/sign-up/email',
      '/auth/update-user',
      '/auth/change-password',
      '/auth/request-password-reset',
    ]) {
      const { status } = await call(
        world.url,
        'POST',
        `/admin/api${path}`,
        { email: 'x@example.com', password, name: 'x' },
        origin(),
      )
      expect([path, status]).toEqual([path, 401])
    }
  })

  test('signing out ends the session', async () => {
    const viewer = await freshlySignedIn('viewer')
    expect((await viewer('GET', '/me')).status).toBe(200)
    await viewer('POST', '/auth/sign-out', {})
    expect((await viewer('GET', '/me')).status).toBe(401)
  })
})

describe('the walls', () => {
  test('every route but sign-in and sign-out needs a session', async () => {
    const routes = adminRoutes(world.app).routes.filter(
      ({ path, method }) => path.startsWith('/api/') && method !== 'ALL' && !path.includes('/auth/'),
    )
    expect(routes.length).toBeGreaterThan(15)
    for (const { method, path } of routes) {
      const { status } = await call<Problem>(
        world.url,
        method,
        `/admin${path.replace(':id', 'rr_1')}`,
        method === 'POST' ? {} : undefined,
        origin(),
      )
      expect([method, path, status]).toEqual([method, path, 401])
    }
  })

  test('what another site makes the browser send is refused', async () => {
    const owner = await as('owner')
    const { status, body } = await owner(
      'POST',
      '/requests/rr_1/deny',
      { note: 'x' },
      { origin: 'https://evil.example' },
    )
    expect([status, body.code]).toEqual([403, 'foreign_origin'])
    expect(
      (await owner('POST', '/requests/rr_1/deny', { note: 'x' }, { 'sec-fetch-site': 'cross-site' })).body.code,
    ).toBe('foreign_origin')
    expect((await owner('POST', '/requests/rr_1/deny', 'note=x', { 'content-type': 'text/plain' })).status).toBe(415)
  })

  test('a viewer sees everything and changes nothing', async () => {
    const [viewer, { id, payment }] = [await as('viewer'), await waiting()]
    expect((await viewer<QueueScreen>('GET', '/queue')).body.rows.map((row) => row.id)).toContain(id)
    for (const [path, body] of [
      [`/requests/${id}/approve`, {}],
      [`/requests/${id}/deny`, { note: 'x' }],
      [`/requests/${id}/assign`, { to: 'me' }],
      [`/requests/${id}/notes`, { note: 'x' }],
      ['/requests', { payment, reason: 'other' }],
      ['/policy/drafts', { name: 'x' }],
      ['/policy/drafts/drf_1/publish', { revision: 1, comment: 'x' }],
      ['/policy/backtests', { over: 'requests', version: 1 }],
    ] as const) {
      const answer = await viewer('POST', path, body)
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'role_too_low'])
    }
    expect((await world.request(id)).status).toBe('in_review')
  })

  test('a role that is lowered while the page is open counts at once', async () => {
    const [support, { id }] = [await as('support'), await waiting()]
    await sql`update staff set role = 'viewer' where email = 'support@example.com'`.execute(world.app.db)
    expect((await support('POST', `/requests/${id}/deny`, { note: 'Too late.' })).status).toBe(403)
    await sql`update staff set role = 'support' where email = 'support@example.com'`.execute(world.app.db)
    expect((await support('POST', `/requests/${id}/deny`, { note: 'Too late.' })).status).toBe(200)
  })
})

describe('deciding', () => {
  test('a part is approved, paid once, and the stale click of a colleague gets a clear answer', async () => {
    const [support, finance, { id }] = [await as('support'), await as('finance'), await waiting()]
    expect((await support('POST', `/requests/${id}/approve`, { amount_minor: 1000, access: 'keep' })).status).toBe(200)
    const stale = await finance('POST', `/requests/${id}/approve`, {})
    expect([stale.status, stale.body.code]).toEqual([409, 'already_decided'])
    world.later(11)
    await world.settle()
    const { body } = await support<RequestScreen>('GET', `/requests/${id}`)
    expect(body.request.status).toBe('refunded')
    expect(body.refunds.map(({ amount_minor, status }) => [amount_minor, status])).toEqual([[1000, 'succeeded']])
    expect(body.payment.refundable_minor).toBe(1900)
    await expectBooksToAgree(world)
  })

  test('two people are needed where the policy says so, and the screen tells how many have approved', async () => {
    const [finance, owner, { id }] = [await as('finance'), await as('owner'), await waiting(90_000)]
    expect(
      (await finance<{ needs_another_approval: boolean }>('POST', `/requests/${id}/approve`, {})).body
        .needs_another_approval,
    ).toBe(true)
    const { body } = await owner<QueueScreen>('GET', '/queue')
    expect(body.rows.find((row) => row.id === id)).toMatchObject({
      approvals: 1,
      approvers: { role: 'finance', count: 2 },
    })
    expect(
      (await owner<{ needs_another_approval: boolean }>('POST', `/requests/${id}/approve`, {})).body
        .needs_another_approval,
    ).toBe(false)
  })

  test('staff do not approve what they opened themselves', async () => {
    await world.daysAgo(6).catch(() => undefined)
    const { payment } = await world.subscribes()
    await world.settle()
    const owner = await as('owner')
    const { body } = await owner<{ id: string }>('POST', '/requests', { payment, reason: 'waiver' })
    const own = await owner('POST', `/requests/${body.id}/approve`, {})
    expect([own.status, own.body.code]).toEqual([403, 'own_request'])
  })

  test('a note of markup, formulas and ten thousand letters is kept as it is; one more is refused by name', async () => {
    const [support, { id }] = [await as('support'), await waiting()]
    const note = `<script>alert(1)</script> =1+1 שלום 🧾 ${'x'.repeat(9_950)}`
    expect((await support('POST', `/requests/${id}/notes`, { note })).status).toBe(200)
    expect((await support<RequestScreen>('GET', `/requests/${id}`)).body.notes[0]?.note).toBe(note)
    expect((await support('POST', `/requests/${id}/notes`, { note: 'x'.repeat(10_001) })).body.field).toBe('note')
  })
})

test('payments are found by e-mail, id, last four digits and amount as people write it', async () => {
  const viewer = await as('viewer')
  await world.daysAgo(6).catch(() => undefined)
  const { payment } = await world.buys({ amount: 123_456 })
  await world.settle()
  const ids = async (q: string) =>
    (
      await viewer<{ rows: { stripe_payment_intent: string }[] }>('GET', `/payments?q=${encodeURIComponent(q)}`)
    ).body.rows.map((row) => row.stripe_payment_intent)
  for (const q of [payment, '1.234,56', '$1,234.56', '1234.56', '4242']) expect(await ids(q), q).toContain(payment)
  expect(await ids('7777')).not.toContain(payment)
})

test('a policy is checked with line, column and suggestion', async () => {
  const viewer = await as('viewer')
  const source = 'policy: x\nrules:\n  - id: a\n    when: [payment.agee <= days(30)]\n    then: approve\n'
  const { body } = await viewer<{ problems: { line: number; column: number; suggestion?: string }[] }>(
    'POST',
    '/policy/check',
    { source },
  )
  expect(body.problems).toContainEqual(expect.objectContaining({ line: 4, column: 12, suggestion: 'payment.age' }))
})

test('whoever guesses passwords is stopped, and told when to come back', async () => {
  const statuses: number[] = []
  for (let attempt = 0; attempt < 21; attempt++)
    statuses.push((await signIn('owner@example.com', `guess ${attempt}`)).status)
  expect(statuses.at(-1)).toBe(429)
})

describe('how refunds are made at Stripe', () => {
  const wanted = {
    invoice_refunds: 'credit_note',
    on_fraud_warning: 'ask_policy',
    refund_application_fee: false,
    reverse_transfer: true,
  }

  test('an owner changes it, and the audit says from what to what', async () => {
    const owner = await as('owner')
    const before = await owner<object>('GET', '/settings/refunds')
    expect((await owner('POST', '/settings/refunds', wanted)).body).toEqual(wanted)
    const [line] = await world.rows<{ detail: object }>(
      `select detail from audit where action = 'settings.refunds_changed' order by seq desc limit 1`,
    )
    expect(line!.detail).toEqual({ before: before.body, after: wanted })
    await owner('POST', '/settings/refunds', before.body)
  })

  test('finance may read it and not change it; what is not a choice is refused with its field', async () => {
    const finance = await as('finance')
    expect((await finance('GET', '/settings/refunds')).status).toBe(200)
    expect((await finance('POST', '/settings/refunds', wanted)).status).toBe(403)
    const owner = await as('owner')
    const refused = await owner('POST', '/settings/refunds', { ...wanted, on_fraud_warning: 'pay' })
    expect([refused.status, refused.body.field]).toEqual([422, 'on_fraud_warning'])
  })

  test('support may not cancel a refund at Stripe', async () => {
    const { id } = await waiting()
    expect((await (await as('support'))('POST', `/requests/${id}/cancel-refund`, {})).status).toBe(403)
    expect((await (await as('owner'))('POST', `/requests/${id}/cancel-refund`, {})).body.code).toBe(
      'refund_not_cancelable',
    )
  })
})
