import { readFile } from 'node:fs/promises'
import { Hono } from 'hono'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishPolicy } from '../src/flows/publish-policy.ts'
import { portalRoutes } from '../src/http/portal/routes.ts'
import type { NewRequestAnswer, PaymentsAnswer, Preview, RequestView, SeveralPreview } from '../src/http/portal/wire.ts'
import { portalWorld, type PortalWorld } from './portal-world.ts'

let world: PortalWorld
let server: Hono

beforeAll(async () => {
  world = await portalWorld()
  server = new Hono().route('/portal', portalRoutes(world.app))
})
afterAll(() => world.close())

const own = { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }

async function call<T>(cookie: string, method: 'GET' | 'POST', path: string, body?: unknown) {
  const answer = await server.request(`http://localhost:3000/portal/api${path}`, {
    method,
    headers: { ...own, cookie },
    ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
  })
  return {
    status: answer.status,
    body: (await answer.json()) as T,
    cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0]!,
  }
}

/** Somebody with so many payments, who is in. */
async function inside(name: string, amounts: readonly number[]) {
  const first = await world.pays({ name, amount: amounts[0]! })
  const payments = [first.payment]
  for (const amount of amounts.slice(1))
    payments.push((await world.pays({ name, amount, customer: first.customer })).payment)
  const { token } = await world.link({ customer: first.customer })
  const { cookie } = await call('', 'POST', '/enter', { token })
  return { cookie, payments, customer: first.customer }
}

async function shown(cookie: string, payments: readonly string[]) {
  const { body } = await call<SeveralPreview>(cookie, 'POST', '/several/preview', { payments, reason: 'changed_mind' })
  return body.previews.map(({ payment, shown: mark }) => ({ payment: payment.id, shown: mark, after: payment.after }))
}

const submit = <T = NewRequestAnswer>(cookie: string, payments: object[]) =>
  call<T>(cookie, 'POST', '/several', { payments, reason: 'changed_mind', comment: 'Both, please.' })

test('two are asked for in one deed, each stands by itself and shows the other', async () => {
  const { cookie, payments } = await inside('Both', [4900, 1500])
  expect((await call<PaymentsAnswer>(cookie, 'GET', '/payments')).body.several).toBe(true)
  const { status, body } = await submit(cookie, await shown(cookie, payments))
  expect([status, body.existing]).toEqual([201, false])
  await world.work()
  const view = (await call<RequestView>(cookie, 'GET', `/requests/${body.id}`)).body
  expect([view.status, view.together.map(({ status: one }) => one)]).toEqual(['refunded', ['refunded']])
})

test('tapped ten times at once, it is one bundle', async () => {
  const { cookie, payments } = await inside('Taps', [4900, 1500])
  const agreed = await shown(cookie, payments)
  const answers = await Promise.all(Array.from({ length: 10 }, () => submit(cookie, agreed)))
  expect(answers.every(({ status }) => status === 200 || status === 201)).toBe(true)
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
})

test('what is not as it was shown any more is shown again, and nothing is done', async () => {
  const { cookie, payments } = await inside('Later', [4900, 1500])
  const agreed = await shown(cookie, payments)
  const { status, body } = await submit<{ code: string; previews: Preview[] }>(cookie, [
    agreed[0]!,
    { ...agreed[1]!, shown: 'something else' },
  ])
  expect([status, body.code, body.previews.length]).toEqual([409, 'decision_changed', 2])
  expect(
    (await call<PaymentsAnswer>(cookie, 'GET', '/payments')).body.payments.every(({ request }) => request === null),
  ).toBe(true)
})

test('somebody else’s payment is nowhere, alone or among one’s own', async () => {
  const { cookie, payments } = await inside('Mine', [4900, 1500])
  const other = await inside('Theirs', [9900, 100])
  const agreed = await shown(cookie, payments)
  const [theirs] = await shown(other.cookie, other.payments)
  expect((await submit(cookie, [agreed[0]!, theirs!])).status).toBe(404)
  expect((await call(cookie, 'POST', '/several/preview', { payments: other.payments, reason: 'other' })).status).toBe(
    404,
  )
  expect(
    (await call<PaymentsAnswer>(other.cookie, 'GET', '/payments')).body.payments.every(
      ({ request }) => request === null,
    ),
  ).toBe(true)
})

test('one alone, too many, a reason of staff: refused, and nothing is done', async () => {
  const { cookie, payments } = await inside('Odd', [4900, 1500])
  const agreed = await shown(cookie, payments)
  expect((await submit(cookie, [agreed[0]!])).status).toBe(422)
  expect(
    (
      await submit(
        cookie,
        Array.from({ length: 51 }, () => agreed[0]!),
      )
    ).status,
  ).toBe(422)
  expect((await call(cookie, 'POST', '/several', { payments: agreed, reason: 'waiver' })).status).toBe(422)
})

test('where the policy does not have it, it is neither offered nor taken', async () => {
  const source = await readFile(new URL('../policies/default.yaml', import.meta.url), 'utf8')
  const { cookie, payments } = await inside('Without', [4900, 1500])
  const agreed = await shown(cookie, payments)
  await publishPolicy(world.app, {
    source: source.replace('several_payments: true', 'several_payments: false'),
    comment: 'One after the other.',
    by: 'moneyback',
    role: 'owner',
  })
  expect((await call<PaymentsAnswer>(cookie, 'GET', '/payments')).body.several).toBe(false)
  expect((await submit(cookie, agreed)).status).toBe(409)
})
