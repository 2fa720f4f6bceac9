import type Stripe from 'stripe'
import { describe, expect, test, vi } from 'vitest'
import { idOf, refusal, setup } from './test/setup.ts'
import type { Bench } from './test/setup.ts'

vi.setConfig({ testTimeout: 60_000 })

async function subscriber({ stripe }: Bench, method = 'pm_card_visa', params: object = {}) {
  const customer = await stripe.customers.create({
    email: 'ada@example.com',
    payment_method: method,
    invoice_settings: { default_payment_method: method },
  })
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 3000,
    recurring: { interval: 'month' },
    product_data: { name: 'Pro' },
  })
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    ...params,
  })
  return { customer, price, subscription, product: idOf(price.product) }
}

const invoicesOf = async ({ stripe }: Bench, subscription: string) =>
  (await stripe.invoices.list({ subscription, limit: 100 })).data

describe('subscriptions', () => {
  test('the period is on the item, the invoice names its subscription, and its payment is found through invoice payments', async () => {
    await using bench = await setup()
    const { subscription } = await subscriber(bench)
    expect(subscription).toMatchObject({ status: 'active' })
    expect(subscription).not.toHaveProperty('current_period_end')
    const item = subscription.items.data[0]
    expect(new Date((item?.current_period_end ?? 0) * 1000).toISOString()).toBe('2026-04-02T09:00:00.000Z')
    const invoice = await bench.stripe.invoices.retrieve(idOf(subscription.latest_invoice), {
      expand: ['payments'],
    })
    expect(invoice).toMatchObject({
      status: 'paid',
      amount_paid: 3000,
      billing_reason: 'subscription_create',
      parent: { type: 'subscription_details', subscription_details: { subscription: subscription.id } },
    })
    expect(invoice.lines.data[0]).toMatchObject({
      period: { start: item?.current_period_start, end: item?.current_period_end },
      parent: {
        type: 'subscription_item_details',
        subscription_item_details: { subscription_item: item?.id, proration: false },
      },
    })
    const intent = idOf(invoice.payments?.data[0]?.payment.payment_intent)
    const found = await bench.stripe.invoicePayments.list({
      payment: { type: 'payment_intent', payment_intent: intent },
      expand: ['data.invoice'],
    })
    expect(found.data).toMatchObject([{ status: 'paid', invoice: { id: invoice.id } }])
    expect(await bench.stripe.invoices.retrieve(invoice.id)).not.toHaveProperty('payments')
  })

  test('a year of the 31st: twelve renewals, each paid an hour after its period began, on the last day of short months', async () => {
    await using bench = await setup({ clock: { mode: 'simulated', now: new Date('2026-01-31T12:00:00Z') } })
    const { subscription } = await subscriber(bench)
    await bench.simulator.advanceTo(new Date('2027-01-31T14:00:00Z'))
    const starts = (await invoicesOf(bench, subscription.id)).map(({ lines }) =>
      new Date((lines.data[0]?.period.start ?? 0) * 1000).toISOString().slice(0, 10),
    )
    expect(starts.toReversed()).toEqual([
      '2026-01-31',
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
      '2026-05-31',
      '2026-06-30',
      '2026-07-31',
      '2026-08-31',
      '2026-09-30',
      '2026-10-31',
      '2026-11-30',
      '2026-12-31',
      '2027-01-31',
    ])
    const last = (await invoicesOf(bench, subscription.id))[0]
    expect(last).toMatchObject({ status: 'paid', billing_reason: 'subscription_cycle' })
    expect(new Date((last?.status_transitions.paid_at ?? 0) * 1000).toISOString()).toBe('2027-01-31T13:00:00.000Z')
  })

  test('at period end it ends; now it ends at once; afterwards it cannot be ended again', async () => {
    await using bench = await setup()
    const { stripe } = bench
    const { subscription } = await subscriber(bench)
    const asked = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
    expect(asked).toMatchObject({
      status: 'active',
      cancel_at_period_end: true,
      cancel_at: subscription.items.data[0]?.current_period_end,
    })
    await bench.control('POST', '/_control/clock', { advance: '32d' })
    expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({
      status: 'canceled',
      cancellation_details: { reason: 'cancellation_requested' },
    })
    expect(await invoicesOf(bench, subscription.id)).toHaveLength(1)
    const { subscription: second } = await subscriber(bench)
    const ended = await stripe.subscriptions.cancel(second.id, {
      cancellation_details: { comment: 'refund', feedback: 'unused' },
    })
    expect(ended).toMatchObject({
      status: 'canceled',
      cancellation_details: { comment: 'refund', feedback: 'unused' },
    })
    expect(ended.ended_at).toBe(ended.canceled_at)
    expect(await refusal(stripe.subscriptions.cancel(second.id))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    })
    expect((await stripe.events.list({ type: 'customer.subscription.deleted' })).data).toHaveLength(2)
  })

  test('a trial costs nothing, and its end is the first payment', async () => {
    await using bench = await setup()
    const { subscription } = await subscriber(bench, 'pm_card_visa', { trial_period_days: 14 })
    expect(subscription.status).toBe('trialing')
    await bench.control('POST', '/_control/clock', { advance: '15d' })
    expect((await bench.stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
    expect((await invoicesOf(bench, subscription.id)).map(({ amount_paid }) => amount_paid)).toEqual([3000, 0])
  })

  test('a card that is declined: incomplete at the beginning, past due at a renewal, and the end after four tries', async () => {
    await using bench = await setup()
    const { stripe } = bench
    const first = await subscriber(bench, 'pm_card_visa_chargeDeclined')
    expect(first.subscription.status).toBe('incomplete')
    const { subscription, customer } = await subscriber(bench)
    await stripe.customers.update(customer.id, {
      invoice_settings: { default_payment_method: 'pm_card_visa_chargeDeclined' },
    })
    await bench.control('POST', '/_control/clock', { advance: '32d' })
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('past_due')
    await bench.control('POST', '/_control/clock', { advance: '16d' })
    expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({
      status: 'canceled',
      cancellation_details: { reason: 'payment_failed' },
    })
    expect((await invoicesOf(bench, subscription.id))[0]).toMatchObject({ status: 'open', attempt_count: 4 })
  })

  test('a larger quantity in the middle of the period is charged for the rest of it', async () => {
    await using bench = await setup()
    const { subscription } = await subscriber(bench)
    await bench.simulator.advanceTo(new Date('2026-03-17T21:00:00Z'))
    const item = subscription.items.data[0]?.id ?? ''
    await bench.stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, quantity: 2 }],
      proration_behavior: 'always_invoice',
    })
    const [invoice] = await invoicesOf(bench, subscription.id)
    expect(invoice).toMatchObject({
      billing_reason: 'subscription_update',
      amount_paid: 1500,
      status: 'paid',
    })
    expect(invoice?.lines.data.map(({ amount }) => amount)).toEqual([-1500, 3000])
  })

  test('paused: no renewal and no entitlement; resumed: both again', async () => {
    await using bench = await setup()
    const { stripe } = bench
    const { subscription, customer, product } = await subscriber(bench)
    const feature = await stripe.entitlements.features.create({ name: 'API', lookup_key: 'api' })
    await stripe.products.createFeature(product, { entitlement_feature: feature.id })
    const held = async () =>
      (await stripe.entitlements.activeEntitlements.list({ customer: customer.id })).data.map(
        ({ lookup_key }) => lookup_key,
      )
    expect(await held()).toEqual(['api'])
    await stripe.subscriptions.pause(subscription.id, { type: 'subscription' })
    expect(await held()).toEqual([])
    await bench.control('POST', '/_control/clock', { advance: '40d' })
    expect(await invoicesOf(bench, subscription.id)).toHaveLength(1)
    expect((await stripe.subscriptions.resume(subscription.id, {})).status).toBe('active')
    expect(await held()).toEqual(['api'])
    await stripe.subscriptions.cancel(subscription.id)
    expect(await held()).toEqual([])
    const events = (await stripe.events.list({ type: 'entitlements.active_entitlement_summary.updated' })).data
    expect(events.every(({ data }) => !('id' in data.object))).toBe(true)
  })

  test('a refund ends no subscription, and ending one refunds nothing', async () => {
    await using bench = await setup()
    const { subscription } = await subscriber(bench)
    const invoice = await bench.stripe.invoices.retrieve(idOf(subscription.latest_invoice), {
      expand: ['payments'],
    })
    const intent = idOf(invoice.payments?.data[0]?.payment.payment_intent)
    await bench.stripe.refunds.create({ payment_intent: intent, amount: 1000 })
    expect((await bench.stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
    expect((await bench.stripe.invoices.retrieve(invoice.id)).status).toBe('paid')
    await bench.stripe.subscriptions.cancel(subscription.id)
    expect((await bench.stripe.refunds.list({ payment_intent: intent })).data).toHaveLength(1)
  })

  test('a test clock moves the subscriptions of its customers and nobody else', async () => {
    await using bench = await setup()
    const { stripe } = bench
    const clock = await stripe.testHelpers.testClocks.create({
      frozen_time: Date.parse('2025-06-01T00:00:00Z') / 1000,
    })
    const customer = await stripe.customers.create({
      test_clock: clock.id,
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    })
    const { price, subscription: other } = await subscriber(bench)
    const timed = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] })
    await stripe.testHelpers.testClocks.advance(clock.id, {
      frozen_time: Date.parse('2025-09-02T00:00:00Z') / 1000,
    })
    expect(await invoicesOf(bench, timed.id)).toHaveLength(4)
    expect(await invoicesOf(bench, other.id)).toHaveLength(1)
    await bench.control('POST', '/_control/clock', { advance: 1 })
    expect((await stripe.testHelpers.testClocks.retrieve(clock.id)).status).toBe('ready')
  })
})

describe('credit notes', () => {
  async function paid(bench: Bench) {
    const { subscription } = await subscriber(bench)
    const invoice = await bench.stripe.invoices.retrieve(idOf(subscription.latest_invoice), {
      expand: ['payments'],
    })
    return { invoice, intent: idOf(invoice.payments?.data[0]?.payment.payment_intent) }
  }

  test('a note on a paid invoice makes the refund; the invoice stays paid and remembers', async () => {
    await using bench = await setup()
    const { invoice, intent } = await paid(bench)
    const note = await bench.stripe.creditNotes.create({
      invoice: invoice.id,
      amount: 600,
      refund_amount: 600,
      reason: 'product_unsatisfactory',
    })
    expect(note).toMatchObject({
      type: 'post_payment',
      status: 'issued',
      post_payment_amount: 600,
      refunds: [{ amount_refunded: 600 }],
    })
    expect(await bench.stripe.refunds.retrieve(idOf(note.refunds[0]?.refund))).toMatchObject({
      amount: 600,
      payment_intent: intent,
    })
    expect(await bench.stripe.invoices.retrieve(invoice.id)).toMatchObject({
      status: 'paid',
      post_payment_credit_notes_amount: 600,
    })
  })

  test('a plain refund lowers what may still be credited, until a note links it', async () => {
    await using bench = await setup()
    const { invoice, intent } = await paid(bench)
    const refund = await bench.stripe.refunds.create({ payment_intent: intent, amount: 1000 })
    expect(
      await refusal(bench.stripe.creditNotes.create({ invoice: invoice.id, amount: 2500, credit_amount: 2500 })),
    ).toMatchObject({ statusCode: 400, param: 'amount' })
    await bench.stripe.creditNotes.create({
      invoice: invoice.id,
      amount: 1000,
      refunds: [{ refund: refund.id, amount_refunded: 1000 }],
    })
    expect(
      await refusal(
        bench.stripe.creditNotes.create({
          invoice: invoice.id,
          amount: 100,
          refunds: [{ refund: refund.id, amount_refunded: 100 }],
        }),
      ),
    ).toMatchObject({ param: 'refunds[0][amount_refunded]' })
    await bench.stripe.creditNotes.create({ invoice: invoice.id, amount: 2000, credit_amount: 2000 })
    expect(((await bench.stripe.customers.retrieve(idOf(invoice.customer))) as Stripe.Customer).balance).toBe(-2000)
  })

  test('parts that do not add up, and notes on a draft, are refused', async () => {
    await using bench = await setup()
    const { invoice } = await paid(bench)
    expect(
      (await refusal(bench.stripe.creditNotes.create({ invoice: invoice.id, amount: 600, refund_amount: 500 })))
        .message,
    ).toContain('must equal the post payment amount')
    const draft = await bench.stripe.invoices.create({ customer: idOf(invoice.customer) })
    expect((await refusal(bench.stripe.creditNotes.create({ invoice: draft.id, amount: 1 }))).message).toContain(
      'open or paid',
    )
  })

  test('a note on an open invoice lowers what is owed, and voiding it raises it again', async () => {
    await using bench = await setup()
    const customer = await bench.stripe.customers.create({})
    const invoice = await bench.stripe.invoices.create({
      customer: customer.id,
      collection_method: 'send_invoice',
      days_until_due: 7,
    })
    await bench.stripe.invoices.addLines(invoice.id, { lines: [{ amount: 5000, description: 'Hours' }] })
    await bench.stripe.invoices.finalizeInvoice(invoice.id)
    const note = await bench.stripe.creditNotes.create({ invoice: invoice.id, amount: 2000 })
    expect(note).toMatchObject({ type: 'pre_payment', pre_payment_amount: 2000 })
    expect((await bench.stripe.invoices.retrieve(invoice.id)).amount_remaining).toBe(3000)
    await bench.stripe.creditNotes.voidCreditNote(note.id)
    expect((await bench.stripe.invoices.retrieve(invoice.id)).amount_remaining).toBe(5000)
  })

  test('several payments pay one invoice, and then a note cannot choose which to refund', async () => {
    await using bench = await setup()
    const customer = await bench.stripe.customers.create({})
    const invoice = await bench.stripe.invoices.create({
      customer: customer.id,
      collection_method: 'send_invoice',
      days_until_due: 7,
    })
    await bench.stripe.invoices.addLines(invoice.id, { lines: [{ amount: 5000, description: 'Hours' }] })
    await bench.stripe.invoices.finalizeInvoice(invoice.id)
    for (const amount of [2000, 3000]) {
      await bench.stripe.invoices.attachPayment(invoice.id, {
        payment_intent: (await bench.pay(amount, 'pm_card_visa', { customer: customer.id })).id,
      })
    }
    expect(await bench.stripe.invoices.retrieve(invoice.id)).toMatchObject({
      status: 'paid',
      amount_paid: 5000,
    })
    expect(
      (await bench.stripe.invoicePayments.list({ invoice: invoice.id })).data.map(({ amount_paid }) => amount_paid),
    ).toEqual([3000, 2000])
    expect(
      await refusal(bench.stripe.creditNotes.create({ invoice: invoice.id, amount: 100, refund_amount: 100 })),
    ).toMatchObject({ param: 'refund_amount' })
  })
})
