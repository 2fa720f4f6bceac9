import type { Verdict } from '../decision.ts'
import type { Facts } from '../facts.ts'
import { least, money, step } from '../money.ts'
import type { Money } from '../money.ts'
import { guards } from './guards.ts'
import type { Guard } from './guards.ts'
import { approversFor, strictest } from './approvers.ts'
import type { Approvers, Policy, Rule } from './policy.ts'

/** What a policy answers, before it is put into words. */
export type Judgement = {
  readonly verdict: Verdict
  readonly amount: Money
  readonly guard: Guard | undefined
  /** The rule that gave the answer; the first undecided one when a missing fact sent the request to a person. */
  readonly rule: Rule
  /** Rules whose answer hangs on something unknown, when it matters. */
  readonly undecided: readonly Rule[]
  /** Why an approval came to a person after all. */
  readonly turned: 'nothing' | 'charge' | 'unknown_amount' | undefined
  /** Who may approve a review, and how many must: a rule that asks for more people is never loosened by a missing fact. */
  readonly approvers: Approvers
  /** The right that gave more than the policy. */
  readonly byRight: boolean
  /** What the formula came to when it came to a charge: what the customer would owe. Nothing collects it. */
  readonly charge?: Money
  /** The answer of the other list when policy and rights both had one: what stood back for the better one. */
  readonly beside?: Judgement
}

const rank = { deny: 0, review: 1, approve: 2 } as const satisfies Record<Verdict, number>

/** True when the first answer is the better one for the customer: the verdict first, then the amount. */
export function better(a: { verdict: Verdict; amount: Money }, b: { verdict: Verdict; amount: Money }): boolean {
  return a.verdict === b.verdict ? a.amount.minor > b.amount.minor : rank[a.verdict] > rank[b.verdict]
}

/** Asks the guards, then the rules, then the rights beside them. Pure: the same facts give the same answer. */
export function judge(policy: Policy, facts: Facts): Judgement {
  for (const guard of guards) {
    if (guard.trips(facts)) {
      const amount = money(0, facts.payment.amount.currency)
      const { otherwise: rule } = policy
      return {
        verdict: 'deny',
        amount,
        guard,
        rule,
        undecided: [],
        turned: undefined,
        approvers: rule.approvers,
        byRight: false,
      }
    }
  }
  const answer = settle(policy.rules, policy.otherwise, facts)
  return policy.rights.length === 0 ? answer : withRights(policy, facts, answer)
}

/** 'met', 'unmet' or 'unknown' for all the conditions of a rule together; one that is unmet settles it. */
export function stateOf(rule: Rule, facts: Facts): 'met' | 'unmet' | 'unknown' {
  let unknown = false
  for (const line of rule.lines) {
    const value = line.run(facts)
    if (value === true) continue
    if (value !== undefined) return 'unmet'
    unknown = true
  }
  return unknown ? 'unknown' : 'met'
}

/** The first rule that matches, unless an earlier one that can't be decided would answer otherwise. */
function settle(rules: readonly Rule[], otherwise: Rule, facts: Facts): Judgement {
  let undecided: Rule[] | undefined
  for (const rule of rules) {
    const state = stateOf(rule, facts)
    if (state === 'unmet') continue
    if (state === 'met') return settled(rule, undecided, facts)
    undecided ??= []
    undecided.push(rule)
  }
  return settled(otherwise, undecided, facts)
}

function settled(rule: Rule, undecided: readonly Rule[] | undefined, facts: Facts): Judgement {
  const answer = answerOf(rule, facts)
  if (!undecided) return answer
  const matters = undecided.some((other) => !sameAnswer(answerOf(other, facts), answer))
  const first = undecided[0]
  if (!matters || !first) return answer
  return {
    ...answer,
    verdict: 'review',
    amount: asked(facts),
    rule: first,
    undecided,
    turned: undefined,
    approvers: strictest([rule, ...undecided].map((each) => approversFor(each, asked(facts)))),
  }
}

function sameAnswer(a: Judgement, b: Judgement): boolean {
  return (
    a.verdict === b.verdict &&
    a.amount.minor === b.amount.minor &&
    a.rule.access === b.rule.access &&
    a.rule.destination === b.rule.destination &&
    a.rule.appeal === b.rule.appeal &&
    a.turned === b.turned &&
    a.approvers.role === b.approvers.role &&
    a.approvers.count === b.approvers.count
  )
}

/** What's asked for, as far as it can be given back. */
export function asked({ payment, request }: Facts): Money {
  return inSteps(least(request.amount, payment.refundable))
}

function inSteps({ minor, currency }: Money): Money {
  const unit = step(currency)
  return unit === 1 ? { minor, currency } : money(Math.floor(minor / unit) * unit, currency)
}

/** The answer of a rule that matched. An approval that comes to nothing, to a charge or to no number goes to a person. */
function answerOf(rule: Rule, facts: Facts): Judgement {
  const answer = (verdict: Verdict, amount: Money, turned?: Judgement['turned']): Judgement => ({
    verdict,
    amount,
    guard: undefined,
    rule,
    undecided: [],
    turned,
    approvers: rule.approversFrom.length === 0 ? rule.approvers : approversFor(rule, amount),
    byRight: false,
  })
  if (rule.then === 'deny') return answer('deny', money(0, facts.payment.amount.currency))
  if (!rule.amount) return answer(rule.then, asked(facts))
  const formula = rule.amount.run(facts) as Money | null | undefined
  if (!formula || formula.currency !== facts.payment.amount.currency)
    return answer('review', asked(facts), 'unknown_amount')
  if (formula.minor < 0)
    return {
      ...answer('review', money(0, formula.currency), 'charge'),
      charge: money(-formula.minor, formula.currency),
    }
  const amount = inSteps(least(formula, asked(facts)))
  return amount.minor === 0 ? answer('review', amount, 'nothing') : answer(rule.then, amount)
}

/** The law beside the policy: the better answer for the customer stands. A right that can't be decided may be the better one. */
function withRights(policy: Policy, facts: Facts, answer: Judgement): Judgement {
  const none: Rule = { ...policy.otherwise, id: 'rights', then: 'deny', amount: undefined }
  const right = settle(policy.rights, none, facts)
  if (right.rule === none) return answer
  if (right.undecided.length > 0) {
    const settledAnyway = answer.verdict === 'approve' && answer.amount.minor === asked(facts).minor
    return settledAnyway || answer.verdict === 'review'
      ? { ...answer, beside: right }
      : { ...right, byRight: true, beside: answer }
  }
  return better(right, answer) ? { ...right, byRight: true, beside: answer } : { ...answer, beside: right }
}
