import { describe, expect, test } from 'vitest'
import { approve, approved, inReview, type Report } from './cases.ts'
import { expectBooksToAgree, openWorld } from './world.ts'

describe('refunds made in Stripe', () => {
  test.each([
    ['full', undefined, 4900],
    ['partial', 1234, 1234],
  ])('a %s one is adopted with a request of its own and counts in the report', async (_, amount, booked) => {
    await using world = await openWorld()
    const { payment } = await world.buys()
    await world.daysAgo(0)
    await world.settle()
    await world.simulator.control('POST', '/_control/refunds', {
      payment_intent: payment,
      reason: 'duplicate',
      ...(amount !== undefined && { amount }),
    })
    await world.settle()
    const { body } = await world.api<{ data: { channel: string; status: string; reason: string; refund: object }[] }>(
      'GET',
      '/v1/refund_requests',
    )
    expect(body.data).toEqual([
      expect.objectContaining({
        channel: 'stripe',
        status: 'refunded',
        reason: 'duplicate',
        refund: expect.objectContaining({ amount_minor: booked, status: 'succeeded' }),
      }),
    ])
    const report = await world.api<Report>('GET', '/v1/reports/reasons')
    expect(report.body.reasons).toMatchObject([
      { reason: 'duplicate', refunds: 1, refunded_minor: String(booked), automatic: 0 },
    ])
    const left = await world.api<{ refundable_minor: number }>('GET', `/v1/payments/${payment}`)
    expect(left.body.refundable_minor).toBe(4900 - booked)
    await expectBooksToAgree(world)
  })

  test.each([
    ['all of it', undefined],
    ['so much that ours no longer fits', 1],
  ])('while ours was set aside and not sent, of %s: ours gives way', async (_, amount) => {
    await using world = await openWorld()
    const { payment, request } = await approved(world)
    await world.simulator.control('POST', '/_control/refunds', {
      payment_intent: payment,
      ...(amount !== undefined && { amount }),
    })
    await world.settle()
    expect(await world.request(request.id)).toMatchObject({
      status: 'failed',
      waiting_for: 'staff',
      refund: { status: 'canceled' },
    })
    expect((await world.stripe.refunds.list()).data).toHaveLength(1)
    await expectBooksToAgree(world)
  })

  test('while ours was set aside, of a part that leaves room: both are paid', async () => {
    await using world = await openWorld()
    const { payment, request } = await inReview(world)
    await approve(world, request.id, { amount: 1900 })
    await world.simulator.control('POST', '/_control/refunds', { payment_intent: payment, amount: 1000 })
    await world.settle()
    expect((await world.request(request.id)).status).toBe('refunded')
    expect((await world.stripe.refunds.list()).data.map(({ amount }) => amount).toSorted((a, b) => a - b)).toEqual([
      1000, 1900,
    ])
    await expectBooksToAgree(world)
  })

  test('in the very moment in which ours is sent: Stripe refuses ours, and the books agree', async () => {
    await using world = await openWorld()
    const { request } = await approved(world)
    await world.fault({ kind: 'first', does: 'dashboard_refund' })
    await world.settle()
    expect(await world.request(request.id)).toMatchObject({ status: 'failed', refund: { status: 'failed' } })
    expect((await world.stripe.refunds.list()).data).toHaveLength(1)
    await expectBooksToAgree(world)
  })

  test('two equal partial refunds of one payment are both paid', async () => {
    await using world = await openWorld()
    const { payment, request } = await inReview(world)
    await approve(world, request.id, { amount: 1000, access: 'keep' })
    await world.settle()
    const again = await world.ask(payment)
    await approve(world, again.id, { amount: 1000, access: 'keep' })
    await world.settle()
    expect([(await world.request(request.id)).status, (await world.request(again.id)).status]).toEqual([
      'refunded',
      'refunded',
    ])
    expect((await world.stripe.refunds.list({ payment_intent: payment })).data.map(({ amount }) => amount)).toEqual([
      1000, 1000,
    ])
    await expectBooksToAgree(world)
  })
})
