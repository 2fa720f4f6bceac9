/** Where sentences stand that a merchant can have in their own words. Each but the portal's has its name before its keys. */
export const wordParts = ['portal', 'page', 'mail', 'withdrawal'] as const
export type WordPart = (typeof wordParts)[number]

/** The key of a sentence among all: `then.refund_button`, `mail.letters.approved.subject`, `withdrawal.title`. */
export const wholeKey = (part: WordPart, key: string): string => (part === 'portal' ? key : `${part}.${key}`)

/** Which part a key belongs to, and what it is called there. */
export function partOfKey(whole: string): { readonly part: WordPart; readonly key: string } {
  const [first = '', ...rest] = whole.split('.')
  const part = wordParts.find((each) => each !== 'portal' && each === first)
  return part === undefined ? { part: 'portal', key: whole } : { part, key: rest.join('.') }
}

/** Every sentence under its key, such as `then.refund_button` or `payments.show_all.one`. */
export function sentences(words: object, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of Object.entries(words) as [string, string | object][]) {
    const key = path === '' ? name : `${path}.${name}`
    if (typeof value === 'string') found.set(key, value)
    else for (const [inner, text] of sentences(value, key)) found.set(inner, text)
  }
  return found
}

/** The blanks of a sentence, each once. */
export const blanksOf = (text: string): string[] => [
  ...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)),
]

/** The words with the merchant's own sentences in the place of ours. A key that is not there any more changes nothing. */
export function withOwn<W extends object>(words: W, own: Readonly<Record<string, string>>): W {
  if (Object.keys(own).length === 0) return words
  const put = (value: object, path: string): object =>
    Object.fromEntries(
      Object.entries(value as Record<string, string | object>).map(([name, inside]) => {
        const key = path === '' ? name : `${path}.${name}`
        return [name, typeof inside === 'string' ? (own[key] ?? inside) : put(inside, key)]
      }),
    )
  return put(words, '') as W
}
