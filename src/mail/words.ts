import { languageFor, languages, type Language } from '../domain/languages.ts'
import { ar } from './words/ar.ts'
import { de } from './words/de.ts'
import { en } from './words/en.ts'
import { es } from './words/es.ts'
import { fr } from './words/fr.ts'
import { it } from './words/it.ts'
import { ja } from './words/ja.ts'
import { nl } from './words/nl.ts'
import { pl } from './words/pl.ts'
import { pt } from './words/pt.ts'
import type { MailWords } from './words/words.ts'

export const mailWords: Readonly<Record<Language, MailWords>> = { en, de, fr, es, pt, it, nl, pl, ja, ar }

/** The language and the words for a locale such as `de-AT`; English for one that nobody speaks here. */
export function wordsFor(locale: string): { language: Language; words: MailWords } {
  const language = languageFor(locale) ?? 'en'
  return { language, words: mailWords[language] }
}

/**
 * Fills the blanks of a sentence. What is filled in is kept from turning the text around it in a language that is written
 * from right to left (U+2068, U+2069: Unicode's isolates).
 */
export function fill(text: string, values: Readonly<Record<string, string>>, language: Language): string {
  const rtl = languages[language].direction === 'rtl'
  return text
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name] ?? ''
      return rtl && value !== '' ? `\u2068${value}\u2069` : value
    })
    .replaceAll(/ {2,}/g, ' ')
    .trim()
}
