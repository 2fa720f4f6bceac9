import fc from 'fast-check'
import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { idOf, setup } from './test/setup.ts'
import type { Bench } from './test/setup.ts'

const runs = Number(process.env['SIMULATOR_PROPERTY_RUNS'] ?? 60)

type Op =
  | { do: 'pay'; amount: number; method: string; manual: boolean }
  | { do: 'capture' | 'refundRest' | 'dispute' | 'dashboard' | 'cancelPayment'; on: number; amount: number }
  | { do: 'refund'; on: number; amount: number; again: boolean }
  | { do: 'moveRefund'; on: number; to: 'succeeded' | 'failed' | 'requires_action' | 'pending' | 'canceled' }
  | { do: 'closeDispute'; on: number; to: 'won' | 'lost' }
  | { do: 'advance'; hours: number }
  | { do: 'subscribe'; price: number }
  | { do: 'credit'; on: number; amount: number }

const methods = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_pendingRefund',
  'pm_card_refundFail',
  'pm_card_createDispute',
  'pm_card_createDisputeInquiry',
  'pm_klarna',
  'pm_card_visa_chargeDeclined',
]
const on = fc.nat({ max: 12 })
const amount = fc.integer({ min: 1, max: 6000 })

const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('pay' as const),
      amount: fc.integer({ min: 50, max: 9000 }),
      method: fc.constantFrom(...methods),
      manual: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('refund' as const), on, amount, again: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'capture' as const,
        'refundRest' as const,
        'dispute' as const,
        'dashboard' as const,
        'cancelPayment' as const,
      ),
      on,
      amount,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('moveRefund' as const),
      on,
      to: fc.constantFrom(
        'succeeded' as const,
        'failed' as const,
        'requires_action' as const,
        'pending' as const,
        'canceled' as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('closeDispute' as const),
      on,
      to: fc.constantFrom('won' as const, 'lost' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      hours: fc.integer({ min: 1, max: 24 * 12 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('subscribe' as const),
      price: fc.integer({ min: 100, max: 5000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('credit' as const), on, amount }) },
)

type Known = {
  payments: Stripe.PaymentIntent[]
  refunds: string[]
  invoices: string[]
  keys: number
  previous: number
}

const refusedByStripe = async <T>(promise: Promise<T>): Promise<T | null> => {
  try {
    return await promise
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError && (error.statusCode ?? 500) < 500) return null
    if (error instanceof Error && error.message.includes('control_error')) return null
    throw error
  }
}

const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)]

/** What may be refunded by everything that the API shows, worked out here and not by the simulator. */
async function room({ stripe }: Bench, intent: Stripe.PaymentIntent): Promise<number | 'closed'> {
  const charge = intent.latest_charge === null ? null : await stripe.charges.retrieve(idOf(intent.latest_charge))
  if (!charge?.captured || charge.status !== 'succeeded') return 'closed'
  const disputes = await stripe.disputes.list({ charge: charge.id })
  if (disputes.data.some(({ is_charge_refundable }) => !is_charge_refundable)) return 'closed'
  const refunds = await stripe.refunds.list({ charge: charge.id, limit: 100 }).autoPagingToArray({ limit: 1000 })
  const gone = refunds
    .filter(({ status }) => status !== 'failed' && status !== 'canceled')
    .reduce((sum, each) => sum + each.amount, 0)
  return charge.amount_captured - gone
}

async function refund(
  bench: Bench,
  known: Known,
  step: { on: number; amount?: number; again?: boolean },
): Promise<void> {
  const intent = pick(known.payments, step.on)
  if (!intent) return
  const left = await room(bench, intent)
  const idempotencyKey = `key-${known.keys++}`
  const send = () =>
    refusedByStripe(
      bench.stripe.refunds.create(
        { payment_intent: intent.id, ...(step.amount === undefined ? {} : { amount: step.amount }) },
        { idempotencyKey },
      ),
    )
  const made = await send()
  const wanted = left !== 'closed' && left > 0 && (step.amount === undefined || step.amount <= left)
  expect(made !== null, `refund of ${step.amount ?? 'the rest'} with ${left} left`).toBe(wanted)
  if (made) known.refunds.push(made.id)
  if (step.again) expect((await send())?.id).toBe(made?.id)
}

async function take(bench: Bench, known: Known, step: Op): Promise<void> {
  const { stripe, control } = bench
  switch (step.do) {
    case 'pay': {
      const made = await refusedByStripe(
        bench.pay(step.amount, step.method, step.manual ? { capture_method: 'manual' } : {}),
      )
      if (made) known.payments.push(made)
      return
    }
    case 'refund':
      return refund(bench, known, step)
    case 'refundRest':
      return refund(bench, known, { on: step.on })
    case 'advance':
      return void (await control('POST', '/_control/clock', { advance: `${step.hours}h` }))
    case 'subscribe': {
      const customer = await stripe.customers.create({
        payment_method: 'pm_card_visa',
        invoice_settings: { default_payment_method: 'pm_card_visa' },
      })
      const price = await stripe.prices.create({
        currency: 'usd',
        unit_amount: step.price,
        recurring: { interval: 'week' },
        product_data: { name: 'P' },
      })
      const { latest_invoice: invoice } = await stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
      })
      return void known.invoices.push(idOf(invoice))
    }
    default:
      return takeExisting(bench, known, step)
  }
}

async function takeExisting(
  { stripe, control }: Bench,
  known: Known,
  step: Exclude<Op, { do: 'pay' | 'refund' | 'advance' | 'subscribe' }>,
): Promise<void> {
  const intent = pick(known.payments, step.on)?.id ?? 'pi_none'
  const refund = pick(known.refunds, step.on) ?? 're_none'
  if (step.do === 'capture')
    await refusedByStripe(stripe.paymentIntents.capture(intent, { amount_to_capture: step.amount }))
  if (step.do === 'cancelPayment') await refusedByStripe(stripe.paymentIntents.cancel(intent))
  if (step.do === 'dispute')
    await refusedByStripe(
      control('POST', '/_control/disputes', { payment_intent: intent, inquiry: step.amount % 2 === 0 }),
    )
  if (step.do === 'dashboard')
    await refusedByStripe(control('POST', '/_control/refunds', { payment_intent: intent, amount: step.amount }))
  if (step.do === 'moveRefund') await refusedByStripe(control('POST', `/_control/refunds/${refund}`, { to: step.to }))
  if (step.do === 'closeDispute') {
    const dispute = pick((await stripe.disputes.list({ limit: 100 })).data, step.on)
    if (dispute) await refusedByStripe(control('POST', `/_control/disputes/${dispute.id}`, { to: step.to }))
  }
  if (step.do === 'credit') {
    const invoice = pick(known.invoices, step.on)
    if (invoice)
      await refusedByStripe(stripe.creditNotes.create({ invoice, amount: step.amount, refund_amount: step.amount }))
  }
}

/** The balance is the sum of its lines, read as anybody can read it. */
async function booksBalance({ stripe }: Bench): Promise<void> {
  const lines = await stripe.balanceTransactions.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 })
  const balance = await stripe.balance.retrieve()
  const sum = [...balance.available, ...balance.pending].reduce((total, each) => total + each.amount, 0)
  expect(sum).toBe(lines.reduce((total, { net }) => total + net, 0))
}

/** No charge gives back more than it took, and the events of a refund end with what the refund is. */
async function historyAgrees({ stripe }: Bench): Promise<void> {
  const charges = await stripe.charges.list({ limit: 100 }).autoPagingToArray({ limit: 1000 })
  for (const charge of charges)
    expect(charge.amount_refunded).toBeLessThanOrEqual(charge.captured ? charge.amount_captured : charge.amount)
  const events = await stripe.events
    .list({ limit: 100, types: ['refund.created', 'refund.updated'] })
    .autoPagingToArray({ limit: 10_000 })
  const kept = (await stripe.events.list({ limit: 1 })).data[0]?.created ?? 0
  const refunds = await stripe.refunds
    .list({ limit: 100, created: { gte: kept - 29 * 86_400 } })
    .autoPagingToArray({ limit: 1000 })
  for (const refund of refunds) {
    const own = events.filter(({ data }) => (data.object as Stripe.Refund).id === refund.id)
    expect(own.filter(({ type }) => type === 'refund.created')).toHaveLength(1)
    expect(own[0]?.data.object).toMatchObject({ status: refund.status, amount: refund.amount })
  }
}

test(`${runs} stories of thirty steps and more: the ledger adds up, no ceiling is passed, and the events tell what happened`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(op, { minLength: 30, maxLength: 45 }), async (steps) => {
      await using bench = await setup()
      const known: Known = { payments: [], refunds: [], invoices: [], keys: 0, previous: 0 }
      for (const step of steps) await take(bench, known, step)
      await booksBalance(bench)
      await historyAgrees(bench)
      expect((await bench.control('GET', '/_control/audit'))['faults']).toEqual([])
      expect(bench.answered.flatMap(({ faults }) => faults)).toEqual([])
    }),
    { numRuns: runs, endOnFailure: true },
  )
}, 600_000)
