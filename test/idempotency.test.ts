import { describe, expect, test } from 'vitest'
import type { BundleView } from '../src/db/bundles.ts'
import type { RequestView } from '../src/db/request-views.ts'
import { signedIn } from './staff.ts'
import { call, expectBooksToAgree, openWorld, type Answer, type Problem, type World } from './world.ts'

/** What a process leaves behind that wrote its work and died, or lost PostgreSQL, before its answer was kept. */
const diedBeforeItAnswered = (world: World) =>
  world.rows(
    `update idempotent_answer set status = null, body = null, created_at = created_at - interval '2 minutes' returning key`,
  )

const under = <T>(world: World, key: string, path: string, body: object): Promise<Answer<T & Partial<Problem>>> =>
  world.api('POST', path, body, { 'idempotency-key': key })

const counts = (world: World) =>
  world.rows('select count(*)::int as requests, (select count(*)::int from refund) as refunds from refund_request')

describe('a call whose answer was lost after its work was written', () => {
  const part = (payment: string) => ({ payment, reason: 'changed_mind', amount: 1000 })

  test('sent again under its key, a part is refunded once, also when the first has been paid already', async () => {
    await using world = await openWorld()
    const { payment } = await world.buys()
    await world.settle()
    const first = await under<RequestView>(world, 'k', '/v1/refund_requests', part(payment))
    await world.settle()
    expect((await world.request(first.body.id)).status).toBe('refunded')
    expect(await diedBeforeItAnswered(world)).toHaveLength(1)
    const again = await under<RequestView>(world, 'k', '/v1/refund_requests', part(payment))
    expect([again.status, again.body.id]).toEqual([201, first.body.id])
    await world.settle()
    expect(await counts(world)).toEqual([{ requests: 1, refunds: 1 }])
    // And it is an answer now, which is given again.
    const kept = await under<RequestView>(world, 'k', '/v1/refund_requests', part(payment))
    expect([kept.headers.get('idempotency-replayed'), kept.body.id]).toEqual(['true', first.body.id])
    await expectBooksToAgree(world)
  })

  test('sent again from 25 sides at once, one takes it over and all that are answered name the same request', async () => {
    await using world = await openWorld()
    const { payment } = await world.buys()
    await world.settle()
    const first = await under<RequestView>(world, 'k', '/v1/refund_requests', part(payment))
    await world.settle()
    await diedBeforeItAnswered(world)
    const answers = await Promise.all(
      Array.from({ length: 25 }, () => under<RequestView>(world, 'k', '/v1/refund_requests', part(payment))),
    )
    const answered = answers.filter(({ status }) => status === 201)
    expect(answered.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1)
    expect(new Set(answered.map(({ body }) => body.id))).toEqual(new Set([first.body.id]))
    await world.settle()
    expect(await counts(world)).toEqual([{ requests: 1, refunds: 1 }])
  })

  test('another body under the key is refused still', async () => {
    await using world = await openWorld()
    const { payment } = await world.buys()
    await world.settle()
    await under(world, 'k', '/v1/refund_requests', part(payment))
    await diedBeforeItAnswered(world)
    const other = await under(world, 'k', '/v1/refund_requests', { ...part(payment), amount: 1001 })
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused'])
  })

  test('a bundle is made once, too', async () => {
    await using world = await openWorld()
    const { customer, payment } = await world.buys()
    const second = await world.buys({ customer, amount: 1500 })
    await world.settle()
    const body = {
      payments: [
        { payment, amount: 1000 },
        { payment: second.payment, amount: 500 },
      ],
      reason: 'changed_mind',
    }
    const first = await under<BundleView>(world, 'k', '/v1/refund_bundles', body)
    await world.settle()
    await diedBeforeItAnswered(world)
    const again = await under<BundleView>(world, 'k', '/v1/refund_bundles', body)
    expect([again.status, again.body.id]).toEqual([201, first.body.id])
    await world.settle()
    expect(await counts(world)).toEqual([{ requests: 2, refunds: 2 }])
    await expectBooksToAgree(world)
  })
})

test('our own failure is no answer: the same again under the key is done at once', async () => {
  await using world = await openWorld()
  const { payment } = await world.buys()
  await world.fault({ kind: 'status', status: 503, body: 'html' }, { match: { path: '/v1/*' }, times: null })
  const asking = { payment, reason: 'changed_mind' }
  expect((await under(world, 'k', '/v1/refund_requests', asking)).status).toBe(503)
  await world.faultsEnd()
  expect((await under(world, 'k', '/v1/refund_requests', asking)).status).toBe(201)
})

describe('a call that moves no money, sent again after its answer was lost', () => {
  test('writes one note, asks once, denies once, and is answered as the first time', async () => {
    await using world = await openWorld()
    const { client } = await signedIn(world, 'support')
    const { payment } = await world.subscribes()
    await world.settle()
    const { id } = await world.ask(payment)
    const console = (key: string, path: string, body: object) =>
      call<{ id: string }>(world.url, 'POST', `/admin/api/requests/${id}/${path}`, body, {
        origin: world.url,
        cookie: client.cookie,
        'idempotency-key': key,
      })
    for (const [key, path, body, action] of [
      ['n', 'notes', { note: 'Knows her way.' }, 'request.note_added'],
      ['a', 'assign', { to: 'me' }, 'request.assigned'],
      ['q', 'ask', { question: 'Since when?' }, 'request.asked'],
      ['d', 'deny', { note: 'Too late.' }, 'request.denied'],
    ] as const) {
      expect([path, (await console(key, path, body)).status]).toEqual([path, 200])
      await diedBeforeItAnswered(world)
      const again = await Promise.all(Array.from({ length: 5 }, () => console(key, path, body)))
      const answered = again.filter(({ status }) => status !== 409)
      expect(answered.length).toBeGreaterThan(0)
      expect(answered.map(({ status, body: { id: of } }) => [path, status, of])).toEqual(
        answered.map(() => [path, 200, id]),
      )
      expect(await world.rows(`select action from audit where action = '${action}'`)).toHaveLength(1)
    }
  })

  test('refused and sent again it is asked anew, since nothing was done', async () => {
    await using world = await openWorld()
    const { payment } = await world.subscribes()
    await world.settle()
    const { id } = await world.ask(payment)
    const path = `/v1/refund_requests/${id}/deny`
    expect((await under(world, 'k', path, { note: ' ' })).status).toBe(422)
    await diedBeforeItAnswered(world)
    expect((await under(world, 'k', path, { note: ' ' })).status).toBe(422)
    expect((await world.request(id)).status).toBe('in_review')
  })
})
