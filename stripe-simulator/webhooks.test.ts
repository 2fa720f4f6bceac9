import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { eventFaults } from './test/shapes.ts'
import { receiver, setup } from './test/setup.ts'
import type { Bench, Receiver } from './test/setup.ts'

const listen = (bench: Bench, to: Receiver, more: object = {}) =>
  bench.stripe.webhookEndpoints.create({
    url: to.url,
    enabled_events: ['*'],
    api_version: Stripe.API_VERSION as never,
    ...more,
  })

const verify = (raw: string, signature: string, secret: string) =>
  new Stripe('sk_test_x').webhooks.constructEvent(raw, signature, secret)

test('a refund is told as refund.created and charge.refunded, signed so that the SDK believes it', async () => {
  await using bench = await setup()
  await using shop = await receiver()
  const { secret = '' } = await listen(bench, shop, { enabled_events: ['refund.created', 'charge.refunded'] })
  const intent = await bench.pay(2000)
  await bench.stripe.refunds.create({ payment_intent: intent.id, amount: 500 }, { idempotencyKey: 'mine' })
  await bench.simulator.idle()
  expect(shop.received.map(({ event }) => event.type).toSorted()).toEqual(['charge.refunded', 'refund.created'])
  for (const { raw, signature } of shop.received)
    expect(eventFaults(verify(raw, signature, secret) as never)).toEqual([])
  const [created, refunded] = shop.received.toSorted((a, b) => (a.event.type < b.event.type ? 1 : -1))
  expect(created?.event).toMatchObject({
    request: { idempotency_key: 'mine' },
    livemode: false,
    api_version: Stripe.API_VERSION,
  })
  expect(refunded?.event.data).toMatchObject({
    object: { object: 'charge', amount_refunded: 500, refunded: false },
    previous_attributes: { amount_refunded: 0 },
  })
  expect(() => verify(`${created?.raw} `, created?.signature ?? '', secret)).toThrow('signature')
  expect(() => verify(created?.raw ?? '', created?.signature ?? '', 'whsec_wrong')).toThrow('signature')
})

test('an endpoint that fails is tried again on the schedule, each time signed anew, and then given up', async () => {
  await using bench = await setup()
  await using shop = await receiver()
  shop.answerWith(500)
  await listen(bench, shop, { enabled_events: ['customer.created'] })
  await bench.stripe.customers.create({ name: 'Ada' })
  await bench.simulator.idle()
  for (const [advance, tries] of [
    ['5m', 2],
    ['1h', 3],
    ['3h', 4],
    ['10d', 4],
  ] as const) {
    await bench.control('POST', '/_control/clock', { advance })
    expect(shop.received).toHaveLength(tries)
  }
  const [delivery] = (await bench.control('GET', '/_control/deliveries'))['data'] as {
    state: string
    id: string
  }[]
  expect(delivery?.state).toBe('failed')
  shop.answerWith(200)
  await bench.control('POST', `/_control/deliveries/${delivery?.id}/replay`)
  await bench.simulator.idle()
  expect(shop.received).toHaveLength(5)
  expect(new Set(shop.received.map(({ event }) => event.id)).size).toBe(1)
  expect((await bench.stripe.events.list({ delivery_success: false })).data.map(({ type }) => type)).toEqual([
    'customer.created',
  ])
})

test('while a secret is rolled, both sign; afterwards only the new one does', async () => {
  await using bench = await setup()
  await using shop = await receiver()
  const endpoint = await listen(bench, shop, { enabled_events: ['customer.created'] })
  const { secret } = await bench.control('POST', `/_control/webhook_endpoints/${endpoint.id}/roll`, {
    keep_old_seconds: 3600,
  })
  await bench.stripe.customers.create({ name: 'Ada' })
  await bench.control('POST', '/_control/clock', { advance: '2h' })
  await bench.stripe.customers.create({ name: 'Bob' })
  await bench.simulator.idle()
  const [during, after] = shop.received
  for (const good of [endpoint.secret ?? '', String(secret)])
    expect(verify(during?.raw ?? '', during?.signature ?? '', good).type).toBe('customer.created')
  expect(verify(after?.raw ?? '', after?.signature ?? '', String(secret)).type).toBe('customer.created')
  expect(() => verify(after?.raw ?? '', after?.signature ?? '', endpoint.secret ?? '')).toThrow('signature')
})

test('an endpoint gets events in the version that it was made with', async () => {
  await using bench = await setup()
  await using shop = await receiver()
  await listen(bench, shop, {
    enabled_events: ['customer.subscription.created', 'refund.created'],
    api_version: '2024-06-20',
  })
  const customer = await bench.stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const price = await bench.stripe.prices.create({
    currency: 'usd',
    unit_amount: 900,
    recurring: { interval: 'month' },
    product_data: { name: 'Pro' },
  })
  await bench.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] })
  await bench.stripe.refunds.create({ payment_intent: (await bench.pay()).id })
  await bench.simulator.idle()
  const objects = Object.fromEntries(shop.received.map(({ event }) => [event.type, event.data.object]))
  expect(objects['customer.subscription.created']).toHaveProperty('current_period_end')
  expect(objects['refund.created']).not.toHaveProperty('customer')
  expect(shop.received[0]?.event.api_version).toBe('2024-06-20')
})

test('the events of the last thirty days are listed, as they were', async () => {
  await using bench = await setup()
  const customer = await bench.stripe.customers.create({ name: 'Ada' })
  await bench.control('POST', '/_control/clock', { advance: '20d' })
  await bench.stripe.customers.update(customer.id, { name: 'Ada L.' })
  const events = await bench.stripe.events.list({ types: ['customer.created', 'customer.updated'] })
  expect(events.data.map(({ data }) => (data.object as Stripe.Customer).name)).toEqual(['Ada L.', 'Ada'])
  expect(events.data[0]?.data.previous_attributes).toEqual({ name: 'Ada' })
  await bench.control('POST', '/_control/clock', { advance: '11d' })
  for (let i = 0; i < 3; i++) await bench.stripe.customers.create({})
  expect(
    (await bench.stripe.events.list({ type: 'customer.created' })).data.map(
      ({ data }) => (data.object as Stripe.Customer).name,
    ),
  ).not.toContain('Ada')
})

test('the events of a refund tell its whole history in order', async () => {
  await using bench = await setup()
  const { id } = await bench.stripe.refunds.create({
    payment_intent: (await bench.pay(1300, 'pm_card_refundFail')).id,
  })
  await bench.control('POST', '/_control/clock', { advance: '9d' })
  const events = (await bench.stripe.events.list({ limit: 100 })).data.filter(
    ({ data }) => (data.object as { id?: string }).id === id,
  )
  expect(events.map(({ type }) => type).toReversed()).toEqual([
    'refund.created',
    'refund.updated',
    'charge.refund.updated',
    'refund.failed',
  ])
})
