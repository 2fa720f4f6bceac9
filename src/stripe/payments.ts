import type Stripe from 'stripe'
import type { PaymentFacts } from '../domain/facts.ts'
import { newId } from '../domain/ids.ts'
import type { ObservedPayment } from '../db/payments.ts'
import type { CustomerRow, SubscriptionRow } from '../db/customers.ts'
import { allPages, dateOf, expectObject, idOf, isMissing } from './answers.ts'

type Known = { readonly account: string; readonly seen_at: Date }

/** Looks a payment up by its payment intent or charge. Undefined: Stripe has none, or nothing was ever captured by it. */
export async function observePaymentAtStripe(
  stripe: Stripe,
  reference: string,
  { account, seen_at }: Known,
): Promise<ObservedPayment | undefined> {
  const charge = await chargeOf(stripe, reference)
  if (charge === undefined || charge.status !== 'succeeded') return undefined
  const paymentIntent = idOf(charge.payment_intent)
  const [bought, disputes] = await Promise.all([
    whatWasBought(stripe, charge, paymentIntent),
    charge.disputed ? disputeStateOf(stripe, charge.id) : ('none' as const),
  ])
  const card = charge.payment_method_details?.card
  return {
    account_id: account,
    id: newId('pay'),
    customer_id: idOf(charge.customer),
    description: bought.product_name ?? charge.description ?? 'Payment',
    captured_minor: charge.amount_captured,
    currency: charge.currency,
    paid_at: dateOf(charge.created),
    captured: charge.captured,
    stripe_payment_intent: paymentIntent,
    stripe_charge: charge.id,
    method: charge.payment_method_details?.type ?? null,
    card_brand: card?.brand ?? null,
    card_last4: card?.last4 ?? null,
    card_fingerprint: card?.fingerprint ?? null,
    dispute: disputes,
    fraud_warning: false,
    ...bought,
    receipt_email: charge.receipt_email ?? charge.billing_details?.email ?? null,
    receipt_number: charge.receipt_number,
    transfer_destination: idOf(charge.transfer_data?.destination),
    application_fee: (charge.application_fee_amount ?? 0) > 0,
    seen_at,
  }
}

/** The charge as it is now. Undefined: Stripe has none. */
export async function chargeAtStripe(stripe: Stripe, charge: string): Promise<Stripe.Charge | undefined> {
  return chargeOf(stripe, charge)
}

async function chargeOf(stripe: Stripe, reference: string): Promise<Stripe.Charge | undefined> {
  try {
    if (!reference.startsWith('pi_')) return expectObject(await stripe.charges.retrieve(reference), 'charge')
    const intent = expectObject(
      await stripe.paymentIntents.retrieve(reference, { expand: ['latest_charge'] }),
      'payment_intent',
    )
    return typeof intent.latest_charge === 'string'
      ? chargeOf(stripe, intent.latest_charge)
      : (intent.latest_charge ?? undefined)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/**
 * Where disputes about a charge stand. `charge.disputed` stays true for ever, won ones included, so the disputes
 * themselves are asked: an inquiry (warning_…) and a won dispute leave a charge refundable (docs.stripe.com/disputes).
 */
export async function disputeStateOf(stripe: Stripe, charge: string): Promise<PaymentFacts['dispute']> {
  const states = (await allPages((from) => stripe.disputes.list({ charge, ...from }))).map(({ status }) =>
    disputeState(status),
  )
  const gravest = ['open', 'lost', 'inquiry', 'won', 'none'] as const
  return gravest.find((state) => states.includes(state)) ?? 'none'
}

function disputeState(status: string): PaymentFacts['dispute'] {
  if (status === 'won' || status === 'lost') return status
  if (status === 'warning_closed' || status === 'prevented') return 'none'
  return status.startsWith('warning_') ? 'inquiry' : 'open'
}

export async function hasFraudWarning(stripe: Stripe, charge: string): Promise<boolean> {
  return (await allPages((from) => stripe.radar.earlyFraudWarnings.list({ charge, ...from }))).length > 0
}

type Bought = Pick<
  ObservedPayment,
  | 'product_id'
  | 'product_name'
  | 'interval'
  | 'interval_count'
  | 'quantity'
  | 'invoice_id'
  | 'invoice_number'
  | 'subscription_id'
  | 'subscription_item_id'
  | 'period_start'
  | 'period_end'
>

const nothingKnown: Bought = {
  product_id: null,
  product_name: null,
  interval: 'once',
  interval_count: 1,
  quantity: 1,
  invoice_id: null,
  invoice_number: null,
  subscription_id: null,
  subscription_item_id: null,
  period_start: null,
  period_end: null,
}

/**
 * What a payment was for. Since API 2025-03-31 the way from payment to invoice is the list of invoice payments; the period
 * that was paid for is the line's, not the invoice's own (which is the window in which items were collected).
 */
async function whatWasBought(stripe: Stripe, charge: Stripe.Charge, paymentIntent: string | null): Promise<Bought> {
  const invoice = paymentIntent === null ? undefined : await invoiceOf(stripe, paymentIntent)
  if (invoice === undefined) return boughtWithoutInvoice(stripe, charge)
  const lines = invoice.lines.has_more
    ? await allPages((from) => stripe.invoices.listLineItems(invoice.id, from))
    : invoice.lines.data
  const line = lines.find((each) => each.parent?.subscription_item_details?.proration === false) ?? lines[0]
  const priceId = idOf(line?.pricing?.price_details?.price)
  const price = priceId === null ? undefined : await priceOf(stripe, priceId)
  return {
    product_id: price?.product_id ?? null,
    product_name: price?.product_name ?? line?.description ?? null,
    interval: price?.interval ?? 'once',
    interval_count: price?.interval_count ?? 1,
    quantity: line?.quantity ?? 1,
    invoice_id: invoice.id,
    invoice_number: invoice.number,
    subscription_id: idOf(invoice.parent?.subscription_details?.subscription),
    subscription_item_id: line?.parent?.subscription_item_details?.subscription_item ?? null,
    period_start: price?.interval !== undefined && line ? dateOf(line.period.start) : null,
    period_end: price?.interval !== undefined && line ? dateOf(line.period.end) : null,
  }
}

async function invoiceOf(stripe: Stripe, paymentIntent: string): Promise<Stripe.Invoice | undefined> {
  const payments = await allPages((from) =>
    stripe.invoicePayments.list({
      payment: { type: 'payment_intent', payment_intent: paymentIntent },
      expand: ['data.invoice'],
      ...from,
    }),
  )
  const invoice = payments[0]?.invoice
  return typeof invoice === 'object' && !('deleted' in invoice && invoice.deleted)
    ? (invoice as Stripe.Invoice)
    : undefined
}

/** A one-off payment says what it is for in its description, or names the product in its metadata. */
async function boughtWithoutInvoice(stripe: Stripe, charge: Stripe.Charge): Promise<Bought> {
  const product = charge.metadata['product']
  if (product === undefined) return { ...nothingKnown, product_name: charge.description }
  return {
    ...nothingKnown,
    product_id: product,
    product_name: charge.description ?? (await productName(stripe, product)),
  }
}

type Price = {
  product_id: string | null
  product_name: string | null
  interval: ObservedPayment['interval'] | undefined
  interval_count: number
}

// A price never changes its product or interval, so it is asked for once.
const prices = new WeakMap<Stripe, Map<string, Promise<Price>>>()

async function priceOf(stripe: Stripe, id: string): Promise<Price> {
  const known = prices.get(stripe) ?? new Map<string, Promise<Price>>()
  prices.set(stripe, known)
  const asked = known.get(id) ?? askPrice(stripe, id)
  known.set(id, asked)
  try {
    return await asked
  } catch (error) {
    known.delete(id)
    throw error
  }
}

async function askPrice(stripe: Stripe, id: string): Promise<Price> {
  const price = expectObject(await stripe.prices.retrieve(id, { expand: ['product'] }), 'price')
  const { product } = price
  return {
    product_id: idOf(product),
    product_name: typeof product === 'object' && !product.deleted ? product.name : null,
    interval: price.recurring?.interval as ObservedPayment['interval'] | undefined,
    interval_count: price.recurring?.interval_count ?? 1,
  }
}

async function productName(stripe: Stripe, id: string): Promise<string | null> {
  try {
    return expectObject(await stripe.products.retrieve(id), 'product').name
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** The tags of a customer: their metadata `tags`, such as "vip, school". Stripe keeps 500 letters of it. */
const tagsOf = (text = ''): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  ),
]

/** Undefined: Stripe has no such customer. A deleted one is still told, as deleted. */
export async function observeCustomerAtStripe(
  stripe: Stripe,
  id: string,
  { account, seen_at }: Known,
): Promise<CustomerRow | undefined> {
  try {
    const customer = await stripe.customers.retrieve(id)
    expectObject(customer, 'customer')
    const gone = {
      account_id: account,
      id,
      email: null,
      name: null,
      country: null,
      locale: null,
      tags: [],
      deleted: true,
      created_at: null,
      seen_at,
    }
    if (customer.deleted) return gone
    return {
      ...gone,
      email: customer.email,
      name: customer.name ?? null,
      country: customer.address?.country ?? null,
      locale: customer.preferred_locales?.[0] ?? null,
      tags: tagsOf(customer.metadata['tags']),
      deleted: false,
      created_at: dateOf(customer.created),
    }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Undefined: Stripe has no such subscription. Periods are the first item's (API 2025-03-31: they left the subscription). */
export async function observeSubscriptionAtStripe(
  stripe: Stripe,
  id: string,
  { account, seen_at }: Known,
): Promise<SubscriptionRow | undefined> {
  try {
    const subscription = expectObject(await stripe.subscriptions.retrieve(id), 'subscription')
    const item = subscription.items.data[0]
    const at = (seconds: number | null | undefined): Date | null => (seconds ? dateOf(seconds) : null)
    return {
      account_id: account,
      id,
      customer_id: idOf(subscription.customer)!,
      status: subscription.status,
      product_id: idOf(item?.price.product),
      current_period_start: at(item?.current_period_start),
      current_period_end: at(item?.current_period_end),
      cancel_at: at(subscription.cancel_at),
      ended_at: at(subscription.ended_at),
      trial_end: at(subscription.trial_end),
      started_at: dateOf(subscription.start_date),
      seen_at,
    }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
