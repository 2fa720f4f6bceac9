import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Hono } from 'hono'
import type { App } from '../../app.ts'
import { findLogo, ownTexts } from '../../db/portal-look.ts'
import { reasonWords } from './reasons.ts'
import { languageFor } from '../../domain/languages.ts'
import { styleOf } from '../../domain/portal-look.ts'
import { lookNow } from '../../flows/portal-look.ts'
import { pageHeaders } from '../headers.ts'
import { portalPages } from './page.ts'

const script = fileURLToPath(new URL('../../../dist/web/embed.js', import.meta.url))

// Its address carries the moment of the last change, so what was fetched under it may be kept.
const kept = 'public, max-age=604800, immutable'

/** What makes the portal the merchant's: style, logo, words of their own, and the frame on their page. */
export function lookRoutes(app: App): Hono {
  const routes = new Hono()
  routes.get('/look.css', async (c) => {
    const { look } = await lookNow(app)
    return c.body(styleOf(look), 200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': kept })
  })

  routes.get('/logo', async (c) => {
    const logo = await findLogo(app.db, app.account)
    if (logo === undefined) return c.body(null, 404)
    return c.body(Buffer.from(logo.bytes), 200, { 'content-type': logo.type, 'cache-control': kept })
  })

  // The merchant's own sentences, for a language that is chosen after the page was loaded.
  routes.get('/words/:language', async (c) => {
    const language = languageFor(c.req.param('language'))
    c.header('cache-control', 'public, max-age=60')
    return c.json(language === undefined ? {} : await ownTexts(app.db, app.account, language, 'portal'))
  })

  // The reasons, for the same.
  routes.get('/reasons/:language', async (c) => {
    const language = languageFor(c.req.param('language'))
    c.header('cache-control', 'public, max-age=60')
    return c.json(await reasonWords(app, language ?? 'en'))
  })

  // One script for every site: it may be loaded from anywhere, and does nothing but make a frame.
  routes.get('/embed.js', async (c) => {
    const text = await readFile(script, 'utf8').catch(() => undefined)
    if (text === undefined) return c.body(null, 503)
    c.header('access-control-allow-origin', '*')
    c.header('cross-origin-resource-policy', 'cross-origin')
    c.header('x-content-type-options', 'nosniff')
    return c.body(text, 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=3600',
    })
  })

  // The portal in a frame: on the pages of sites that the merchant has named, and on no other.
  routes.get('/embed', async (c) => {
    const origin = c.req.query('origin') ?? ''
    const { look } = await lookNow(app)
    const ours = [app.config.publicUrl, app.config.portalUrl].map((url) => new URL(url).origin)
    const allowed = look.origins.includes(origin) || ours.includes(origin)
    const draw = async () => {
      if (allowed) c.res = await portalPages(app)(c)
      else
        c.res = c.text(
          'This site is not on the list of those that may show this page. It is named in the console, under Settings, Portal.',
          403,
        )
    }
    await pageHeaders(allowed ? { ancestor: origin } : {})(c, draw)
    return c.res
  })
  return routes
}
