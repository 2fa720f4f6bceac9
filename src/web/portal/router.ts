import { signal } from '@preact/signals'

import { framed } from './visit.ts'

type Place = { readonly path: string; readonly search: string }

// In a frame the address belongs to the frame's own page, so where the reader is stands in the history beside it.
const here = (): Place =>
  framed
    ? { path: '/portal/enter', search: '', ...(history.state as Partial<Place> | null) }
    : { path: location.pathname.replace(/\/+$/, ''), search: location.search }

/** Where the reader is. The address bar is the state: every page can be reloaded and linked to. */
export const place = signal<Place>(here())

addEventListener('popstate', () => {
  place.value = here()
})

/** Goes to an address of the portal. `replace` leaves no way back to the page that is left, e.g. one whose deed is done. */
export function go(to: string, { replace = false } = {}): void {
  const target = new URL(to, location.href)
  const state = framed ? { path: target.pathname.replace(/\/+$/, ''), search: target.search } : null
  const address = framed ? location.pathname + location.search : to
  if (replace) history.replaceState(state, '', address)
  else history.pushState(state, '', address)
  place.value = here()
  scrollTo(0, 0)
}

export type Route =
  | { readonly at: 'enter' | 'sign_in' | 'payments' | 'elsewhere' }
  | { readonly at: 'why'; readonly payment: string }
  | { readonly at: 'then'; readonly payment: string; readonly reason: string }
  | { readonly at: 'request'; readonly id: string }
  | { readonly at: 'why_several'; readonly payments: readonly string[] }
  | { readonly at: 'then_several'; readonly payments: readonly string[]; readonly reason: string }

export function routeOf({ path, search }: Place): Route {
  const [, portal, page, id, step] = path.split('/')
  if (portal !== 'portal') return { at: 'elsewhere' }
  if (page === undefined) return { at: 'payments' }
  if (page === 'enter' && id === undefined) return { at: 'enter' }
  if (page === 'several' && (id === undefined || id === 'refund') && step === undefined) {
    const query = new URLSearchParams(search)
    const payments = (query.get('payments') ?? '').split(',').filter((each) => each !== '')
    return id === undefined
      ? { at: 'why_several', payments }
      : { at: 'then_several', payments, reason: query.get('reason') ?? '' }
  }
  if (page === 'sign-in' && id === undefined) return { at: 'sign_in' }
  if (page === 'requests' && id !== undefined && step === undefined) return { at: 'request', id }
  if (page === 'payments' && id !== undefined && step === undefined) return { at: 'why', payment: id }
  if (page === 'payments' && id !== undefined && step === 'refund') {
    return { at: 'then', payment: id, reason: new URLSearchParams(search).get('reason') ?? '' }
  }
  return { at: 'elsewhere' }
}

export const to = {
  payments: '/portal',
  signIn: '/portal/sign-in',
  why: (payment: string) => `/portal/payments/${payment}`,
  then: (payment: string, reason: string) => `/portal/payments/${payment}/refund?reason=${encodeURIComponent(reason)}`,
  whySeveral: (payments: readonly string[]) => `/portal/several?payments=${payments.join(',')}`,
  thenSeveral: (payments: readonly string[], reason: string) =>
    `/portal/several/refund?payments=${payments.join(',')}&reason=${encodeURIComponent(reason)}`,
  request: (id: string) => `/portal/requests/${id}`,
} as const
