import type { Counterfactual, Decision } from '../../domain/decision.ts'
import { tagFor } from '../../domain/policy/say.ts'
import { fill } from '../../web/portal/words/fill.ts'
import type { Words } from '../../web/portal/words/words.ts'
import type { MissedBy } from './wire.ts'

/**
 * What would have changed the answer, in the customer's language: as the policy says it there, else by our own words where
 * it is about time, else in English, which is then marked as such.
 */
export function missedBy(
  { counterfactual }: Pick<Decision, 'counterfactual'>,
  locale: string,
  words: Words,
): MissedBy | null {
  // Read back from PostgreSQL, what was undefined may be null.
  if (counterfactual === undefined || counterfactual === null) return null
  const said = counterfactual.for_customer ?? {}
  const tag = tagFor(said, locale)
  const theirs = tag === 'en' && !locale.startsWith('en') ? inTime(counterfactual, locale, words) : undefined
  return theirs === undefined
    ? { sentence: said[tag] ?? counterfactual.sentence, language: tag }
    : { sentence: theirs, language: locale }
}

function inTime({ fact, from, to, verdict }: Counterfactual, locale: string, words: Words): string | undefined {
  const [asked, limit] = [duration(from, locale), duration(to, locale)]
  if (fact !== 'payment.age' || verdict === 'deny' || asked === undefined || limit === undefined) return undefined
  // Waiting longer is another sentence, and seldom a good advice.
  return asked.ms <= limit.ms ? undefined : fill(words.missed[verdict], { asked: asked.said, limit: limit.said })
}

const lengths: Readonly<Record<string, number>> = { day: 86_400_000, hour: 3_600_000, minute: 60_000, second: 1000 }

/** A length of time that the policy has said in English, such as "30 days and 4 hours", said in another language. */
function duration(english: string, locale: string): { readonly ms: number; readonly said: string } | undefined {
  const parts = [...english.matchAll(/(\d+) (day|hour|minute|second)s?/g)].map(([, count, unit]) => ({
    count: Number(count),
    unit: unit!,
  }))
  if (parts.length === 0) return undefined
  const said = parts.map(({ count, unit }) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count),
  )
  return {
    ms: parts.reduce((sum, { count, unit }) => sum + count * lengths[unit]!, 0),
    said: new Intl.ListFormat(locale, { style: 'long', type: 'conjunction' }).format(said),
  }
}
