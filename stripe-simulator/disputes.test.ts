import { expect, test } from 'vitest'
import { idOf, refusal, setup } from './test/setup.ts'

test('a disputed charge is not refunded; won, it is refundable again; lost, it is not', async () => {
  await using bench = await setup()
  const { stripe } = bench
  const intent = await bench.pay(6000, 'pm_card_createDispute')
  const [dispute] = (await stripe.disputes.list({ payment_intent: intent.id })).data
  expect(dispute).toMatchObject({ status: 'needs_response', is_charge_refundable: false, amount: 6000 })
  expect(await refusal(stripe.refunds.create({ payment_intent: intent.id }))).toMatchObject({
    statusCode: 400,
    code: 'charge_disputed',
    message: `Charge ${idOf(intent.latest_charge)} has been charged back; cannot issue a refund.`,
  })
  await stripe.disputes.update(dispute?.id ?? '', {
    evidence: { uncategorized_text: 'winning_evidence' },
    submit: true,
  })
  await bench.control('POST', '/_control/clock', { advance: '31d' })
  expect(await stripe.disputes.retrieve(dispute?.id ?? '')).toMatchObject({
    status: 'won',
    is_charge_refundable: true,
    balance_transactions: [
      { amount: -6000, fee: 1500 },
      { amount: 6000, fee: 0 },
    ],
  })
  expect((await stripe.charges.retrieve(idOf(intent.latest_charge))).disputed).toBe(true)
  expect((await stripe.refunds.create({ payment_intent: intent.id, amount: 100 })).status).toBe('succeeded')
  const other = await bench.pay(6000, 'pm_card_createDisputeProductNotReceived')
  const [second] = (await stripe.disputes.list({ payment_intent: other.id })).data
  expect((await stripe.disputes.close(second?.id ?? '')).status).toBe('lost')
  expect((await refusal(stripe.disputes.update(second?.id ?? '', { submit: true }))).message).toBe(
    'This dispute is already closed',
  )
  expect(await refusal(stripe.refunds.create({ payment_intent: other.id }))).toMatchObject({
    code: 'charge_disputed',
  })
})

test('the order of events of a disputed payment is that of the recordings', async () => {
  await using bench = await setup()
  await bench.pay(6000, 'pm_card_createDispute')
  const types = (await bench.stripe.events.list({ limit: 10 })).data.map(({ type }) => type).toReversed()
  expect(types).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'charge.dispute.created',
    'charge.dispute.funds_withdrawn',
    'payment_intent.succeeded',
  ])
})

test('nobody answers for nine days: the dispute is lost', async () => {
  await using bench = await setup()
  const intent = await bench.pay(6000, 'pm_card_createDispute')
  await bench.control('POST', '/_control/clock', { advance: '10d' })
  expect((await bench.stripe.disputes.list({ payment_intent: intent.id })).data[0]).toMatchObject({
    status: 'lost',
    evidence_details: { past_due: true },
  })
})

test('an inquiry leaves the charge refundable, and a full refund closes it', async () => {
  await using bench = await setup()
  const intent = await bench.pay(1700, 'pm_card_createDisputeInquiry')
  const [inquiry] = (await bench.stripe.disputes.list({ payment_intent: intent.id })).data
  expect(inquiry).toMatchObject({
    status: 'warning_needs_response',
    is_charge_refundable: true,
    balance_transactions: [],
  })
  await bench.stripe.refunds.create({ payment_intent: intent.id })
  expect((await bench.stripe.disputes.retrieve(inquiry?.id ?? '')).status).toBe('warning_closed')
})

test('an inquiry that escalates fails the refund that was made meanwhile, for good', async () => {
  await using bench = await setup()
  const intent = await bench.pay(1700, 'pm_card_createDisputeInquiry')
  const refund = await bench.stripe.refunds.create({ payment_intent: intent.id, amount: 1000 })
  const [inquiry] = (await bench.stripe.disputes.list({ payment_intent: intent.id })).data
  await bench.stripe.disputes.update(inquiry?.id ?? '', {
    evidence: { uncategorized_text: 'escalate_inquiry_evidence' },
    submit: true,
  })
  await bench.control('POST', '/_control/clock', { advance: '31d' })
  expect(await bench.stripe.refunds.retrieve(refund.id)).toMatchObject({
    status: 'failed',
    failure_reason: 'charge_for_pending_refund_disputed',
  })
  expect((await bench.stripe.disputes.retrieve(inquiry?.id ?? '')).is_charge_refundable).toBe(false)
  expect(await refusal(bench.stripe.refunds.create({ payment_intent: intent.id }))).toMatchObject({
    code: 'charge_disputed',
  })
})

test('a fraud warning is actionable until the charge is refunded in full or disputed', async () => {
  await using bench = await setup()
  const actionable = async (intent: string) =>
    (await bench.stripe.radar.earlyFraudWarnings.list({ payment_intent: intent })).data[0]?.actionable
  const [refunded, disputed] = [
    await bench.pay(1000, 'pm_card_createIssuerFraudRecord'),
    await bench.pay(1000, 'pm_card_createIssuerFraudRecord'),
  ]
  expect(await actionable(refunded.id)).toBe(true)
  await bench.stripe.refunds.create({ payment_intent: refunded.id, amount: 400 })
  expect(await actionable(refunded.id)).toBe(true)
  await bench.stripe.refunds.create({ payment_intent: refunded.id })
  expect(await actionable(refunded.id)).toBe(false)
  await bench.control('POST', '/_control/disputes', { payment_intent: disputed.id })
  expect(await actionable(disputed.id)).toBe(false)
  expect((await bench.stripe.events.list({ type: 'radar.early_fraud_warning.updated' })).data).toHaveLength(2)
})
