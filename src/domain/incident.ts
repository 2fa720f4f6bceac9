import { money, shareRoundedDown, step } from './money.ts'

/** How much each payment gets back. Percent is of what was paid. */
export type IncidentAmount =
  | { readonly kind: 'full' }
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'fixed'; readonly minor: number; readonly currency: string }

/** Whose payments: those of a list, or those that a question finds. */
export type IncidentWho =
  | { readonly kind: 'list'; readonly given: number; readonly unreadable: number }
  | {
      readonly kind: 'query'
      readonly product?: string | undefined
      readonly from?: string | undefined
      readonly to?: string | undefined
      readonly currency?: string | undefined
      readonly q?: string | undefined
    }

export type IncidentPayment = {
  readonly captured_minor: number
  readonly left_minor: number
  readonly currency: string
  readonly captured: boolean
  readonly dispute: string
  readonly open_request: boolean
  /** The name of an earlier incident in which this payment got money back. */
  readonly earlier: string | null
}

export type IncidentShare = { readonly minor: number } | { readonly because: string }

/**
 * What one payment gets, or why it gets nothing: looked at in the dry run, and once more under the payment's lock. Never more than is
 * left; `again` also takes those who got money back in an earlier incident.
 */
export function shareOf(payment: IncidentPayment, amount: IncidentAmount, again: boolean): IncidentShare {
  if (!payment.captured) return { because: 'was not captured' }
  if (payment.dispute === 'open' || payment.dispute === 'lost') return { because: 'is disputed' }
  if (payment.left_minor <= 0) return { because: 'was refunded already' }
  if (payment.open_request) return { because: 'has an open request' }
  if (payment.earlier !== null && !again) return { because: `got money back in “${payment.earlier}”` }
  const wanted = wantedOf(payment, amount)
  if (wanted === undefined) return { because: 'is in another currency' }
  const unit = step(payment.currency)
  const minor = Math.floor(Math.min(wanted, payment.left_minor) / unit) * unit
  return minor > 0 ? { minor } : { because: 'would get nothing after rounding' }
}

function wantedOf(
  { captured_minor, left_minor, currency }: IncidentPayment,
  amount: IncidentAmount,
): number | undefined {
  switch (amount.kind) {
    case 'full':
      return left_minor
    case 'percent':
      return shareRoundedDown(money(captured_minor, currency), Math.round(amount.percent * 100), 10_000).minor
    case 'fixed':
      return amount.currency === currency ? amount.minor : undefined
  }
}

/** What is wrong with an amount; undefined when nothing is. */
export function wrongAmount(amount: IncidentAmount): string | undefined {
  if (amount.kind === 'percent' && !(amount.percent > 0 && amount.percent <= 100))
    return 'A part is more than 0 and at most 100 percent.'
  if (amount.kind !== 'fixed') return undefined
  if (!/^[a-z]{3}$/.test(amount.currency)) return 'A currency has three letters, such as usd.'
  if (!Number.isSafeInteger(amount.minor) || amount.minor < 1)
    return 'An amount is a whole number of minor units, 1 or more.'
  const unit = step(amount.currency)
  return amount.minor % unit === 0
    ? undefined
    : `Stripe pays ${amount.currency.toUpperCase()} in steps of ${unit} minor units.`
}

export type IncidentSum = { readonly currency: string; readonly minor: number; readonly count: number }
