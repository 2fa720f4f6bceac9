import type { Refusal } from './refusal.ts'

const second = 1000
const minute = 60 * second

/** How long a link into the portal is good for, in milliseconds: it is made when the customer is about to follow it. */
export const linkLastsMs = 10 * minute

/** How long the link in a letter shows the request that the letter is about. */
export const statusLinkLastsMs = 30 * 24 * 60 * minute

/** After so many wrong codes a mailed link opens nothing any more. */
export const wrongCodesAtMost = 5

/** A portal session ends after this many milliseconds without a request, and at the latest after `sessionLastsMs`. */
export const sessionIdleMs = 15 * minute
export const sessionLastsMs = 60 * minute

/** Why a link doesn't open the portal. An altered, foreign or invented one can't be told apart from one that never was. */
export type LinkFault = 'expired' | 'used' | 'unknown'

/** The refusal of a link, with the way back to the merchant's own pages when it is known. */
export type LinkRefusal = Extract<Refusal, { code: 'link_invalid' }> & {
  readonly fault: LinkFault
  readonly return_url: string | null
}

const because = {
  expired: 'This link has expired. Ask for a new one where you got it.',
  used: 'This link was used already. Ask for a new one where you got it.',
  unknown: 'This link is not valid. Open it again exactly as you got it, or ask for a new one.',
} as const satisfies Record<LinkFault, string>

export function linkRefusal(fault: LinkFault, returnUrl: string | null): LinkRefusal {
  return { code: 'link_invalid', because: because[fault], fault, return_url: returnUrl }
}

/** What is wrong with an address to lead the customer back to; undefined when it can be used. */
export function returnUrlProblem(text: string): string | undefined {
  const url = URL.parse(text)
  if (url === null) return 'return_url must be a whole address such as https://shop.example.com/account.'
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal(url.hostname)))
    return 'return_url must begin with https://.'
  if (url.username !== '' || url.password !== '') return 'return_url must not carry a user name or password.'
  return text.length > 2000 ? 'return_url must not be longer than 2,000 characters.' : undefined
}

const isLocal = (host: string): boolean => host === 'localhost' || host === '127.0.0.1' || host === '[::1]'
