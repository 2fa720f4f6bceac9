import type Stripe from 'stripe'
import { blank, shaped } from './description.ts'
import { cardError, invalid, refused } from './errors.ts'
import { changed, emit } from './events.ts'
import type { PaymentMethod } from './kinds.ts'
import { find, listing, make, mergedMetadata, need, operation, orNull, retrieving, set } from './rows.ts'
import type { Operations } from './rows.ts'
import type { Books } from './world.ts'

/** A test card: what it is called, its last four digits, and the brand that they stand for. */
type TestCard = readonly [token: string, number: string, brand: string]

const testCards: readonly TestCard[] = [
  ['visa', '4242424242424242', 'visa'],
  ['visa_debit', '4000056655665556', 'visa'],
  ['mastercard', '5555555555554444', 'mastercard'],
  ['mastercard_debit', '5200828282828210', 'mastercard'],
  ['amex', '378282246310005', 'amex'],
  ['discover', '6011111111111117', 'discover'],
  ['jcb', '3566002020360505', 'jcb'],
  ['diners', '3056930009020004', 'diners'],
  ['unionpay', '6200000000000005', 'unionpay'],
  ['bypassPending', '4000000000000077', 'visa'],
  ['pendingRefund', '4000000000007726', 'visa'],
  ['refundFail', '4000000000005126', 'visa'],
  ['createDispute', '4000000000000259', 'visa'],
  ['createDisputeProductNotReceived', '4000000000002685', 'visa'],
  ['createDisputeInquiry', '4000000000001976', 'visa'],
  ['createIssuerFraudRecord', '4000000000005423', 'visa'],
  ['visa_chargeDeclined', '4000000000000002', 'visa'],
  ['visa_chargeDeclinedInsufficientFunds', '4000000000009995', 'visa'],
  ['visa_chargeDeclinedLostCard', '4000000000009987', 'visa'],
  ['visa_chargeDeclinedStolenCard', '4000000000009979', 'visa'],
  ['chargeDeclinedExpiredCard', '4000000000000069', 'visa'],
  ['chargeDeclinedIncorrectCvc', '4000000000000127', 'visa'],
  ['chargeDeclinedProcessingError', '4000000000000119', 'visa'],
  ['chargeCustomerFail', '4000000000000341', 'visa'],
  ['threeDSecure2Required', '4000000000003220', 'visa'],
  ['authenticationRequired', '4000002500003155', 'visa'],
]

const byToken = new Map<string, TestCard>(
  testCards.flatMap((card) => [
    [`pm_card_${card[0]}`, card],
    [`pm_card_${card[0].replace('visa_', '')}`, card],
    [`tok_${card[0]}`, card],
  ]),
)
byToken.set('pm_card_visa', testCards[0] as TestCard)
const byNumber = new Map<string, TestCard>(testCards.map((card) => [card[1], card]))

/** How a kind of payment method behaves: when a payment with it clears, and how its refunds go. */
type Manner = {
  /** `delayed` payments are `processing` first. */
  readonly payment: 'instant' | 'delayed'
  /** `instructions`: the customer must say where the money goes. `none`: cannot be refunded through Stripe. */
  readonly refund: 'native' | 'delayed' | 'instructions' | 'none'
  /** Days after the payment within which it can be refunded. */
  readonly days?: number
}

const instantNative: Manner = { payment: 'instant', refund: 'native' }
const manners: Readonly<Record<string, Manner>> = {
  card: instantNative,
  link: instantNative,
  cashapp: instantNative,
  amazon_pay: instantNative,
  revolut_pay: instantNative,
  paypal: { payment: 'instant', refund: 'delayed', days: 180 },
  klarna: { payment: 'instant', refund: 'delayed', days: 180 },
  affirm: { payment: 'instant', refund: 'delayed', days: 120 },
  afterpay_clearpay: { payment: 'instant', refund: 'delayed', days: 120 },
  ideal: { payment: 'instant', refund: 'delayed', days: 180 },
  bancontact: { payment: 'instant', refund: 'delayed', days: 180 },
  pix: { payment: 'instant', refund: 'delayed', days: 90 },
  sepa_debit: { payment: 'delayed', refund: 'delayed', days: 180 },
  us_bank_account: { payment: 'delayed', refund: 'delayed', days: 180 },
  konbini: { payment: 'delayed', refund: 'instructions' },
  boleto: { payment: 'delayed', refund: 'instructions' },
  promptpay: { payment: 'instant', refund: 'instructions' },
  customer_balance: { payment: 'instant', refund: 'instructions', days: 180 },
  oxxo: { payment: 'delayed', refund: 'none' },
}

/** Unlisted kinds are paid at once, and refunded with a delay. */
export const mannerOf = (type: string): Manner => manners[type] ?? { payment: 'instant', refund: 'delayed' }

const branches: Readonly<Record<string, object>> = {
  link: { email: null },
  cashapp: { buyer_id: null, cashtag: null },
  paypal: { country: null, payer_email: null, payer_id: null },
  ideal: { bank: null, bic: null },
  boleto: { tax_id: '00000000000' },
  sepa_debit: {
    bank_code: '37040044',
    branch_code: '',
    country: 'DE',
    fingerprint: null,
    generated_from: null,
    last4: '3000',
  },
  us_bank_account: {
    account_holder_type: 'individual',
    account_type: 'checking',
    bank_name: 'STRIPE TEST BANK',
    financial_connections_account: null,
    fingerprint: null,
    last4: '6789',
    networks: null,
    routing_number: '110000000',
    status_details: null,
  },
}

function cardFields([, number, brand]: TestCard, expiry: { month: number; year: number }): Record<string, unknown> {
  return {
    brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: 'US',
    display_brand: brand,
    exp_month: expiry.month,
    exp_year: expiry.year,
    fingerprint: `fp${number.slice(-8)}`,
    funding: 'credit',
    generated_from: null,
    last4: number.slice(-4),
    networks: { available: [brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  }
}

type PaymentMethodData = {
  type: string
  card?: { number?: string; token?: string; exp_month?: number | string; exp_year?: number | string }
  billing_details?: Record<string, unknown>
  metadata?: unknown
  allow_redisplay?: 'always' | 'limited' | 'unspecified'
}

const billing = (given: Record<string, unknown> | undefined): PaymentMethod['billing_details'] =>
  shaped('payment_method', 'billing_details', { ...given }) as PaymentMethod['billing_details']

/** Makes a payment method from what an integration sends. Refuses cards that are not test cards: this is not the real network. */
export function createPaymentMethod(books: Books, data: PaymentMethodData): PaymentMethod {
  const { type } = data
  const fields = type === 'card' ? cardFields(...readCard(data)) : (branches[type] ?? blank(`payment_method_${type}`))
  return make(books, 'payment_method', {
    type: type as PaymentMethod['type'],
    [type]: fields,
    billing_details: billing(data.billing_details),
    metadata: mergedMetadata({}, data.metadata),
    allow_redisplay: data.allow_redisplay ?? 'unspecified',
  })
}

function readCard({ card }: PaymentMethodData): [TestCard, { month: number; year: number }] {
  const found = card?.token ? byToken.get(card.token) : byNumber.get(String(card?.number ?? '').replaceAll(' ', ''))
  if (!card) throw invalid('Missing required param: card.', { code: 'parameter_missing', param: 'card' })
  if (!found && card.token)
    throw refused(`No such token: '${card.token}'`, { code: 'resource_missing', param: 'card[token]' })
  if (!found)
    throw cardError('Your card number is incorrect. This simulator takes the documented test cards only.', {
      code: 'incorrect_number',
      param: 'number',
    })
  const expiry = { month: Number(card.exp_month ?? 12), year: Number(card.exp_year ?? 2034) }
  checkExpiry(expiry)
  return [found, expiry]
}

function checkExpiry({ month, year }: { month: number; year: number }): void {
  if (!Number.isInteger(month) || month < 1 || month > 12)
    throw cardError("Your card's expiration month is invalid.", {
      code: 'invalid_expiry_month',
      param: 'exp_month',
    })
  if (!Number.isInteger(year) || year < 1970 || year > 2200)
    throw cardError("Your card's expiration year is invalid.", {
      code: 'invalid_expiry_year',
      param: 'exp_year',
    })
}

/** The payment method that a parameter names: one that exists, or a new one for a test token such as pm_card_visa. */
export function paymentMethodFor(books: Books, id: string, param = 'payment_method'): PaymentMethod {
  const card = byToken.get(id)
  if (card) {
    return make(books, 'payment_method', {
      type: 'card',
      card: cardFields(card, { month: 12, year: 2034 }) as never,
      billing_details: billing(undefined),
      metadata: {},
      allow_redisplay: 'unspecified',
    })
  }
  const testType = /^pm_(\w+)$/.exec(id)?.[1]
  if (!find(books, 'payment_method', id) && testType && (testType in manners || testType === 'usBankAccount')) {
    return createPaymentMethod(books, { type: testType === 'usBankAccount' ? 'us_bank_account' : testType })
  }
  return need(books, 'payment_method', id, param, 400)
}

/** Gives a payment method to a customer. Refuses one that is somebody else's. */
export function attach(books: Books, method: PaymentMethod, customer: string): void {
  need(books, 'customer', customer, 'customer')
  if (method.customer !== null && method.customer !== customer) {
    throw refused('The payment method you provided has already been attached to a customer.', {
      code: 'payment_method_unexpected_state',
    })
  }
  if (method.customer === customer) return
  set(books, 'payment_method', method, { customer })
  emit(books, 'payment_method.attached', method)
}

type CreateParams = PaymentMethodData & { customer?: string; payment_method?: string }

export const paymentMethodOperations: Operations = {
  'POST /v1/payment_methods': operation<CreateParams>(({ books }, params) => {
    if (params.payment_method !== undefined) return paymentMethodFor(books, params.payment_method)
    if (params.type === undefined)
      throw invalid('Missing required param: type.', { code: 'parameter_missing', param: 'type' })
    return createPaymentMethod(books, params)
  }),
  'GET /v1/payment_methods': listing('payment_method', { equal: ['customer', 'type'] }),
  'GET /v1/payment_methods/{id}': retrieving('payment_method'),
  'POST /v1/payment_methods/{id}': operation<Stripe.PaymentMethodUpdateParams>(({ books, path }, params) => {
    const method = need(books, 'payment_method', path['id'] ?? '')
    if (method.customer === null)
      throw refused('You must attach this PaymentMethod to a customer before you can update it.')
    const { exp_month, exp_year, networks } = (params.card ?? {}) as {
      exp_month?: number
      exp_year?: number
      networks?: object
    }
    if (params.card) checkExpiry({ month: exp_month ?? 12, year: exp_year ?? 2034 })
    const changes = {
      ...(exp_month === undefined ? {} : { exp_month }),
      ...(exp_year === undefined ? {} : { exp_year }),
      ...(networks ? { networks: { ...method.card?.networks, ...networks } } : {}),
    }
    const card = params.card && method.card ? { card: { ...method.card, ...changes } as never } : {}
    const details = params.billing_details
      ? { billing_details: billing({ ...method.billing_details, ...params.billing_details }) }
      : {}
    changed(
      books,
      'payment_method',
      method,
      { ...card, ...details, metadata: mergedMetadata(method.metadata, params.metadata) },
      'payment_method.updated',
    )
    return method
  }),
  'POST /v1/payment_methods/{id}/attach': operation<{ customer?: string }>(({ books, path }, { customer }) => {
    if (customer === undefined)
      throw invalid('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' })
    const method = paymentMethodFor(books, path['id'] ?? '', 'payment_method')
    attach(books, method, customer)
    return method
  }),
  'POST /v1/payment_methods/{id}/detach': ({ books, path }) => {
    const method = need(books, 'payment_method', path['id'] ?? '')
    if (method.customer === null)
      throw refused('The payment method you provided is not attached to a customer so detachment is impossible.')
    changed(books, 'payment_method', method, { customer: orNull<string>('') }, 'payment_method.detached')
    return method
  },
  'GET /v1/customers/{id}/payment_methods': (call) => {
    need(call.books, 'customer', call.path['id'] ?? '')
    const params = { ...call.params, customer: call.path['id'] }
    return listing('payment_method', { equal: ['customer', 'type'] })({ ...call, params })
  },
  'GET /v1/customers/{customer_id}/payment_methods/{id}': ({ books, path }) => {
    const method = need(books, 'payment_method', path['id'] ?? '', 'payment_method')
    if (method.customer !== path['customer_id'])
      return need(books, 'payment_method', `${path['id']} `, 'payment_method')
    return method
  },
}
