import type { Decision, Verdict } from '../../domain/decision.ts'
import { builtInFacts } from '../../domain/policy/catalog.ts'
import type { MissedBy } from './wire.ts'

const units: readonly (readonly [RegExp, string])[] = [
  [/\bdays\b/g, 'Tage'],
  [/\bday\b/g, 'Tag'],
  [/\bhours\b/g, 'Stunden'],
  [/\bhour\b/g, 'Stunde'],
  [/\bminutes\b/g, 'Minuten'],
  [/\bminute\b/g, 'Minute'],
  [/\bseconds\b/g, 'Sekunden'],
  [/\bsecond\b/g, 'Sekunde'],
  [/\band\b/g, 'und'],
]

const outcomes = {
  approve: 'wäre die Erstattung automatisch genehmigt worden',
  review: 'hätte ein Mensch darüber entschieden',
  deny: 'wäre die Antwort Nein gewesen',
} as const satisfies Record<Verdict, string>

/** What would have changed the answer, in the customer's language as far as it can be said in it. */
export function missedBy({ counterfactual }: Pick<Decision, 'counterfactual'>, locale: string): MissedBy | null {
  // Read back from PostgreSQL, what was undefined may be null.
  if (counterfactual === undefined || counterfactual === null) return null
  return { sentence: locale.startsWith('de') ? inGerman(counterfactual) : counterfactual.sentence }
}

function inGerman({ fact, from, to, verdict }: NonNullable<Decision['counterfactual']>): string | null {
  const translated = (text: string): string =>
    units.reduce((said, [english, german]) => said.replace(english, german), text)
  if (fact === 'payment.age')
    return `${translated(to)} nach der Zahlung angefragt statt ${translated(from)} danach, ${outcomes[verdict]}.`
  const label = builtInFacts.get(fact)?.label['de']
  return label === undefined
    ? null
    : `Mit einer anderen Angabe (${label}: ${translated(to)} statt ${translated(from)}) ${outcomes[verdict]}.`
}
