import type { Context } from 'hono'
import { html } from 'hono/html'
import type { App } from '../../app.ts'
import { portalPayments } from '../../db/portal-payments.ts'
import { portalRequest } from '../../db/portal-requests.ts'
import { usePortalSession } from '../../db/portal-sessions.ts'
import { sessionSecret } from './guard.ts'
import { withdrawalOffered } from '../../flows/withdrawal-offered.ts'
import { pasteForm } from './enter-without-script.ts'
import { languageOf } from './language.ts'
import { outline } from './outline.ts'
import { ownPageWords, ownPortalWords } from './own-page-words.ts'
import { shell } from './shell.ts'
import { requestLinks, statusWithoutScript } from './status-page.ts'
import { requestView } from './views.ts'
import { wordsIn } from './words.ts'

/** Draws the pages: the outline of what will stand there, so that something is seen before the script has arrived. */
export function portalPages(app: App): (c: Context) => Promise<Response> {
  return async (c) => {
    const language = languageOf(c)
    c.header('cache-control', 'no-store')
    c.header('vary', 'accept-language, cookie')
    return shell(app, c, {
      language,
      title: (await wordsIn(language)).payments.title,
      script: true,
      meta: {
        ...(app.config.smtpUrl !== undefined && { mail: 'offered' }),
        ...((await withdrawalOffered(app)) && { withdrawal: 'offered' }),
      },
      main: html`<noscript>${await withoutScript(app, c)}</noscript>
        <div class="outline">${await outline(app, c, language)}</div>`,
    })
  }
}

/**
 * What stands there for somebody without JavaScript: a request's state, to whom it belongs; the list of their requests; else
 * the way in by a link, and what is needed for the rest.
 */
async function withoutScript(app: App, c: Context) {
  const language = languageOf(c)
  const [, id] = /^\/portal\/requests\/(rr_\w+)\/?$/.exec(c.req.path) ?? []
  const now = app.now()
  const secret = sessionSecret(app, c)
  const session = secret === undefined ? undefined : await usePortalSession(app.db, app.account, secret, now)
  const words = await ownPortalWords(app, language)
  const page = await ownPageWords(app, language)
  const told = { language, words, page, now }
  if (session !== undefined && id !== undefined && (session.request === null || session.request === id)) {
    const row = await portalRequest(app.db, app.account, session.owners, id, now)
    if (row !== undefined) return statusWithoutScript(requestView(row, { locale: language, words, now }), told)
  }
  const needed = html`<p class="changed">${page.noscript}</p>`
  if (session === undefined)
    return html`<h1>${words.payments.title}</h1>
      ${needed}${await pasteForm(app, language)}`
  if (session.request !== null) return html`${needed}${requestLinks([{ id: session.request, what: null }], told)}`
  const payments = await portalPayments(app.db, app.account, session.owners)
  const asked = payments.flatMap(({ request_id, product_name, description }) =>
    request_id === null ? [] : [{ id: request_id, what: product_name ?? description }],
  )
  return html`${needed}${requestLinks(asked, told)}`
}
