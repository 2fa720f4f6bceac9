import { Stripe } from 'stripe'
import { describe, expect, test, vi } from 'vitest'
import { idOf, receiver, refusal, setup } from './test/setup.ts'
import type { Bench, Received } from './test/setup.ts'

vi.setConfig({ testTimeout: 60_000 })

const onRefund = { path: '/v1/refunds', method: 'POST' }
const fault = (bench: Bench, effect: object, match: object = onRefund, more: object = {}) =>
  bench.control('POST', '/_control/faults', { on: 'request', match, effect, ...more })
const refund = (bench: Bench, payment_intent: string, idempotencyKey = 'k', timeout = 15_000) =>
  bench.stripe.refunds.create({ payment_intent, amount: 500 }, { idempotencyKey, timeout })
const made = async (bench: Bench, payment_intent: string) => (await bench.stripe.refunds.list({ payment_intent })).data

describe('faults of a request', () => {
  test.each([
    ['reset after the refund was made', { kind: 'connection_lost', when: 'after', how: 'reset' }, 1],
    ['half a body after the refund was made', { kind: 'connection_lost', when: 'after', how: 'half_body' }, 1],
    ['silence after the refund was made', { kind: 'connection_lost', when: 'after', how: 'silence' }, 1],
    ['reset before the refund was made', { kind: 'connection_lost', when: 'before', how: 'reset' }, 0],
    ['silence before the refund was made', { kind: 'connection_lost', when: 'before', how: 'silence' }, 0],
    ['a slow answer', { kind: 'slow', ms: 3000, when: 'after' }, 1],
  ])('%s: the client learns nothing, and the same key makes one refund in the end', async (_, effect, before) => {
    await using bench = await setup()
    const { id } = await bench.pay()
    // The SDK asks once more by itself when a socket is reset: the fault acts on both.
    await fault(bench, effect, onRefund, { times: 2 })
    await expect(refund(bench, id, 'k', 1500)).rejects.toBeInstanceOf(Stripe.errors.StripeConnectionError)
    expect(await made(bench, id)).toHaveLength(before)
    await bench.control('DELETE', '/_control/faults')
    await expect
      .poll(
        () =>
          refund(bench, id).then(
            ({ amount }) => amount,
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBe(500)
    expect(await made(bench, id)).toHaveLength(1)
  })

  test('a 500 that did nothing is remembered under its key', async () => {
    await using bench = await setup()
    const { id } = await bench.pay()
    await fault(bench, { kind: 'status', status: 500 })
    expect((await refusal(refund(bench, id))).statusCode).toBe(500)
    const again = await refusal(refund(bench, id))
    expect([again.statusCode, again.headers?.['idempotent-replayed']]).toEqual([500, 'true'])
    expect(await made(bench, id)).toHaveLength(0)
  })

  test('a 500 that did it all the same, and one whose effect appears two hours later', async () => {
    await using bench = await setup()
    const [now, late] = [await bench.pay(), await bench.pay()]
    await fault(bench, { kind: 'status', status: 500, executes: true })
    expect((await refusal(refund(bench, now.id, 'a'))).statusCode).toBe(500)
    expect(await made(bench, now.id)).toHaveLength(1)
    await fault(bench, { kind: 'status', status: 500, executes_after_seconds: 7200 })
    expect((await refusal(refund(bench, late.id, 'b'))).statusCode).toBe(500)
    expect(await made(bench, late.id)).toHaveLength(0)
    await bench.control('POST', '/_control/clock', { advance: '3h' })
    expect(await made(bench, late.id)).toHaveLength(1)
  })

  test.each([
    [502, 'html'],
    [503, 'empty'],
    [504, 'html'],
  ])('%i with a body of %s', async (status, body) => {
    await using bench = await setup()
    await fault(bench, { kind: 'status', status, body })
    await expect(refund(bench, (await bench.pay()).id)).rejects.toBeInstanceOf(Stripe.errors.StripeAPIError)
  })

  test('a proxy that answers JSON without an error: the SDK takes it for a refund', async () => {
    await using bench = await setup()
    await fault(bench, { kind: 'status', status: 502, body: 'json' })
    const taken = await refund(bench, (await bench.pay()).id)
    expect(taken).toMatchObject({ message: 'bad gateway' })
    expect(taken.object).toBeUndefined()
  })

  test.each([
    [
      'rate_limit',
      { kind: 'rate_limit' },
      { statusCode: 429, code: 'rate_limit', headers: { 'stripe-rate-limited-reason': 'global-rate' } },
    ],
    ['rate_limit without a reason', { kind: 'rate_limit', reason: null }, { statusCode: 429, code: 'rate_limit' }],
    [
      'lock_timeout',
      { kind: 'lock_timeout' },
      { statusCode: 429, code: 'lock_timeout', headers: { 'stripe-should-retry': 'true' } },
    ],
    ['a key in use', { kind: 'idempotency_key_in_use' }, { statusCode: 409, code: 'idempotency_key_in_use' }],
    [
      'an empty balance',
      { kind: 'balance_refused' },
      { statusCode: 400, raw: { message_code: 'insufficient_balance_for_refund' } },
    ],
    ['an expired key', { kind: 'key_expired' }, { statusCode: 401, code: 'api_key_expired' }],
    ['a revoked key', { kind: 'key_revoked' }, { statusCode: 401 }],
    ['a permission taken away', { kind: 'permission_missing' }, { statusCode: 403, type: 'StripePermissionError' }],
    [
      'the wrong mode',
      { kind: 'wrong_mode' },
      {
        statusCode: 404,
        code: 'resource_missing',
        message: expect.stringContaining('a similar object exists in live mode'),
      },
    ],
    [
      'any refusal',
      { kind: 'error', status: 400, code: 'charge_not_refundable', message: 'No.' },
      { statusCode: 400, code: 'charge_not_refundable', message: 'No.' },
    ],
    [
      'refund_disputed_payment',
      {
        kind: 'error',
        status: 400,
        code: 'refund_disputed_payment',
        message: "can't refund a disputed payment",
      },
      { code: 'refund_disputed_payment' },
    ],
  ])('%s is answered, and nothing is refunded', async (_, effect, expected) => {
    await using bench = await setup()
    const { id } = await bench.pay()
    await fault(bench, effect, onRefund, { times: null })
    expect(await refusal(refund(bench, id))).toMatchObject(expected)
    expect(await made(bench, id)).toHaveLength(0)
  })

  test('an empty balance may also make the refund wait', async () => {
    await using bench = await setup()
    await fault(bench, { kind: 'balance_pending' })
    expect(await refund(bench, (await bench.pay()).id)).toMatchObject({
      status: 'pending',
      pending_reason: 'insufficient_funds',
    })
    expect((await refund(bench, (await bench.pay()).id, 'other')).status).toBe('succeeded')
  })

  test('the answer is about another payment, amount or currency, while the books are right', async () => {
    await using bench = await setup()
    const { id } = await bench.pay()
    await fault(bench, {
      kind: 'answer_changed',
      fields: { payment_intent: 'pi_somebody_elses', amount: 1, currency: 'eur' },
    })
    expect(await refund(bench, id)).toMatchObject({
      payment_intent: 'pi_somebody_elses',
      amount: 1,
      currency: 'eur',
    })
    expect(await made(bench, id)).toMatchObject([{ amount: 500, currency: 'usd' }])
  })

  test('between check and refund: a dispute opens, or somebody refunds in the dashboard', async () => {
    await using bench = await setup()
    const [disputed, refunded] = [await bench.pay(600), await bench.pay(600)]
    await fault(bench, { kind: 'first', does: 'open_dispute' })
    expect(await refusal(refund(bench, disputed.id, 'a'))).toMatchObject({ code: 'charge_disputed' })
    await fault(bench, { kind: 'first', does: 'dashboard_refund', amount: 200 })
    expect((await refusal(refund(bench, refunded.id, 'b'))).message).toContain(
      'greater than unrefunded amount on charge ($4.00)',
    )
    expect(await made(bench, refunded.id)).toMatchObject([{ amount: 200 }])
  })

  test('between two requests: the customer or product is deleted, the subscription renewed or canceled', async () => {
    await using bench = await setup()
    const { stripe } = bench
    const customer = await stripe.customers.create({
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    })
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 900,
      recurring: { interval: 'month' },
      product_data: { name: 'Pro' },
    })
    const { id } = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] })
    const look = { path: `/v1/subscriptions/${id}` }
    await fault(bench, { kind: 'first', does: 'renew_subscription' }, look)
    expect((await stripe.subscriptions.retrieve(id)).items.data[0]?.current_period_start).toBe(
      Date.parse('2026-04-02T09:00:00Z') / 1000,
    )
    await fault(bench, { kind: 'first', does: 'delete_product' }, look)
    await stripe.subscriptions.retrieve(id)
    expect((await refusal(stripe.products.retrieve(idOf(price.product)))).statusCode).toBe(404)
    await fault(bench, { kind: 'first', does: 'cancel_subscription' }, look)
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('canceled')
    await fault(bench, { kind: 'first', does: 'delete_customer' }, look)
    await stripe.subscriptions.retrieve(id)
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true })
  })

  test('a refund bounces days later, returns to the customer, waits for ever, or has a status that nobody knows', async () => {
    await using bench = await setup()
    const outcome = async (name: string, after_seconds = 0) => {
      await fault(bench, { kind: 'refund_outcome', outcome: name, after_seconds })
      return refund(bench, (await bench.pay()).id, name)
    }
    const [bounced, returned] = [await outcome('bounces', 5 * 86_400), await outcome('requires_action', 86_400)]
    const [waiting, quantum] = [await outcome('stays_pending'), await outcome('unknown_status')]
    await bench.control('POST', '/_control/clock', { advance: '20d' })
    const status = async ({ id }: { id: string }) => (await bench.stripe.refunds.retrieve(id)).status
    expect(await Promise.all([bounced, returned, waiting, quantum].map(status))).toEqual([
      'failed',
      'requires_action',
      'pending',
      'quantum',
    ])
  })

  test('a list lags behind, changes between its pages, and a key is forgotten too early', async () => {
    await using bench = await setup()
    const { id } = await bench.pay()
    await refund(bench, id)
    await fault(bench, { kind: 'list_lag', seconds: 60 }, { path: '/v1/refunds', method: 'GET' })
    expect(await made(bench, id)).toHaveLength(0)
    expect(await made(bench, id)).toHaveLength(1)
    for (const key of ['b', 'c']) await refund(bench, id, key)
    const page = await bench.stripe.refunds.list({ payment_intent: id, limit: 2 })
    await fault(bench, { kind: 'first', does: 'dashboard_refund', amount: 100 }, { path: '/v1/refunds', method: 'GET' })
    const next = await bench.stripe.refunds.list({
      payment_intent: id,
      limit: 2,
      starting_after: page.data[1]?.id ?? '',
    })
    expect(next.data).toHaveLength(1)
    await fault(bench, { kind: 'key_forgotten' })
    const { id: first } = await refund(bench, (await bench.pay()).id, 'd')
    expect(first).toMatch(/^re_/)
  })

  test('the clock of Stripe is ten minutes ahead; the webhook comes before the answer', async () => {
    await using bench = await setup()
    await using shop = await receiver()
    await bench.stripe.webhookEndpoints.create({ url: shop.url, enabled_events: ['refund.created'] })
    await fault(bench, { kind: 'clock_skew', seconds: 600 }, { path: '/v1/balance' })
    const { lastResponse } = await bench.stripe.balance.retrieve()
    expect(Date.parse(lastResponse.headers['date'] ?? '') - bench.simulator.world.clock.frozenAt!).toBe(600_000)
    const { id } = await bench.pay()
    await fault(bench, { kind: 'webhook_first' })
    await refund(bench, id)
    expect(shop.received).toHaveLength(1)
  })

  test('by number, by object and by chance, the same for the same seed', async () => {
    const outcomes = async () => {
      await using bench = await setup({ seed: 42 })
      await fault(bench, { kind: 'rate_limit' }, { path: '/v1/customers', method: 'POST', numbers: [2] })
      const created: string[] = []
      for (let i = 0; i < 3; i++)
        created.push(
          await bench.stripe.customers.create({ name: String(i) }).then(
            ({ id }) => id,
            ({ code }) => code as string,
          ),
        )
      await fault(bench, { kind: 'lock_timeout' }, { object: created[2] })
      expect(await refusal(bench.stripe.customers.retrieve(created[2] ?? ''))).toMatchObject({
        code: 'lock_timeout',
      })
      await fault(bench, { kind: 'rate_limit' }, { path: '/v1/balance' }, { probability: 0.5, times: null })
      const tossed = await Promise.all(
        Array.from({ length: 40 }, () =>
          bench.stripe.balance.retrieve().then(
            () => 1,
            () => 0,
          ),
        ),
      )
      return { created, tossed: tossed.reduce<number>((sum, each) => sum + each, 0) }
    }
    const first = await outcomes()
    expect(first.created[1]).toBe('rate_limit')
    expect(first.tossed).toBeGreaterThan(5)
    expect(first.tossed).toBeLessThan(35)
    expect(await outcomes()).toEqual(first)
  })
})

describe('faults of a delivery', () => {
  async function delivered(effect: object, expected: number): Promise<{ received: Received[]; secret: string }> {
    await using bench = await setup()
    await using shop = await receiver()
    const { secret = '' } = await bench.stripe.webhookEndpoints.create({
      url: shop.url,
      enabled_events: ['refund.created'],
      api_version: Stripe.API_VERSION as never,
    })
    await bench.control('POST', '/_control/faults', { on: 'delivery', match: { type: 'refund.*' }, effect })
    await bench.stripe.refunds.create({ payment_intent: (await bench.pay()).id })
    await bench.simulator.idle()
    expect(shop.received).toHaveLength(expected)
    return { received: [...shop.received], secret }
  }
  const believed = ({ received: [first], secret }: Awaited<ReturnType<typeof delivered>>) => {
    try {
      new Stripe('sk_test_x').webhooks.constructEvent(first?.raw ?? '', first?.signature ?? '', secret)
      return 'believed'
    } catch (error) {
      return error instanceof Error ? error.message : ''
    }
  }

  test.each([
    ['wrong_signature', 'No signatures found'],
    ['no_signature', 'No '],
    ['old_secret', 'No signatures found'],
    ['stale_timestamp', 'Timestamp outside'],
  ])('%s is not believed', async (kind, message) => {
    expect(believed(await delivered({ kind }, 1))).toContain(message)
  })

  test('a duplicate is the same event; a burst is a thousand of it', async () => {
    expect(
      new Set((await delivered({ kind: 'duplicate', copies: 2 }, 2)).received.map(({ event }) => event.id)).size,
    ).toBe(1)
    await delivered({ kind: 'duplicate', copies: 1000 }, 1000)
  })

  test('dropped for good, and delayed by hours', async () => {
    await delivered({ kind: 'drop' }, 0)
    await delivered({ kind: 'delay', seconds: 7200 }, 0)
  })

  test.each([
    ['unknown_type', { type: 'treasury.quantum_leap.created' }],
    ['other_account', { account: 'acct_1SomebodyElse00' }],
    ['other_mode', { livemode: true }],
    ['old_version', { api_version: '2024-06-20' }],
  ])('%s is signed as it should be, but is not what was expected', async (kind, expected) => {
    const got = await delivered({ kind }, 1)
    expect(believed(got)).toBe('believed')
    expect(got.received[0]?.event).toMatchObject(expected)
  })

  test('a thin event says only where to look', async () => {
    const got = await delivered({ kind: 'thin' }, 1)
    expect(got.received[0]?.event).toMatchObject({
      object: 'v2.core.event',
      type: 'v1.refund.created',
      related_object: { type: 'refund' },
    })
    expect(believed(got)).not.toBe('believed')
  })

  test('reordered: what came first arrives last', async () => {
    await using bench = await setup()
    await using shop = await receiver()
    await bench.stripe.webhookEndpoints.create({
      url: shop.url,
      enabled_events: ['refund.created', 'refund.failed'],
    })
    await bench.control('POST', '/_control/faults', {
      on: 'delivery',
      match: { type: 'refund.created' },
      effect: { kind: 'reorder' },
    })
    await bench.stripe.refunds.create({ payment_intent: (await bench.pay(1000, 'pm_card_refundFail')).id })
    await bench.control('POST', '/_control/clock', { advance: '6d' })
    await expect.poll(() => shop.received.length, { timeout: 20_000 }).toBe(2)
    expect(shop.received.map(({ event }) => event.type)).toEqual(['refund.failed', 'refund.created'])
  })
})
