const minute = 60_000
const hour = 60 * minute

/** What a mail server's answer means for one letter. `later` says nothing about the letter; `never` is about its address. */
export type Delivery = 'later' | 'never'

/**
 * A 5xx answer about the recipient or the text ends a letter (RFC 5321, 4.2.1: do not repeat it as it is). Everything else
 * passes: the server is away or busy, or it does not know our password, which is no fault of the letter.
 */
export function deliveryOf(error: object): Delivery {
  const { code, responseCode } = error as { readonly code?: string; readonly responseCode?: number }
  if (code === 'EAUTH' || code === 'ECONNECTION' || code === 'ETLS') return 'later'
  return responseCode !== undefined && responseCode >= 500 ? 'never' : 'later'
}

/** Whether a text is one plain address: no list, no name beside it, no second line. The receiving server says the rest. */
export const isOneAddress = (text: string): boolean =>
  text.length <= 254 && /^[^\s<>()[\]\\,;:"@]+@[^\s<>()[\]\\,;:"@]+$/.test(text)

/** 16 tries take about two days. Then a person is called. */
const triesMax = 16

/** When a letter is tried again after so many tries that came to nothing; undefined when it is given up. */
export function nextTry(triesSoFar: number, now: Date): Date | undefined {
  if (triesSoFar + 1 >= triesMax) return undefined
  return new Date(now.getTime() + Math.min(6 * hour, 2 ** triesSoFar * (minute / 2)))
}
