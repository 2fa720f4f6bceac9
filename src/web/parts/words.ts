import { cardBrands } from '../../domain/card-brands.ts'
import type { AccessChoice, Verdict } from '../../domain/decision.ts'
import type { RefundStatus } from '../../domain/refund.ts'
import type { RequestStatus } from '../../domain/request.ts'

/** What a colour may mean. Each is always shown with its word. */
export type Tone = 'approve' | 'review' | 'deny' | 'waiting' | 'quiet'

export const requestWords = {
  submitted: { word: 'Being checked', tone: 'waiting' },
  in_review: { word: 'In review', tone: 'review' },
  approved: { word: 'Refund on its way', tone: 'waiting' },
  refunded: { word: 'Refunded', tone: 'approve' },
  failed: { word: 'Refund failed', tone: 'deny' },
  denied: { word: 'Denied', tone: 'deny' },
  withdrawn: { word: 'Withdrawn', tone: 'quiet' },
  handled: { word: 'Handled elsewhere', tone: 'approve' },
  merged: { word: 'Merged', tone: 'quiet' },
} as const satisfies Record<RequestStatus, { word: string; tone: Tone }>

export const refundWords = {
  reserved: { word: 'Set aside', tone: 'waiting' },
  unconfirmed: { word: 'Sent, waiting for Stripe', tone: 'waiting' },
  pending: { word: 'With the bank', tone: 'waiting' },
  requires_action: { word: 'Waits for the customer', tone: 'review' },
  succeeded: { word: 'Sent to the card', tone: 'approve' },
  failed: { word: 'Failed', tone: 'deny' },
  canceled: { word: 'Canceled', tone: 'quiet' },
} as const satisfies Record<RefundStatus, { word: string; tone: Tone }>

export const verdictWords = {
  approve: { word: 'Approve', tone: 'approve' },
  review: { word: 'Review', tone: 'review' },
  deny: { word: 'Deny', tone: 'deny' },
} as const satisfies Record<Verdict, { word: string; tone: Tone }>

export const accessWords = {
  now: 'ends today',
  period_end: 'ends with the paid period',
  keep: 'stays as it is',
} as const satisfies Record<AccessChoice, string>

/** Where the money came from and goes back to: "Visa •4242", "sepa debit", "the original payment method". */
export function methodName(of: {
  method: string | null
  card_brand: string | null
  card_last4: string | null
}): string {
  if (of.card_last4) return `${cardBrands[of.card_brand ?? ''] ?? 'card'} •${of.card_last4}`
  return of.method ? of.method.replaceAll('_', ' ') : 'the original payment method'
}
