import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { description, findRoute } from './description.ts'
import { operations } from './operations.ts'
import { eventFaults } from './test/shapes.ts'
import { idOf, setup } from './test/setup.ts'
import type { Bench } from './test/setup.ts'

const wholeList = { limit: 100 }

async function catalogAndCustomers({ stripe }: Bench) {
  const product = await stripe.products.create({ name: 'Pro', metadata: { tier: '1' } })
  await stripe.products.update(product.id, { description: 'All of it' })
  await stripe.products.retrieve(product.id)
  await stripe.products.list(wholeList)
  await stripe.products.search({ query: "name:'Pro' AND metadata['tier']:'1'" })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 1500,
    recurring: { interval: 'month' },
  })
  const yearly = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 15_000,
    recurring: { interval: 'year' },
  })
  const once = await stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 700 })
  await stripe.prices.update(price.id, { nickname: 'Monthly' })
  await stripe.prices.retrieve(price.id)
  await stripe.prices.list({ product: product.id })
  await stripe.prices.search({ query: "active:'true'" })
  await stripe.products.del((await stripe.products.create({ name: 'Gone' })).id)
  const customer = await stripe.customers.create({
    email: 'ada@example.com',
    name: 'Ada',
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
    address: { line1: '1 Main St', country: 'US' },
  })
  await stripe.customers.update(customer.id, { phone: '+15550100', metadata: { org: '1' } })
  await stripe.customers.retrieve(customer.id, { expand: ['subscriptions', 'sources', 'tax_ids'] })
  await stripe.customers.list({ email: 'ada@example.com' })
  await stripe.customers.search({ query: "email:'ada@example.com'" })
  const line = await stripe.customers.createBalanceTransaction(customer.id, {
    amount: -200,
    currency: 'usd',
    description: 'Goodwill',
  })
  await stripe.customers.retrieveBalanceTransaction(customer.id, line.id)
  await stripe.customers.updateBalanceTransaction(customer.id, line.id, { metadata: { why: 'late' } })
  await stripe.customers.listBalanceTransactions(customer.id)
  await expect(stripe.customers.deleteDiscount(customer.id)).rejects.toThrow('no discount')
  const gone = await stripe.customers.create({ email: 'gone@example.com' })
  await stripe.customers.del(gone.id)
  expect(await stripe.customers.retrieve(gone.id)).toMatchObject({ deleted: true })
  return { product, price, yearly, once, customer }
}

async function paymentMethods({ stripe }: Bench, customer: string) {
  const method = await stripe.paymentMethods.create({
    type: 'card',
    card: { number: '5555555555554444', exp_month: 4, exp_year: 2031, cvc: '314' },
  })
  await stripe.paymentMethods.attach(method.id, { customer })
  await stripe.paymentMethods.update(method.id, { billing_details: { name: 'Ada' } })
  await stripe.paymentMethods.retrieve(method.id)
  await stripe.paymentMethods.list({ customer })
  await stripe.customers.listPaymentMethods(customer)
  await stripe.customers.retrievePaymentMethod(customer, method.id)
  await stripe.paymentMethods.detach(method.id)
  for (const type of [
    'sepa_debit',
    'us_bank_account',
    'klarna',
    'paypal',
    'ideal',
    'link',
    'konbini',
    'cashapp',
  ] as const) {
    await stripe.paymentMethods.create({ type } as Stripe.PaymentMethodCreateParams)
  }
}

async function payments({ stripe, pay }: Bench, customer: string) {
  const intent = await pay(5000, 'pm_card_visa', {
    customer,
    description: 'A book',
    receipt_email: 'ada@example.com',
  })
  const charge = idOf(intent.latest_charge)
  await stripe.paymentIntents.retrieve(intent.id, {
    expand: ['latest_charge.balance_transaction', 'customer', 'payment_method'],
  })
  await stripe.paymentIntents.list({ customer, expand: ['data.latest_charge'] })
  await stripe.paymentIntents.search({ query: "status:'succeeded'" })
  const open = await stripe.paymentIntents.create({ amount: 900, currency: 'eur' })
  await stripe.paymentIntents.update(open.id, { amount: 950, metadata: { a: 'b' } })
  await stripe.paymentIntents.confirm(open.id, { payment_method: 'pm_card_mastercard' })
  const held = await pay(3000, 'pm_card_visa', { capture_method: 'manual' })
  await stripe.paymentIntents.capture(held.id, { amount_to_capture: 2500 })
  const other = await pay(3000, 'pm_card_visa', { capture_method: 'manual' })
  await stripe.charges.capture(idOf(other.latest_charge))
  const dropped = await pay(3000, 'pm_card_visa', { capture_method: 'manual' })
  await stripe.paymentIntents.cancel(dropped.id, { cancellation_reason: 'abandoned' })
  for (const type of ['sepa_debit', 'klarna', 'promptpay']) await pay(1200, `pm_${type}`)
  await stripe.charges.retrieve(charge, { expand: ['refunds', 'payment_intent', 'customer'] })
  await stripe.charges.update(charge, { description: 'A good book', metadata: { shelf: '3' } })
  await stripe.charges.list({ customer })
  await stripe.charges.search({ query: "currency:'usd' AND amount>100" })
  await stripe.charges.create({ amount: 1000, currency: 'usd', source: 'tok_visa', customer })
  await expect(pay(700, 'pm_card_visa_chargeDeclined')).rejects.toThrow('declined')
  return { intent, charge }
}

async function refundsAndLedger({ stripe, simulator, pay }: Bench, intent: string) {
  const refund = await stripe.refunds.create({
    payment_intent: intent,
    amount: 1000,
    reason: 'requested_by_customer',
    metadata: { case: '1' },
  })
  await stripe.refunds.retrieve(refund.id, {
    expand: ['charge', 'payment_intent', 'balance_transaction', 'customer', 'payment_method'],
  })
  await stripe.refunds.update(refund.id, { metadata: { case: '2' } })
  await stripe.refunds.list({ payment_intent: intent, expand: ['data.charge'] })
  const funded = await stripe.customers.create({ email: 'taro@example.com' })
  await stripe.testHelpers.customers.fundCashBalance(funded.id, { amount: 3000, currency: 'jpy' })
  await stripe.customers.retrieveCashBalance(funded.id)
  await stripe.customers.updateCashBalance(funded.id, { settings: { reconciliation_mode: 'manual' } })
  const [entry] = (await stripe.customers.listCashBalanceTransactions(funded.id)).data
  await stripe.customers.retrieveCashBalanceTransaction(funded.id, entry?.id ?? '')
  await stripe.customers.createFundingInstructions(funded.id, {
    currency: 'jpy',
    funding_type: 'bank_transfer',
    bank_transfer: { type: 'jp_bank_transfer' },
  })
  const bankPayment = () => pay(1000, 'pm_customer_balance', { currency: 'jpy', customer: funded.id })
  const first = await stripe.refunds.create({ payment_intent: (await bankPayment()).id })
  await stripe.refunds.cancel(first.id)
  const second = await stripe.refunds.create({ payment_intent: (await bankPayment()).id })
  await stripe.testHelpers.refunds.expire(second.id)
  await stripe.refunds.create({
    origin: 'customer_balance',
    customer: funded.id,
    currency: 'jpy',
    amount: 500,
  })
  for (const method of ['pm_card_pendingRefund', 'pm_card_refundFail', 'pm_klarna'])
    await stripe.refunds.create({ payment_intent: (await pay(1100, method)).id })
  await simulator.advanceTo(new Date(simulator.world.clock.frozenAt! + 10 * 86_400_000))
  await stripe.refunds.list(wholeList)
  await stripe.balance.retrieve()
  const [line] = (await stripe.balanceTransactions.list({ type: 'refund' })).data
  await stripe.balanceTransactions.retrieve(line?.id ?? '', { expand: ['source'] })
}

async function disputes({ stripe, pay, control }: Bench) {
  const lost = await pay(6000, 'pm_card_createDispute')
  await pay(1700, 'pm_card_createDisputeInquiry')
  const warned = await pay(1000, 'pm_card_createIssuerFraudRecord')
  const [dispute] = (await stripe.disputes.list({ charge: idOf(lost.latest_charge) })).data
  await stripe.disputes.update(dispute?.id ?? '', {
    evidence: { uncategorized_text: 'We sent it.' },
    metadata: { a: '1' },
  })
  await stripe.disputes.retrieve(dispute?.id ?? '', { expand: ['charge', 'payment_intent'] })
  await stripe.disputes.close(dispute?.id ?? '')
  const [warning] = (await stripe.radar.earlyFraudWarnings.list({ charge: idOf(warned.latest_charge) })).data
  await stripe.radar.earlyFraudWarnings.retrieve(warning?.id ?? '')
  const review = await control('POST', '/_control/reviews', { payment_intent: warned.id })
  await stripe.reviews.list()
  await stripe.reviews.retrieve(String(review['id']))
  await stripe.reviews.approve(String(review['id']))
}

async function subscriptions({ stripe, simulator }: Bench, made: Awaited<ReturnType<typeof catalogAndCustomers>>) {
  const { customer, price, yearly } = made
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id, quantity: 2 }],
    metadata: { seat: '1' },
  })
  await stripe.subscriptions.retrieve(subscription.id, {
    expand: ['latest_invoice.payments', 'customer', 'items.data.price.product', 'default_payment_method'],
  })
  await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
  await stripe.subscriptions.update(subscription.id, {
    cancel_at_period_end: false,
    pause_collection: { behavior: 'void' },
  })
  await stripe.subscriptions.update(subscription.id, { pause_collection: '' })
  const item = subscription.items.data[0]?.id ?? ''
  await stripe.subscriptionItems.retrieve(item)
  await stripe.subscriptionItems.list({ subscription: subscription.id })
  await stripe.subscriptionItems.update(item, { quantity: 3, proration_behavior: 'always_invoice' })
  const added = await stripe.subscriptionItems.create({ subscription: subscription.id, price: price.id })
  await stripe.subscriptionItems.del(added.id)
  await stripe.subscriptions.list({ customer: customer.id, status: 'all' })
  await stripe.subscriptions.search({ query: "status:'active'" })
  await stripe.subscriptions.pause(subscription.id, { type: 'subscription' })
  await stripe.subscriptions.resume(subscription.id, {})
  await stripe.subscriptions.migrate(subscription.id, { billing_mode: { type: 'flexible' } })
  await expect(stripe.subscriptions.deleteDiscount(subscription.id)).rejects.toThrow('no discount')
  await simulator.advanceTo(new Date(simulator.world.clock.frozenAt! + 40 * 86_400_000))
  await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: yearly.id }],
    trial_period_days: 14,
  })
  await stripe.invoices.createPreview({ subscription: subscription.id })
  await stripe.subscriptions.cancel(subscription.id, {
    prorate: true,
    cancellation_details: { comment: 'refund', feedback: 'unused' },
  })
  return subscription
}

async function invoices({ stripe, pay }: Bench, customer: string, once: string) {
  const item = await stripe.invoiceItems.create({
    customer,
    amount: 400,
    currency: 'usd',
    description: 'Set-up',
  })
  await stripe.invoiceItems.update(item.id, { amount: 450 })
  await stripe.invoiceItems.retrieve(item.id)
  await stripe.invoiceItems.list({ customer })
  await stripe.invoiceItems.del((await stripe.invoiceItems.create({ customer, pricing: { price: once } })).id)
  const invoice = await stripe.invoices.create({
    customer,
    pending_invoice_items_behavior: 'include',
    collection_method: 'send_invoice',
    days_until_due: 14,
  })
  await stripe.invoices.update(invoice.id, { description: 'Thank you' })
  await stripe.invoices.addLines(invoice.id, { lines: [{ amount: 9000, description: 'Workshop' }] })
  const line = (await stripe.invoices.listLineItems(invoice.id)).data.at(-1)?.id ?? ''
  await stripe.invoices.updateLines(invoice.id, { lines: [{ id: line, amount: 9500 }] })
  await stripe.invoices.updateLineItem(invoice.id, line, { amount: 10_000 })
  await stripe.invoices.addLines(invoice.id, { lines: [{ amount: 1, description: 'Oops' }] })
  const oops = (await stripe.invoices.listLineItems(invoice.id)).data.at(-1)?.id ?? ''
  await stripe.invoices.removeLines(invoice.id, { lines: [{ id: oops, behavior: 'delete' }] })
  await stripe.invoices.finalizeInvoice(invoice.id)
  await stripe.invoices.sendInvoice(invoice.id)
  await stripe.invoices.attachPayment(invoice.id, {
    payment_intent: (await pay(4000, 'pm_card_visa', { customer })).id,
  })
  await stripe.invoices.pay(invoice.id)
  await stripe.invoices.retrieve(invoice.id, { expand: ['payments', 'customer'] })
  await stripe.invoices.list({ customer, status: 'paid' })
  await stripe.invoices.search({ query: "status:'paid'" })
  const fresh = async () => {
    const draft = await stripe.invoices.create({ customer })
    await stripe.invoices.addLines(draft.id, { lines: [{ amount: 5000, description: 'Hours' }] })
    return draft.id
  }
  await stripe.invoices.del(await fresh())
  const [voided, bad, note] = [await fresh(), await fresh(), await fresh()]
  for (const id of [voided, bad, note]) await stripe.invoices.finalizeInvoice(id)
  await stripe.invoices.voidInvoice(voided)
  await stripe.invoices.markUncollectible(bad)
  const credit = await stripe.creditNotes.create({ invoice: note, amount: 1000, memo: 'Sorry' })
  await stripe.creditNotes.voidCreditNote(credit.id)
  const [payment] = (await stripe.invoicePayments.list({ invoice: invoice.id })).data
  await stripe.invoicePayments.retrieve(payment?.id ?? '')
}

async function creditNotes({ stripe }: Bench, invoice: string) {
  await stripe.creditNotes.preview({ invoice, amount: 600, refund_amount: 600 })
  await stripe.creditNotes.listPreviewLineItems({ invoice, amount: 600, refund_amount: 600 })
  const note = await stripe.creditNotes.create({
    invoice,
    amount: 600,
    refund_amount: 600,
    reason: 'product_unsatisfactory',
  })
  await stripe.creditNotes.update(note.id, { memo: 'Sorry' })
  await stripe.creditNotes.retrieve(note.id, { expand: ['refunds.refund'] })
  await stripe.creditNotes.listLineItems(note.id)
  await stripe.creditNotes.list({ invoice })
}

async function entitlements({ stripe }: Bench, product: string, customer: string) {
  const feature = await stripe.entitlements.features.create({ name: 'API', lookup_key: 'api' })
  await stripe.entitlements.features.update(feature.id, { name: 'The API' })
  await stripe.entitlements.features.retrieve(feature.id)
  await stripe.entitlements.features.list()
  const link = await stripe.products.createFeature(product, { entitlement_feature: feature.id })
  await stripe.products.listFeatures(product)
  await stripe.products.retrieveFeature(product, link.id)
  const [held] = (await stripe.entitlements.activeEntitlements.list({ customer, expand: ['data.feature'] })).data
  await stripe.entitlements.activeEntitlements.retrieve(held?.id ?? '')
  await stripe.products.deleteFeature(product, link.id)
}

async function sessionsAndClocks({ stripe }: Bench, price: string, customer: string) {
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    line_items: [{ price, quantity: 1 }],
    success_url: 'https://example.com/ok',
  })
  await stripe.checkout.sessions.retrieve(session.id)
  await stripe.checkout.sessions.update(session.id, { metadata: { a: '1' } })
  await stripe.checkout.sessions.listLineItems(session.id)
  await stripe.checkout.sessions.list()
  await stripe.checkout.sessions.expire(session.id)
  const configuration = await stripe.billingPortal.configurations.create({
    features: { invoice_history: { enabled: true } },
  })
  await stripe.billingPortal.configurations.update(configuration.id, {
    default_return_url: 'https://example.com',
  })
  await stripe.billingPortal.configurations.retrieve(configuration.id)
  await stripe.billingPortal.configurations.list()
  await stripe.billingPortal.sessions.create({ customer, return_url: 'https://example.com' })
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_770_000_000, name: 'A year' })
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: 1_780_000_000 })
  await stripe.testHelpers.testClocks.retrieve(clock.id)
  await stripe.testHelpers.testClocks.list()
  await stripe.testHelpers.testClocks.del(clock.id)
}

async function webhooksAndEvents({ stripe }: Bench) {
  const endpoint = await stripe.webhookEndpoints.create({
    url: 'http://127.0.0.1:9/nobody',
    enabled_events: ['refund.failed'],
  })
  await stripe.webhookEndpoints.update(endpoint.id, {
    enabled_events: ['refund.created'],
    description: 'Mine',
  })
  await stripe.webhookEndpoints.retrieve(endpoint.id)
  await stripe.webhookEndpoints.list()
  await stripe.webhookEndpoints.del(endpoint.id)
  const all: Stripe.Event[] = []
  for await (const event of stripe.events.list(wholeList)) all.push(event)
  await stripe.events.retrieve(all[0]?.id ?? '')
  return all
}

test('each operation of the API description answers in the shape that the description gives, and so does each event', async () => {
  await using bench = await setup()
  const made = await catalogAndCustomers(bench)
  await paymentMethods(bench, made.customer.id)
  const { intent } = await payments(bench, made.customer.id)
  await refundsAndLedger(bench, intent.id)
  await disputes(bench)
  const subscription = await subscriptions(bench, made)
  await invoices(bench, made.customer.id, made.once.id)
  await creditNotes(bench, idOf(subscription.latest_invoice))
  await entitlements(bench, made.product.id, made.customer.id)
  await sessionsAndClocks(bench, made.once.id, made.customer.id)
  const events = await webhooksAndEvents(bench)

  const answered = new Set(
    bench.answered
      .filter(({ status }) => status < 400)
      .map(({ method, path }) => findRoute(method, path.split('?', 1)[0] ?? '')?.route.name),
  )
  const refusedHere = new Set(['DELETE /v1/customers/{id}/discount', 'DELETE /v1/subscriptions/{id}/discount'])
  const described = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(
    bench.answered.flatMap(({ method, path, faults }) => faults.map((fault) => `${method} ${path}: ${fault}`)),
  ).toEqual([])
  expect(described.filter((name) => !answered.has(name) && !refusedHere.has(name))).toEqual([])
  expect(described.filter((name) => !(name in operations))).toEqual([])
  expect(events.flatMap(eventFaults)).toEqual([])
  expect(new Set(events.map(({ type }) => type)).size).toBeGreaterThan(30)
  expect((await bench.control('GET', '/_control/audit'))['faults']).toEqual([])
}, 120_000)
