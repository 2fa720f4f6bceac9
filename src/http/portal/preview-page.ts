import { html, raw } from 'hono/html'
import { languages, type Language } from '../../domain/languages.ts'
import { amount, day } from '../../web/portal/format.ts'
import { counted, fill } from '../../web/portal/words/fill.ts'
import type { Words } from '../../web/portal/words/words.ts'
import { headOf } from '../web.ts'

export type Sample = {
  readonly language: Language
  readonly words: Words
  readonly shop: string
  readonly logo: string | null
  /** The address of the stylesheet with the look that is tried. */
  readonly style: string
  readonly now: Date
}

/** What a customer sees, with invented payments: to try a look before anybody else sees it. */
export async function samplePage({ language, words, shop, logo, style, now }: Sample) {
  const styles = (await headOf('portal').catch(() => '')).replaceAll(/<(script|link rel="modulepreload")[^\n]*\n?/g, '')
  const until = new Date(now.getTime() + 18 * 86_400_000).toISOString()
  const badge = counted(
    words.badges.refundable_days,
    { language, locale: language },
    { days: 18 },
    { until: day(until, language) },
  )
  const paid = fill(words.payments.paid, { date: day(now.toISOString(), language) })
  return html`<!doctype html>
    <html lang="${language}" dir="${languages[language].direction}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${words.payments.title}</title>
        ${raw(styles)}
        <link rel="stylesheet" href="${style}" />
      </head>
      <body>
        <div id="app">
          <header class="head">
            <span class="shop">${logo === null ? '' : html`<img class="logo" src="${logo}" alt="" />`}${shop}</span>
          </header>
          <main>
            <h1>${words.payments.title}</h1>
            <p class="lead">${words.payments.lead}</p>
            <ul class="payments">
              <li>
                <span class="payment">
                  <span class="payment-line">
                    <span class="what">Pro</span>
                    <span class="money">${amount(4900, 'eur', language)}</span>
                    <span class="details">${paid}</span>
                  </span>
                  <span class="standing"
                    ><span class="badge" data-tone="approve"><span>${badge}</span></span></span
                  >
                </span>
              </li>
            </ul>
            <p><a class="quiet-link">${words.status.policy}</a></p>
            <div class="deeds">
              <span class="button">${fill(words.then.refund_button, { amount: amount(4900, 'eur', language) })}</span>
              <span class="button quiet">${words.then.ask_person}</span>
            </div>
          </main>
        </div>
      </body>
    </html>`
}
