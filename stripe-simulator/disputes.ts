import type Stripe from 'stripe'
import { last4Of } from './charges.ts'
import { refused } from './errors.ts'
import { changed, emit } from './events.ts'
import { ended, isInquiry, updateWarnings } from './inquiries.ts'
import type { Charge, Dispute } from './kinds.ts'
import { record } from './ledger.ts'
import { digitsOf } from './money.ts'
import { failPendingRefunds } from './refund-moves.ts'
import { find, listing, make, mergedMetadata, need, operation, retrieving, set } from './rows.ts'
import type { Operations } from './rows.ts'
import { at, later, now } from './world.ts'
import type { Books, TaskHandler } from './world.ts'

const day = 86_400

const daysToAnswer = 9

const daysOfInquiry = 120

const feeByDigits: Readonly<Record<number, number>> = { 0: 1500, 2: 1500, 3: 15_000 }

type Opening = { readonly reason?: string; readonly inquiry?: boolean; readonly amount?: number }

/** The customer's bank disputes a charge, or asks about it. A dispute takes the money at once; an inquiry takes nothing. */
export function openDispute(
  books: Books,
  charge: Charge,
  { reason = 'fraudulent', inquiry = false, amount }: Opening,
): Dispute {
  const left = charge.amount_captured - charge.amount_refunded
  const dispute = make(books, 'dispute', {
    amount: Math.min(amount ?? left, charge.amount_captured),
    charge: charge.id,
    currency: charge.currency,
    evidence_details: {
      due_by: now(books) + (inquiry ? daysOfInquiry : daysToAnswer) * day,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    is_charge_refundable: inquiry,
    payment_intent: charge.payment_intent,
    payment_method_details: {
      type: 'card',
      card: {
        brand: charge.payment_method_details?.card?.brand ?? 'visa',
        case_type: inquiry ? 'inquiry' : 'chargeback',
        network: 'visa',
        network_reason_code: '10.4',
      } as never,
    },
    reason,
    status: inquiry ? 'warning_needs_response' : 'needs_response',
  })
  set(books, 'charge', charge, { disputed: true })
  emit(books, 'charge.dispute.created', dispute)
  if (!inquiry) {
    withdraw(books, dispute)
    failPendingRefunds(books, charge, null)
  }
  updateWarnings(books, charge)
  at(books, dispute.evidence_details.due_by ?? 0, 'dispute.due', { dispute: dispute.id })
  return dispute
}

function withdraw(books: Books, dispute: Dispute): void {
  const fee = feeByDigits[digitsOf(dispute.currency)] ?? 1500
  const line = record(books, {
    type: 'adjustment',
    amount: -dispute.amount,
    fee,
    currency: dispute.currency,
    source: dispute.id,
    description: `Chargeback withdrawal for ${dispute.charge}`,
  })
  changed(
    books,
    'dispute',
    dispute,
    { balance_transactions: [...dispute.balance_transactions, { ...line } as never] },
    'charge.dispute.funds_withdrawn',
  )
}

/** Ends a dispute. Won: the money comes back (the fee does not) and the charge may be refunded again. */
export function closeDispute(books: Books, dispute: Dispute, outcome: 'won' | 'lost'): void {
  if (ended.has(dispute.status)) throw refused('This dispute is already closed')
  if (isInquiry(dispute)) {
    changed(
      books,
      'dispute',
      dispute,
      { status: outcome === 'won' ? 'warning_closed' : 'lost', is_charge_refundable: outcome === 'won' },
      'charge.dispute.closed',
    )
    return
  }
  changed(
    books,
    'dispute',
    dispute,
    { status: outcome, is_charge_refundable: outcome === 'won' },
    'charge.dispute.closed',
  )
  if (outcome === 'won') reinstate(books, dispute)
}

function reinstate(books: Books, dispute: Dispute): void {
  const line = record(books, {
    type: 'adjustment',
    amount: dispute.amount,
    currency: dispute.currency,
    source: dispute.id,
    description: `Chargeback reversal for ${dispute.charge}`,
  })
  changed(
    books,
    'dispute',
    dispute,
    { balance_transactions: [...dispute.balance_transactions, { ...line } as never] },
    'charge.dispute.funds_reinstated',
  )
}

/** An inquiry becomes a dispute: the money goes, and refunds that were made meanwhile fail. */
export function escalate(books: Books, dispute: Dispute): void {
  if (!isInquiry(dispute) || ended.has(dispute.status)) throw refused('Only an open inquiry can escalate.')
  const charge = need(books, 'charge', dispute.charge)
  failPendingRefunds(books, charge, dispute.created)
  const due_by = now(books) + daysToAnswer * day
  const details = { ...dispute.evidence_details, due_by, has_evidence: false }
  changed(
    books,
    'dispute',
    dispute,
    { status: 'needs_response', is_charge_refundable: false, evidence_details: details },
    'charge.dispute.updated',
  )
  withdraw(books, dispute)
  at(books, due_by, 'dispute.due', { dispute: dispute.id })
}

/** The issuer suspects fraud. Nothing moves; a refund now may spare a dispute. */
export function openWarning(books: Books, charge: Charge, fraudType = 'made_with_stolen_card') {
  const warning = make(books, 'radar.early_fraud_warning', {
    actionable: !charge.disputed && !charge.refunded,
    charge: charge.id,
    fraud_type: fraudType,
    ...(charge.payment_intent === null ? {} : { payment_intent: charge.payment_intent }),
  })
  emit(books, 'radar.early_fraud_warning.created', warning)
  return warning
}

/** What the test cards stand for, once their payment has gone through. */
export function disputeByTestCard(books: Books, charge: Charge): void {
  const last4 = last4Of(charge)
  if (last4 === '0259') openDispute(books, charge, {})
  if (last4 === '2685') openDispute(books, charge, { reason: 'product_not_received' })
  if (last4 === '1976') openDispute(books, charge, { inquiry: true })
  if (last4 === '5423') openWarning(books, charge)
}

function update(books: Books, dispute: Dispute, params: Stripe.DisputeUpdateParams): Dispute {
  if (ended.has(dispute.status)) throw refused('This dispute is already closed')
  const evidence = { ...dispute.evidence, ...params.evidence } as Dispute['evidence']
  const submitted = params.submit === true
  const details = dispute.evidence_details
  const evidence_details: Dispute['evidence_details'] = {
    ...details,
    has_evidence: details.has_evidence || params.evidence !== undefined,
    submission_count: details.submission_count + (submitted ? 1 : 0),
    submission_method: submitted ? 'manual' : details.submission_method,
  }
  const status = submitted ? (isInquiry(dispute) ? 'warning_under_review' : 'under_review') : dispute.status
  const metadata = mergedMetadata(dispute.metadata, params.metadata)
  const method = params.intended_submission_method ?? dispute.intended_submission_method
  changed(
    books,
    'dispute',
    dispute,
    { evidence, evidence_details, status, metadata, intended_submission_method: method as never },
    'charge.dispute.updated',
  )
  if (submitted)
    later(books, 'disputeDecided', 'dispute.decide', {
      dispute: dispute.id,
      text: evidence.uncategorized_text ?? '',
    })
  return dispute
}

export const disputeTasks: Readonly<Record<string, TaskHandler>> = {
  'dispute.decide': (books, args) => {
    const dispute = find(books, 'dispute', String(args['dispute']))
    if (!dispute || ended.has(dispute.status)) return
    const text = String(args['text'])
    if (text.includes('winning_evidence')) closeDispute(books, dispute, 'won')
    else if (text.includes('losing_evidence')) closeDispute(books, dispute, 'lost')
    else if (text.includes('escalate_inquiry_evidence') && isInquiry(dispute)) escalate(books, dispute)
  },
  'dispute.due': (books, args) => {
    const dispute = find(books, 'dispute', String(args['dispute']))
    if (!dispute || ended.has(dispute.status) || (dispute.evidence_details.due_by ?? 0) > now(books)) return
    const evidence_details = { ...dispute.evidence_details, past_due: true }
    if (dispute.status === 'needs_response') {
      set(books, 'dispute', dispute, { evidence_details })
      closeDispute(books, dispute, 'lost')
    } else if (isInquiry(dispute)) closeDispute(books, dispute, 'won')
  },
}

export const disputeOperations: Operations = {
  'GET /v1/disputes': listing('dispute', { equal: ['charge', 'payment_intent'] }),
  'GET /v1/disputes/{id}': retrieving('dispute', 'dispute'),
  'POST /v1/disputes/{id}': operation<Stripe.DisputeUpdateParams>(({ books, path }, params) =>
    update(books, need(books, 'dispute', path['id'] ?? '', 'dispute'), params),
  ),
  'POST /v1/disputes/{id}/close': ({ books, path }) => {
    const dispute = need(books, 'dispute', path['id'] ?? '', 'dispute')
    closeDispute(books, dispute, 'lost')
    return dispute
  },
  'GET /v1/radar/early_fraud_warnings': listing('radar.early_fraud_warning', {
    equal: ['charge', 'payment_intent'],
  }),
  'GET /v1/radar/early_fraud_warnings/{id}': retrieving('radar.early_fraud_warning'),
  'GET /v1/reviews': listing('review'),
  'GET /v1/reviews/{id}': retrieving('review'),
  'POST /v1/reviews/{id}/approve': ({ books, path }) => {
    const review = need(books, 'review', path['id'] ?? '')
    if (!review.open) throw refused('This review is already closed.')
    changed(books, 'review', review, { open: false, reason: 'approved', closed_reason: 'approved' }, 'review.closed')
    return review
  },
}
