import type { PaymentKind } from './history.ts'
import type { Lab } from './lab.ts'

const cards: Partial<Record<PaymentKind, string>> = {
  card_pending: 'pm_card_pendingRefund',
  card_bounces: 'pm_card_refundFail',
}

/** A customer buys what the history says. */
export async function sell(lab: Lab, kinds: readonly PaymentKind[]): Promise<void> {
  const { outside } = lab
  const customer = (await outside.customers.create({ name: 'Ada', email: 'ada@example.com' })).id
  for (const kind of kinds) {
    if (kind === 'subscription') await subscribe(lab, customer)
    else if (kind === 'two_of_one') {
      await buy(lab, customer, 4900, 'pm_card_visa')
      await buy(lab, customer, 4900, 'pm_card_visa')
    } else await buy(lab, customer, kind === 'small' ? 300 : 4900, cards[kind] ?? 'pm_card_visa')
  }
}

async function buy(lab: Lab, customer: string, amount: number, card: string): Promise<void> {
  const intent = await lab.outside.paymentIntents.create({
    amount,
    currency: 'usd',
    customer,
    payment_method: card,
    confirm: true,
    description: 'Field guide',
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
  lab.payments.push({ payment: intent.id, customer, charge: String(intent.latest_charge), amount })
}

async function subscribe(lab: Lab, customer: string): Promise<void> {
  const { outside } = lab
  const card = await outside.paymentMethods.attach('pm_card_visa', { customer })
  const product = await outside.products.create({ name: 'Studio' })
  const price = await outside.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 2900,
    recurring: { interval: 'month' },
  })
  const subscription = await outside.subscriptions.create({
    customer,
    default_payment_method: card.id,
    items: [{ price: price.id }],
    expand: ['latest_invoice.payments'],
  })
  const invoice = subscription.latest_invoice as { payments?: { data: { payment: { payment_intent?: unknown } }[] } }
  const payment = String(invoice.payments!.data[0]!.payment.payment_intent)
  const intent = await outside.paymentIntents.retrieve(payment)
  lab.payments.push({ payment, customer, charge: String(intent.latest_charge), amount: 2900 })
}
