import { roles } from '../actor.ts'
import type { Decision } from '../decision.ts'
import type { Facts } from '../facts.ts'
import type { Fact } from './catalog.ts'

/** What a guarantee may know of the decision. */
export type Outcome = Pick<Decision, 'verdict' | 'amount' | 'access' | 'approvers' | 'rule'> & {
  readonly destination: 'original' | 'credit'
}

/** Facts with the decision that they led to. */
export type Decided = Facts & { readonly decided: Outcome }

const of = (facts: Facts): Outcome => (facts as Decided).decided

/** Facts about the decision: for guarantees only, because no rule can ask about its own answer. */
export const outcomeFacts: ReadonlyMap<string, Fact> = new Map(
  (
    [
      {
        name: 'decision.verdict',
        type: 'text',
        values: ['approve', 'review', 'deny'],
        read: (f) => of(f).verdict,
        label: { en: 'the answer', de: 'die Antwort' },
      },
      {
        name: 'decision.amount',
        type: 'money',
        read: (f) => of(f).amount,
        label: { en: 'the amount that is paid or proposed', de: 'der gezahlte oder vorgeschlagene Betrag' },
      },
      {
        name: 'decision.people',
        type: 'count',
        read: (f) => (of(f).verdict === 'review' ? of(f).approvers.count : 0),
        label: { en: 'the number of people who must approve', de: 'die Zahl der Menschen, die zustimmen müssen' },
      },
      {
        name: 'decision.role',
        type: 'text',
        values: ['none', ...roles],
        read: (f) => (of(f).verdict === 'review' ? of(f).approvers.role : 'none'),
        label: { en: 'the least role that may approve', de: 'die geringste Rolle, die zustimmen darf' },
      },
      {
        name: 'decision.access',
        type: 'text',
        values: ['now', 'period_end', 'keep'],
        read: (f) => of(f).access,
        label: { en: 'what happens to access', de: 'was mit dem Zugang geschieht' },
      },
      {
        name: 'decision.destination',
        type: 'text',
        values: ['original', 'credit'],
        read: (f) => of(f).destination,
        label: { en: 'where the money goes', de: 'wohin das Geld geht' },
      },
      {
        name: 'decision.rule',
        type: 'text',
        read: (f) => of(f).rule,
        label: { en: 'the rule that answers', de: 'die Regel, die antwortet' },
      },
    ] satisfies Fact[]
  ).map((fact: Fact) => [fact.name, fact] as const),
)
