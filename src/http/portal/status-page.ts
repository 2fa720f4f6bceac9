import { html } from 'hono/html'
import type { Language } from '../../domain/languages.ts'
import { amount, dayInSentence, moment, weekday } from '../../web/portal/format.ts'
import { isLate, lineOf } from '../../web/portal/line.ts'
import { fill } from '../../web/portal/words/fill.ts'
import type { Words } from '../../web/portal/words/words.ts'
import type { PageWords } from './page-words.ts'
import type { RequestView } from './wire.ts'

type Told = { readonly language: Language; readonly words: Words; readonly page: PageWords; readonly now: Date }

/** What a request's page says first: how it stands, what comes back, and why. */
export function headlineOf(request: RequestView, told: Omit<Told, 'page'>) {
  const { language, words } = told
  const { status } = words
  const paid =
    request.refund ?? (request.status === 'approved' || request.status === 'refunded' ? request.decision : null)
  const { decision, questions } = request
  const asked = questions.find(({ open }) => open)
  const title = request.deciding_ms === null ? status.title[request.status] : status.deciding.title
  return html`<section class="answer" data-status="${request.status}">
    <h1>${asked ? words.asked.title : title}</h1>
    ${paid === null ? '' : html`<p class="get"><strong class="figure">${amount(paid.amount_minor, paid.currency, language)}</strong></p>`}
    <p>${explanation(request, told)}</p>
    ${decision?.say ? html`<p class="say" lang="${decision.say_language}" dir="auto">${decision.say}</p>` : ''}
    ${
      decision?.missed_by
        ? html`<p>
            ${status.missed_by}
            <span lang="${decision.missed_by.language}" dir="auto">${decision.missed_by.sentence}</span>
          </p>`
        : ''
    }
    ${decision?.reply ? html`<blockquote class="reply"><p dir="auto">${decision.reply}</p></blockquote>` : ''}
  </section>`
}

/** How a request stands, for a browser without JavaScript: the same words as on the page, and a way to look again. */
export function statusWithoutScript(request: RequestView, told: Told) {
  const { language, words, page } = told
  const { status } = words
  const { questions } = request
  return html`${headlineOf(request, told)}
    <section class="sheet">
      <h2>${status.progress}</h2>
      <ol class="line">
        ${lineOf(request, { words, locale: language, now: told.now }).map(
          (step) =>
            html`<li data-state="${step.state}">
              <span class="dot"></span>
              <span class="event">
                <span
                  >${step.words}
                  <span class="details">(${step.state === 'no' ? words.line.done : words.line[step.state]})</span></span
                >
                ${step.at === null ? '' : html`<time datetime="${step.at}">${moment(step.at, language)}</time>`}
                ${step.detail === null ? '' : html`<span class="details">${step.detail}</span>`}
              </span>
            </li>`,
        )}
      </ol>
    </section>
    <section class="sheet">
      <h2>${status.request}</h2>
      ${questions.map(
        ({ question, answer }) =>
          html`<p class="label">${words.asked.question}</p>
            <blockquote class="reply"><p class="comment" dir="auto">${question}</p></blockquote>
            ${answer === null ? '' : html`<p class="comment" dir="auto">${answer}</p>`}`,
      )}
      <p>${request.payment.what}: ${amount(request.payment.amount_minor, request.payment.currency, language)}</p>
      ${request.refund?.reference ? html`<p>${status.reference}: <code>${request.refund.reference}</code></p>` : ''}
    </section>
    <p><a class="button quiet" href="">${page.look_again}</a></p>
    <p class="hint">${page.needs_script}</p>`
}

/** Links to requests: the list of them is all that a customer has without a script. */
export function requestLinks(
  asked: readonly { readonly id: string; readonly what: string | null }[],
  { language, words }: Pick<Told, 'language' | 'words'>,
) {
  if (asked.length === 0) return ''
  return html`<section class="sheet">
    <h2>${words.status.request}</h2>
    <ul>
      ${asked.map(
        ({ id, what }) =>
          html`<li><a href="/portal/requests/${id}?lang=${language}">${what ?? words.status.progress}</a></li>`,
      )}
    </ul>
  </section>`
}

function explanation(
  { status: state, due_at, refund, deciding_ms }: RequestView,
  { language, words, now }: Omit<Told, 'page'>,
): string {
  const { status } = words
  switch (state) {
    case 'submitted':
      return status.submitted
    case 'in_review':
      if (deciding_ms !== null) return status.deciding.text
      return due_at === null ? status.in_review : fill(status.in_review_by, { by: weekday(due_at, language) })
    case 'approved':
      return refund?.status === 'requires_action' ? status.requires_action : status.approved
    case 'refunded':
      if (refund?.expected && isLate(refund.expected.to, now)) return status.late
      return refund?.expected
        ? fill(status.expected, {
            from: dayInSentence(refund.expected.from, language),
            to: dayInSentence(refund.expected.to, language),
          })
        : status.keep_link
    case 'failed':
      return `${status.failed} ${status.failed_next}`
    case 'denied':
      return status.denied
    case 'withdrawn':
    case 'handled':
    case 'merged':
      return status[state]
  }
}
