import type { Decision } from './decision.ts'
import type { Facts } from './facts.ts'
import { format, money } from './money.ts'
import type { Zone } from './policy/calendar.ts'
import type { Policy } from './policy/policy.ts'
import { valueWords } from './policy/words.ts'
import type { SignalCounts } from './signals.ts'

/** What stood behind an approval that another one has to follow: kept with it, so that the second person sees what is new. */
export type ApprovalPicture = {
  readonly facts: Facts
  readonly signals: SignalCounts
  /** The version that would have judged, and what it would have said. */
  readonly policy_version: number
  readonly verdict: Decision['verdict']
  readonly amount_minor: number
  readonly currency: string
  /** The newest version in force, which a payment that is judged by the version of its purchase may not be judged by. */
  readonly newest_version: number
}

/** One thing that is otherwise than when the first person approved. */
export type SinceApproval = {
  readonly kind: 'fact' | 'signal' | 'policy' | 'amount' | 'note' | 'message' | 'question' | 'answer' | 'file' | 'deed'
  readonly says: string
  /** When it happened, where that is known. */
  readonly at: Date | null
}

/**
 * Facts, signals and policy that are otherwise now. What only the clock changes is left out: that is not news. `policy` is the
 * one that judges now: its facts are compared.
 */
export function changesOfPicture(
  before: ApprovalPicture,
  now: ApprovalPicture,
  { facts, zone }: Pick<Policy, 'facts'> & { zone: Zone },
): SinceApproval[] {
  const changed: SinceApproval[] = []
  for (const fact of facts.values()) {
    if (fact.clock || fact.name === 'now') continue
    const [was, is] = [before.facts, now.facts].map((each) => valueWords(fact.type, fact.read(each, zone), 'en', zone))
    if (was !== is)
      changed.push({ kind: 'fact', says: `${fact.label['en'] ?? fact.name}: ${is}, was ${was}`, at: null })
  }
  for (const [name, word] of Object.entries(signalWords) as [keyof SignalCounts, string][])
    if (before.signals[name] !== now.signals[name])
      changed.push({ kind: 'signal', says: `${word}: ${now.signals[name]}, was ${before.signals[name]}`, at: null })
  return [...changed, ...policyChanges(before, now)]
}

const signalWords: Readonly<Record<keyof SignalCounts, string>> = {
  earlier: 'other requests of this customer',
  card: 'requests with the same card by others',
  domain: 'requests from the same e-mail domain by others',
  disputes: 'disputes of this customer or card',
  fraud_warnings: 'early fraud warnings of this customer or card',
}

const verdictWords = { approve: 'approve', review: 'hand it to a person', deny: 'deny' } as const

function policyChanges(before: ApprovalPicture, now: ApprovalPicture): SinceApproval[] {
  const changes: string[] = []
  if (before.newest_version !== now.newest_version)
    changes.push(
      `policy version ${now.newest_version} is in force, was ${before.newest_version}${
        now.policy_version === before.policy_version
          ? '; this payment is still judged by the version of its purchase'
          : ''
      }`,
    )
  const said = ({ verdict, amount_minor, currency }: ApprovalPicture) =>
    verdict === 'deny' ? verdictWords.deny : `${verdictWords[verdict]}, ${format(money(amount_minor, currency))}`
  if (said(before) !== said(now)) changes.push(`the policy would now: ${said(now)}; then: ${said(before)}`)
  return changes.map((says) => ({ kind: 'policy', says, at: null }))
}
