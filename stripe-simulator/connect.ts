import { platformOf } from './accounts.ts'
import { changed, emit } from './events.ts'
import { refused } from './errors.ts'
import type { Charge, Refund } from './kinds.ts'
import { record } from './ledger.ts'
import { share } from './money.ts'
import { find, listing, make, need, page, retrieving, rowsWith, set } from './rows.ts'
import type { Operations } from './rows.ts'
import { booksOf } from './world.ts'
import type { Books } from './world.ts'

/** What a captured charge moves between a platform and its connected accounts: transfers and application fees. */
export function bookConnect(books: Books, charge: Charge): void {
  if (charge.transfer_data) transfer(books, charge)
  else if (charge.application_fee_amount) chargeFee(books, charge, charge, platformOf(books))
}

/** A destination charge: the platform takes the payment and passes it on, the application fee kept back. */
function transfer(books: Books, charge: Charge): void {
  const destination = String(charge.transfer_data?.destination)
  const amount = charge.transfer_data?.amount ?? charge.amount_captured
  const there = booksOf(books.world, destination, books.livemode)
  const payment = make(
    there,
    'charge',
    {
      amount,
      amount_captured: amount,
      captured: true,
      currency: charge.currency,
      paid: true,
      status: 'succeeded',
      payment_method_details: { type: 'stripe_account' } as Charge['payment_method_details'],
      fraud_details: {},
      application_fee_amount: charge.application_fee_amount,
    },
    'py',
  )
  const out = make(books, 'transfer', {
    amount,
    amount_reversed: 0,
    created: charge.created,
    currency: charge.currency,
    destination,
    destination_payment: payment.id,
    livemode: books.livemode,
    metadata: {},
    reversed: false,
    source_transaction: charge.id,
    transfer_group: charge.transfer_group,
  })
  const line = record(books, { type: 'transfer', amount: -amount, currency: charge.currency, source: out.id })
  set(books, 'transfer', out, { balance_transaction: line.id })
  const fee = charge.application_fee_amount ?? 0
  const arrived = record(there, {
    type: 'payment',
    amount,
    fee,
    currency: charge.currency,
    source: payment.id,
  })
  set(there, 'charge', payment, { balance_transaction: arrived.id, source_transfer: out.id })
  set(books, 'charge', charge, { transfer: out.id })
  emit(books, 'transfer.created', out)
  if (fee > 0) chargeFee(there, charge, payment, books)
}

/** The platform's part. `shown` is the charge that names the fee; `taken` the one in the connected account. */
function chargeFee(connected: Books, shown: Charge, taken: Charge, platform: Books | null): void {
  if (!platform) return
  const amount = shown.application_fee_amount ?? 0
  const fee = make(platform, 'application_fee', {
    account: connected.account,
    amount,
    amount_refunded: 0,
    charge: taken.id,
    created: shown.created,
    currency: shown.currency,
    livemode: platform.livemode,
    refunded: false,
  })
  const line = record(platform, { type: 'application_fee', amount, currency: shown.currency, source: fee.id })
  set(platform, 'application_fee', fee, { balance_transaction: line.id })
  const shownBooks = find(platform, 'charge', shown.id) === shown ? platform : connected
  set(shownBooks, 'charge', shown, { application_fee: fee.id })
  emit(platform, 'application_fee.created', fee)
}

type Wishes = { readonly reverseTransfer: boolean; readonly refundFee: boolean }

/** Refuses what the charge cannot give, before the refund is made. */
export function checkConnectWishes(charge: Charge, { reverseTransfer, refundFee }: Wishes): void {
  if (reverseTransfer && !charge.transfer) {
    throw refused('Cannot reverse transfer on this charge because it does not have an associated transfer.', {
      param: 'reverse_transfer',
    })
  }
  if (refundFee && charge.application_fee === null) {
    throw refused('Cannot refund the application fee because this charge has no application fee.', {
      param: 'refund_application_fee',
    })
  }
}

/** Takes back, in proportion, what a refunded charge had given to others. */
export function refundConnect(
  books: Books,
  charge: Charge,
  refund: Refund,
  { reverseTransfer, refundFee }: Wishes,
): void {
  if (reverseTransfer && charge.transfer) reverse(books, charge, refund)
  if (refundFee && charge.application_fee !== null) returnFee(books, charge, refund)
}

function reverse(books: Books, charge: Charge, refund: Refund): void {
  const out = need(books, 'transfer', String(charge.transfer))
  const amount = Math.min(share(out.amount, refund.amount, charge.amount_captured), out.amount - out.amount_reversed)
  const there = booksOf(books.world, out.destination, books.livemode)
  const reversal = make(books, 'transfer_reversal', {
    amount,
    currency: out.currency,
    metadata: {},
    source_refund: refund.id,
    transfer: out.id,
  })
  const line = record(books, { type: 'transfer_refund', amount, currency: out.currency, source: reversal.id })
  set(books, 'transfer_reversal', reversal, { balance_transaction: line.id })
  set(books, 'refund', refund, { transfer_reversal: reversal.id })
  const payment = need(there, 'charge', out.destination_payment)
  const mirrored = make(
    there,
    'refund',
    {
      amount,
      charge: payment.id,
      currency: out.currency,
      metadata: {},
      status: 'succeeded',
      source_transfer_reversal: reversal.id,
    },
    'pyr',
  )
  const gone = record(there, {
    type: 'payment_refund',
    amount: -amount,
    currency: out.currency,
    source: mirrored.id,
  })
  set(there, 'refund', mirrored, { balance_transaction: gone.id })
  set(books, 'transfer_reversal', reversal, { destination_payment_refund: mirrored.id })
  const refunded = payment.amount_refunded + amount
  set(there, 'charge', payment, { amount_refunded: refunded, refunded: refunded === payment.amount_captured })
  const total = out.amount_reversed + amount
  changed(books, 'transfer', out, { amount_reversed: total, reversed: total === out.amount }, 'transfer.reversed')
}

function returnFee(books: Books, charge: Charge, refund: Refund): void {
  const platform = find(books, 'application_fee', charge.application_fee) ? books : platformOf(books)
  const fee = platform && find(platform, 'application_fee', charge.application_fee)
  if (!platform || !fee) return
  const amount = Math.min(share(fee.amount, refund.amount, charge.amount_captured), fee.amount - fee.amount_refunded)
  if (amount <= 0) return
  const back = make(platform, 'fee_refund', {
    amount,
    created: refund.created,
    currency: fee.currency,
    fee: fee.id,
    metadata: {},
  })
  const line = record(platform, {
    type: 'application_fee_refund',
    amount: -amount,
    currency: fee.currency,
    source: back.id,
  })
  set(platform, 'fee_refund', back, { balance_transaction: line.id })
  const connected = booksOf(books.world, fee.account, books.livemode)
  record(connected, {
    type: 'adjustment',
    amount,
    currency: fee.currency,
    source: back.id,
    category: 'platform_earning_refund',
    description: 'Application fee refund',
  })
  const total = fee.amount_refunded + amount
  changed(
    platform,
    'application_fee',
    fee,
    { amount_refunded: total, refunded: total === fee.amount },
    'application_fee.refunded',
  )
}

export const connectOperations: Operations = {
  'GET /v1/transfers': listing('transfer', { equal: ['destination'] }),
  'GET /v1/transfers/{id}': retrieving('transfer'),
  'GET /v1/transfers/{id}/reversals': ({ books, params, path }) => {
    const out = need(books, 'transfer', path['id'] ?? '')
    return page(
      rowsWith(books, 'transfer_reversal', 'transfer', out.id),
      params,
      `/v1/transfers/${out.id}/reversals`,
      'transfer_reversal',
    )
  },
  'GET /v1/application_fees': listing('application_fee', { equal: ['charge'] }),
  'GET /v1/application_fees/{id}': retrieving('application_fee'),
}
