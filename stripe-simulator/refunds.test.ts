import { describe, expect, test } from 'vitest'
import { idOf, refusal, setup } from './test/setup.ts'

const day = 86_400

describe('making a refund', () => {
  test('a full refund succeeds at once, takes its amount from the balance and marks the charge', async () => {
    await using bench = await setup()
    const { stripe } = bench
    const intent = await bench.pay(2000)
    const refund = await stripe.refunds.create({
      payment_intent: intent.id,
      reason: 'requested_by_customer',
      metadata: { case: 'A1' },
    })
    expect(refund).toMatchObject({
      amount: 2000,
      status: 'succeeded',
      charge: intent.latest_charge,
      reason: 'requested_by_customer',
      metadata: { case: 'A1' },
    })
    expect(refund).not.toHaveProperty('failure_reason')
    expect(refund).not.toHaveProperty('livemode')
    expect(await stripe.charges.retrieve(idOf(intent.latest_charge))).toMatchObject({
      refunded: true,
      amount_refunded: 2000,
      status: 'succeeded',
    })
    expect(await stripe.balanceTransactions.retrieve(idOf(refund.balance_transaction))).toMatchObject({
      type: 'refund',
      amount: -2000,
      fee: 0,
      net: -2000,
      source: refund.id,
    })
  })

  test('partial refunds add up to the exact total, and only the last one marks the charge', async () => {
    await using bench = await setup()
    const { latest_charge: charge } = await bench.pay(2000)
    const seen: [number, boolean][] = []
    for (const amount of [1000, 999, 1]) {
      await bench.stripe.refunds.create({ charge: idOf(charge), amount })
      const now = await bench.stripe.charges.retrieve(idOf(charge))
      seen.push([now.amount_refunded, now.refunded])
    }
    expect(seen).toEqual([
      [1000, false],
      [1999, false],
      [2000, true],
    ])
  })

  test('fifty refunds of 30 % at the same time: three pass', async () => {
    await using bench = await setup()
    const { id } = await bench.pay(1000)
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () => bench.stripe.refunds.create({ payment_intent: id, amount: 300 })),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
  })

  test.each([
    [
      'more than is left',
      { amount: 3000 },
      {
        statusCode: 400,
        param: 'amount',
        code: undefined,
        message: 'Refund amount ($30.00) is greater than unrefunded amount on charge ($20.00)',
      },
    ],
    [
      'nothing',
      { amount: 0 },
      {
        statusCode: 400,
        param: 'amount',
        code: 'parameter_invalid_integer',
        message: 'This value must be greater than or equal to 1.',
      },
    ],
    [
      'a word',
      { amount: 'abc' as never },
      {
        statusCode: 400,
        param: 'amount',
        code: 'parameter_invalid_integer',
        message: 'Invalid integer: abc',
      },
    ],
    [
      'half a cent',
      { amount: 10.5 },
      {
        statusCode: 400,
        param: 'amount',
        code: 'parameter_invalid_integer',
        message: 'Invalid integer: 10.5',
      },
    ],
    [
      'an unknown reason',
      { reason: 'because' as never },
      {
        statusCode: 400,
        param: 'reason',
        code: undefined,
        message: 'Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer',
      },
    ],
    [
      'an unknown parameter',
      { colour: 'red' } as never,
      {
        statusCode: 400,
        param: 'colour',
        code: 'parameter_unknown',
        message: 'Received unknown parameter: colour',
      },
    ],
    [
      'metadata with a long key',
      { metadata: { ['k'.repeat(41)]: 'v' } },
      { statusCode: 400, param: `metadata[${'k'.repeat(41)}]` },
    ],
    ['a fee that is not there', { refund_application_fee: true }, { statusCode: 400, param: 'refund_application_fee' }],
    ['a transfer that is not there', { reverse_transfer: true }, { statusCode: 400, param: 'reverse_transfer' }],
  ])('refuses %s, and nothing moves', async (_, params, expected) => {
    await using bench = await setup()
    const intent = await bench.pay(5000)
    await bench.stripe.refunds.create({ payment_intent: intent.id, amount: 3000 })
    const error = await refusal(bench.stripe.refunds.create({ payment_intent: intent.id, ...(params as object) }))
    expect(error).toMatchObject({ rawType: 'invalid_request_error', ...expected })
    expect((await bench.stripe.charges.retrieve(idOf(intent.latest_charge))).amount_refunded).toBe(3000)
  })

  test('refuses what is not there, what is done, what is not captured and what was declined', async () => {
    await using bench = await setup()
    const { stripe } = bench
    expect(await refusal(stripe.refunds.create({ amount: 1 }))).toMatchObject({
      statusCode: 400,
      message: 'One of the following params should be provided for this request: payment_intent or charge.',
    })
    expect(await refusal(stripe.refunds.create({ charge: 'ch_nope' }))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'id',
      message: "No such charge: 'ch_nope'",
    })
    expect(await refusal(stripe.refunds.create({ payment_intent: 'pi_nope' }))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'payment_intent',
    })
    const done = await bench.pay()
    await stripe.refunds.create({ payment_intent: done.id })
    expect(await refusal(stripe.refunds.create({ payment_intent: done.id }))).toMatchObject({
      statusCode: 400,
      code: 'charge_already_refunded',
      message: `Charge ${idOf(done.latest_charge)} has already been refunded.`,
    })
    const held = await bench.pay(3300, 'pm_card_visa', { capture_method: 'manual' })
    expect((await refusal(stripe.refunds.create({ payment_intent: held.id }))).message).toContain(
      'You must cancel the PaymentIntent',
    )
    const open = await stripe.paymentIntents.create({ amount: 900, currency: 'usd' })
    expect((await refusal(stripe.refunds.create({ payment_intent: open.id }))).message).toContain(
      'does not have a successful charge to refund',
    )
    const old = await bench.pay(1000, 'pm_klarna')
    await bench.control('POST', '/_control/clock', { advance: '181d' })
    expect(await refusal(stripe.refunds.create({ payment_intent: old.id }))).toMatchObject({
      code: 'charge_not_refundable',
    })
  })
})

describe('what a refund does afterwards', () => {
  test('a pending one succeeds days later, and Stripe itself is named as the cause', async () => {
    await using bench = await setup()
    const refund = await bench.stripe.refunds.create({
      payment_intent: (await bench.pay(1100, 'pm_card_pendingRefund')).id,
    })
    expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing' })
    await bench.control('POST', '/_control/clock', { advance: '4d' })
    const later = await bench.stripe.refunds.retrieve(refund.id)
    expect(later.status).toBe('succeeded')
    expect(later).not.toHaveProperty('pending_reason')
    const [event] = (await bench.stripe.events.list({ type: 'refund.updated' })).data
    expect(event).toMatchObject({
      request: { id: null, idempotency_key: null },
      data: { previous_attributes: { status: 'pending' } },
    })
  })

  test('a bounce gives the money back to the balance and the room back to the charge', async () => {
    await using bench = await setup()
    const intent = await bench.pay(1300, 'pm_card_refundFail')
    const refund = await bench.stripe.refunds.create({ payment_intent: intent.id })
    expect(refund.status).toBe('succeeded')
    await bench.control('POST', '/_control/clock', { advance: '6d' })
    const bounced = await bench.stripe.refunds.retrieve(refund.id, {
      expand: ['failure_balance_transaction'],
    })
    expect(bounced).toMatchObject({
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
      failure_balance_transaction: { type: 'refund_failure', amount: 1300 },
    })
    expect(await bench.stripe.charges.retrieve(idOf(intent.latest_charge))).toMatchObject({
      refunded: false,
      amount_refunded: 0,
    })
    const [event] = (await bench.stripe.events.list({ type: 'refund.failed' })).data
    expect(event?.data.previous_attributes).toEqual({
      status: 'succeeded',
      failure_reason: null,
      failure_balance_transaction: null,
    })
    expect((await bench.stripe.refunds.create({ payment_intent: intent.id })).amount).toBe(1300)
  })

  test('the reference of the bank appears later, with an event', async () => {
    await using bench = await setup()
    const refund = await bench.stripe.refunds.create({ payment_intent: (await bench.pay()).id })
    expect(refund.destination_details?.card).toEqual({
      type: 'refund',
      reference_status: 'pending',
      reference_type: 'acquirer_reference_number',
    })
    await bench.control('POST', '/_control/clock', { advance: '7d' })
    const { destination_details } = await bench.stripe.refunds.retrieve(refund.id)
    expect(destination_details?.card?.reference).toMatch(/^\d{23}$/)
    expect((await bench.stripe.events.list({ type: 'charge.refund.updated' })).data).toHaveLength(1)
  })

  test('a bank transfer asks the customer; an answer moves it on, silence for 45 days ends it', async () => {
    await using bench = await setup()
    const { stripe } = bench
    const customer = await stripe.customers.create({ email: 'taro@example.com' })
    await stripe.testHelpers.customers.fundCashBalance(customer.id, { amount: 2000, currency: 'jpy' })
    const pay = () => bench.pay(1000, 'pm_customer_balance', { currency: 'jpy', customer: customer.id })
    const [answered, silent] = [
      await stripe.refunds.create({ payment_intent: (await pay()).id }),
      await stripe.refunds.create({ payment_intent: (await pay()).id }),
    ]
    expect(answered).toMatchObject({
      status: 'requires_action',
      next_action: {
        type: 'display_details',
        display_details: { email_sent: { email_sent_to: 'taro@example.com' } },
      },
    })
    await bench.control('POST', `/_control/refunds/${answered.id}`, { to: 'pending' })
    await bench.control('POST', '/_control/clock', { advance: '46d' })
    expect((await stripe.refunds.retrieve(answered.id)).status).toBe('succeeded')
    expect((await stripe.refunds.retrieve(silent.id)).status).toBe('failed')
    expect((await stripe.customers.retrieveCashBalance(customer.id)).available).toEqual({ jpy: 1000 })
    expect(await refusal(stripe.refunds.cancel(silent.id))).toMatchObject({
      statusCode: 400,
      message: 'Canceling this refund is unsupported.',
    })
  })

  test.each([
    ['pending', 'canceled'],
    ['succeeded', 'pending'],
    ['failed', 'succeeded'],
    ['canceled', 'failed'],
  ] as const)('there is no way from %s to %s', async (from, to) => {
    await using bench = await setup()
    const method = from === 'pending' ? 'pm_card_pendingRefund' : 'pm_card_visa'
    const { id } = await bench.stripe.refunds.create({ payment_intent: (await bench.pay(1000, method)).id })
    if (from === 'failed' || from === 'canceled')
      await bench.control('POST', `/_control/refunds/${id}`, { to: 'requires_action' })
    if (from === 'failed' || from === 'canceled') await bench.control('POST', `/_control/refunds/${id}`, { to: from })
    await expect(bench.control('POST', `/_control/refunds/${id}`, { to })).rejects.toThrow(
      `A refund does not go from ${from} to ${to}.`,
    )
  })

  test('without money in the balance a refund waits for a top-up, and fails at its deadline', async () => {
    await using bench = await setup()
    await bench.control('POST', '/_control/settings', { balancePolicy: 'pending' })
    const refundOf = async (amount: number) =>
      bench.stripe.refunds.create({ payment_intent: (await bench.pay(amount)).id })
    const first = await refundOf(5000)
    expect(first).toMatchObject({
      status: 'pending',
      pending_reason: 'insufficient_funds',
      balance_transaction: null,
    })
    await bench.control('POST', '/_control/top_ups', { amount: 100_00 })
    await bench.control('POST', '/_control/clock', { advance: '4d' })
    expect((await bench.stripe.refunds.retrieve(first.id)).status).toBe('succeeded')
    const second = await refundOf(900_000)
    await bench.control('POST', '/_control/clock', { advance: '31d' })
    expect(await bench.stripe.refunds.retrieve(second.id)).toMatchObject({
      status: 'failed',
      failure_reason: 'insufficient_funds',
    })
  })

  test('an account that may not go below zero is refused', async () => {
    await using bench = await setup()
    await bench.control('POST', '/_control/settings', { balancePolicy: 'refuse' })
    const error = await refusal(bench.stripe.refunds.create({ payment_intent: (await bench.pay()).id }))
    expect(error).toMatchObject({
      statusCode: 400,
      code: undefined,
      raw: { message_code: 'insufficient_balance_for_refund' },
    })
  })

  test('an authorization that nobody captures is given up after a week', async () => {
    await using bench = await setup()
    const held = await bench.pay(3000, 'pm_card_visa', { capture_method: 'manual' })
    await bench.control('POST', '/_control/clock', { advance: 8 * day })
    expect(await bench.stripe.paymentIntents.retrieve(held.id)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'automatic',
    })
    expect((await bench.stripe.refunds.list({ payment_intent: held.id })).data[0]).toMatchObject({
      reason: 'expired_uncaptured_charge',
      balance_transaction: null,
    })
    expect((await bench.stripe.events.list({ type: 'charge.expired' })).data).toHaveLength(1)
  })

  test('a charge without a payment intent is refunded by its own id, and given up when it was not captured', async () => {
    await using bench = await setup()
    const { stripe } = bench
    const charge = await stripe.charges.create({ amount: 2000, currency: 'usd', source: 'tok_visa' })
    expect(charge.payment_intent).toBeNull()
    expect(await stripe.refunds.create({ charge: charge.id, amount: 500 })).toMatchObject({
      status: 'succeeded',
      payment_intent: null,
    })
    const held = await stripe.charges.create({ amount: 900, currency: 'usd', source: 'tok_visa', capture: false })
    expect(await stripe.refunds.create({ charge: held.id })).toMatchObject({ amount: 900, balance_transaction: null })
    expect(await stripe.charges.retrieve(held.id)).toMatchObject({ captured: false, refunded: true })
    expect(await refusal(stripe.charges.capture(held.id))).toMatchObject({ statusCode: 400 })
    expect(
      await refusal(stripe.charges.create({ amount: 900, currency: 'usd', source: 'tok_visa_chargeDeclined' })),
    ).toMatchObject({ statusCode: 402, code: 'card_declined' })
    expect((await bench.control('GET', '/_control/audit'))['faults']).toEqual([])
  })

  test('a refund by hand in the dashboard has a request and no idempotency key', async () => {
    await using bench = await setup()
    const intent = await bench.pay(2000)
    await bench.control('POST', '/_control/refunds', { payment_intent: intent.id, amount: 700 })
    const [event] = (await bench.stripe.events.list({ type: 'refund.created' })).data
    expect(event?.request).toMatchObject({ id: expect.stringMatching(/^req_/), idempotency_key: null })
    expect((await bench.stripe.charges.retrieve(idOf(intent.latest_charge))).amount_refunded).toBe(700)
  })
})
