import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

export type Cookie = {
  readonly name: string
  readonly path: string
  /** How customers and staff reach us: over https the cookie is never sent in the clear. */
  readonly publicUrl: string
}

// A browser takes __Host- only for the whole origin, and __Secure- for any path (draft-ietf-httpbis-rfc6265bis).
function fullName({ name, path, publicUrl }: Cookie): string {
  if (!publicUrl.startsWith('https:')) return name
  return path === '/' ? `__Host-${name}` : `__Secure-${name}`
}

/** Gives the browser a session cookie: out of reach for scripts, gone with the browser, not sent from other sites' forms. */
export function setSessionCookie(c: Context, cookie: Cookie, value: string): void {
  setCookie(c, fullName(cookie), value, {
    path: cookie.path,
    httpOnly: true,
    sameSite: 'Lax',
    secure: cookie.publicUrl.startsWith('https:'),
  })
}

export function readSessionCookie(c: Context, cookie: Cookie): string | undefined {
  return getCookie(c, fullName(cookie))
}

export function clearSessionCookie(c: Context, cookie: Cookie): void {
  deleteCookie(c, fullName(cookie), { path: cookie.path, secure: cookie.publicUrl.startsWith('https:') })
}
