import type { Facts } from '../facts.ts'
import { compile } from './compile.ts'
import { nearestRule } from './explain.ts'
import type { Judgement } from './judge.ts'
import { demandOf, demandWords, phrase, phraseCondition } from './phrase.ts'
import type { Line, Policy } from './policy.ts'
import { factWords } from './value-names.ts'
import { capital, moneyWords, valueWords } from './words.ts'
import type { Language } from './words.ts'

const languages = ['en', 'de'] as const satisfies readonly Language[]

const texts = {
  en: {
    was: (subject: string, actual: string, required: string) => `${subject}: ${actual} (${required}).`,
    holds: (condition: string) => `${condition}.`,
    nearest: (subject: string, actual: string, required: string) => `${subject}: ${actual}. Needed: ${required}.`,
    needed: (condition: string) => `Needed: ${condition}.`,
    missing: (label: string) => `We do not know yet: ${label}.`,
    nothing: 'Nothing is left to pay back after what was used.',
    charge: (amount: string) => `What was used is worth ${amount} more than was paid. We do not collect it.`,
  },
  de: {
    was: (subject: string, actual: string, required: string) => `${subject}: ${actual} (${required}).`,
    holds: (condition: string) => `${condition}.`,
    nearest: (subject: string, actual: string, required: string) => `${subject}: ${actual}. Nötig: ${required}.`,
    needed: (condition: string) => `Nötig: ${condition}.`,
    missing: (label: string) => `Wir wissen noch nicht: ${label}.`,
    nothing: 'Nach Abzug des Genutzten bleibt nichts zu erstatten.',
    charge: (amount: string) => `Genutzt wurde ${amount} mehr, als bezahlt war. Wir ziehen das nicht ein.`,
  },
} as const satisfies Record<Language, unknown>

/**
 * Why, in sentences for the customer and in each language that we write: what decided, with what was asked and what was so;
 * what we do not know; and when no rule matched, what the nearest one asks. A guard has its own sentence in `say`.
 */
export function reasonsForCustomer(
  policy: Policy,
  facts: Facts,
  judgement: Judgement,
  missing: readonly string[],
): Readonly<Record<Language, readonly string[]>> {
  const inEach = (say: (language: Language) => readonly string[]): Record<Language, readonly string[]> =>
    Object.fromEntries(languages.map((language) => [language, say(language)])) as Record<Language, readonly string[]>
  const { guard, rule, turned, charge } = judgement
  if (guard) return inEach(() => [])
  if (charge) return inEach((language) => [texts[language].charge(moneyWords(charge, language))])
  if (turned === 'nothing') return inEach((language) => [texts[language].nothing])
  if (missing.length > 0)
    return inEach((language) => missing.map((name) => texts[language].missing(label(name, language))))
  if (rule.lines.length > 0)
    return inEach((language) => rule.lines.map((line) => lineSaid(line, policy, facts, language, false)))
  if (judgement.verdict === 'approve') return inEach(() => [])
  const unmet = nearestRule(policy, facts)?.lines.filter((line) => line.run(facts) !== true) ?? []
  return inEach((language) => unmet.map((line) => lineSaid(line, policy, facts, language, true)))

  function label(name: string, language: Language): string {
    const labels = policy.facts.get(name)?.label
    return labels?.[language] ?? labels?.['en'] ?? name
  }
}

function lineSaid({ expr }: Line, { scope }: Policy, facts: Facts, language: Language, unmet: boolean): string {
  const t = texts[language]
  const demand = demandOf(expr)
  if (!demand?.object) {
    const condition = capital(phraseCondition(expr, language, scope))
    return unmet ? t.needed(phraseCondition(expr, language, scope)) : t.holds(condition)
  }
  const subject = capital(phrase(demand.subject, language, scope))
  const found = compile(demand.subject, scope)(facts)
  const actual =
    demand.subject.op === 'fact'
      ? factWords(demand.subject.fact, found, language, scope.zone)
      : valueWords(demand.subject.type, found, language, scope.zone)
  return t[unmet ? 'nearest' : 'was'](subject, actual, demandWords(demand, language, scope))
}
