import type { Decision } from '../../domain/decision.ts'
import type { MissedBy } from './wire.ts'

/** What would have changed the answer, in the customer's language as far as it can be said in it. */
export function missedBy({ counterfactual }: Pick<Decision, 'counterfactual'>, locale: string): MissedBy | null {
  // Read back from PostgreSQL, what was undefined may be null.
  if (counterfactual === undefined || counterfactual === null) return null
  const said = counterfactual.for_customer
  return { sentence: (locale.startsWith('de') ? said?.['de'] : said?.['en']) ?? counterfactual.sentence }
}
