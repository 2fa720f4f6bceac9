import type { Facts } from '../facts.ts'
import { refundableUntilAtStripe, rulesOfMethod } from '../payment-methods.ts'
import { guardSentences } from './guard-sentences.ts'
import type { Sentences } from './policy.ts'

/** What no policy can write away: money that can't be given back at all. */
export type Guard = {
  readonly id: `guard:${string}`
  readonly trips: (facts: Facts) => boolean
  readonly condition: string
  readonly required: string
  readonly actual: (facts: Facts) => string
  readonly because: string
  readonly say: Sentences
}

export const guards: readonly Guard[] = [
  {
    id: 'guard:not_captured',
    trips: ({ payment }) => !payment.captured,
    condition: 'payment.captured',
    required: 'the payment was captured',
    actual: () => 'not captured',
    because: 'The payment was never captured, so there is nothing to give back.',
    say: guardSentences.not_captured,
  },
  {
    id: 'guard:disputed',
    trips: ({ payment }) => payment.dispute === 'open' || payment.dispute === 'lost',
    condition: 'payment.dispute in ["none", "inquiry", "won"]',
    required: 'no open or lost dispute',
    actual: ({ payment }) => (payment.dispute === 'lost' ? 'a lost dispute' : 'an open dispute'),
    because: 'The bank has taken over this payment in a dispute. A refund beside it would pay twice.',
    say: guardSentences.disputed,
  },
  {
    id: 'guard:already_refunded',
    trips: ({ payment }) => payment.refundable.minor <= 0,
    condition: 'payment.refundable > 0',
    required: 'something left to refund',
    actual: () => 'nothing left',
    because: 'All of this payment was already refunded.',
    say: guardSentences.already_refunded,
  },
  {
    id: 'guard:method_without_refund',
    trips: ({ payment }) => rulesOfMethod(payment.method).without_refund === true,
    condition: 'payment.method can be refunded',
    required: 'a payment method that can be refunded',
    actual: ({ payment }) => payment.method ?? 'unknown',
    because: 'Stripe cannot send money back to this payment method.',
    say: guardSentences.method_without_refund,
  },
  {
    id: 'guard:method_window_over',
    trips: ({ payment, now }) => {
      const until = refundableUntilAtStripe(payment.method, payment.paid_at)
      return until !== undefined && now > until
    },
    condition: 'the payment method still takes refunds',
    required: 'within the time in which Stripe refunds this payment method',
    actual: ({ payment }) => `paid by ${payment.method} on ${payment.paid_at.toISOString().slice(0, 10)}`,
    because: 'Stripe no longer sends money back to this payment method: too much time has passed.',
    say: guardSentences.method_window_over,
  },
  {
    id: 'guard:wrong_currency',
    trips: ({ payment, request }) => request.amount.currency !== payment.amount.currency,
    condition: 'the currency of the request is that of the payment',
    required: 'the currency of the payment',
    actual: ({ request }) => request.amount.currency,
    because: 'The amount was asked in another currency than was paid.',
    say: guardSentences.wrong_currency,
  },
  {
    id: 'guard:nothing_asked',
    trips: ({ request }) => request.amount.minor <= 0,
    condition: 'request.amount > 0',
    required: 'an amount above zero',
    actual: () => 'nothing',
    because: 'Nothing was asked for.',
    say: guardSentences.nothing_asked,
  },
]
