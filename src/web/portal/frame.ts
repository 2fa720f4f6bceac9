import { languageFor } from '../../domain/languages.ts'
import { speak } from './language.ts'
import { place } from './router.ts'
import { framed } from './visit.ts'

// The site that shows this page. The server has drawn it for a site on the merchant's list only, and named it to the browser.
const host = new URLSearchParams(location.search).get('origin') ?? ''

/** Tells the page around this one. Only the site that this page was drawn for hears it. */
export function tellHost(message: { readonly moneyback: string; readonly height?: number }): void {
  if (framed) parent.postMessage(message, host)
}

const setTheme = (theme: unknown): void => {
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme
}

/** Listens to the page around this one: how the customer comes in, and how it looks there. Everybody else is not heard. */
export function listenToHost(): void {
  if (!framed) return
  document.documentElement.dataset['framed'] = ''
  setTheme(new URLSearchParams(location.search).get('theme'))
  addEventListener('message', ({ data, origin, source }: MessageEvent) => {
    if (origin !== host || source !== parent || typeof data !== 'object' || data === null) return
    const { moneyback, token, jwt, lang, theme } = data as Record<string, unknown>
    if (moneyback === 'look') {
      setTheme(theme)
      const language = typeof lang === 'string' ? languageFor(lang) : undefined
      if (language !== undefined && language !== document.documentElement.lang) void speak(language)
    }
    if (moneyback !== 'enter') return
    const [key, value] = typeof token === 'string' ? ['t', token] : ['jwt', String(jwt)]
    history.replaceState({ path: '/portal/enter', search: '' }, '', `#${key}=${encodeURIComponent(value)}`)
    place.value = { path: '/portal/enter', search: '' }
    dispatchEvent(new HashChangeEvent('hashchange'))
  })
  new ResizeObserver(() => tellHost({ moneyback: 'height', height: document.body.offsetHeight })).observe(document.body)
  tellHost({ moneyback: 'ready' })
}
