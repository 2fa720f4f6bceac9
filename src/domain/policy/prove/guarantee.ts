import { roles } from '../../actor.ts'
import { factsFrom } from '../given.ts'
import type { Given } from '../given.ts'
import { brokenLine } from '../guarantees.ts'
import { judge } from '../judge.ts'
import type { Guarantee, Policy } from '../policy.ts'
import { boundsOf, expressionsOf } from './bounds.ts'
import type { Bounds } from './bounds.ts'
import type { Asking } from './conversation.ts'
import { answerTo, kindIn } from './differences.ts'
import type { CaseAnswer } from './differences.ts'
import { accesses, destinations, encodePolicy, rulesOf, verdicts } from './encode-answer.ts'
import type { Answer } from './encode-answer.ts'
import { Encoder } from './encode.ts'
import { always } from './known.ts'
import type { Known } from './known.ts'
import { search } from './search.ts'
import type { Doubt } from './search.ts'
import { simplified } from './simplify.ts'
import { and, equal, ite, not, plus } from './terms.ts'
import { worldOf } from './world.ts'
import type { World } from './world.ts'

/** A case that breaks a guarantee. `given` can be pasted into the policy as a test. */
export type Breach = { readonly given: Given; readonly answer: CaseAnswer; readonly line: string }

export type Kept = {
  readonly guarantee: string
  /** One case for each rule that breaks it. */
  readonly breaches: readonly Breach[]
  /** Nothing else breaks it within the bounds. */
  readonly proven: boolean
  readonly doubts: readonly (Doubt | 'stopped')[]
  readonly bounds: Bounds
}

/** Whether a guarantee holds whatever the facts, found by a solver and confirmed by asking the policy. */
export function* guaranteeKept(policy: Policy, guarantee: Guarantee, most = 5): Asking<Kept> {
  const lines = [...guarantee.when, ...guarantee.always].map((line) => line.expr)
  const bounds = boundsOf([policy], lines)
  const exprs = [...expressionsOf(policy), ...lines]
  const breaches: Breach[] = []
  const doubts: (Doubt | 'stopped')[] = []
  for (const currency of bounds.currencies) {
    const world = worldOf(exprs, bounds, currency)
    const encoded = encodePolicy(policy, new Encoder(world, policy), world)
    const encoder = new Encoder(world, policy, decided(policy, encoded.answer, world))
    const [when, kept] = [guarantee.when, guarantee.always].map((each) =>
      and(...each.map((line) => encoder.encode(line.expr).value)),
    )
    const kind = (breach: Breach): string => kindIn(encoded, breach.answer)
    const real = (given: Given): Breach | undefined => breachAt(policy, guarantee, given)
    const that = and(when ?? 'true', not(kept ?? 'true'), ...breaches.map((breach) => not(kind(breach))))
    const { found, doubt, more } = yield* search(
      world,
      { that, real, kind, isKnown: () => false },
      most - breaches.length,
    )
    for (const each of found) {
      const isOne = (given: Given): boolean => {
        const breach = real(given)
        return breach?.answer.rule === each.answer.rule && breach.answer.verdict === each.answer.verdict
      }
      breaches.push(real(simplified(each.given, isOne)) ?? each)
    }
    if (doubt) doubts.push(doubt)
    if (more) doubts.push('stopped')
  }
  return { guarantee: guarantee.name, breaches, proven: doubts.length === 0, doubts: [...new Set(doubts)], bounds }
}

function breachAt(policy: Policy, guarantee: Guarantee, given: Given): Breach | undefined {
  const facts = factsFrom(given, { facts: policy.facts, zone: policy.scope.zone })
  const answer = answerTo(policy, given)
  const line = answer && brokenLine(guarantee, facts, judge(policy, facts))
  return line && answer ? { given, answer, line: line.source } : undefined
}

/** The facts about the decision, as terms. */
function decided(policy: Policy, answer: Answer, { currency, script }: World): ReadonlyMap<string, Known> {
  const text = (value: string, texts: readonly string[]): Known => always('text', script.name('Int', value), { texts })
  const review = equal(answer.verdict, `${verdicts.indexOf('review')}`)
  return new Map([
    ['decision.verdict', text(answer.verdict, verdicts)],
    ['decision.amount', always('money', answer.amount, { currency })],
    ['decision.people', always('count', script.name('Int', ite(review, answer.people, '0')))],
    ['decision.role', text(ite(review, plus(answer.role, '1'), '0'), ['none', ...roles])],
    ['decision.access', text(answer.access, accesses)],
    ['decision.destination', text(answer.destination, destinations)],
    [
      'decision.rule',
      text(
        answer.rule,
        rulesOf(policy).map((rule) => rule.id),
      ),
    ],
  ])
}
