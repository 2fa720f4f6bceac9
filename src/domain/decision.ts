import type { Money } from './money.ts'

export type Verdict = 'approve' | 'review' | 'deny'
export type AccessChoice = 'now' | 'period_end' | 'keep'

/** One line of one rule: what it required, what was so, and whether it was met. Kept forever with the decision. */
export type Finding = {
  /** The rule's id; `guard:…` for what no policy can write away. */
  readonly rule: string
  /** The line as the policy has it, e.g. `payment.age <= days(30)`. */
  readonly condition: string
  readonly mark: 'met' | 'unmet' | 'unknown'
  /** In words with units, for people: "at most 30 days", "34 days". */
  readonly required: string
  readonly actual: string
  /** One sentence that names the condition, required and actual, for staff. */
  readonly sentence: string
}

/** The smallest change of one fact that would have changed the verdict, computed and true. */
export type Counterfactual = {
  readonly fact: string
  readonly from: string
  readonly to: string
  readonly verdict: Verdict
  readonly rule: string
  /** "Asked 4 days earlier, this would have been approved automatically." */
  readonly sentence: string
  /** The same for the customer, by language; with what they can still do, where the policy says so. */
  readonly for_customer?: Readonly<Record<string, string>>
  /** What the customer can still do to get it: the fact's own `step`, by language. */
  readonly step?: Readonly<Record<string, string>>
}

/** The answer that stood back for a better one: the policy's beside a right, or a right's beside the policy. */
export type Beside = {
  readonly by: 'policy' | 'right'
  readonly rule: string
  readonly verdict: Verdict
  readonly amount: Money
  /** One sentence for staff. */
  readonly sentence: string
}

/** Findings, verdict and amount together, kept forever with the policy version. */
export type Decision = {
  readonly verdict: Verdict
  /** What would be or is refunded; zero for a denial. Never more than the refundable rest. */
  readonly amount: Money
  /** How the amount was worked out, one sentence. */
  readonly amount_because: string
  /** The rule that matched, `otherwise`, or `guard:…`. */
  readonly rule: string
  /** The published version that was asked; 0 for a draft that was never published. */
  readonly policy_version: number
  readonly findings: readonly Finding[]
  readonly access: AccessChoice
  /** Where the money goes: back the way it came, or to the customer's balance. Back the way it came when absent. */
  readonly destination?: 'original' | 'credit'
  /** The sentence for the customer by language tag. */
  readonly say: Readonly<Record<string, string>>
  /** Why it went to a person or was denied, for staff: the first unmet or unknown condition in words. */
  readonly because: string
  /** For `review`: who may approve and how many must. */
  readonly approvers: { readonly role: string; readonly count: number }
  /** Whether a denied customer may ask a person. */
  readonly appeal: boolean
  /** Facts that were needed and unknown. */
  readonly missing: readonly string[]
  readonly counterfactual: Counterfactual | undefined
  /** Why, for the customer, by language: each condition that decided, with what it asks and what was so. */
  readonly for_customer?: Readonly<Record<string, readonly string[]>>
  /** Policy and law were both asked and this one stood back. */
  readonly beside?: Beside | undefined
  /** The formula came to a charge: what the customer would owe. It is said, and never collected. */
  readonly charge?: Money
}
