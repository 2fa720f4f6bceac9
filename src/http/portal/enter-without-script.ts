import { Hono } from 'hono'
import type { App } from '../../app.ts'
import { enterPortal } from '../../flows/open-portal.ts'
import type { Language } from '../../domain/languages.ts'
import { html } from 'hono/html'
import { withdrawalOffered } from '../../flows/withdrawal-offered.ts'
import { addressOf, tooOften } from '../limits.ts'
import { setSessionCookie } from '../session.ts'
import { isForeign, portalCookie, sessionSecret } from './guard.ts'
import { languageOf } from './language.ts'
import { ownPageWords, ownPortalWords } from './own-page-words.ts'
import { shell } from './shell.ts'

/**
 * The way in without JavaScript. A link's secret stands behind the #, which browsers keep to themselves: whoever has no script
 * pastes the whole address into a form, and a POST takes it.
 */
export function enterWithoutScript(app: App): Hono {
  return new Hono().post('/', async (c) => {
    const language = languageOf(c)
    c.header('cache-control', 'no-store')
    const again = async (fault: 'unknown' | 'expired' | 'used' | 'too_often', status: 403 | 422 | 429) => {
      c.status(status)
      const { enter, broken } = await ownPortalWords(app, language)
      const { title, text } = fault === 'too_often' ? broken : enter[fault]
      return shell(app, c, {
        language,
        title,
        script: false,
        main: html`<h1>${title}</h1>
          <p class="lead" role="alert">${text}</p>
          ${await pasteForm(app, language)}`,
      })
    }
    if (isForeign(c)) return again('unknown', 403)
    if (await tooOften(app, 'enter_from_ip', addressOf(app, c))) return again('too_often', 429)
    const { link } = await c.req.parseBody()
    const token = /[#?&]t=([\w-]{1,200})/.exec(typeof link === 'string' ? link : '')?.[1]
    if (token === undefined) return again('unknown', 422)
    const entered = await enterPortal(app, { token, session: sessionSecret(app, c) })
    if (!entered.ok) return again(entered.no.fault, 422)
    const { session, request } = entered.value
    setSessionCookie(c, portalCookie(app), session)
    const to = request === null ? '/portal' : `/portal/requests/${request}`
    return c.redirect(`${to}?lang=${language}`, 303)
  })
}

/** The field for a link, and what can be done and read without a script besides. */
export async function pasteForm(app: App, language: Language) {
  const [words, page] = await Promise.all([ownPortalWords(app, language), ownPageWords(app, language)])
  return html`<form class="withdrawal" method="post" action="/portal/enter?lang=${language}">
      <div class="field">
        <label for="link">${page.paste}</label>
        <input id="link" name="link" type="text" autocomplete="off" autocapitalize="off" spellcheck="false" required />
      </div>
      <button class="button" type="submit">${words.sign_in.open}</button>
    </form>
    <p><a class="quiet-link" href="/policy/${language}">${page.policy}</a></p>
    ${
      (await withdrawalOffered(app))
        ? html`<p><a class="quiet-link" href="/portal/withdrawal?lang=${language}">${words.withdraw_contract}</a></p>`
        : ''
    }`
}
