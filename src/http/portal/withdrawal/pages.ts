import { html, raw } from 'hono/html'
import { languages, type Language } from '../../../domain/languages.ts'
import type { WithdrawalFault, WithdrawalForm } from '../../../domain/withdrawal.ts'
import type { WithdrawalRow } from '../../../db/withdrawals.ts'
import { fill } from '../../../mail/words.ts'
import type { WithdrawalWords } from './words/words.ts'

/** What every page knows: the language and its words, and how the merchant looks. */
export type Frame = {
  readonly language: Language
  readonly words: WithdrawalWords
  readonly shop: string
  readonly styles: string
  readonly logo: string | null
  readonly theme: 'auto' | 'light' | 'dark'
}

type Markup = ReturnType<typeof html>

const framed = ({ language, shop, styles, logo, theme }: Frame, title: string, body: Markup): Markup =>
  html`<!doctype html>
    <html lang="${language}" dir="${languages[language].direction}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="${theme === 'auto' ? 'light dark' : theme}" />
        <meta name="robots" content="noindex" />
        <title>${title} · ${shop}</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        ${raw(styles)}
      </head>
      <body>
        <div id="app">
          <header class="head">
            <a class="shop" href="/portal"
              >${logo === null ? '' : html`<img class="logo" src="${logo}" alt="" />`}${shop}</a
            >
          </header>
          <main id="main">${body}</main>
        </div>
      </body>
    </html>`

export type Step1 = {
  readonly form: WithdrawalForm
  readonly faults: Partial<Record<keyof WithdrawalForm, WithdrawalFault>>
  readonly payment: string | undefined
  /** The last instant for the payment that it was opened from. */
  readonly until: Date | null
}

/** Step 1: who, which contract, and where the acknowledgement goes. Filled in as far as it is known. Works without a script. */
export function formPage(frame: Frame, { form, faults, payment, until }: Step1): Markup {
  const { words } = frame
  const field = (name: keyof WithdrawalForm, type: string, autocomplete: string, hint: string | null): Markup => {
    const fault = faults[name]
    const described = [fault && `${name}-wrong`, hint !== null && `${name}-hint`].filter(Boolean).join(' ')
    return html`<div class="field">
      <label for="${name}">${words[name]}</label>
      <input
        id="${name}"
        name="${name}"
        type="${type}"
        value="${form[name]}"
        autocomplete="${autocomplete}"
        required
        ${described ? raw(`aria-describedby="${described}"`) : ''}
        ${fault ? raw('aria-invalid="true"') : ''}
      />
      ${hint === null ? '' : html`<small id="${name}-hint">${hint}</small>`}
      ${fault ? html`<p class="wrong" id="${name}-wrong" role="alert">${words[fault]}</p>` : ''}
    </div>`
  }
  return framed(
    frame,
    words.title,
    html`<h1>${words.title}</h1>
      <p class="lead">${words.lead}</p>
      ${until === null ? '' : html`<p class="changed">${fill(words.until, { until: instant(until, frame.language) }, frame.language)}</p>`}
      <form class="withdrawal" method="post" action="/portal/withdrawal?lang=${frame.language}" novalidate>
        ${field('name', 'text', 'name', null)} ${field('contract', 'text', 'off', words.contract_hint)}
        ${field('email', 'email', 'email', words.email_hint)}
        ${payment === undefined ? '' : html`<input type="hidden" name="payment" value="${payment}" />`}
        <button class="button" type="submit">${words.next}</button>
      </form>`,
  )
}

export type Step2 = {
  readonly form: WithdrawalForm
  readonly payment: string | undefined
  readonly statement: string
  readonly once: string
}

/** Step 2: the whole statement, and the one button that makes it. */
export function confirmPage(frame: Frame, { form, payment, statement, once }: Step2): Markup {
  const { words } = frame
  const hidden = Object.entries({ ...form, ...(payment && { payment }), once })
  const carried = hidden.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)
  return framed(
    frame,
    words.check,
    html`<h1>${words.check}</h1>
      <p class="lead">${words.check_lead}</p>
      <section class="sheet"><p class="comment" dir="auto">${statement}</p></section>
      <form class="withdrawal" method="post" action="/portal/withdrawal/confirm?lang=${frame.language}">
        ${carried}
        <button class="button" type="submit">${words.confirm}</button>
      </form>
      <form method="post" action="/portal/withdrawal/change?lang=${frame.language}">
        ${carried}
        <button class="button quiet" type="submit">${words.change}</button>
      </form>`,
  )
}

/** What was received and when: the acknowledgement on a page that can be reloaded, and as a file. */
export function donePage(
  frame: Frame,
  { kept, mail, file, request }: { kept: WithdrawalRow; mail: boolean; file: string; request: string | null },
): Markup {
  const { words } = frame
  const told = { received_at: instant(kept.received_at, frame.language), email: kept.email }
  return framed(
    frame,
    words.done,
    html`<h1>${words.done}</h1>
      <p class="lead">
        ${fill(words.received, told, frame.language)} ${mail ? fill(words.sent, told, frame.language) : words.save_now}
      </p>
      <p>${kept.request_id === null ? words.unclear : words.found}</p>
      <section class="sheet"><p class="comment" dir="auto">${kept.statement}</p></section>
      <a class="button ${mail ? 'quiet' : ''}" href="${file}" download>${words.save}</a>
      ${request === null ? '' : html`<a class="button quiet" href="/portal/requests/${request}">${words.see}</a>`}`,
  )
}

export const saidPage = (frame: Frame, sentence: 'too_often' | 'foreign'): Markup => {
  const { words } = frame
  return framed(
    frame,
    words.title,
    html`<h1>${words.title}</h1>
      <p class="lead" role="alert">${words[sentence]}</p>
      <a class="button quiet" href="/portal/withdrawal?lang=${frame.language}">${words.title}</a>`,
  )
}

/** The statement as it is shown, confirmed, kept, acknowledged and judged. */
export function statementOf(form: WithdrawalForm, { language, words, shop }: Frame, at: Date): string {
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(at)
  const sentence = fill(words.statement, { shop, contract: form.contract.trim() }, language)
  return `${sentence}\n\n${form.name.trim()}\n${form.email.trim()}\n${date}`
}

/** The acknowledgement as a file: a medium that lasts, whatever becomes of the mail. */
export function acknowledgementText(
  kept: WithdrawalRow,
  { language, words, shop }: Pick<Frame, 'language' | 'words' | 'shop'>,
): string {
  return [
    `${words.acknowledgement} · ${shop}`,
    fill(words.received, { received_at: instant(kept.received_at, language) }, language),
    kept.statement,
    `${words.declared_by}: ${kept.name}\n${words.contract}: ${kept.contract}\n${words.sent_to}: ${kept.email}\n${words.number}: ${kept.id}`,
  ].join('\n\n')
}

const instant = (at: Date, language: Language): string =>
  `${new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'medium', timeZone: 'UTC' }).format(at)} UTC`
