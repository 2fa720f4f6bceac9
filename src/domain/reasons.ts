import { wrongInWords } from './words-by-language.ts'
import type { Refusal } from './refusal.ts'

/** Who may choose a reason. */
export type Audience = 'customer' | 'staff'

/** What a refund tells Stripe (docs.stripe.com/api/refunds/create, `reason`). */
export const stripeReasons = ['requested_by_customer', 'duplicate', 'fraudulent'] as const
export type StripeReason = (typeof stripeReasons)[number]

/** What a credit note says: it knows other reasons than a refund does (Stripe, CreditNoteCreateParams). */
export const creditNoteReasons = ['order_change', 'product_unsatisfactory', 'duplicate', 'fraudulent'] as const
export type CreditNoteReason = (typeof creditNoteReasons)[number]

/** Why money is asked back. Kept as data: an owner adds, renames, orders and archives; nothing is ever deleted. */
export type Reason = {
  /** As the API, the policy and the reports name it. It never changes. */
  readonly code: string
  readonly audience: Audience
  /** What people read, by language. English is always there, and stands where another one is missing. */
  readonly labels: Readonly<Record<string, string>>
  readonly stripe: StripeReason
  readonly credit_note: CreditNoteReason
  /** Since when nobody can choose it any more. Requests that have it keep it, with its name. */
  readonly archived_at: Date | null
}
export type NewReason = Omit<Reason, 'archived_at'>

/** The codes of the reasons that a new installation begins with (`first-reasons.ts`): those that a policy file can always name. */
export const firstReasonCodes = [
  'changed_mind',
  'unwanted_renewal',
  'product_unsatisfactory',
  'service_unsatisfactory',
  'missing_feature',
  'too_expensive',
  'duplicate',
  'other',
  'fraudulent',
  'waiver',
] as const
export type FirstReason = (typeof firstReasonCodes)[number]

/** What a reason is called in a language; in English where that is missing; the code in words where there is no such reason. */
export function labelOf(reason: Pick<Reason, 'code' | 'labels'>, language = 'en'): string {
  const { labels } = reason
  return labels[language] ?? labels[language.split('-')[0]!] ?? labels['en'] ?? wordsOfCode(reason.code)
}

/** A code that nobody gave a name, as words. */
export const wordsOfCode = (code: string): string => code.replaceAll('_', ' ')

/** Which of the reasons can be chosen: all that are not archived by staff and programs, those for customers in the portal. */
export function choosable<R extends Pick<Reason, 'audience' | 'archived_at'>>(
  reasons: readonly R[],
  who: Audience,
): readonly R[] {
  return reasons.filter(
    ({ audience, archived_at }) => archived_at === null && (who === 'staff' || audience === 'customer'),
  )
}

/** What can be said against choosing a reason: there is none of that code, it is archived, or it is for staff alone. */
export function wrongReason(reasons: readonly Reason[], code: string, who: Audience): Refusal | undefined {
  const allowed = choosable(reasons, who)
  if (allowed.some((reason) => reason.code === code)) return undefined
  const archived = reasons.some((reason) => reason.code === code && reason.archived_at !== null)
  return {
    code: archived ? 'reason_archived' : 'reason_unknown',
    given: code,
    known: allowed.map((reason) => reason.code),
  }
}

const longestLabel = 120

/** What is wrong with a reason that somebody wants to keep. */
export function wrongInReason({ code, audience, labels, stripe, credit_note }: NewReason): Refusal | undefined {
  const wrong = (field: string, because: string): Refusal => ({ code: 'setting_invalid', field, because })
  if (!/^[a-z][a-z0-9_]{0,59}$/.test(code))
    return wrong('code', 'A code is 1 to 60 lower-case letters, digits and _, and begins with a letter: too_slow.')
  if (audience === 'customer' && (stripe === 'fraudulent' || credit_note === 'fraudulent'))
    return wrong(
      'stripe',
      'Stripe puts the card and the e-mail address on its block lists for “fraudulent”, so only a reason for staff can say it.',
    )
  return wrongInWords(labels, { max: longestLabel, also: control })
}

const control = (text: string): string | undefined =>
  // oxlint-disable-next-line no-control-regex -- what is refused
  /[\u0000-\u001f\u007f]/.test(text) ? 'A reason is one line, without control characters.' : undefined
