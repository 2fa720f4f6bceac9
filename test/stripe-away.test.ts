import { describe, expect, test } from 'vitest'
import { accessOf, approve, approved, exceptions, messages } from './cases.ts'
import { expectBooksToAgree, onRefund, openWorld, type Problem, type World } from './world.ts'

/** Goes on, ten seconds at a time, until the request is over or a minute and a half has passed. */
async function goOn(world: World, id: string): Promise<string> {
  for (let waited = 0; waited < 100; waited += 10) {
    await world.settle()
    const { status } = await world.request(id)
    if (status !== 'approved' && status !== 'submitted') return status
    world.later(10)
  }
  return (await world.request(id)).status
}

describe('Stripe away or strange', () => {
  test('away when asked: the request is kept, and decided and paid when Stripe is back', async () => {
    await using world = await openWorld()
    const { payment } = await world.buys()
    const unknown = await world.buys()
    await world.daysAgo(0)
    await world.settle()
    await world.rows(`delete from payment where stripe_payment_intent = '${unknown.payment}'`)
    await world.fault({ kind: 'connection_lost', when: 'before' }, { match: {}, times: null })
    const asked = await world.ask(payment)
    expect(asked).toMatchObject({ status: 'submitted', waiting_for: 'stripe', decision: null })
    expect(
      await world.api<Problem>('POST', '/v1/refund_requests', { payment: unknown.payment, reason: 'other' }),
    ).toMatchObject({ status: 503, body: { code: 'stripe_unreachable' } })
    world.later(10)
    await world.settle()
    expect((await world.request(asked.id)).status).toBe('submitted')
    await world.faultsEnd()
    expect(await goOn(world, asked.id)).toBe('refunded')
    expect((await world.stripe.refunds.list()).data).toHaveLength(1)
  })

  test.each([
    ['the answer is lost after the refund was made', { kind: 'connection_lost', when: 'after' }, 2],
    ['half an answer comes', { kind: 'connection_lost', when: 'after', how: 'half_body' }, 1],
    ['the connection breaks before anything was made', { kind: 'connection_lost', when: 'before' }, 2],
    ['429 with a time to wait', { kind: 'rate_limit', retry_after: 3 }, 2],
    ['429 for a lock', { kind: 'lock_timeout' }, 2],
    ['409 because the key is in use', { kind: 'idempotency_key_in_use' }, 2],
    ['500 although the refund was made', { kind: 'status', status: 500, executes: true }, 1],
    ['a page of HTML although the refund was made', { kind: 'status', status: 502, body: 'html', executes: true }, 1],
    ['JSON of a proxy that is no refund', { kind: 'status', status: 200, body: 'json', executes: true }, 1],
    ['an empty 200', { kind: 'status', status: 200, body: 'empty', executes: true }, 1],
    ['the key has expired and is good again', { kind: 'key_expired' }, 1],
    ['a right of the key is missing and is given', { kind: 'permission_missing' }, 1],
    ['the webhook comes before the answer', { kind: 'webhook_first' }, 1],
  ])('%s: one refund under one key', async (_, effect, times) => {
    await using world = await openWorld()
    const { request } = await approved(world)
    await world.fault(effect, { match: onRefund, times })
    expect(await goOn(world, request.id)).toBe('refunded')
    expect((await world.stripe.refunds.list()).data).toHaveLength(1)
    expect(await exceptions(world)).toEqual([])
    await expectBooksToAgree(world)
  })

  test('a 500 that did nothing: nothing is sent twice, the money stays set aside, and after three days a person is called', async () => {
    await using world = await openWorld()
    const { request } = await approved(world)
    await world.fault({ kind: 'status', status: 500 })
    await world.settle()
    for (const seconds of [31, 301, 3601, 86_401, 86_401, 86_401]) {
      world.later(seconds)
      await world.settle()
    }
    expect(await world.request(request.id)).toMatchObject({ status: 'approved', refund: { status: 'unconfirmed' } })
    expect(await exceptions(world)).toEqual(['never_confirmed'])
    expect((await world.stripe.refunds.list()).data).toEqual([])
    expect(await world.rows('select send_count from refund')).toEqual([{ send_count: 1 }])
  })

  test('a 500 whose refund appears an hour later is found and booked', async () => {
    await using world = await openWorld()
    const { request } = await approved(world)
    await world.fault({ kind: 'status', status: 500, executes_after_seconds: 3000 })
    await world.settle()
    await world.simulator.control('POST', '/_control/clock', { advance: '1h' })
    world.later(3600)
    await world.settle()
    expect((await world.request(request.id)).status).toBe('refunded')
    await expectBooksToAgree(world)
  })

  test('Stripe refuses for want of balance: the room is free again and a person is told the cure', async () => {
    await using world = await openWorld()
    const { request } = await approved(world)
    await world.fault({ kind: 'balance_refused' })
    expect(await goOn(world, request.id)).toBe('failed')
    expect(await world.request(request.id)).toMatchObject({ waiting_for: 'staff', refund: { status: 'failed' } })
    expect((await approve(world, request.id)).status).toBe(200)
    expect(await goOn(world, request.id)).toBe('refunded')
    await expectBooksToAgree(world)
  })

  test('a pending refund is not success until Stripe says so', async () => {
    await using world = await openWorld()
    const { customer, payment } = await world.buys({ card: 'pm_card_pendingRefund' })
    await world.daysAgo(0)
    await world.settle()
    const { id } = await world.ask(payment)
    await world.settle()
    expect(await world.request(id)).toMatchObject({
      status: 'approved',
      waiting_for: 'stripe',
      refund: { status: 'pending' },
    })
    expect(await accessOf(world, customer)).toEqual([true])
    await expectBooksToAgree(world)
    await world.simulator.control('POST', `/_control/refunds/${(await world.request(id)).refund!.stripe_refund}`, {
      to: 'succeeded',
    })
    await world.settle()
    expect((await world.request(id)).status).toBe('refunded')
    expect(await accessOf(world, customer)).toEqual([false])
    await expectBooksToAgree(world)
  })

  test('a refund that needs bank details waits for the customer, who is told', async () => {
    await using world = await openWorld()
    const { request } = await approved(world)
    await world.fault({ kind: 'refund_outcome', outcome: 'requires_action' })
    await world.settle()
    await world.simulator.control('POST', '/_control/clock', { advance: '1s' })
    await world.settle()
    expect(await world.request(request.id)).toMatchObject({
      waiting_for: 'customer',
      refund: { status: 'requires_action' },
    })
    expect(await messages(world)).toContain('needs_bank_details kept')
    await expectBooksToAgree(world)
  })

  test('a status that Stripe has only had since yesterday is neither success nor failure', async () => {
    await using world = await openWorld()
    const { request } = await approved(world)
    await world.fault({ kind: 'refund_outcome', outcome: 'unknown_status' })
    await world.settle()
    expect(await world.request(request.id)).toMatchObject({ status: 'approved', refund: { status: 'unconfirmed' } })
    expect(await exceptions(world)).toEqual(['status_unknown'])
  })

  test('an answer for another amount is not booked', async () => {
    await using world = await openWorld()
    const { request } = await approved(world)
    await world.fault({ kind: 'answer_changed', fields: { amount: 4899 } })
    await world.settle()
    expect(await exceptions(world)).toContain('refund_differs')
    expect((await world.stripe.refunds.list()).data).toHaveLength(1)
    expect((await world.request(request.id)).refund!.amount_minor).toBe(4900)
  })
})
