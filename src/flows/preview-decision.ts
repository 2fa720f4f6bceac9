import type { App } from '../app.ts'
import type { PaymentRow } from '../db/payments.ts'
import { reasonsOf } from '../db/reasons.ts'
import { requestsOfPayment } from '../db/requests.ts'
import { lengthOf } from '../domain/comment.ts'
import type { Decision } from '../domain/decision.ts'
import { no, ok, type Result } from '../domain/refusal.ts'
import { isAway } from '../stripe/answers.ts'
import { judge } from './judge.ts'
import { lookClosely } from './look-closely.ts'
import { checkAsking, paymentFor, type Asking } from './submit-request.ts'

export type Question = Pick<Asking, 'payment' | 'amount_minor' | 'currency' | 'customer' | 'channel' | 'comment'> & {
  readonly reason?: string | undefined
}

/** What is looked at in Stripe once more when our knowledge is older than this. */
const freshForMs = 60_000

/**
 * The question without the request: what the policy would answer now. Nothing is asked for and nothing is set aside.
 * Refuses what submitRequest refuses.
 */
export async function previewDecision(
  app: App,
  question: Question,
): Promise<Result<{ decision: Decision; payment: PaymentRow }>> {
  const found = await paymentFor(app, question)
  if (!found.ok) return found
  const payment = await fresh(app, found.value)
  const wrong = checkAsking(question, payment, await reasonsOf(app.db, app.account))
  if (wrong) return no(wrong)
  const attempt = 1 + (await requestsOfPayment(app.db, app.account, payment.id)).length
  const { decision } = await judge(app, payment, {
    amount_minor: question.amount_minor ?? null,
    reason: question.reason ?? 'other',
    channel: question.channel,
    comment_length: lengthOf(question.comment),
    attempt,
    at: app.now(),
  })
  return ok({ decision, payment })
}

/** With Stripe away the answer is given from what was known last. */
async function fresh(app: App, payment: PaymentRow): Promise<PaymentRow> {
  if (app.now().getTime() - payment.seen_at.getTime() < freshForMs) return payment
  try {
    return (await lookClosely(app, payment.stripe_charge)) ?? payment
  } catch (error) {
    if (isAway(error)) return payment
    throw error
  }
}
