import type Stripe from 'stripe'
import { accounts } from './accounts.ts'
import { captureIntent, cancelIntent } from './captures.ts'
import { confirmIntent } from './confirmations.ts'
import { blank, shaped } from './description.ts'
import { invalid, refused } from './errors.ts'
import { emit } from './events.ts'
import type { PaymentIntent, PaymentMethod } from './kinds.ts'
import { checkPayable, currencyOf, digitsOf, spell } from './money.ts'
import { createPaymentMethod, paymentMethodFor } from './payment-methods.ts'
import { listing, make, mergedMetadata, need, operation, orNull, set, tooSmall } from './rows.ts'
import type { Handler, Operations } from './rows.ts'
import { newId } from './world.ts'
import type { Books } from './world.ts'

const most = 99_999_999

const leastByDigits: Readonly<Record<number, number>> = { 0: 50, 2: 50, 3: 500 }

/** Refuses what no card pays: too little, too much, and parts of units that a currency does not have. */
export function checkAmount(amount: number, currency: string): void {
  if (amount < 1) throw tooSmall('amount')
  const least = leastByDigits[digitsOf(currency)] ?? 50
  if (amount < least) {
    throw refused(`Amount must be at least ${spell(least, currency)} ${currency}`, {
      code: 'amount_too_small',
      param: 'amount',
    })
  }
  if (amount > most)
    throw refused(`Amount must be no more than ${spell(most, currency)}`, {
      code: 'amount_too_large',
      param: 'amount',
    })
  checkPayable(amount, currency)
}

type CreateParams = Omit<Stripe.PaymentIntentCreateParams, 'metadata'> & {
  metadata?: unknown
  payment_method_types?: string[]
}

/** How to write a payment intent: also used by invoices, which make and confirm their own. */
export function createIntent(books: Books, params: CreateParams): PaymentIntent {
  const currency = currencyOf(params.currency)
  checkAmount(params.amount, currency)
  if (params.customer !== undefined) need(books, 'customer', params.customer, 'customer', 400)
  const method = methodOf(books, params)
  if (method?.customer && params.customer !== undefined && method.customer !== params.customer) {
    throw refused('The payment method does not belong to the customer of this PaymentIntent.', {
      param: 'payment_method',
    })
  }
  const destination = params.transfer_data?.destination
  if (destination !== undefined && accounts(books.world).rows.get(destination)?.platform !== books.account) {
    throw refused(`No such destination: '${destination}'`, {
      code: 'resource_missing',
      param: 'transfer_data[destination]',
    })
  }
  const fee = params.application_fee_amount ?? null
  if (fee !== null && (fee < 1 || fee > params.amount)) {
    throw refused('The application fee must be at least 1 and at most the amount of the payment.', {
      param: 'application_fee_amount',
    })
  }
  const automatic = params.automatic_payment_methods
  const id = newId(books, 'pi')
  const intent = make(books, 'payment_intent', {
    id,
    amount: params.amount,
    application_fee_amount: fee,
    automatic_payment_methods: automatic ? { allow_redirects: 'always', ...automatic } : null,
    capture_method: params.capture_method ?? 'automatic_async',
    client_secret: `${id}_secret_${newId(books, 'x').slice(2, 27)}`,
    confirmation_method: params.confirmation_method ?? 'automatic',
    currency,
    customer: params.customer ?? null,
    description: params.description ?? null,
    metadata: mergedMetadata({}, params.metadata),
    on_behalf_of: params.on_behalf_of ?? null,
    payment_method: method?.id ?? null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    } as never,
    payment_method_types: method && method.type !== 'card' ? ['card', method.type] : ['card'],
    receipt_email: orNull(params.receipt_email),
    setup_future_usage: params.setup_future_usage ?? null,
    shipping: shaped('payment_intent', 'shipping', params.shipping ?? null) as never,
    statement_descriptor: params.statement_descriptor ?? null,
    statement_descriptor_suffix: params.statement_descriptor_suffix ?? null,
    status: method ? 'requires_confirmation' : 'requires_payment_method',
    ...(params.transfer_data ? { transfer_data: { ...params.transfer_data } as never } : {}),
    transfer_group: params.transfer_group ?? null,
  })
  emit(books, 'payment_intent.created', intent)
  if (params.confirm === true) confirmIntent(books, intent, { offSession: params.off_session === true })
  return intent
}

type MethodParams = { payment_method?: string; payment_method_data?: unknown }

function methodOf(books: Books, params: MethodParams): PaymentMethod | null {
  if (params.payment_method !== undefined) return paymentMethodFor(books, params.payment_method)
  if (params.payment_method_data === undefined) return null
  const data = params.payment_method_data as { type?: unknown }
  if (typeof data.type !== 'string' || !/^[a-z_0-9]{2,40}$/.test(data.type)) {
    throw invalid('Missing required param: payment_method_data[type].', {
      code: 'parameter_missing',
      param: 'payment_method_data[type]',
    })
  }
  try {
    blank(`charge_payment_method_details_${data.type}`)
  } catch {
    throw invalid(`Invalid payment_method_data[type]: ${data.type}`, { param: 'payment_method_data[type]' })
  }
  return createPaymentMethod(books, data as { type: string })
}

const onIntent =
  (act: (books: Books, intent: PaymentIntent, params: never) => PaymentIntent): Handler =>
  ({ books, path, params }) =>
    act(books, need(books, 'payment_intent', path['id'] ?? '', 'intent'), params as never)

function update(books: Books, intent: PaymentIntent, params: Stripe.PaymentIntentUpdateParams): PaymentIntent {
  const frozen = intent.status === 'succeeded' || intent.status === 'canceled' || intent.status === 'requires_capture'
  if (frozen && (params.amount !== undefined || params.currency !== undefined || params.payment_method !== undefined)) {
    throw refused(`This PaymentIntent's amount could not be updated because it has a status of ${intent.status}.`, {
      code: 'payment_intent_unexpected_state',
      payment_intent: { ...intent },
    })
  }
  const currency = params.currency === undefined ? intent.currency : currencyOf(params.currency)
  const amount = params.amount ?? intent.amount
  if (params.amount !== undefined) checkAmount(amount, currency)
  if (params.customer !== undefined) need(books, 'customer', params.customer, 'customer', 400)
  const method = methodOf(books, params)
  const patch: Partial<PaymentIntent> = {
    amount,
    currency,
    metadata: mergedMetadata(intent.metadata, params.metadata),
  }
  if (params.customer !== undefined) patch.customer = params.customer
  if (params.description !== undefined) patch.description = params.description
  if (params.receipt_email !== undefined) patch.receipt_email = orNull(params.receipt_email)
  if (method) Object.assign(patch, { payment_method: method.id, status: 'requires_confirmation' })
  set(books, 'payment_intent', intent, patch)
  return intent
}

function confirm(books: Books, intent: PaymentIntent, params: Stripe.PaymentIntentConfirmParams): PaymentIntent {
  if (!['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status)) {
    throw refused(
      `You cannot confirm this PaymentIntent because it has already ${intent.status === 'succeeded' ? 'succeeded after being previously confirmed' : `a status of ${intent.status}`}.`,
      { code: 'payment_intent_unexpected_state', payment_intent: { ...intent } },
    )
  }
  const method = methodOf(books, params)
  if (method) set(books, 'payment_intent', intent, { payment_method: method.id })
  if (params.capture_method !== undefined)
    set(books, 'payment_intent', intent, { capture_method: params.capture_method })
  confirmIntent(books, intent, { offSession: params.off_session === true })
  return intent
}

export const paymentOperations: Operations = {
  'POST /v1/payment_intents': operation<CreateParams>(({ books }, params) => createIntent(books, params)),
  'GET /v1/payment_intents': listing('payment_intent', { equal: ['customer'] }),
  'GET /v1/payment_intents/{id}': onIntent((_, intent) => intent),
  'POST /v1/payment_intents/{id}': onIntent(update),
  'POST /v1/payment_intents/{id}/confirm': onIntent(confirm),
  'POST /v1/payment_intents/{id}/capture': onIntent(captureIntent),
  'POST /v1/payment_intents/{id}/cancel': onIntent(
    (books, intent, params: { cancellation_reason?: PaymentIntent['cancellation_reason'] }) => {
      cancelIntent(books, intent, params.cancellation_reason ?? null)
      return intent
    },
  ),
}
