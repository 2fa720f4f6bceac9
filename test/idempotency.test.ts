import { describe, expect, test } from 'vitest'
import type { BundleView } from '../src/db/bundles.ts'
import type { RequestView } from '../src/db/request-views.ts'
import { expectBooksToAgree, openWorld, type Answer, type Problem, type World } from './world.ts'

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
