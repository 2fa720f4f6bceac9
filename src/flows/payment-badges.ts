import type { App } from '../app.ts'
import { findOpenRequest, requestsOfPayment } from '../db/requests.ts'
import type { PaymentRow } from '../db/payments.ts'
import { mayBeUndone } from '../domain/undo.ts'
import { decide } from '../domain/policy/decide.ts'
import { refundableUntil } from '../domain/policy/refundable-until.ts'
import { sayIn } from '../domain/policy/say.ts'
import { gatherFacts } from './gather-facts.ts'
import { policyFor } from './judge.ts'

export type PaymentBadge = {
  readonly kind: 'refundable' | 'review' | 'not_refundable' | 'on_its_way' | 'refunded' | 'in_review'
  /** Until when a request would be answered like this; null when that doesn't depend on time. */
  readonly until: Date | null
  /** One sentence for the customer, in `locale`. */
  readonly because: string
  /** What would be paid now, minor units. */
  readonly amount_minor: number
}

/** What each payment's owner can expect, by the policy that judges it. From our own books; Stripe is not asked. */
export async function paymentBadges(
  app: App,
  payments: readonly PaymentRow[],
  locale = 'en',
): Promise<Map<string, PaymentBadge>> {
  const badges = await Promise.all(
    payments.map(async (payment) => [payment.id, await badgeOf(app, payment, locale)] as const),
  )
  return new Map(badges)
}

async function badgeOf(app: App, payment: PaymentRow, locale: string): Promise<PaymentBadge> {
  const now = app.now()
  const open = await findOpenRequest(app.db, app.account, payment.id)
  if (open) {
    const kind = open.status === 'approved' && !mayBeUndone(open, now) ? 'on_its_way' : 'in_review'
    return { kind, until: open.due_at, because: '', amount_minor: open.asked_minor ?? 0 }
  }
  if (payment.captured_minor > 0 && payment.reserved_minor >= payment.captured_minor) {
    return { kind: 'refunded', until: null, because: '', amount_minor: 0 }
  }
  const before = await requestsOfPayment(app.db, app.account, payment.id)
  if (before.some((request) => mayBeUndone(request, now)))
    return { kind: 'in_review', until: null, because: '', amount_minor: 0 }
  const attempt = 1 + before.length
  const [{ policy, version }, facts] = await Promise.all([
    policyFor(app, payment, now),
    gatherFacts(app, payment, {
      amount_minor: null,
      reason: 'other',
      channel: 'portal',
      comment_length: 0,
      attempt,
      at: now,
    }),
  ])
  const decision = decide(policy, facts, version)
  const kind = ({ approve: 'refundable', review: 'review', deny: 'not_refundable' } as const)[decision.verdict]
  const until = decision.verdict === 'deny' ? undefined : refundableUntil(policy, facts)
  return {
    kind,
    until: until?.verdict === decision.verdict ? (until.until ?? null) : null,
    because: sayIn(decision, locale),
    amount_minor: decision.amount.minor,
  }
}
