import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { saveRefundSettings, refundSettings, type RefundSettings } from '../src/db/refund-settings.ts'
import type { BundleView } from '../src/db/bundles.ts'
import { readConfig } from '../src/config.ts'
import { openApp } from '../src/open-app.ts'
import { expectBooksToAgree, onRefund, openWorld, type Problem, type World } from './world.ts'

/** What each refund was asked for with, as Stripe's log has it. */
async function bodies(world: World): Promise<Record<string, unknown>[]> {
  const { data } = (await world.simulator.control('GET', '/_control/requests?limit=5000')) as {
    data: { method: string; path: string; params: Record<string, unknown> }[]
  }
  return data.filter(({ method, path }) => method === 'POST' && path === onRefund.path).map(({ params }) => params)
}

const set = async ({ app }: World, some: Partial<RefundSettings>): Promise<void> =>
  saveRefundSettings(app.db, app.account, { ...(await refundSettings(app.db, app.account)), ...some })

const exceptions = (world: World) =>
  world.rows<{ kind: string; subject_id: string; owner_role: string }>(
    'select kind, subject_id, owner_role from exception where resolved_at is null order by kind',
  )

/** A bank transfer: paid from the customer's cash balance, and refunded only after they named their bank account. */
async function transfers(world: World, amount = 1000): Promise<{ customer: string; payment: string }> {
  const customer = await world.stripe.customers.create({ name: 'Taro', email: 'taro@example.com' })
  await world.stripe.testHelpers.customers.fundCashBalance(customer.id, { amount, currency: 'jpy' })
  return world.buys({ customer: customer.id, card: 'pm_customer_balance', amount, currency: 'jpy' })
}

describe('a payment method that asks for bank details', () => {
  test('Stripe is told where to write, and the request waits for the customer', async () => {
    await using world = await openWorld()
    const { payment } = await transfers(world)
    await world.settle()
    const request = await world.ask(payment)
    await world.settle()
    expect(await bodies(world)).toMatchObject([{ instructions_email: 'taro@example.com' }])
    expect(await world.request(request.id)).toMatchObject({
      status: 'approved',
      waiting_for: 'customer',
      refund: { status: 'requires_action' },
    })
  })

  test('it can be canceled while it waits: the money is free again and a person decides; afterwards it cannot', async () => {
    await using world = await openWorld()
    const { payment } = await transfers(world)
    await world.settle()
    const { id } = await world.ask(payment)
    await world.settle()
    await world.fault(
      { kind: 'connection_lost', when: 'after' }, // Twice: the SDK itself asks once more when a connection is closed.
      { match: { path: '/v1/refunds/*/cancel' }, times: 2 },
    )
    const lost = await world.api<Problem>('POST', `/v1/refund_requests/${id}/cancel_refund`)
    expect([lost.status, lost.body.code]).toEqual([503, 'stripe_unreachable'])
    await world.settle()
    // The event told of it although the answer was lost.
    expect(await world.request(id)).toMatchObject({
      status: 'failed',
      waiting_for: 'staff',
      refund: { status: 'canceled' },
    })
    const again = await world.api<Problem>('POST', `/v1/refund_requests/${id}/cancel_refund`)
    expect([again.status, again.body.code]).toEqual([409, 'refund_not_cancelable'])
    await expectBooksToAgree(world)
  })

  test('a refund that was paid by card can’t be canceled, and says so', async () => {
    await using world = await openWorld()
    const { payment } = await world.buys()
    await world.settle()
    const { id } = await world.ask(payment)
    await world.settle()
    const refused = await world.api<Problem>('POST', `/v1/refund_requests/${id}/cancel_refund`)
    expect([refused.status, refused.body.code]).toEqual([409, 'refund_not_cancelable'])
    expect(refused.body.detail).toContain('succeeded')
  })

  test('after its window the policy is not even asked', async () => {
    await using world = await openWorld({ daysAgo: 200 })
    const { payment } = await transfers(world)
    await world.settle()
    expect((await world.ask(payment)).decision).toMatchObject({ verdict: 'deny', rule: 'guard:method_window_over' })
  })
})

test('without money in the balance Stripe waits, and finance is told until it went out', async () => {
  await using world = await openWorld()
  await world.simulator.control('POST', '/_control/settings', { balancePolicy: 'pending' })
  const { payment } = await world.buys()
  await world.settle()
  const { id } = await world.ask(payment)
  await world.settle()
  expect((await world.request(id)).refund).toMatchObject({ status: 'pending', pending_reason: 'insufficient_funds' })
  expect(await exceptions(world)).toMatchObject([{ kind: 'balance_too_low', owner_role: 'finance' }])
  await world.simulator.control('POST', '/_control/top_ups', { amount: 100_00 })
  await world.daysAgo(1)
  await world.settle()
  expect((await world.request(id)).refund).toMatchObject({ status: 'succeeded', pending_reason: null })
  expect(await exceptions(world)).toEqual([])
  await expectBooksToAgree(world)
})

describe('Connect', () => {
  const seller = async (world: World): Promise<string> => {
    const { id } = await world.simulator.control('POST', '/_control/accounts', {
      name: 'Seller',
      platform: world.app.account,
    })
    return String(id)
  }

  test.each([
    ['both are given back', {}, { reverse_transfer: 'true', refund_application_fee: 'true' }],
    ['the fee is kept where the platform says so', { refund_application_fee: false }, { reverse_transfer: 'true' }],
    [
      'the seller keeps the money where the platform says so',
      { reverse_transfer: false },
      { refund_application_fee: 'true' },
    ],
  ])('a destination charge: %s', async (_, settings, sent) => {
    await using world = await openWorld()
    await set(world, settings)
    const destination = await seller(world)
    const { id } = await world.stripe.paymentIntents.create({
      amount: 4900,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      transfer_data: { destination },
      application_fee_amount: 500,
    })
    await world.settle()
    await world.ask(id)
    await world.settle()
    const [body] = await bodies(world)
    const connect = Object.fromEntries(
      Object.entries(body!).filter(([name]) => name === 'reverse_transfer' || name === 'refund_application_fee'),
    )
    expect(connect).toEqual(sent)
    await expectBooksToAgree(world)
  })

  test('an ordinary payment is refunded without either', async () => {
    await using world = await openWorld()
    const { payment } = await world.buys()
    await world.settle()
    await world.ask(payment)
    await world.settle()
    expect(Object.keys((await bodies(world))[0]!).sort()).toEqual(['amount', 'metadata', 'payment_intent', 'reason'])
  })

  test('direct charges: with the platform’s key and STRIPE_ACCOUNT the books are those of the connected account', async () => {
    await using world = await openWorld()
    const account = await seller(world)
    const { simulator, databaseUrl } = world
    const config = readConfig({
      STRIPE_SECRET_KEY: simulator.secretKey,
      STRIPE_WEBHOOK_SECRET: world.webhookSecret,
      STRIPE_API_BASE: simulator.url,
      STRIPE_ACCOUNT: account,
      LOG_LEVEL: 'silent',
    })
    const app = await openApp({ config, databaseUrl, stripe: config.stripe! })
    try {
      expect(app.account).toBe(account)
      const { id } = await world.stripe.paymentIntents.create(
        {
          amount: 5000,
          currency: 'usd',
          payment_method: 'pm_card_visa',
          confirm: true,
          application_fee_amount: 500,
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        },
        { stripeAccount: account },
      )
      const { observePayment } = await import('../src/flows/observe-payment.ts')
      expect(await observePayment(app, id)).toMatchObject({ account_id: account, application_fee: true })
    } finally {
      await app.db.destroy()
    }
  })
})

describe('invoices by credit note', () => {
  const notes = async (world: World) => (await world.stripe.creditNotes.list({})).data

  test('the refund is made as ever, and a note books it on its invoice, once, also when the answer is lost', async () => {
    await using world = await openWorld()
    await set(world, { invoice_refunds: 'credit_note' })
    const { customer, payment } = await world.subscribes()
    await world.settle()
    await world.used(customer, 0.1)
    await world.fault(
      { kind: 'connection_lost', when: 'after' },
      { match: { method: 'POST', path: '/v1/credit_notes' } },
    )
    const { id } = await world.ask(payment)
    await world.settle()
    world.later(60)
    await world.settle()
    const { refund } = await world.request(id)
    expect(await notes(world)).toMatchObject([
      { amount: 2900, refunds: [{ refund: refund!.stripe_refund, amount_refunded: 2900 }], status: 'issued' },
    ])
    expect(await world.rows('select status from credit_note')).toEqual([{ status: 'done' }])
    await expectBooksToAgree(world)
  })

  test('one way per invoice: after a plain refund the next one is plain too', async () => {
    await using world = await openWorld()
    const { customer, payment } = await world.subscribes()
    await world.settle()
    await world.used(customer, 0.1)
    await world.simulator.control('POST', '/_control/refunds', { payment_intent: payment, amount: 500 })
    await world.settle()
    await set(world, { invoice_refunds: 'credit_note' })
    await world.ask(payment)
    await world.settle()
    expect(await notes(world)).toEqual([])
    expect(await world.rows(`select invoice_way from refund where origin = 'moneyback'`)).toEqual([
      { invoice_way: 'refund' },
    ])
    await expectBooksToAgree(world)
  })

  test('a note that Stripe refuses is for finance, and the money is not touched', async () => {
    await using world = await openWorld()
    await set(world, { invoice_refunds: 'credit_note' })
    const { customer, payment } = await world.subscribes()
    await world.settle()
    await world.used(customer, 0.1)
    await world.fault(
      { kind: 'error', status: 400, message: 'No.' },
      { match: { method: 'POST', path: '/v1/credit_notes' } },
    )
    const { id } = await world.ask(payment)
    await world.settle()
    expect((await world.request(id)).status).toBe('refunded')
    expect(await exceptions(world)).toMatchObject([{ kind: 'credit_note_refused', owner_role: 'finance' }])
    await expectBooksToAgree(world)
  })

  test('a refund that comes back after its note was made calls finance', async () => {
    await using world = await openWorld()
    await set(world, { invoice_refunds: 'credit_note' })
    const { customer, payment } = await world.subscribes()
    await world.settle()
    await world.used(customer, 0.1)
    const { id } = await world.ask(payment)
    await world.settle()
    const { refund } = await world.request(id)
    await world.simulator.control('POST', `/_control/refunds/${refund!.stripe_refund}`, { to: 'failed' })
    await world.settle()
    expect((await exceptions(world)).map(({ kind }) => kind)).toContain('credit_note_of_failed_refund')
  })
})

describe('an early fraud warning', () => {
  const warn = (world: World, payment: string) =>
    world.simulator.control('POST', '/_control/warnings', { payment_intent: payment })

  test('calls a person, once, until the money went back', async () => {
    await using world = await openWorld()
    const { payment } = await world.buys()
    await world.settle()
    await warn(world, payment)
    await world.settle()
    expect(await exceptions(world)).toMatchObject([{ kind: 'fraud_warning', owner_role: 'support' }])
    await world.ask(payment)
    await world.settle()
    expect(await exceptions(world)).toEqual([])
  })

  test('asks the policy where the account wants that, and the refund comes before the dispute', async () => {
    await using world = await openWorld()
    await set(world, { on_fraud_warning: 'ask_policy' })
    const { payment } = await world.buys()
    await world.settle()
    await warn(world, payment)
    await world.settle()
    const { body } = await world.api<{ data: object[] }>('GET', '/v1/refund_requests')
    expect(body.data).toMatchObject([{ channel: 'fraud_warning', reason: 'fraudulent', status: 'refunded' }])
    // Stripe is never told "fraudulent" by a mapping: that would block the card.
    expect(await bodies(world)).toMatchObject([{ reason: 'requested_by_customer' }])
    await expectBooksToAgree(world)
  })

  test('about a disputed payment asks for nothing: a refund would pay twice', async () => {
    await using world = await openWorld()
    await set(world, { on_fraud_warning: 'ask_policy' })
    const { payment } = await world.buys()
    await world.settle()
    await world.simulator.control('POST', '/_control/disputes', { payment_intent: payment })
    await warn(world, payment)
    await world.settle()
    expect((await world.api<{ data: object[] }>('GET', '/v1/refund_requests')).body.data).toEqual([])
  })
})

describe('several payments asked for at once', () => {
  const three = async (world: World) => {
    const first = await world.buys()
    const { customer } = first
    const more = [await world.buys({ customer, amount: 1500 }), await world.subscribes({ customer })]
    await world.settle()
    return { customer, payments: [first, ...more].map(({ payment }) => payment) }
  }
  const askFor = <T = BundleView>(world: World, payments: string[], more: object = {}) =>
    world.api<T>('POST', '/v1/refund_bundles', {
      payments: payments.map((payment) => ({ payment })),
      reason: 'changed_mind',
      ...more,
    })

  test('each is answered by itself: two at once, one by a person, all of them together in one view', async () => {
    await using world = await openWorld()
    const { payments } = await three(world)
    const { status, body } = await askFor(world, payments)
    expect(status).toBe(201)
    await world.settle()
    const seen = (await world.api<BundleView>('GET', `/v1/refund_bundles/${body.id}`)).body
    expect(seen.counts).toEqual({ refunded: 2, in_review: 1 })
    await world.api('POST', `/v1/refund_bundles/${body.id}/approve`, { note: 'All of it.' })
    await world.settle()
    expect((await world.api<BundleView>('GET', `/v1/refund_bundles/${body.id}`)).body.counts).toEqual({ refunded: 3 })
    await expectBooksToAgree(world)
  })

  test('one that fails is seen and gone on with; the others are paid once', async () => {
    await using world = await openWorld()
    const { payments } = await three(world)
    const failing = payments[1]!
    await world.fault({ kind: 'error', status: 400, message: 'Not now.' }, { match: { ...onRefund, object: failing } })
    const { body } = await askFor(world, payments)
    await world.api('POST', `/v1/refund_bundles/${body.id}/approve`, {})
    await world.settle()
    const view = async () => (await world.api<BundleView>('GET', `/v1/refund_bundles/${body.id}`)).body
    expect((await view()).counts).toEqual({ refunded: 2, failed: 1 })
    const again = await world.api<{ approved: object[] }>('POST', `/v1/refund_bundles/${body.id}/approve`, {})
    expect(again.body.approved).toMatchObject([{ approved: true, because: null }])
    await world.settle()
    expect((await view()).counts).toEqual({ refunded: 3 })
    await expectBooksToAgree(world)
  })

  test('all are taken, or none', async () => {
    await using world = await openWorld()
    const { payments } = await three(world)
    const stranger = (await world.buys()).payment
    await world.settle()
    await world.daysAgo(0)
    const refusals = [
      await askFor<Problem>(world, [payments[0]!]),
      await askFor<Problem>(world, [payments[0]!, payments[0]!]),
      await askFor<Problem>(world, [payments[0]!, 'pi_none']),
      await askFor<Problem>(world, [payments[0]!, stranger]),
      await askFor<Problem>(world, payments, { reason: 'nonsense' }),
    ]
    expect(refusals.map(({ status, body }) => [status, body.code])).toEqual([
      [422, 'bundle_invalid'],
      [422, 'bundle_invalid'],
      [422, 'bundle_payment_refused'],
      [422, 'bundle_invalid'],
      [422, 'bundle_payment_refused'],
    ])
    expect(await world.rows('select id from refund_request')).toEqual([])
  })

  test('of 25 that ask for the same payments at once one is taken whole', async () => {
    await using world = await openWorld()
    const { payments } = await three(world)
    const answers = await Promise.all(
      Array.from({ length: 25 }, (_, at) => askFor<Problem>(world, at % 2 === 0 ? payments : payments.toReversed())),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    await world.settle()
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from refund_request`.execute(
      world.app.db,
    )
    expect(rows).toEqual([{ count: 3 }])
    await expectBooksToAgree(world)
  })
})
