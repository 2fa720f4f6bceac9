import { changeCash } from './cash-balance.ts'
import { bookCharge, isCard, last4Of } from './charges.ts'
import { changed } from './events.ts'
import { resolveInquiries, updateWarnings } from './inquiries.ts'
import type { Charge, Refund, RefundStatus } from './kinds.ts'
import { available, record } from './ledger.ts'
import { daysToAnswer, day, askingForDetails } from './refund-rules.ts'
import { find, rowsWith, set } from './rows.ts'
import { at, later, now } from './world.ts'
import type { Books, TaskHandler } from './world.ts'

/** Which status may follow which. `succeeded` is not the end: a bank may send the money back for weeks. */
const arrows: Readonly<Record<RefundStatus, readonly RefundStatus[]>> = {
  pending: ['succeeded', 'requires_action', 'failed'],
  requires_action: ['pending', 'canceled', 'failed'],
  succeeded: ['requires_action', 'failed'],
  failed: [],
  canceled: [],
}

/** Takes the amount of a refund from the balance. */
export function bookRefund(books: Books, charge: Charge, refund: Refund): void {
  const type = isCard(charge) ? 'refund' : 'payment_refund'
  const line = record(books, {
    type,
    amount: -refund.amount,
    currency: refund.currency,
    source: refund.id,
    description: `REFUND FOR CHARGE (${charge.id})`,
  })
  set(books, 'refund', refund, { balance_transaction: line.id })
}

/** Adds to (or takes from) what the charge says was refunded, and tells of it. */
export function countOnCharge(books: Books, charge: Charge, amount: number, type: string): void {
  const amount_refunded = charge.amount_refunded + amount
  const whole = charge.status === 'pending' ? charge.amount : charge.amount_captured
  changed(books, 'charge', charge, { amount_refunded, refunded: amount_refunded === whole && whole > 0 }, type)
  updateWarnings(books, charge)
  if (charge.refunded) resolveInquiries(books, charge)
}

/** Puts on the agenda what will become of a new refund. */
export function planAhead(books: Books, charge: Charge, refund: Refund): void {
  const args = { refund: refund.id }
  if (refund.status === 'requires_action') at(books, now(books) + daysToAnswer * day, 'refund.unanswered', args)
  const stuck = books.world.settings.refundsStayPending
  if (refund.pending_reason === 'processing' && !stuck) later(books, 'refundSettles', 'refund.settle', args)
  if (refund.pending_reason === 'insufficient_funds') {
    later(books, 'refundSettles', 'refund.try_balance', args)
    later(books, 'refundWithoutBalanceFails', 'refund.balance_deadline', args)
  }
  if (refund.status === 'succeeded' && last4Of(charge) === '5126') later(books, 'refundBounces', 'refund.bounce', args)
  else if (refund.status === 'succeeded') later(books, 'refundReference', 'refund.reference', args)
}

type Move = { to: RefundStatus; reason?: string }

/**
 * Moves a refund along an arrow of the table. `failed` and `canceled` give the money back to the balance and the amount back to the
 * charge. Returns false, and does nothing, where the table has no such arrow.
 */
export function moveRefund(books: Books, refund: Refund, { to, reason }: Move): boolean {
  if (!arrows[refund.status].includes(to)) return false
  const ended = to === 'failed' || to === 'canceled'
  const patch: Partial<Refund> = { status: to }
  if (ended) patch.failure_reason = reason ?? 'unknown'
  if (ended && refund.balance_transaction !== null) {
    const line = record(books, {
      type: 'refund_failure',
      amount: refund.amount,
      currency: refund.currency,
      source: refund.id,
      description: 'REFUND FAILURE',
    })
    patch.failure_balance_transaction = line.id
  }
  if (to === 'requires_action') {
    const email = refund.instructions_email ?? find(books, 'customer', refund.customer)?.email ?? 'customer@example.com'
    Object.assign(patch, { next_action: askingForDetails(books, email), instructions_email: email })
    at(books, now(books) + daysToAnswer * day, 'refund.unanswered', { refund: refund.id })
  }
  const charge = find(books, 'charge', refund.charge)
  if (to === 'succeeded' && charge && refund.balance_transaction === null) {
    bookCharge(books, charge)
    bookRefund(books, charge, refund)
  }
  dropFields(refund, to)
  changed(
    books,
    'refund',
    refund,
    patch,
    'refund.updated',
    'charge.refund.updated',
    ...(to === 'failed' ? ['refund.failed'] : []),
  )
  if (ended) giveBack(books, charge, refund)
  if (to === 'pending') later(books, 'refundSettles', 'refund.settle', { refund: refund.id })
  if (to === 'succeeded') later(books, 'refundReference', 'refund.reference', { refund: refund.id })
  return true
}

/** Fields that Stripe leaves out once they mean nothing. */
function dropFields(refund: Refund, to: RefundStatus): void {
  if (to !== 'pending') delete refund.pending_reason
  if (to !== 'requires_action') delete refund.next_action
}

/** The amount goes back to the charge; what came out of a customer's cash balance goes back there. */
function giveBack(books: Books, charge: Charge | undefined, refund: Refund): void {
  if (charge) countOnCharge(books, charge, -refund.amount, 'charge.updated')
  else if (refund.customer !== null) {
    changeCash(books, refund.customer, refund.currency, refund.amount, { type: 'unapplied_from_payment' })
  }
}

/**
 * The customer never said where to send a bank transfer. The refund fails, and the money waits in the customer's cash balance: it
 * leaves the account's balance by an adjustment, so that it is not there twice.
 */
export function giveUpAsking(books: Books, refund: Refund): void {
  if (
    !moveRefund(books, refund, { to: 'failed', reason: 'unknown' }) ||
    refund.customer === null ||
    !find(books, 'charge', refund.charge)
  )
    return
  const { customer, currency, amount } = refund
  record(books, {
    type: 'adjustment',
    category: 'other_adjustment',
    amount: -amount,
    currency,
    source: null,
    description: `Cash balance of ${customer}`,
  })
  changeCash(books, customer, currency, amount, { type: 'unapplied_from_payment' })
}

/** What follows when a payment that was still pending has cleared, or has not. */
export function afterChargeCleared(books: Books, charge: Charge): void {
  for (const refund of rowsWith(books, 'refund', 'charge', charge.id)) {
    if (refund.pending_reason === 'charge_pending')
      moveRefund(books, refund, {
        to: charge.status === 'failed' ? 'failed' : 'succeeded',
        reason: 'declined',
      })
  }
}

/** A dispute takes over: refunds that were on their way fail, because the bank now decides. */
export function failPendingRefunds(books: Books, charge: Charge, since: number | null): void {
  for (const refund of rowsWith(books, 'refund', 'charge', charge.id)) {
    const caught =
      refund.status === 'pending' ||
      refund.status === 'requires_action' ||
      (since !== null && refund.status === 'succeeded' && refund.created >= since)
    if (caught) moveRefund(books, refund, { to: 'failed', reason: 'charge_for_pending_refund_disputed' })
  }
}

const whenFound =
  (act: (books: Books, refund: Refund) => void): TaskHandler =>
  (books, args) => {
    const refund = find(books, 'refund', String(args['refund']))
    if (refund) act(books, refund)
  }

export const refundTasks: Readonly<Record<string, TaskHandler>> = {
  'refund.settle': whenFound((books, refund) => {
    if (refund.status === 'pending') moveRefund(books, refund, { to: 'succeeded' })
  }),
  'refund.bounce': whenFound((books, refund) => {
    moveRefund(books, refund, { to: 'failed', reason: 'expired_or_canceled_card' })
  }),
  'refund.reference': whenFound((books, refund) => {
    const card = refund.destination_details?.card
    if (!card || card.reference || refund.status !== 'succeeded') return
    const reference = `7${String(refund.created).padStart(10, '0')}${refund.id.replace(/\D/g, '').padStart(12, '0').slice(-12)}`
    const destination_details = {
      ...refund.destination_details,
      card: { ...card, reference, reference_status: 'available' },
    }
    changed(
      books,
      'refund',
      refund,
      { destination_details } as Partial<Refund>,
      'refund.updated',
      'charge.refund.updated',
    )
  }),
  'refund.return': whenFound((books, refund) => {
    moveRefund(books, refund, { to: 'requires_action' })
  }),
  'refund.unanswered': whenFound((books, refund) => {
    const asked = refund.next_action?.display_details?.expires_at ?? 0
    if (refund.status === 'requires_action' && asked <= now(books)) giveUpAsking(books, refund)
  }),
  'refund.try_balance': whenFound((books, refund) => {
    if (refund.pending_reason !== 'insufficient_funds') return
    if (available(books, refund.currency) >= refund.amount) moveRefund(books, refund, { to: 'succeeded' })
    else later(books, 'refundSettles', 'refund.try_balance', { refund: refund.id })
  }),
  'refund.balance_deadline': whenFound((books, refund) => {
    if (refund.pending_reason === 'insufficient_funds')
      moveRefund(books, refund, { to: 'failed', reason: 'insufficient_funds' })
  }),
}
