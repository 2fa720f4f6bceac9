import { signal } from '@preact/signals'
import type { Words } from './words/words.ts'

/** One language per file, fetched when it is chosen. */
const languages = {
  en: { name: 'English', load: () => import('./words/en.ts') },
  de: { name: 'Deutsch', load: () => import('./words/de.ts') },
} as const satisfies Record<string, { name: string; load: () => Promise<{ words: Words }> }>

export type Language = keyof typeof languages

export const choices = Object.entries(languages).map(([code, { name }]) => ({ code: code as Language, name }))

type Spoken = { readonly code: Language; readonly locale: string; readonly words: Words }

/** What is spoken now. Set before the first render. */
export const spoken = signal<Spoken | undefined>(undefined)

/** The words of the language that is spoken; a component that reads them is drawn again when the language changes. */
export function useWords(): Words {
  return current().words
}

/** The reader's locale within the language: "en-GB" where the browser says so, else plain "en". */
export function useLocale(): string {
  return current().locale
}

function current(): Spoken {
  if (spoken.value === undefined) throw new Error('No language has been loaded yet.')
  return spoken.value
}

const isLanguage = (code: string): code is Language => Object.hasOwn(languages, code)

/** Loads a language and speaks it from then on. One that we don't have becomes English. */
export async function speak(code: string): Promise<void> {
  const language: Language = isLanguage(code) ? code : 'en'
  const { words } = await languages[language].load()
  const locale = navigator.languages.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language
  document.documentElement.lang = language
  spoken.value = { code: language, locale, words }
}

/** Speaks a language and remembers the choice for this browser; the server reads the cookie for the next page. */
export async function choose(code: Language): Promise<void> {
  document.cookie = `portal_language=${code}; path=/portal; max-age=31536000; samesite=lax`
  await speak(code)
}
