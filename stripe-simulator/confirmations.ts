import { cashOf, changeCash } from './cash-balance.ts'
import { bookWhenDue, createCharge, expireLater } from './charges.ts'
import type { Failure } from './charges.ts'
import { disputeByTestCard } from './disputes.ts'
import { cardError, refused } from './errors.ts'
import { changed, emit } from './events.ts'
import type { Charge, PaymentIntent, PaymentMethod } from './kinds.ts'
import { attach, mannerOf } from './payment-methods.ts'
import { afterChargeCleared } from './refund-moves.ts'
import { find, set } from './rows.ts'
import { later } from './world.ts'
import type { Books } from './world.ts'

export const declines: Readonly<Record<string, Failure>> = {
  '0002': { code: 'card_declined', decline: 'generic_decline', message: 'Your card was declined.' },
  '0341': { code: 'card_declined', decline: 'generic_decline', message: 'Your card was declined.' },
  '9995': {
    code: 'card_declined',
    decline: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
  },
  '9987': { code: 'card_declined', decline: 'lost_card', message: 'Your card was declined.' },
  '9979': { code: 'card_declined', decline: 'stolen_card', message: 'Your card was declined.' },
  '0069': { code: 'expired_card', decline: 'expired_card', message: 'Your card has expired.' },
  '0127': {
    code: 'incorrect_cvc',
    decline: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
  },
  '0119': {
    code: 'processing_error',
    decline: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
  },
}

const mustAuthenticate = new Set(['3220', '3155'])

/** Tries to take the money. A declined card throws 402 with the intent in it; the intent then waits for another method. */
export function confirmIntent(
  books: Books,
  intent: PaymentIntent,
  options: { offSession: boolean; authenticated?: boolean },
): void {
  const method = find(books, 'payment_method', intent.payment_method)
  if (!method) {
    throw refused(
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with " +
        'a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.',
      { code: 'payment_intent_unexpected_state', payment_intent: { ...intent } },
    )
  }
  if (intent.setup_future_usage !== null && intent.customer !== null) attach(books, method, intent.customer)
  const last4 = method.card?.last4 ?? ''
  const failure = declines[last4]
  if (failure) return fail(books, intent, method, failure)
  if (mustAuthenticate.has(last4) && !options.authenticated)
    return askToAuthenticate(books, intent, method, options.offSession)
  if (method.type === 'customer_balance' && !takeCash(books, intent)) return
  if (mannerOf(method.type).payment === 'delayed') return process(books, intent, method)
  if (intent.capture_method === 'manual') return authorize(books, intent, method)
  const charge = createCharge(books, { intent, method, outcome: 'captured' })
  succeed(books, intent, charge)
}

/** From here on the money is taken. Also the way by which a delayed payment ends well. */
function succeed(books: Books, intent: PaymentIntent, charge: Charge): void {
  bookWhenDue(books, charge, intent.capture_method)
  emit(books, 'charge.succeeded', charge)
  set(books, 'payment_intent', intent, {
    status: 'succeeded',
    amount_received: charge.amount_captured,
    amount_capturable: 0,
    latest_charge: charge.id,
    last_payment_error: null,
    next_action: null,
    processing: null,
  })
  disputeByTestCard(books, charge)
  emit(books, 'payment_intent.succeeded', intent)
}

function authorize(books: Books, intent: PaymentIntent, method: PaymentMethod): void {
  const charge = createCharge(books, { intent, method, outcome: 'authorized' })
  emit(books, 'charge.succeeded', charge)
  changed(
    books,
    'payment_intent',
    intent,
    {
      status: 'requires_capture',
      amount_capturable: intent.amount,
      latest_charge: charge.id,
      last_payment_error: null,
      next_action: null,
    },
    'payment_intent.amount_capturable_updated',
  )
  expireLater(books, charge)
}

function process(books: Books, intent: PaymentIntent, method: PaymentMethod): void {
  const charge = createCharge(books, { intent, method, outcome: 'pending' })
  emit(books, 'charge.pending', charge)
  changed(
    books,
    'payment_intent',
    intent,
    { status: 'processing', latest_charge: charge.id, next_action: null },
    'payment_intent.processing',
  )
  later(books, 'paymentClears', 'payment.clear', { intent: intent.id })
}

function fail(books: Books, intent: PaymentIntent, method: PaymentMethod, failure: Failure): never {
  const charge = createCharge(books, { intent, method, outcome: failure })
  emit(books, 'charge.failed', charge)
  const said = {
    type: 'card_error' as const,
    code: failure.code,
    decline_code: failure.decline,
    message: failure.message,
    charge: charge.id,
    doc_url: `https://docs.stripe.com/error-codes/${failure.code.replaceAll('_', '-')}`,
  }
  changed(
    books,
    'payment_intent',
    intent,
    {
      status: 'requires_payment_method',
      payment_method: null,
      latest_charge: charge.id,
      last_payment_error: { ...said, payment_method: { ...method } } as never,
    },
    'payment_intent.payment_failed',
  )
  throw cardError(failure.message, { ...said, payment_intent: { ...intent }, payment_method: { ...method } })
}

function askToAuthenticate(books: Books, intent: PaymentIntent, method: PaymentMethod, offSession: boolean): void {
  if (offSession) {
    fail(books, intent, method, {
      code: 'authentication_required',
      decline: 'authentication_required',
      message: 'Your card was declined. This transaction requires authentication.',
    })
  }
  changed(
    books,
    'payment_intent',
    intent,
    {
      status: 'requires_action',
      next_action: { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } } as never,
    },
    'payment_intent.requires_action',
  )
}

/** Uses what the customer has sent by bank transfer; asks for a transfer when it is too little. */
function takeCash(books: Books, intent: PaymentIntent): boolean {
  if (intent.customer === null)
    throw refused('A customer is required to pay from a cash balance.', { param: 'customer' })
  if (cashOf(books, intent.customer, intent.currency) >= intent.amount) {
    changeCash(books, intent.customer, intent.currency, -intent.amount, {
      type: 'applied_to_payment',
      applied_to_payment: { payment_intent: intent.id } as never,
    })
    return true
  }
  changed(
    books,
    'payment_intent',
    intent,
    {
      status: 'requires_action',
      next_action: {
        type: 'display_bank_transfer_instructions',
        display_bank_transfer_instructions: {
          amount_remaining: intent.amount,
          currency: intent.currency,
          financial_addresses: [],
          hosted_instructions_url: null,
          reference: intent.id.slice(-8).toUpperCase(),
          type: 'us_bank_transfer',
        },
      } as never,
    },
    'payment_intent.requires_action',
  )
  return false
}

/** Ends a payment that waits: the bank said yes or no, or the customer authenticated. Used by the clock and by the control API. */
export function clearPayment(books: Books, intent: PaymentIntent, ok: boolean): void {
  const charge = find(books, 'charge', intent.latest_charge)
  if (intent.status === 'requires_action')
    return confirmIntent(books, intent, { offSession: false, authenticated: true })
  if (intent.status !== 'processing' || !charge) return
  if (ok) {
    set(books, 'charge', charge, { status: 'succeeded', amount_captured: charge.amount, captured: true })
    succeed(books, intent, charge)
  } else {
    changed(
      books,
      'charge',
      charge,
      {
        status: 'failed',
        paid: false,
        failure_code: 'payment_intent_payment_attempt_failed',
        failure_message: 'The payment failed.',
      },
      'charge.failed',
    )
    changed(
      books,
      'payment_intent',
      intent,
      { status: 'requires_payment_method', processing: null },
      'payment_intent.payment_failed',
    )
  }
  afterChargeCleared(books, charge)
}
