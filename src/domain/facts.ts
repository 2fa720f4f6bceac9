import type { Money } from './money.ts'

/**
 * Everything a policy may know, gathered before it is asked. `undefined` means *unknown* (missing or late), never "no":
 * a rule whose line needs an unknown fact neither matches nor silently passes. Instants are `Date`s in UTC.
 */
export type Facts = {
  readonly now: Date
  readonly payment: PaymentFacts
  readonly customer: CustomerFacts
  /** Undefined for a payment that belongs to no subscription (that is known, not unknown). */
  readonly subscription: SubscriptionFacts | undefined
  readonly request: RequestFacts
  /** The merchant's own facts by their declared name, e.g. `usage.share`. What is absent or too old is unknown. */
  readonly merchant: Readonly<Record<string, MerchantFact>>
}

export type PaymentFacts = {
  readonly id: string
  /** What was captured. */
  readonly amount: Money
  /** What other refunds already hold or took, including those made outside of Moneyback. */
  readonly refunded: Money
  /** Captured minus refunded: the most that can still be given back. */
  readonly refundable: Money
  readonly paid_at: Date
  readonly captured: boolean
  /** Stripe's payment method type: `card`, `sepa_debit`, `customer_balance`, … */
  readonly method: string | undefined
  /** Where the dispute stands: an inquiry and a won dispute leave a payment refundable. */
  readonly dispute: 'none' | 'inquiry' | 'open' | 'won' | 'lost'
  readonly fraud_warning: boolean
  readonly product: string | undefined
  readonly product_name: string | undefined
  /** The price's interval; `once` for a one-off payment. */
  readonly interval: 'day' | 'week' | 'month' | 'year' | 'once'
  readonly interval_count: number
  /** The first payment of this customer for this product; false for a renewal. */
  readonly first: boolean
  readonly invoice: string | undefined
  readonly period_start: Date | undefined
  readonly period_end: Date | undefined
  readonly quantity: number
}

export type CustomerFacts = {
  readonly id: string
  readonly created_at: Date | undefined
  /** ISO 3166 alpha-2 in upper case. */
  readonly country: string | undefined
  /** All that was captured from this customer less what was refunded, in the payment's currency. */
  readonly lifetime_value: Money
  /** When each earlier refund (approved and not failed or canceled) and each earlier request was made. */
  readonly refunded_at: readonly Date[]
  readonly requested_at: readonly Date[]
  /** What was paid in the payment's currency and not given back, by when; the newest 1000. Unknown when absent. */
  readonly paid?: readonly { readonly at: Date; readonly amount: Money }[]
  readonly disputes: number
  /** The customer's metadata `tags` in Stripe, cut at its commas. */
  readonly tags: readonly string[]
}

export type SubscriptionFacts = {
  readonly id: string
  readonly status: string
  readonly started_at: Date
  readonly trial_end: Date | undefined
  /** The period that this payment paid for is the one running now (Stripe: line period equals item period). */
  readonly current_period: boolean
}

export type RequestFacts = {
  /** What was asked for; the refundable rest when nothing was said. */
  readonly amount: Money
  readonly reason: string
  readonly channel: string
  readonly comment_length: number
  /** 1 for the first request on this payment. */
  readonly attempt: number
}

/** A fact pushed by the merchant: its value and when it was true. */
export type MerchantFact = { readonly value: string | number | boolean; readonly as_of: Date }
