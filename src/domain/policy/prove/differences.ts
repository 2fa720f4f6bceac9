import type { AccessChoice, Verdict } from '../../decision.ts'
import type { Money } from '../../money.ts'
import { factsFrom } from '../given.ts'
import type { Given } from '../given.ts'
import { canBe } from './can-be.ts'
import { outcomeOf } from '../guarantees.ts'
import { judge } from '../judge.ts'
import type { Policy } from '../policy.ts'
import { boundsOf, expressionsOf } from './bounds.ts'
import type { Bounds } from './bounds.ts'
import type { Asking } from './conversation.ts'
import { encodePolicy, rulesOf, verdicts } from './encode-answer.ts'
import type { EncodedPolicy } from './encode-answer.ts'
import { Encoder } from './encode.ts'
import { alike, search } from './search.ts'
import type { Doubt } from './search.ts'
import { simplified } from './simplify.ts'
import { and, equal, not, or, same } from './terms.ts'
import type { Term } from './terms.ts'
import { worldOf } from './world.ts'

/** One policy's answer to a case. */
export type CaseAnswer = {
  readonly verdict: Verdict
  readonly amount: Money
  readonly rule: string
  readonly access: AccessChoice
  readonly destination: 'original' | 'credit'
  readonly approvers: { readonly role: string; readonly count: number } | undefined
  readonly appeal: boolean
}

/** A case that two policies answer otherwise. `given` can be pasted into either as a test. */
export type Difference = {
  readonly given: Given
  readonly before: CaseAnswer
  readonly after: CaseAnswer
  /** What the customer gets more under the new policy without anybody in the loop, in minor units; less when negative. */
  readonly more: Money
}

export type Comparison = {
  /** One case for each pair of rules that answer otherwise. */
  readonly differences: readonly Difference[]
  /** Nothing else differs within the bounds. Where false, `doubts` says why that is not proven. */
  readonly proven: boolean
  readonly doubts: readonly (Doubt | 'stopped')[]
  readonly bounds: Bounds
}

/** How a policy really answers a case. Undefined when a guard does, which no policy changes, and for facts that can't come. */
export function answerTo(policy: Policy, given: Given): CaseAnswer | undefined {
  const facts = factsFrom(given, { facts: policy.facts, zone: policy.scope.zone })
  const judgement = judge(policy, facts)
  if (judgement.guard || !canBe(facts)) return undefined
  const { verdict, amount, rule, access, destination, approvers } = outcomeOf(judgement)
  return {
    verdict,
    amount,
    rule,
    access,
    destination,
    approvers: verdict === 'review' ? approvers : undefined,
    appeal: verdict === 'deny' && judgement.rule.appeal,
  }
}

/** Whether two answers to one case differ in anything that somebody would notice. Where nothing is paid, nothing goes anywhere. */
export function answersDiffer(a: CaseAnswer, b: CaseAnswer): boolean {
  return (
    a.verdict !== b.verdict ||
    a.amount.minor !== b.amount.minor ||
    a.access !== b.access ||
    (a.verdict !== 'deny' && a.destination !== b.destination) ||
    a.approvers?.role !== b.approvers?.role ||
    a.approvers?.count !== b.approvers?.count ||
    a.appeal !== b.appeal
  )
}

/** The same as a term. */
function differ({ answer: a }: EncodedPolicy, { answer: b }: EncodedPolicy): Term {
  const is = (verdict: Verdict): Term => equal(a.verdict, `${verdicts.indexOf(verdict)}`)
  const alikeIn = (key: 'verdict' | 'amount' | 'access' | 'destination' | 'role' | 'people'): Term =>
    equal(a[key], b[key])
  return or(
    not(alikeIn('verdict')),
    not(alikeIn('amount')),
    not(alikeIn('access')),
    and(not(is('deny')), not(alikeIn('destination'))),
    and(is('review'), or(not(alikeIn('role')), not(alikeIn('people')))),
    and(is('deny'), not(same(a.appeal, b.appeal))),
  )
}

/**
 * Every kind of case that two policies answer otherwise, found by a solver and confirmed by asking both; or that there is
 * none within the bounds. A kind is a pair of rules with their verdicts.
 */
export function* differencesBetween(before: Policy, after: Policy, most = 25): Asking<Comparison> {
  const bounds = boundsOf([before, after])
  const exprs = [...expressionsOf(before), ...expressionsOf(after)]
  const differences: Difference[] = []
  const doubts: (Doubt | 'stopped')[] = []
  const kinds = new Set<string>()
  for (const currency of bounds.currencies) {
    const world = worldOf(exprs, bounds, currency)
    const [a, b] = [before, after].map((policy) => encodePolicy(policy, new Encoder(world, policy), world)) as [
      EncodedPolicy,
      EncodedPolicy,
    ]
    const kindOf = (difference: Difference): Term => and(kindIn(a, difference.before), kindIn(b, difference.after))
    const real = (given: Given): Difference | undefined => differenceAt(before, after, given)
    const known = differences.map(kindOf)
    const isKnown = (each: Difference): boolean => kinds.has(kindName(each))
    const wanted = { that: and(differ(a, b), ...known.map(not)), real, kind: kindOf, isKnown }
    const { found, doubt, more } = yield* search(world, wanted, most - differences.length)
    for (const each of found) {
      const simple = simplified(each.given, (given) => sameKind(real(given), each))
      const difference = real(simple) ?? each
      if (kinds.has(kindName(difference))) continue
      kinds.add(kindName(difference))
      differences.push(difference)
    }
    if (doubt) doubts.push(doubt)
    if (more) doubts.push('stopped')
  }
  return { differences, proven: doubts.length === 0, doubts: [...new Set(doubts)], bounds }
}

export function kindIn({ policy, answer }: EncodedPolicy, { rule, verdict }: CaseAnswer): Term {
  return alike([
    [answer.rule, rulesOf(policy).findIndex(({ id }) => id === rule)],
    [answer.verdict, verdicts.indexOf(verdict)],
  ])
}

const kindName = ({ before, after }: Difference): string =>
  [before.rule, before.verdict, after.rule, after.verdict].join(' ')

const sameKind = (a: Difference | undefined, b: Difference): boolean => a !== undefined && kindName(a) === kindName(b)

/** The difference at one case, when there is one. */
export function differenceAt(before: Policy, after: Policy, given: Given): Difference | undefined {
  const [a, b] = [answerTo(before, given), answerTo(after, given)]
  if (!a || !b || !answersDiffer(a, b)) return undefined
  const paid = ({ verdict, amount }: CaseAnswer): number => (verdict === 'approve' ? amount.minor : 0)
  return { given, before: a, after: b, more: { minor: paid(b) - paid(a), currency: a.amount.currency } }
}
