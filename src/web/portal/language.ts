import { signal } from '@preact/signals'
import { languageFor, languages, type Language } from '../../domain/languages.ts'
import { withOwn } from '../../domain/own-words.ts'
import type { ReasonWords } from '../../http/portal/wire.ts'
import { framed } from './visit.ts'
import type { Words } from './words/words.ts'

/** One language per file, fetched when it is chosen. */
const files: { readonly [L in Language]: () => Promise<{ words: Words<L> }> } = {
  en: () => import('./words/en.ts'),
  de: () => import('./words/de.ts'),
  fr: () => import('./words/fr.ts'),
  es: () => import('./words/es.ts'),
  pt: () => import('./words/pt.ts'),
  it: () => import('./words/it.ts'),
  nl: () => import('./words/nl.ts'),
  pl: () => import('./words/pl.ts'),
  ja: () => import('./words/ja.ts'),
  ar: () => import('./words/ar.ts'),
}

type Spoken = {
  readonly language: Language
  readonly locale: string
  readonly words: Words
  readonly reasons: ReasonWords
}

/** What is spoken now. Set before the first render. */
export const spoken = signal<Spoken | undefined>(undefined)

/** The words of the language that is spoken; a component that reads them is drawn again when the language changes. */
export function useWords(): Words {
  return useSpoken().words
}

/** The reader's locale within the language: "en-GB" where the browser says so, else plain "en". */
export function useLocale(): string {
  return useSpoken().locale
}

export function useSpoken(): Spoken {
  if (spoken.value === undefined) throw new Error('No language has been loaded yet.')
  return spoken.value
}

// The page brings the merchant's reasons and own sentences for the language that it was drawn in.
const brought = document.getElementById('own-words')?.textContent
const broughtReasons = document.getElementById('reasons')?.textContent
let drawnIn: string | undefined = document.documentElement.lang

/** The merchant's reasons in a language. Where they can't be fetched, those of the page stay, in its language. */
async function reasonsIn(language: Language, drawn: boolean): Promise<ReasonWords> {
  const answer = drawn ? undefined : await fetch(`/portal/reasons/${language}`).catch(() => undefined)
  if (answer?.ok) return (await answer.json()) as ReasonWords
  return spoken.value?.reasons ?? (JSON.parse(broughtReasons ?? '{"choices":[],"names":{}}') as ReasonWords)
}

/** The merchant's own sentences for a language, by key; none where they can't be fetched, because ours do as well. */
async function ownWords(language: Language): Promise<Readonly<Record<string, string>>> {
  if (language === drawnIn) {
    drawnIn = undefined
    return JSON.parse(brought ?? '{}') as Record<string, string>
  }
  const answer = await fetch(`/portal/words/${language}`).catch(() => undefined)
  return answer?.ok ? ((await answer.json()) as Record<string, string>) : {}
}

/** Loads a language and speaks it from then on. One that we don't have becomes English. */
export async function speak(code: string): Promise<void> {
  const language = languageFor(code) ?? 'en'
  const drawn = language === drawnIn
  const [{ words }, own, reasons] = await Promise.all([
    files[language](),
    ownWords(language),
    reasonsIn(language, drawn),
  ])
  const locale = navigator.languages.find((tag) => languageFor(tag) === language) ?? language
  const { documentElement: page } = document
  page.lang = language
  page.dir = languages[language].direction
  spoken.value = { language, locale, words: withOwn(words, own), reasons }
}

/** Speaks a language and remembers the choice for this browser; the server reads the cookie for the next page. */
export async function choose(language: Language): Promise<void> {
  if (!framed) document.cookie = `portal_language=${language}; path=/portal; max-age=31536000; samesite=lax`
  await speak(language)
}
