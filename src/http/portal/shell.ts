import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import type { App } from '../../app.ts'
import { ownTexts } from '../../db/portal-look.ts'
import { languages, type Language } from '../../domain/languages.ts'
import { lookNow } from '../../flows/portal-look.ts'
import { shopName } from '../../flows/shop-brand.ts'
import { headOf, preloadOf } from '../web.ts'
import { reasonWords } from './reasons.ts'
import { wordsIn } from './words.ts'

type Html = ReturnType<typeof html> | string

export type Shell = {
  readonly language: Language
  readonly title: string
  /** What the page's script has to know, by name. */
  readonly meta?: Readonly<Record<string, string>>
  /** With the portal's script, which takes the page over; without one the page is what it is. */
  readonly script: boolean
  /** Found by search engines: only what everybody may read. */
  readonly found?: boolean
  readonly main: Html
  readonly foot?: Html
}

/** A page as the merchant wants it to look: head, name and logo, what stands in the middle, foot. */
export async function shell(app: App, c: Context, page: Shell): Promise<Response> {
  const { language, script } = page
  const head = await headOf('portal').catch(() => '')
  if (head === '') return c.text('The pages are not built yet: run npm run build.', 503)
  const [shop, { look, logo_type, changed_at }, own, reasons, preload] = await Promise.all([
    shopName(app),
    lookNow(app),
    script ? ownTexts(app.db, app.account, language, 'portal') : {},
    script ? reasonWords(app, language) : undefined,
    script ? preloadOf(`src/web/portal/words/${language}.ts`).catch(() => '') : '',
  ])
  const version = changed_at.getTime().toString(36)
  const styles = script ? head : head.replaceAll(/<(script|link rel="modulepreload")[^\n]*\n?/g, '')
  const { skip } = await wordsIn(language)
  const meta = { shop, look: version, ...(logo_type !== null && { logo: `/portal/logo?v=${version}` }), ...page.meta }
  return c.html(
    html`<!doctype html>
      <html lang="${language}" dir="${languages[language].direction}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
          <meta name="color-scheme" content="${look.theme === 'auto' ? 'light dark' : look.theme}" />
          ${page.found ? '' : html`<meta name="robots" content="noindex" />`}
          ${script ? Object.entries(meta).map(([name, content]) => html`<meta name="${name}" content="${content}" />`) : ''}
          <title>${page.title}</title>
          <meta name="description" content="${page.title} · ${shop}" />
          <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
          ${raw(styles)}
          <link rel="stylesheet" href="/portal/look.css?v=${version}" />
          ${raw(preload)}
          ${
            Object.keys(own).length > 0
              ? html`<script type="application/json" id="own-words">
                  ${raw(JSON.stringify(own).replaceAll('<', '\\u003c'))}
                </script>`
              : ''
          }
          ${
            reasons === undefined
              ? ''
              : html`<script type="application/json" id="reasons">
                  ${raw(JSON.stringify(reasons).replaceAll('<', '\\u003c'))}
                </script>`
          }
        </head>
        <body>
          <div id="app">
            <a class="skip" href="#main">${skip}</a>
            <header class="head">
              <span class="shop"
                >${logo_type === null ? '' : html`<img class="logo" src="/portal/logo?v=${version}" alt="" />`}${shop}</span
              >
            </header>
            <main id="main" ${script ? raw('aria-busy="true"') : ''}>${page.main}</main>
            ${page.foot ?? ''}
          </div>
        </body>
      </html>`,
  )
}
