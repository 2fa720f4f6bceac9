import type { Desk } from './desk.ts'
import { format, money, type Money } from './money.ts'

/** One line of a sum: what it is, how much, and where the figure comes from. */
export type CostLine = { readonly what: string; readonly minor: number; readonly from: string }

export type RefundOrDispute = {
  readonly currency: string
  readonly refund: { readonly lines: readonly CostLine[]; readonly minor: number }
  /** What a dispute costs when it is lost, when it is won, and on average at the chance that is assumed. */
  readonly dispute: {
    readonly lost: readonly CostLine[]
    readonly lost_minor: number
    readonly won_minor: number
    readonly likely_minor: number
    readonly win_percent: number
  }
  /** From which share of won disputes on the dispute would cost less; null: at no chance. */
  readonly even_percent: number | null
  readonly says: string
  /** What the figures leave out, and what is only so at this payment. */
  readonly notes: readonly string[]
}

/** A statement of Stripe's documentation on which the comparison rests. */
export const disputeSources = [
  { says: 'A refund does not bring Stripe’s processing fee back.', at: 'https://docs.stripe.com/refunds' },
  { says: 'A refund does not bring the fee of a dispute back.', at: 'https://docs.stripe.com/disputes' },
] as const

/**
 * What a refund costs beside what a dispute would cost, if it comes to one. Amounts in minor units of the payment's currency.
 * `fee` is the owner's figure for one dispute, whoever wins; `win_percent` is assumed, not known. A dispute is about all of the
 * payment that was not given back, so a part that is refunded is weighed against all that is left. Null: without a rate for the
 * fee there is nothing to compare.
 */
export function refundOrDispute({
  amount_minor,
  left_minor,
  currency,
  dispute,
  fraud_warning,
  fee_minor,
  win_percent,
}: {
  readonly amount_minor: number
  readonly left_minor: number
  readonly currency: string
  readonly dispute: 'none' | 'inquiry' | 'open' | 'won' | 'lost'
  readonly fraud_warning: boolean
  readonly fee_minor: number
  readonly win_percent: number
}): RefundOrDispute {
  const refund = [{ what: 'Given back', minor: amount_minor, from: 'the amount of the refund' }]
  const lost = [
    { what: 'Taken back by the bank', minor: left_minor, from: 'all of the payment that was not given back' },
    { what: 'Fee of the dispute', minor: fee_minor, from: 'Settings, Limits and hours' },
  ]
  const lost_minor = left_minor + fee_minor
  const likely_minor = Math.round((left_minor * (100 - win_percent)) / 100) + fee_minor
  const even = left_minor === 0 ? null : 1 - (amount_minor - fee_minor) / left_minor
  const even_percent = even === null || even > 1 ? null : Math.max(0, Math.round(even * 100))
  const say = (minor: number): string => format(money(minor, currency))
  const less = amount_minor <= likely_minor ? 'The refund' : 'The dispute'
  const difference = say(Math.abs(likely_minor - amount_minor))
  return {
    currency,
    refund: { lines: refund, minor: amount_minor },
    dispute: { lost, lost_minor, won_minor: fee_minor, likely_minor, win_percent },
    even_percent,
    says:
      amount_minor === likely_minor
        ? `If it comes to a dispute, both cost the same, with ${win_percent} % of disputes won.`
        : `If it comes to a dispute: ${less.toLowerCase()} costs ${difference} less, with ${win_percent} % of disputes won.`,
    notes: notesOf({ dispute, fraud_warning, even_percent, part: amount_minor < left_minor }),
  }
}

function notesOf({
  dispute,
  fraud_warning,
  even_percent,
  part,
}: {
  dispute: 'none' | 'inquiry' | 'open' | 'won' | 'lost'
  fraud_warning: boolean
  even_percent: number | null
  part: boolean
}): string[] {
  return [
    even_percent === null
      ? 'Whatever share of disputes you win, the refund costs no more.'
      : even_percent === 0
        ? 'Whatever share of disputes you win, the dispute costs no more.'
        : `Both cost the same when you win ${even_percent} % of disputes like this one.`,
    'Stripe’s processing fee for the payment stays with Stripe in both cases.',
    dispute === 'none' &&
      !fraud_warning &&
      'Whether the customer would go to their bank is not known: without a dispute a “no” costs nothing.',
    dispute === 'inquiry' && 'The bank asks already (inquiry). A full refund settles an inquiry; a part does not.',
    dispute === 'open' && 'The dispute is open already: a refund is not possible now. Answer it in Stripe.',
    dispute === 'lost' && 'The dispute is lost: the money went back already.',
    fraud_warning &&
      'The issuer has warned of fraud. A refund often comes before the dispute; the warning itself stays counted.',
    part && 'After a part the customer can still dispute the rest.',
    'Work on the evidence, and what many disputes do to your account, are not in these sums.',
  ].filter((note) => note !== false)
}

/**
 * The owner's fee of one dispute in a currency: the one that they set for it, else that of the settlement currency, converted.
 * Undefined: there is no rate.
 */
export function disputeFee(
  currency: string,
  desk: Pick<Desk, 'currency' | 'rates' | 'dispute_fee_minor' | 'dispute_fees'>,
  convert: (amount: Money, into: string) => number | undefined,
): number | undefined {
  const own = desk.dispute_fees[currency]
  if (own !== undefined) return own
  return convert({ minor: desk.dispute_fee_minor, currency: desk.currency }, currency)
}
