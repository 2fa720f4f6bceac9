const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** How long something takes, in seconds: on simulated time as in life, on real time as in a sandbox. */
type Delay = { readonly simulated: number; readonly real: number }

/** What happens when the available balance is below a refund. Sandboxes let it go below zero. */
type BalancePolicy = 'overdraw' | 'pending' | 'refuse'

export type Settings = {
  /** Multiplies every delay on real time. 0 makes everything happen at once. */
  readonly pace: number
  readonly delays: Readonly<Record<DelayName, Delay>>
  readonly balancePolicy: BalancePolicy
  /** Behaves as if nothing were available, whatever the ledger says: for one request of a fault. */
  readonly emptyBalance: boolean
  /** New refunds are pending and stay so until somebody moves them. */
  readonly refundsStayPending: boolean
  readonly idempotencyHours: number
  readonly webhookTimeoutMs: number
  /** Seconds between the tries of one delivery. After the last the delivery has failed. */
  readonly webhookRetrySeconds: {
    readonly test: readonly number[]
    readonly live: readonly number[]
    readonly real: readonly number[]
  }
  /**
   * When true, each customer who pays with 4242… has a card of their own, as in life: another fingerprint. In a sandbox of
   * Stripe, and otherwise here, a test number is one card, whoever uses it.
   */
  readonly visaPerCustomer: boolean
  /** When true, only keys that were made by the control API are known. */
  readonly strictKeys: boolean
}

type DelayName =
  | 'chargeBooked'
  | 'paymentClears'
  | 'refundSettles'
  | 'refundBounces'
  | 'refundReference'
  | 'disputeDecided'
  | 'inquiryEscalates'
  | 'refundWithoutBalanceFails'
  | 'testClockReady'

export const defaultSettings: Settings = {
  pace: 1,
  delays: {
    chargeBooked: { simulated: 1, real: 0.5 },
    paymentClears: { simulated: 4 * day, real: 2 },
    refundSettles: { simulated: 3 * day, real: 2 },
    refundBounces: { simulated: 5 * day, real: 3 },
    refundReference: { simulated: 6 * day, real: 4 },
    disputeDecided: { simulated: 30 * day, real: 3 },
    inquiryEscalates: { simulated: 5 * day, real: 3 },
    refundWithoutBalanceFails: { simulated: 30 * day, real: 30 * day },
    testClockReady: { simulated: 0, real: 0.2 },
  },
  balancePolicy: 'overdraw',
  emptyBalance: false,
  refundsStayPending: false,
  idempotencyHours: 24,
  webhookTimeoutMs: 10_000,
  webhookRetrySeconds: {
    test: [5 * minute, hour, 3 * hour],
    live: [5 * minute, hour, 3 * hour, 6 * hour, 12 * hour, 24 * hour, 24 * hour],
    real: [2, 10, 60],
  },
  visaPerCustomer: false,
  strictKeys: false,
}
