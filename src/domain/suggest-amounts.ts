import { format, money, shareRoundedDown } from './money.ts'

/** An amount worth suggesting for a part, with how it comes about. */
export type Suggestion = { readonly word: string; readonly minor: number; readonly working: string }

const dayMs = 24 * 60 * 60 * 1000

/**
 * Amounts for a part, each once: all that is left, the policy's own, the unused days of the paid period, what was not used, as
 * much as the customer's last payment, half. In minor units of the payment's currency, rounded down, never more than is left.
 */
export function suggestAmounts({
  captured_minor,
  left_minor,
  currency,
  policy_minor,
  period,
  used_share,
  last_payment,
  now,
}: {
  readonly captured_minor: number
  readonly left_minor: number
  readonly currency: string
  readonly policy_minor: number
  /** The period that was paid for; null for what has none. */
  readonly period: { readonly start: Date; readonly end: Date } | null
  /** From 0 to 1; undefined where it is not known. */
  readonly used_share: number | undefined
  /** The newest payment of this customer in this currency, where it is another one. */
  readonly last_payment: { readonly captured_minor: number; readonly paid_at: Date } | null
  readonly now: Date
}): Suggestion[] {
  const all = money(captured_minor, currency)
  const say = (minor: number): string => format(money(minor, currency))
  const found: Suggestion[] = [
    {
      word: 'All that is left',
      minor: left_minor,
      working: `${say(captured_minor)} paid, ${say(left_minor)} not given back`,
    },
    { word: 'What the policy proposes', minor: policy_minor, working: 'the amount of its rule' },
  ]
  if (period && period.end > period.start) {
    const whole = period.end.getTime() - period.start.getTime()
    const unused = Math.min(whole, Math.max(0, period.end.getTime() - now.getTime()))
    const days = (ms: number): string => String(Math.round((ms / dayMs) * 10) / 10)
    found.push({
      word: 'Unused days',
      minor: shareRoundedDown(all, unused, whole).minor,
      working: `${days(unused)} of ${days(whole)} days are left: ${say(captured_minor)} × ${days(unused)} / ${days(whole)}, to the second and rounded down`,
    })
  }
  if (used_share !== undefined) {
    const left = Math.round((1 - used_share) * 1e6)
    const percent = String(Math.round(left / 1e3) / 10)
    found.push({
      word: 'By usage',
      minor: shareRoundedDown(all, left, 1e6).minor,
      working: `${percent} % was not used: ${say(captured_minor)} × ${percent} %`,
    })
  }
  if (last_payment) {
    const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(last_payment.paid_at)
    found.push({
      word: 'As the last payment',
      minor: last_payment.captured_minor,
      working: `their last payment, on ${day}, was ${say(last_payment.captured_minor)}`,
    })
  }
  found.push({ word: 'Half', minor: shareRoundedDown(all, 1, 2).minor, working: `${say(captured_minor)} / 2` })
  return found.filter(
    ({ minor }, at) => minor > 0 && minor <= left_minor && found.findIndex((other) => other.minor === minor) === at,
  )
}
