import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import type { App } from '../../app.ts'
import { policyAt, policyVersions, type PolicyVersionRow } from '../../db/policies.ts'
import { languageCodes, languageFor, languages, type Language } from '../../domain/languages.ts'
import { approversWords, describePolicy, type DescribedRule } from '../../domain/policy/describe.ts'
import { parsePolicy } from '../../domain/policy/parse.ts'
import type { Policy, Rule } from '../../domain/policy/policy.ts'
import { capital, languageOf as describedIn } from '../../domain/policy/words.ts'
import { fill } from '../../web/portal/words/fill.ts'
import { ownHostsOnly } from '../own-hosts.ts'
import { languageOf } from './language.ts'
import { ownPageWords } from './own-page-words.ts'
import type { PageWords } from './page-words.ts'
import { shell } from './shell.ts'

/** The rules for everybody to read, under /policy/{language}: from the published policy, without a script, to be kept by caches. */
export function policyPages(app: App): Hono {
  return new Hono()
    .use(ownHostsOnly(app))
    .get('/', (c) => {
      c.header('vary', 'accept-language, cookie')
      return c.redirect(`/policy/${languageOf(c)}`)
    })
    .get('/:language', async (c) => {
      const language = languageFor(c.req.param('language'))
      return language === undefined ? c.redirect('/policy') : policyPage(app, c, language)
    })
}

async function policyPage(app: App, c: Context, language: Language): Promise<Response> {
  const words = await ownPageWords(app, language)
  const now = app.now()
  const [current, all] = await Promise.all([policyAt(app.db, app.account, now), policyVersions(app.db, app.account)])
  // What comes into force later is not promised yet, so nobody reads it here.
  const published = all.filter(({ effective_from }) => effective_from <= now)
  const wanted = Number(c.req.query('version') ?? current?.version)
  const shown = published.find(({ version }) => version === wanted)
  const parsed = shown && parsePolicy(shown.source)
  c.header('cache-control', 'public, max-age=300')
  c.header('link', languageCodes.map((code) => `</policy/${code}>; rel="alternate"; hreflang="${code}"`).join(', '))
  if (shown === undefined || !parsed?.ok) {
    c.status(404)
    return shell(app, c, {
      language,
      title: words.policy,
      script: false,
      main: html`<h1>${words.policy}</h1>
        <p class="lead">${words.none}</p>`,
      foot: foot(language),
    })
  }
  const policy = parsed.policy
  const foreign = describedIn(language) !== language
  return shell(app, c, {
    language,
    title: words.policy,
    script: false,
    found: shown.version === current?.version,
    main: html`<h1>${words.policy}</h1>
      <p class="lead">${standing(shown, current, published, { language, words })}</p>
      ${foreign ? html`<p class="changed">${words.in_english}</p>` : ''}
      <p>${words.order}</p>
      ${rules(policy, { language, words })}
      <p><a class="button" href="/portal?lang=${language}">${words.ask}</a></p>
      ${earlier(published, shown, current, { language, words })}`,
    foot: foot(language),
  })
}

type Spoken = { readonly language: Language; readonly words: PageWords }

const date = (at: Date, language: Language): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(at)

function standing(
  shown: PolicyVersionRow,
  current: PolicyVersionRow | undefined,
  published: readonly PolicyVersionRow[],
  { language, words }: Spoken,
) {
  if (shown.version === current?.version)
    return fill(words.version, { version: String(shown.version), date: date(shown.effective_from, language) })
  const next = published
    .filter(({ effective_from, version }) => effective_from >= shown.effective_from && version !== shown.version)
    .sort((a, b) => a.effective_from.getTime() - b.effective_from.getTime())[0]
  const to = date((next ?? shown).effective_from, language)
  return html`${fill(words.superseded, { from: date(shown.effective_from, language), to })}
    <a href="/policy/${language}">${words.current}</a>`
}

function rules(policy: Policy, { language, words }: Spoken) {
  const described = describePolicy(policy, language)
  const tongue = describedIn(language)
  const block = (rule: Rule, said: DescribedRule) => {
    const text = rule.say[language] ?? rule.say['en']
    // Who decides among staff is nobody's concern outside.
    const staff = capital(approversWords(rule, tongue))
    const then = said.then.filter((line) => line !== staff)
    return html`<section class="rule sheet" data-then="${rule.then}" id="${rule.id}">
      ${text === undefined ? '' : html`<h2 lang="${rule.say[language] === undefined ? 'en' : language}" dir="auto">${text}</h2>`}
      ${conditions(said, words, tongue)}
      <p class="label">${words.what}</p>
      <ul lang="${tongue}">
        ${then.map((line) => html`<li dir="auto">${line}.</li>`)}
      </ul>
    </section>`
  }
  return html`<div class="rules">
      ${policy.rules.map((rule, index) => block(rule, described.rules[index]!))}
      ${block(policy.otherwise, described.otherwise)}
    </div>
    ${
      policy.rights.length === 0
        ? ''
        : html`<p class="lead">${words.law}</p>
            <div class="rules">${policy.rights.map((rule, index) => block(rule, described.rights[index]!))}</div>`
    }`
}

function conditions({ when }: DescribedRule, words: PageWords, tongue: string) {
  if (when.length === 0) return html`<p class="label">${words.rest}</p>`
  return html`<p class="label">${words.when}</p>
    <ul lang="${tongue}">
      ${when.map((line) => html`<li dir="auto">${line}.</li>`)}
    </ul>`
}

function earlier(
  published: readonly PolicyVersionRow[],
  shown: PolicyVersionRow,
  current: PolicyVersionRow | undefined,
  { language, words }: Spoken,
) {
  const others = published
    .filter(({ version }) => version !== shown.version && version !== current?.version)
    .slice(0, 50)
  if (others.length === 0) return ''
  return html`<section class="sheet">
    <h2>${words.earlier}</h2>
    <ul>
      ${others.map(
        ({ version, effective_from }) =>
          html`<li>
            <a href="/policy/${language}?version=${version}">${version}: ${date(effective_from, language)}</a>
          </li>`,
      )}
    </ul>
  </section>`
}

/** The same page in every language, as links: there is no script that could switch. */
const foot = (language: Language) =>
  html`<footer class="foot">
    <ul class="tongues">
      ${languageCodes.map(
        (code) =>
          html`<li>
            <a href="/policy/${code}" hreflang="${code}" lang="${code}" ${code === language ? 'aria-current=page' : ''}
              >${languages[code].name}</a
            >
          </li>`,
      )}
    </ul>
  </footer>`
