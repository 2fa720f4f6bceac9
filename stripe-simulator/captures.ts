import type Stripe from 'stripe'
import { bookWhenDue } from './charges.ts'
import { clearPayment } from './confirmations.ts'
import { disputeByTestCard } from './disputes.ts'
import { refused } from './errors.ts'
import { changed, emit } from './events.ts'
import type { Charge, PaymentIntent, Refund } from './kinds.ts'
import { spell } from './money.ts'
import { find, make, mergedMetadata, need, set, tooSmall } from './rows.ts'
import { now } from './world.ts'
import type { Books, TaskHandler } from './world.ts'

/** Takes an authorized amount, or a part of it. Refuses more than was authorized, and payments that are not waiting for it. */
export function captureIntent(
  books: Books,
  intent: PaymentIntent,
  params: Stripe.PaymentIntentCaptureParams,
): PaymentIntent {
  if (intent.status !== 'requires_capture') {
    throw refused(
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of ` +
        'the following statuses may be captured: requires_capture.',
      { code: 'payment_intent_unexpected_state', payment_intent: { ...intent } },
    )
  }
  const amount = params.amount_to_capture ?? intent.amount_capturable
  if (amount < 1) throw tooSmall('amount_to_capture')
  if (amount > intent.amount_capturable) {
    throw refused(
      `The amount to capture (${spell(amount, intent.currency)}) is greater than the amount that can be captured (${spell(intent.amount_capturable, intent.currency)}).`,
      { code: 'amount_too_large', param: 'amount_to_capture' },
    )
  }
  const charge = need(books, 'charge', intent.latest_charge ?? '')
  changed(books, 'charge', charge, { captured: true, amount_captured: amount }, 'charge.captured')
  bookWhenDue(books, charge, 'automatic')
  const metadata = mergedMetadata(intent.metadata, params.metadata)
  set(books, 'payment_intent', intent, {
    status: 'succeeded',
    amount_capturable: 0,
    amount_received: amount,
    metadata,
  })
  disputeByTestCard(books, charge)
  emit(books, 'payment_intent.succeeded', intent)
  return intent
}

const canBeCanceled = new Set([
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
  'processing',
])

/** Gives an authorization up. The charge shows it as refunded, although no money had moved. */
export function cancelIntent(
  books: Books,
  intent: PaymentIntent,
  reason: PaymentIntent['cancellation_reason'],
  refundReason: 'expired_uncaptured_charge' | null = null,
): void {
  if (!canBeCanceled.has(intent.status)) {
    throw refused(
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the ` +
        `following statuses may be canceled: ${[...canBeCanceled].join(', ')}.`,
      { code: 'payment_intent_unexpected_state', payment_intent: { ...intent } },
    )
  }
  const charge = find(books, 'charge', intent.latest_charge)
  if (charge && !charge.captured && charge.status === 'succeeded') release(books, charge, { reason: refundReason })
  if (charge?.status === 'pending')
    set(books, 'charge', charge, {
      status: 'failed',
      paid: false,
      failure_message: 'The payment was canceled.',
    })
  changed(
    books,
    'payment_intent',
    intent,
    {
      status: 'canceled',
      canceled_at: now(books),
      cancellation_reason: reason,
      amount_capturable: 0,
      next_action: null,
    },
    'payment_intent.canceled',
  )
}

type Release = Pick<Partial<Refund>, 'reason' | 'metadata'>

/** Gives an authorization back. No money had moved, so nothing is written into the ledger. */
export function release(books: Books, charge: Charge, { reason = null, metadata = {} }: Release): Refund {
  const refund = make(books, 'refund', {
    amount: charge.amount,
    charge: charge.id,
    currency: charge.currency,
    customer: charge.customer,
    metadata,
    reason,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    status: 'succeeded',
    destination_details: { type: 'card', card: { type: 'reversal' } },
  })
  emit(books, 'refund.created', refund)
  changed(
    books,
    'charge',
    charge,
    { amount_refunded: charge.amount, refunded: true },
    reason === 'expired_uncaptured_charge' ? 'charge.expired' : 'charge.refunded',
  )
  return refund
}

export const paymentTasks: Readonly<Record<string, TaskHandler>> = {
  'payment.clear': (books, args) => {
    const intent = find(books, 'payment_intent', String(args['intent']))
    if (intent?.status === 'processing') clearPayment(books, intent, true)
  },
  'charge.expire': (books, args) => {
    const charge = find(books, 'charge', String(args['charge']))
    const intent = find(books, 'payment_intent', charge?.payment_intent)
    if (intent?.status === 'requires_capture') cancelIntent(books, intent, 'automatic', 'expired_uncaptured_charge')
    else if (charge && !intent && !charge.captured && !charge.refunded)
      release(books, charge, { reason: 'expired_uncaptured_charge' })
  },
}
