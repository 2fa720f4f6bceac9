import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import { sql } from 'kysely'
import type { App } from '../../app.ts'
import { withdrawalOffered } from '../../flows/withdrawal-offered.ts'
import { headOf, preloadOf } from '../web.ts'
import { languages, type Language } from '../../domain/languages.ts'
import { languageOf } from './language.ts'
import { pageWords } from './page-words.ts'
import { wordsIn } from './words.ts'

/** Draws the pages: the outline of what will stand there, so that something is seen before the script has arrived. */
export function portalPages(app: App): (c: Context) => Promise<Response> {
  return async (c) => {
    const language = languageOf(c)
    const head = await headOf('portal').catch(() => '')
    const preload = await preloadOf(`src/web/portal/words/${language}.ts`).catch(() => '')
    if (head === '') return c.text('The pages are not built yet: run npm run build.', 503)
    c.header('cache-control', 'no-store')
    c.header('vary', 'accept-language, cookie')
    return c.html(
      page({
        language,
        title: (await wordsIn(language)).payments.title,
        shop: await shopName(app),
        mail: app.config.smtpUrl !== undefined,
        withdrawal: await withdrawalOffered(app),
        head: `${head}\n${preload}`,
        list: /\/portal(\/enter)?\/?$/.test(c.req.path),
      }),
    )
  }
}

/** What the merchant is called: the name of their Stripe account. */
export async function shopName(app: App): Promise<string> {
  const { rows } = await sql<{ name: string | null }>`select name from account where id = ${app.account}`.execute(
    app.db,
  )
  return rows[0]?.name ?? 'Moneyback'
}

type Page = {
  readonly language: Language
  readonly title: string
  readonly shop: string
  /** Whether links are sent by e-mail. */
  readonly mail: boolean
  /** Whether customers can withdraw from a contract here. */
  readonly withdrawal: boolean
  readonly head: string
  readonly list: boolean
}

function page({ language, title, shop, mail, withdrawal, head, list }: Page) {
  return html`<!doctype html>
    <html lang="${language}" dir="${languages[language].direction}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <meta name="shop" content="${shop}" />
        ${mail ? html`<meta name="mail" content="offered" />` : ''}
        ${withdrawal ? html`<meta name="withdrawal" content="offered" />` : ''}
        <title>${title}</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        ${raw(head)}
      </head>
      <body>
        <div id="app">
          <header class="head"><span class="shop">${shop}</span></header>
          <main aria-busy="true">
            <noscript><p class="changed">${pageWords[language].noscript}</p></noscript>
            <div class="skeleton">
              <span class="bone title"></span>${
                list
                  ? html`<span class="bone card"></span><span class="bone card"></span><span class="bone card"></span>`
                  : html`<span class="bone sheet"></span>`
              }
            </div>
          </main>
        </div>
      </body>
    </html>`
}
