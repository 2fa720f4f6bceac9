import type Stripe from 'stripe'
import { accountOf } from './accounts.ts'
import { bookConnect } from './connect.ts'
import { blank } from './description.ts'
import { invalid } from './errors.ts'
import { changed, emit } from './events.ts'
import type { Charge, PaymentIntent, PaymentMethod } from './kinds.ts'
import { record } from './ledger.ts'
import { feeOf } from './money.ts'
import { find, listing, make, mergedMetadata, need, operation, retrieving, set } from './rows.ts'
import type { Operations } from './rows.ts'
import { at, later, newId, now } from './world.ts'
import type { Books, TaskHandler } from './world.ts'

/** The last four digits of the card: they say which test card it is. Empty for other methods. */
export const last4Of = (charge: Charge): string => charge.payment_method_details?.card?.last4 ?? ''
export const isCard = (charge: Charge): boolean => charge.payment_method_details?.type === 'card'

const authorizationDays = 7
const settlementDays = 2

function methodDetails(
  books: Books,
  method: PaymentMethod,
  { amount, customer }: Pick<PaymentIntent, 'amount' | 'customer'>,
): Charge['payment_method_details'] {
  const { type } = method
  const empty = blank(`charge_payment_method_details_${type}`)
  if (type !== 'card' || !method.card) return { type, [type]: empty } as Charge['payment_method_details']
  const { brand, checks, country, exp_month, exp_year, fingerprint, funding, last4 } = method.card
  const card = {
    ...empty,
    amount_authorized: amount,
    brand,
    checks,
    country,
    exp_month,
    exp_year,
    fingerprint: fingerprintFor(books, fingerprint, customer),
    funding,
    last4,
    network: brand,
    network_transaction_id: newId(books, 'ntx').slice(4, 19),
    regulated_status: 'unregulated',
    capture_before: now(books) + authorizationDays * 86_400,
  }
  return { type, card } as unknown as Charge['payment_method_details']
}

function fingerprintFor(
  { world }: Books,
  fingerprint: string | null | undefined,
  customer: PaymentIntent['customer'],
): string | null {
  const own = world.settings.visaPerCustomer && fingerprint === 'fp42424242' && customer !== null
  return own ? `fp${customer}` : (fingerprint ?? null)
}

const approved = {
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: 'approved_by_network',
  reason: null,
  risk_level: 'normal',
  risk_score: 20,
  seller_message: 'Payment complete.',
  type: 'authorized',
} as const

export type Failure = { readonly code: string; readonly decline: string; readonly message: string }

type Attempt = {
  readonly intent: PaymentIntent
  readonly method: PaymentMethod
  readonly outcome: 'captured' | 'authorized' | 'pending' | Failure
}

/** Makes the charge of one try to pay. It is neither booked nor told of: see `capture` and payment-intents.ts. */
export function createCharge(books: Books, { intent, method, outcome }: Attempt): Charge {
  const failure = typeof outcome === 'object' ? outcome : null
  const id = newId(books, method.type === 'card' ? 'ch' : 'py')
  return make(books, 'charge', {
    id,
    amount: intent.amount,
    amount_captured: outcome === 'captured' ? intent.amount : 0,
    application_fee_amount: intent.application_fee_amount,
    billing_details: method.billing_details as Charge['billing_details'],
    calculated_statement_descriptor: accountOf(books).name.toUpperCase().slice(0, 22),
    captured: outcome === 'captured' || outcome === 'pending',
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    failure_code: failure?.code ?? null,
    failure_message: failure?.message ?? null,
    fraud_details: {},
    metadata: { ...intent.metadata },
    on_behalf_of: intent.on_behalf_of,
    outcome: (failure
      ? {
          ...approved,
          network_status: 'declined_by_network',
          reason: failure.decline,
          seller_message: 'The bank did not approve this payment.',
          type: 'issuer_declined',
        }
      : approved) as unknown as Charge['outcome'],
    paid: failure === null,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: methodDetails(books, method, intent),
    receipt_email: intent.receipt_email,
    receipt_url: failure ? null : `https://pay.stripe.com/receipts/${id}`,
    shipping: intent.shipping as Charge['shipping'],
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: failure ? 'failed' : outcome === 'pending' ? 'pending' : 'succeeded',
    transfer_data: (intent.transfer_data ? { amount: null, ...intent.transfer_data } : null) as Charge['transfer_data'],
    transfer_group: intent.transfer_group,
  })
}

/** Puts a captured charge into the ledger, once. The money may be used two days later, or at once with pm_card_bypassPending. */
export function bookCharge(books: Books, charge: Charge): void {
  if (charge.balance_transaction !== null || !charge.captured || charge.status !== 'succeeded') return
  const direct =
    charge.application_fee_amount !== null && charge.transfer_data === null ? charge.application_fee_amount : 0
  const entry = record(books, {
    type: isCard(charge) ? 'charge' : 'payment',
    amount: charge.amount_captured,
    fee: feeOf(charge.amount_captured, charge.currency) + direct,
    currency: charge.currency,
    source: charge.id,
    description: charge.description,
    availableOn: now(books) + (last4Of(charge) === '0077' ? 0 : settlementDays * 86_400),
  })
  set(books, 'charge', charge, { balance_transaction: entry.id })
  bookConnect(books, charge)
}

/** Books at once, or a moment later with automatic_async capture: until then `balance_transaction` is null. */
export function bookWhenDue(books: Books, charge: Charge, method: PaymentIntent['capture_method']): void {
  if (method === 'automatic_async') later(books, 'chargeBooked', 'charge.book', { charge: charge.id })
  else bookCharge(books, charge)
}

/** Gives an authorization up after seven days, unless it is captured before. */
export function expireLater(books: Books, charge: Charge): void {
  at(books, now(books) + authorizationDays * 86_400, 'charge.expire', { charge: charge.id })
}

export const chargeTasks: Readonly<Record<string, TaskHandler>> = {
  'charge.book': (books, args) => {
    const charge = find(books, 'charge', String(args['charge']))
    if (!charge || charge.balance_transaction !== null) return
    bookCharge(books, charge)
    if (charge.balance_transaction !== null)
      emit(books, 'charge.updated', charge, { balance_transaction: null, receipt_url: null })
  },
}

export const chargeOperations: Operations = {
  'GET /v1/charges': listing('charge', { equal: ['customer', 'payment_intent', 'transfer_group'] }),
  'GET /v1/charges/{id}': retrieving('charge'),
  'POST /v1/charges/{id}': operation<Stripe.ChargeUpdateParams>(({ books, path }, params) => {
    const charge = need(books, 'charge', path['id'] ?? '')
    if (params.customer !== undefined && charge.customer !== null && charge.customer !== params.customer) {
      throw invalid('You cannot change the customer of a charge that already has one.', { param: 'customer' })
    }
    const { customer, description, receipt_email, transfer_group, fraud_details } = params
    const given = { customer, description, receipt_email, transfer_group, fraud_details }
    const patch = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    changed(
      books,
      'charge',
      charge,
      { ...patch, metadata: mergedMetadata(charge.metadata, params.metadata) },
      'charge.updated',
    )
    return charge
  }),
}
