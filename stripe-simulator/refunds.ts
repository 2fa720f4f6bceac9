import type Stripe from 'stripe'
import { release } from './captures.ts'
import { changeCash } from './cash-balance.ts'
import { bookCharge, isCard } from './charges.ts'
import { checkConnectWishes, refundConnect } from './connect.ts'
import { invalid, refused } from './errors.ts'
import { changed, emit } from './events.ts'
import type { Charge, Refund } from './kinds.ts'
import { currencyOf } from './money.ts'
import { bookRefund, countOnCharge, giveUpAsking, planAhead, moveRefund } from './refund-moves.ts'
import {
  daysToAnswer,
  day,
  chargeOf,
  checkRefundable,
  amountOf,
  beginning,
  askingForDetails,
  bankTransfer,
  destination,
} from './refund-rules.ts'
import type { RefundParams } from './refund-rules.ts'
import { listing, make, mergedMetadata, need, operation, retrieving, tooSmall } from './rows.ts'
import type { Operations } from './rows.ts'
import { at, now } from './world.ts'
import type { Books } from './world.ts'

/** An authorization that belongs to no payment intent: here a refund is how it is given up. */
const isAuthorization = ({ captured, status, payment_intent, refunded }: Charge): boolean =>
  !captured && status === 'succeeded' && payment_intent === null && !refunded

/**
 * Makes a refund. Refuses more than is left, disputed, uncaptured and already refunded charges, and payment methods that cannot
 * give money back. The check and the change are one step, so requests at the same time cannot pass the ceiling together.
 */
export function createRefund(books: Books, params: RefundParams): Refund {
  if (params.amount !== undefined && params.amount < 1) throw tooSmall('amount')
  const metadata = mergedMetadata({}, params.metadata)
  if (params.origin === 'customer_balance') return refundCash(books, params, metadata)
  const charge = chargeOf(books, params)
  if (isAuthorization(charge)) return release(books, charge, { metadata, reason: params.reason ?? null })
  checkRefundable(books, charge)
  const amount = amountOf(charge, params.amount)
  const wishes = {
    reverseTransfer: params.reverse_transfer === true,
    refundFee: params.refund_application_fee === true,
  }
  checkConnectWishes(charge, wishes)
  bookCharge(books, charge)
  const { status, fields, booked } = beginning(books, charge, amount, params)
  const refund = make(
    books,
    'refund',
    {
      amount,
      charge: charge.id,
      currency: charge.currency,
      customer: charge.customer,
      destination_details: destination(charge),
      metadata,
      payment_intent: charge.payment_intent,
      payment_method: charge.payment_method,
      reason: params.reason ?? null,
      status,
      ...fields,
    },
    isCard(charge) ? 're' : 'pyr',
  )
  if (booked) bookRefund(books, charge, refund)
  if (status !== 'failed') refundConnect(books, charge, refund, wishes)
  emit(books, 'refund.created', refund)
  if (status === 'failed') emit(books, 'refund.failed', refund)
  else countOnCharge(books, charge, amount, 'charge.refunded')
  planAhead(books, charge, refund)
  return refund
}

/** Pays out what the customer left in the cash balance: a refund without a charge. */
function refundCash(books: Books, params: RefundParams, metadata: Record<string, string>): Refund {
  const { customer: customerId, amount } = params
  for (const name of ['customer', 'currency', 'amount'] as const) {
    if (params[name] === undefined)
      throw invalid(`Missing required param: ${name}.`, { code: 'parameter_missing', param: name })
  }
  const customer = need(books, 'customer', String(customerId), 'customer')
  const currency = currencyOf(String(params.currency))
  const email = params.instructions_email ?? customer.email
  if (!email) throw refused('An email address is required: pass instructions_email.', { param: 'instructions_email' })
  changeCash(books, customer.id, currency, -(amount ?? 0), { type: 'refunded_from_payment' })
  const branch = `${bankTransfer[currency] ?? 'us'}_bank_transfer`
  const refund = make(
    books,
    'refund',
    {
      amount: amount ?? 0,
      currency,
      customer: customer.id,
      metadata,
      reason: params.reason ?? null,
      status: 'requires_action',
      instructions_email: email,
      next_action: askingForDetails(books, email),
      destination_details: { type: branch, [branch]: { reference: null, reference_status: null } } as never,
    },
    'pyr',
  )
  emit(books, 'refund.created', refund)
  at(books, now(books) + daysToAnswer * day, 'refund.unanswered', { refund: refund.id })
  return refund
}

export const refundOperations: Operations = {
  'POST /v1/refunds': operation<RefundParams>(({ books }, params) => createRefund(books, params)),
  'GET /v1/refunds': listing('refund', { equal: ['charge', 'payment_intent'] }),
  'GET /v1/refunds/{id}': retrieving('refund', 'refund'),
  'POST /v1/refunds/{id}': operation<Stripe.RefundUpdateParams>(({ books, path }, params) => {
    const refund = need(books, 'refund', path['id'] ?? '', 'refund')
    changed(
      books,
      'refund',
      refund,
      { metadata: mergedMetadata(refund.metadata, params.metadata) },
      'refund.updated',
      'charge.refund.updated',
    )
    return refund
  }),
  'POST /v1/refunds/{id}/cancel': ({ books, path }) => {
    const refund = need(books, 'refund', path['id'] ?? '', 'refund')
    if (refund.status !== 'requires_action') throw refused('Canceling this refund is unsupported.')
    moveRefund(books, refund, { to: 'canceled', reason: 'merchant_request' })
    return refund
  },
  'POST /v1/test_helpers/refunds/{id}/expire': ({ books, path }) => {
    const refund = need(books, 'refund', path['id'] ?? '', 'refund')
    if (refund.status !== 'requires_action') throw refused('Only refunds in the status requires_action can be expired.')
    giveUpAsking(books, refund)
    return refund
  },
}
