import type Stripe from 'stripe'
import { captureIntent } from './captures.ts'
import { bookCharge, createCharge, expireLater } from './charges.ts'
import { declines } from './confirmations.ts'
import { blank } from './description.ts'
import { disputeByTestCard } from './disputes.ts'
import { cardError, invalid, refused } from './errors.ts'
import { changed, emit } from './events.ts'
import type { Charge, PaymentIntent } from './kinds.ts'
import { currencyOf, spell } from './money.ts'
import { checkAmount } from './payment-intents.ts'
import { paymentMethodFor } from './payment-methods.ts'
import { find, mergedMetadata, need, operation, set, tooSmall } from './rows.ts'
import type { Operations } from './rows.ts'
import type { Books } from './world.ts'

type Params = Omit<Stripe.ChargeCreateParams, 'metadata'> & { metadata?: unknown }

/** A charge as it was made before payment intents: refund products still meet them in old histories. */
function create(books: Books, params: Params): Charge {
  if (params.amount === undefined)
    throw invalid('Missing required param: amount.', { code: 'parameter_missing', param: 'amount' })
  const currency = currencyOf(params.currency)
  checkAmount(params.amount, currency)
  const customer = params.customer === undefined ? null : need(books, 'customer', params.customer, 'customer', 400)
  const source = params.source ?? customer?.invoice_settings.default_payment_method
  if (!source) throw refused('Must provide source or customer.', { code: 'parameter_missing', param: 'source' })
  const method = paymentMethodFor(books, source, 'source')
  const intent = {
    ...blank('payment_intent'),
    amount: params.amount,
    currency,
    customer: customer?.id ?? null,
    description: params.description ?? null,
    metadata: mergedMetadata({}, params.metadata),
    receipt_email: params.receipt_email ?? null,
  } as PaymentIntent
  const failure = declines[method.card?.last4 ?? '']
  const outcome = failure ?? (params.capture === false ? 'authorized' : 'captured')
  const charge = createCharge(books, { intent, method, outcome })
  set(books, 'charge', charge, { payment_intent: null })
  if (failure) {
    emit(books, 'charge.failed', charge)
    throw cardError(failure.message, { code: failure.code, decline_code: failure.decline, charge: charge.id })
  }
  bookCharge(books, charge)
  emit(books, 'charge.succeeded', charge)
  if (charge.captured) disputeByTestCard(books, charge)
  else expireLater(books, charge)
  return charge
}

function capture(books: Books, charge: Charge, amount: number | undefined): Charge {
  const intent = find(books, 'payment_intent', charge.payment_intent)
  if (intent) {
    captureIntent(books, intent, amount === undefined ? {} : { amount_to_capture: amount })
    return charge
  }
  if (charge.captured)
    throw refused(`Charge ${charge.id} has already been captured.`, { code: 'charge_already_captured' })
  if (charge.refunded || charge.status !== 'succeeded')
    throw refused(`Charge ${charge.id} cannot be captured any more.`, { code: 'charge_expired_for_capture' })
  const taken = amount ?? charge.amount
  if (taken < 1) throw tooSmall('amount')
  if (taken > charge.amount) {
    throw refused(
      `The amount to capture (${spell(taken, charge.currency)}) is greater than the charge (${spell(charge.amount, charge.currency)}).`,
      { param: 'amount' },
    )
  }
  changed(books, 'charge', charge, { captured: true, amount_captured: taken }, 'charge.captured')
  bookCharge(books, charge)
  disputeByTestCard(books, charge)
  return charge
}

export const plainChargeOperations: Operations = {
  'POST /v1/charges': operation<Params>(({ books }, params) => create(books, params)),
  'POST /v1/charges/{id}/capture': operation<{ amount?: number }>(({ books, path }, { amount }) =>
    capture(books, need(books, 'charge', path['id'] ?? ''), amount),
  ),
}
