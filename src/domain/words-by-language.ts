import type { Refusal } from './refusal.ts'

/** Languages that the settings offer by name; any other BCP 47 tag of a language (and region) may be typed. */
export const languageNames = {
  en: 'English',
  de: 'German',
  fr: 'French',
  es: 'Spanish',
  it: 'Italian',
  nl: 'Dutch',
  pl: 'Polish',
  pt: 'Portuguese',
  sv: 'Swedish',
  ja: 'Japanese',
  ar: 'Arabic',
  he: 'Hebrew',
} as const

const tag = /^[a-z]{2,3}(-[A-Z]{2})?$/

/** What is wrong with a text in several languages; English is the one that everybody falls back to. */
export function wrongInWords(
  words: Readonly<Record<string, string>>,
  { max, also }: { max: number; also?: (text: string) => string | undefined },
): Refusal | undefined {
  const wrong = (language: string, because: string): Refusal => ({
    code: 'setting_invalid',
    field: `words.${language}`,
    because,
  })
  if (!words['en']?.trim()) return wrong('en', 'Write it in English: it is shown where another language is missing.')
  for (const [language, text] of Object.entries(words)) {
    if (!tag.test(language)) return wrong(language, `"${language}" is not a language. Use a code such as de or pt-BR.`)
    if (text.trim() === '') return wrong(language, 'There is no text. Write it, or take the language out.')
    if (text.length > max) return wrong(language, `The text is longer than ${max.toLocaleString('en')} characters.`)
    const more = also?.(text)
    if (more) return wrong(language, more)
  }
  return undefined
}
