/** Whether this is the portal in a frame on the merchant's page. Fixed for as long as the page lives. */
export const framed = location.pathname.replace(/\/+$/, '') === '/portal/embed'

// In a frame no cookie is kept: browsers refuse those of third parties. The secret lives as long as the page, and goes with each call.
let secret: string | undefined

export const keepVisit = (session: string | undefined): void => void (secret = session ?? secret)

export const endVisit = (): void => void (secret = undefined)

/** What a call has to carry besides what it says. */
export function visitHeaders(): Record<string, string> {
  return framed ? { 'x-portal-frame': '1', ...(secret !== undefined && { authorization: `Portal ${secret}` }) } : {}
}
