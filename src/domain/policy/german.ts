const articles: Readonly<Record<string, string>> = { der: 'dem', die: 'der', das: 'dem' }

/**
 * The dative of a German noun phrase in the singular that begins with its article: "das erste Upgrade" becomes "dem ersten
 * Upgrade". Undefined for anything else, a plural that shows by its adjective ("die geleisteten Tage") included: then the sentence
 * has to do without.
 */
export function dative(phrase: string): string | undefined {
  const match = /^(der|die|das) ((?:[a-zäöüß]+e )*)([A-ZÄÖÜ].*)$/s.exec(phrase)
  if (!match) return undefined
  const [, article = '', adjectives = '', noun = ''] = match
  return `${articles[article] ?? article} ${adjectives.replaceAll('e ', 'en ')}${noun}`
}
