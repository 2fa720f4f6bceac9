import type { Decision, Verdict } from '../decision.ts'
import type { Judgement } from './judge.ts'
import type { Policy, Sentences } from './policy.ts'

const byVerdict = {
  approve: { en: 'Your refund is approved.', de: 'Ihre Erstattung ist bewilligt.' },
  review: {
    en: 'A person will look at your request and answer you.',
    de: 'Ein Mensch sieht sich Ihre Anfrage an und antwortet Ihnen.',
  },
  deny: {
    en: 'This payment cannot be refunded under our refund policy.',
    de: 'Diese Zahlung kann nach unseren Regeln nicht erstattet werden.',
  },
} as const satisfies Record<Verdict, Sentences>

/**
 * The sentences for the customer: the rule's own where it speaks of the verdict that came out. What came to a person another
 * way is told what everything left over is told, when that goes to a person too.
 */
export function sayOf({ otherwise }: Policy, { guard, rule, verdict, undecided, turned }: Judgement): Sentences {
  if (guard) return guard.say
  const speaker = undecided.length === 0 && !turned ? rule : otherwise
  return speaker.then === verdict && Object.hasOwn(speaker.say, 'en') ? speaker.say : byVerdict[verdict]
}

/** The sentence in a customer's language: by the whole tag, by its language, in English. */
export function sayIn({ say }: Pick<Decision, 'say'>, locale: string): string {
  return say[tagFor(say, locale)] ?? ''
}

/** In which of its languages a sentence is said to somebody: theirs where there is one, else English. */
export function tagFor(said: Readonly<Record<string, unknown>>, locale: string): string {
  const tags = Object.keys(said)
  const wanted = locale.toLowerCase()
  const language = wanted.split('-')[0]
  return (
    tags.find((each) => each.toLowerCase() === wanted) ?? tags.find((each) => each.toLowerCase() === language) ?? 'en'
  )
}
