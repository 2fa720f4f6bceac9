import type { Language } from '../../domain/languages.ts'
import type { Words } from '../../web/portal/words/words.ts'

/** The portal's words in a language, for what the server writes itself. The pages fetch the same files. */
export async function wordsIn(language: Language): Promise<Words> {
  const { words } = (await import(`../../web/portal/words/${language}.ts`)) as { words: Words }
  return words
}
