import type { Counterfactual, Verdict } from '../decision.ts'
import type { Facts } from '../facts.ts'
import { at, lastBefore, pinned, timeBoundaries } from './boundaries.ts'
import { otherValues, substitute } from './substitute.ts'
import { judge } from './judge.ts'
import type { Judgement } from './judge.ts'
import type { Policy } from './policy.ts'
import { day, hour, minute, second } from './values.ts'
import type { Zone } from './calendar.ts'
import type { Fact } from './catalog.ts'
import type { Known } from './values.ts'
import { factWords } from './value-names.ts'
import { durationWords } from './words.ts'
import type { Language } from './words.ts'

/** A change of one fact that gives a better verdict, and the facts with that change. */
export type Change = {
  readonly said: Counterfactual
  readonly facts: Facts
  readonly cost: number
  readonly apart: number
}

/** Every unit that there is. */
const exactly = 5

const rank = { deny: 0, review: 1, approve: 2 } as const satisfies Record<Verdict, number>

const outcomes = {
  approve: 'this would have been approved automatically',
  review: 'a person would have looked at this',
  deny: 'this would have been denied',
} as const satisfies Record<Verdict, string>

/** The nearest change of one fact that would have given a better verdict; undefined for an approval or a guard. */
export function counterfactual(policy: Policy, facts: Facts, judgement: Judgement): Counterfactual | undefined {
  return nearestChange(policy, facts, judgement)?.said
}

/**
 * Tries every value at which a condition turns, one fact at a time, and asks the policy again: what is returned is true.
 * An approval beats a review; of equals the change that is smallest in proportion to what was so.
 */
export function nearestChange(policy: Policy, facts: Facts, judgement: Judgement): Change | undefined {
  if (judgement.guard || judgement.verdict === 'approve') return undefined
  const held = pinned(policy, facts)
  const changes = [
    ...changesOfTime(policy, held, judgement.verdict),
    ...changesOfFacts(policy, held, judgement.verdict),
  ]
  return changes.reduce<Change | undefined>((best, each) => (best && !isNearer(each, best) ? best : each), undefined)
}

function isNearer(a: Change, b: Change): boolean {
  if (a.said.verdict !== b.said.verdict) return rank[a.said.verdict] > rank[b.said.verdict]
  return a.cost === b.cost ? a.said.fact === b.said.fact && a.apart < b.apart : a.cost < b.cost
}

/** Asking earlier, never before the payment, or later. */
function changesOfTime(policy: Policy, facts: Facts, from: Verdict): Change[] {
  const now = facts.now.getTime()
  const paid = facts.payment.paid_at.getTime()
  const ask = (instant: number): Verdict => judge(policy, at(facts, instant)).verdict
  const turns = timeBoundaries(policy, facts).flatMap((each) => [each - 1, each, each + 1])
  const changes: Change[] = []
  for (const direction of [-1, 1] as const) {
    const side = turns.filter((each) => (direction === -1 ? each < now && each >= paid : each > now))
    for (const target of [2, 1] as const) {
      if (target <= rank[from]) continue
      const found = nearestAsk(
        side.toSorted((a, b) => direction * (a - b)),
        now,
        (instant) => rank[ask(instant)] === target,
      )
      if (found !== undefined) changes.push(changeOfTime(policy, facts, sayable(found, { now, paid }, target, ask)))
    }
  }
  return changes
}

/** The nearest instant that passes, looking also between a boundary that fails and the next that passes. */
function nearestAsk(
  instants: readonly number[],
  now: number,
  passes: (instant: number) => boolean,
): number | undefined {
  let before = now
  for (const instant of instants) {
    if (passes(instant)) return Math.abs(instant - before) <= 1 ? instant : lastBefore(instant, before, passes)
    before = instant
  }
  return undefined
}

/**
 * The same change as it can be said: days with hours, hours with minutes, minutes with seconds, each rounded up. Where that would
 * overshoot what helps, the change to the millisecond.
 */
function sayable(
  found: number,
  { now, paid }: { now: number; paid: number },
  target: number,
  ask: (instant: number) => Verdict,
): number {
  const apart = Math.abs(found - now)
  const unit = apart >= day ? hour : apart >= hour ? minute : second
  const instant = now + Math.sign(found - now) * Math.ceil(apart / unit) * unit
  return instant >= paid && rank[ask(instant)] === target ? instant : found
}

/** A change of time to its last unit: what is told is what helps. */
const apartWords = (from: number, to: number, language: Language): string =>
  durationWords(Math.abs(to - from), language, exactly)

function changeOfTime(policy: Policy, facts: Facts, instant: number): Change {
  const now = facts.now.getTime()
  const paid = facts.payment.paid_at.getTime()
  const changed = at(facts, instant)
  const { verdict, rule } = judge(policy, changed)
  const apart = apartWords(now, instant, 'en')
  const sentence =
    instant < now
      ? `Asked ${apart} earlier, ${outcomes[verdict]}.`
      : `Asked ${apart} later, ${outcomes[verdict].replace('would have been', 'would be').replace('would have looked', 'would look')}.`
  return {
    said: {
      fact: 'payment.age',
      from: durationWords(now - paid, 'en', exactly),
      to: durationWords(instant - paid, 'en', exactly),
      verdict,
      rule: rule.id,
      sentence,
      for_customer: { en: sentence, de: timeInGerman(instant, now, verdict) },
    },
    facts: changed,
    // Waiting is offered only where nothing else would help.
    apart: Math.abs(now - instant),
    cost: Math.abs(now - instant) / Math.max(now - paid, day) + (instant > now ? 10 : 0),
  }
}

const outcomesInGerman = {
  approve: 'wäre die Erstattung automatisch bewilligt worden',
  review: 'hätte ein Mensch darüber entschieden',
  deny: 'wäre die Antwort Nein gewesen',
} as const satisfies Record<Verdict, string>

const laterInGerman = {
  approve: 'wird die Erstattung automatisch bewilligt',
  review: 'entscheidet ein Mensch darüber',
  deny: 'ist die Antwort Nein',
} as const satisfies Record<Verdict, string>

function timeInGerman(instant: number, now: number, verdict: Verdict): string {
  const apart = apartWords(now, instant, 'de')
  return instant < now
    ? `${apart} früher angefragt, ${outcomesInGerman[verdict]}.`
    : `${apart} später angefragt, ${laterInGerman[verdict]}.`
}

/** What a changed fact would have meant, for the customer: first what they can still do about it, where the policy says so. */
function factForCustomer(fact: Fact, was: Known, to: Known, verdict: Verdict, zone: Zone): Record<Language, string> {
  const say = (language: Language): string => {
    const [from, other] = [was, to].map((value) => factWords(fact, value, language, zone))
    const label = fact.label[language] ?? fact.label['en'] ?? fact.name
    const step = fact.step?.[language] ?? fact.step?.['en']
    if (language === 'de') {
      return step === undefined
        ? `Mit einer anderen Angabe (${label}: ${other} statt ${from}) ${outcomesInGerman[verdict]}.`
        : `${step}. Danach ${laterInGerman[verdict]}.`
    }
    return step === undefined
      ? `With a different answer (${label}: ${other} instead of ${from}), ${outcomes[verdict]}.`
      : `${step}. After that, ${outcomes[verdict].replace('would have been', 'is').replace('would have looked', 'looks')}.`
  }
  return { en: say('en'), de: say('de') }
}

function changesOfFacts(policy: Policy, facts: Facts, from: Verdict): Change[] {
  const changes: Change[] = []
  for (const { fact, value, cost, apart } of otherValues(policy, facts)) {
    const changed = substitute(facts, fact, value)
    if (!changed) continue
    const { verdict, rule } = judge(policy, changed)
    if (rank[verdict] <= rank[from]) continue
    const words = (known: typeof value | undefined | null): string => factWords(fact, known, 'en', policy.scope.zone)
    const [was, to] = [words(fact.read(facts, policy.scope.zone)), words(value)]
    const label = fact.label['en'] ?? fact.name
    const sentence =
      fact.type === 'bool'
        ? `With "${label}" answered ${to} instead of ${was}, ${outcomes[verdict]}.`
        : `With ${label} ${to} instead of ${was}, ${outcomes[verdict]}.`
    const said = { fact: fact.name, from: was, to, verdict, rule: rule.id, sentence }
    const for_customer = factForCustomer(fact, fact.read(facts, policy.scope.zone), value, verdict, policy.scope.zone)
    changes.push({
      said: { ...said, for_customer, ...(fact.step && { step: fact.step }) },
      facts: changed,
      cost,
      apart,
    })
  }
  return changes
}
