import { describe, expect, test } from 'vitest'
import { appealRequest } from '../src/flows/appeal-request.ts'
import { approveRequest } from '../src/flows/approve-request.ts'
import { accessOf, approve, approved, exceptions, inReview, messages, type Report } from './cases.ts'
import { expectBooksToAgree, openWorld, type Problem } from './world.ts'

describe('the stories', () => {
  test('approved at once: the money goes back, the subscription and the access end, and the reason is in the report', async () => {
    await using world = await openWorld()
    const { customer, payment, subscription } = await world.subscribes()
    await world.daysAgo(0)
    await world.settle()
    await world.used(customer, 0.08)
    expect(await accessOf(world, customer)).toEqual([true])
    const asked = await world.ask(payment)
    expect(asked).toMatchObject({
      status: 'approved',
      waiting_for: 'stripe',
      access: 'now',
      decision: { verdict: 'approve', rule: 'money-back', amount_minor: 2900, currency: 'usd', by: 'policy' },
    })
    await world.settle()
    expect(await world.request(asked.id)).toMatchObject({
      status: 'refunded',
      waiting_for: null,
      refund: { status: 'succeeded', amount_minor: 2900 },
    })
    expect((await world.stripe.subscriptions.retrieve(subscription!)).status).toBe('canceled')
    expect(await accessOf(world, customer)).toEqual([false])
    const report = await world.api<Report>('GET', '/v1/reports/reasons')
    expect(report.body.reasons).toEqual([
      {
        reason: 'changed_mind',
        reason_name: 'I changed my mind',
        currency: 'usd',
        requests: 1,
        refunds: 1,
        refunded_minor: '2900',
        automatic: 1,
      },
    ])
    expect(await messages(world)).toEqual(['approved kept', 'refunded kept', 'access_ended kept'])
    await expectBooksToAgree(world)
  })

  test('in review: a person approves the whole, a part, or denies', async () => {
    await using world = await openWorld()
    const [whole, part, none] = [await world.subscribes(), await world.subscribes(), await world.subscribes()]
    await world.daysAgo(0)
    await world.settle()
    const ids = []
    for (const { payment } of [whole, part, none]) ids.push((await world.ask(payment)).id)
    const [first, second, third] = ids as [string, string, string]
    expect(await approve(world, first, { note: 'Kind customer.' })).toMatchObject({
      status: 200,
      body: { status: 'approved', refund: { amount_minor: 2900 } },
    })
    expect(await approve(world, second, { amount: 1000, access: 'keep' })).toMatchObject({
      status: 200,
      body: { refund: { amount_minor: 1000 }, access: 'keep' },
    })
    const denied = await world.api('POST', `/v1/refund_requests/${third}/deny`, {
      note: 'Used it every day.',
      reply: 'You used it every day.',
    })
    expect(denied).toMatchObject({
      status: 200,
      body: { status: 'denied', decision: { verdict: 'deny', amount_minor: 0, say: { en: 'You used it every day.' } } },
    })
    await world.settle()
    expect(await Promise.all(ids.map(async (id) => (await world.request(id)).status))).toEqual([
      'refunded',
      'refunded',
      'denied',
    ])
    expect(await Promise.all([whole, part, none].map(({ customer }) => accessOf(world, customer)))).toEqual([
      [false],
      [true],
      [true],
    ])
    await expectBooksToAgree(world)
  })

  test('too late: denied with its reason; the customer asks a person, who approves', async () => {
    await using world = await openWorld({ daysAgo: 170 })
    const { customer, payment } = await world.buys()
    await world.daysAgo(0)
    await world.settle()
    const { id, status, decision } = await world.ask(payment)
    expect([status, decision?.rule, decision?.say['en']]).toEqual([
      'denied',
      'too-late',
      expect.stringContaining('60 days'),
    ])
    expect(await appealRequest(world.app, { id, by: 'customer:cus_other', customer: 'cus_other' })).toMatchObject({
      ok: false,
      no: { code: 'request_not_found' },
    })
    expect(
      await appealRequest(world.app, { id, by: `customer:${customer}`, customer, comment: 'I was ill.' }),
    ).toMatchObject({ ok: true })
    expect(await world.request(id)).toMatchObject({ status: 'in_review', waiting_for: 'staff' })
    expect(await appealRequest(world.app, { id, by: `customer:${customer}`, customer })).toMatchObject({
      ok: false,
      no: { code: 'not_appealable' },
    })
    // An appeal is no way around the role that an exception takes.
    const bySupport = await approveRequest(world.app, { id, by: 'staff:sam', role: 'support', amount_minor: 4900 })
    expect(bySupport).toMatchObject({ ok: false, no: { code: 'role_too_low', needed: 'approver' } })
    expect((await approve(world, id, { amount: 4900 })).status).toBe(200)
    await world.settle()
    expect((await world.request(id)).status).toBe('refunded')
    await expectBooksToAgree(world)
  })

  test('the bank sends a refund back: room and access return, a person is called, and approving again makes a new refund', async () => {
    await using world = await openWorld()
    const { customer, request } = await approved(world)
    await world.settle()
    const first = (await world.request(request.id)).refund!
    expect([first.status, await accessOf(world, customer)]).toEqual(['succeeded', [false]])
    await world.simulator.control('POST', `/_control/refunds/${first.stripe_refund}`, {
      to: 'failed',
      reason: 'expired_or_canceled_card',
    })
    await world.settle()
    expect(await world.request(request.id)).toMatchObject({
      status: 'failed',
      waiting_for: 'staff',
      refund: { id: first.id, status: 'failed', failure_reason: 'expired_or_canceled_card' },
    })
    expect(await accessOf(world, customer)).toEqual([true])
    expect(await exceptions(world)).toEqual(['refund_failed'])
    expect(await messages(world)).toEqual(['approved kept', 'refunded kept', 'bounced kept'])
    await expectBooksToAgree(world)
    expect((await approve(world, request.id)).status).toBe(200)
    await world.settle()
    const second = await world.request(request.id)
    expect(second).toMatchObject({ status: 'refunded', refund: { status: 'succeeded', amount_minor: 4900 } })
    expect(second.refund!.id).not.toBe(first.id)
    const keys = await world.rows<{ idempotency_key: string }>('select idempotency_key from refund')
    expect(new Set(keys.map(({ idempotency_key }) => idempotency_key)).size).toBe(2)
    expect(await exceptions(world)).toEqual([])
    await expectBooksToAgree(world)
  })

  test('disputed: neither the policy nor a person can approve it', async () => {
    await using world = await openWorld()
    const { payment } = await world.buys({ card: 'pm_card_createDispute' })
    await world.daysAgo(0)
    await world.settle()
    const { id, decision } = await world.ask(payment)
    expect(decision).toMatchObject({ verdict: 'deny', rule: 'guard:disputed', amount_minor: 0 })
    expect(await world.api<Problem>('POST', `/v1/refund_requests/${id}/approve`, { amount: 100 })).toMatchObject({
      status: 409,
      body: { code: 'payment_disputed' },
    })
    await world.settle()
    expect((await world.stripe.refunds.list({ payment_intent: payment })).data).toEqual([])
  })

  test('a dispute between the approval and the sending stops the refund', async () => {
    await using world = await openWorld()
    const { payment, request } = await approved(world)
    await world.simulator.control('POST', '/_control/disputes', { payment_intent: payment })
    await world.settle()
    expect(await world.request(request.id)).toMatchObject({
      status: 'failed',
      refund: { status: 'failed', failure_reason: 'charge_for_pending_refund_disputed' },
    })
    expect((await world.stripe.refunds.list({ payment_intent: payment })).data).toEqual([])
    expect(await exceptions(world)).toEqual(['refund_failed'])
    await expectBooksToAgree(world)
  })

  test('what is withdrawn is over, and the payment can be asked about again', async () => {
    await using world = await openWorld()
    const { payment, request } = await inReview(world)
    expect(await world.api('POST', `/v1/refund_requests/${request.id}/withdraw`)).toMatchObject({
      status: 200,
      body: { status: 'withdrawn', waiting_for: null },
    })
    expect(await world.api<Problem>('POST', `/v1/refund_requests/${request.id}/withdraw`)).toMatchObject({
      status: 409,
      body: { code: 'not_withdrawable' },
    })
    expect(await world.api<Problem>('POST', `/v1/refund_requests/${request.id}/approve`, {})).toMatchObject({
      status: 409,
      body: { code: 'already_decided' },
    })
    expect((await world.ask(payment)).id).not.toBe(request.id)
  })

  test('a large amount waits for a second person', async () => {
    await using world = await openWorld()
    const { payment } = await world.buys({ amount: 60_000 })
    await world.daysAgo(0)
    await world.settle()
    const { id, decision } = await world.ask(payment)
    expect(decision).toMatchObject({ verdict: 'review', rule: 'large-amount' })
    expect((await approve(world, id)).body).toMatchObject({
      needs_another_approval: true,
      status: 'in_review',
      refund: null,
    })
    expect(await world.api<Problem>('POST', `/v1/refund_requests/${id}/approve`, {})).toMatchObject({
      status: 409,
      body: { code: 'already_approved_by_you' },
    })
    await world.settle()
    expect((await world.stripe.refunds.list()).data).toEqual([])
  })
})

describe('access', () => {
  test('period_end: the subscription runs to its end and the access with it', async () => {
    await using world = await openWorld({ daysAgo: 95 })
    const { customer, payment, subscription } = await world.subscribes({ every: 'year', amount: 24_000 })
    await world.daysAgo(0)
    await world.settle()
    const { id, decision, access } = await world.ask(payment, { reason: 'missing_feature' })
    expect([decision?.rule, access]).toEqual(['annual-pro-rata', 'period_end'])
    await world.settle()
    expect((await world.request(id)).status).toBe('refunded')
    expect(await world.stripe.subscriptions.retrieve(subscription!)).toMatchObject({
      status: 'active',
      cancel_at_period_end: true,
    })
    expect(await accessOf(world, customer)).toEqual([true])
    const { stripe_refund } = (await world.request(id)).refund!
    await world.simulator.control('POST', `/_control/refunds/${stripe_refund}`, { to: 'failed' })
    await world.settle()
    expect(await world.stripe.subscriptions.retrieve(subscription!)).toMatchObject({
      status: 'active',
      cancel_at_period_end: false,
    })
    await expectBooksToAgree(world)
  })

  test('keep: neither the subscription nor the access is touched', async () => {
    await using world = await openWorld()
    const { customer, subscription, request } = await inReview(world)
    await approve(world, request.id, { access: 'keep' })
    await world.settle()
    expect(await world.request(request.id)).toMatchObject({ status: 'refunded', access: 'keep' })
    expect(await world.stripe.subscriptions.retrieve(subscription!)).toMatchObject({
      status: 'active',
      cancel_at_period_end: false,
    })
    expect(await accessOf(world, customer)).toEqual([true])
  })

  test('a refund for an earlier period leaves the running one, its subscription and its access alone', async () => {
    await using world = await openWorld({ daysAgo: 45 })
    const { customer, payment, subscription } = await world.subscribes()
    await world.daysAgo(0)
    await world.settle()
    expect((await world.rows('select 1 from payment')).length).toBe(2)
    const { id } = await world.ask(payment)
    expect((await approve(world, id, { amount: 2900, access: 'now' })).status).toBe(200)
    await world.settle()
    expect(await world.request(id)).toMatchObject({ status: 'refunded', access: 'now' })
    expect(await world.stripe.subscriptions.retrieve(subscription!)).toMatchObject({
      status: 'active',
      cancel_at: null,
    })
    expect(await accessOf(world, customer)).toEqual([true])
    await expectBooksToAgree(world)
  })

  test('what another payment covers stays when one of two is refunded', async () => {
    await using world = await openWorld()
    const first = await world.subscribes()
    await world.subscribes({ customer: first.customer })
    await world.daysAgo(0)
    await world.settle()
    const { id } = await world.ask(first.payment)
    await approve(world, id, { access: 'now' })
    await world.settle()
    expect((await world.request(id)).status).toBe('refunded')
    expect(await accessOf(world, first.customer)).toEqual([true])
  })

  test('a bounce after the subscription was canceled calls a person, because Stripe cannot take it up again', async () => {
    await using world = await openWorld()
    const { request } = await inReview(world)
    await approve(world, request.id, { access: 'now' })
    await world.settle()
    const { refund } = await world.request(request.id)
    await world.simulator.control('POST', `/_control/refunds/${refund!.stripe_refund}`, { to: 'failed' })
    await world.settle()
    expect(await exceptions(world)).toEqual(['refund_failed', 'subscription_was_canceled'])
    await expectBooksToAgree(world)
  })
})
