/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact'
import type { AccessView, PaymentView, Preview } from '../../../http/portal/wire.ts'
import { amount as amountWords, dayInSentence } from '../format.ts'
import { spoken, useLocale, useWords } from '../language.ts'
import { fill } from '../words/fill.ts'
import type { Words } from '../words/words.ts'
import { destinationShort, PaymentLine } from './PaymentLine.tsx'

export function useAmount({ amount_minor, currency }: { readonly amount_minor: number; readonly currency: string }): {
  amount: string
} {
  return { amount: amountWords(amount_minor, currency, useLocale()) }
}

/** What the policy would do with the request: the amount and how it comes about, where it goes, when, and what ends. */
export function WhatHappens({ preview }: { preview: Preview }) {
  const words = useWords()
  const locale = useLocale()
  const { amount } = useAmount(preview)
  const { payment, verdict } = preview
  return (
    <section class="sheet">
      {verdict === 'approve' && (
        <p class="get">
          <span class="label">{words.then.you_get}</span>
          <strong class="figure">{amount}</strong>
        </p>
      )}
      {verdict !== 'approve' && <PaymentLine payment={payment} />}
      {preview.say !== null && (
        <p class="say" lang={preview.say_language} dir="auto">
          {preview.say}
        </p>
      )}
      {verdict === 'deny' && preview.missed_by !== null && (
        <p class="missed">
          <span class="label">{words.status.missed_by}</span>
          <span lang={preview.missed_by.language} dir="auto">
            {preview.missed_by.sentence}
          </span>
        </p>
      )}
      {verdict === 'review' && preview.amount_minor > 0 && <p>{fill(words.then.review_amount, { amount })}</p>}
      {verdict === 'approve' && (
        <dl class="facts">
          <Fact name={words.then.worked_out}>{workedOut(preview, words, locale)}</Fact>
          <Fact name={words.then.goes_to}>{destinationShort(payment.method, words)}</Fact>
          <Fact name={words.then.when}>{payment.method.last4 === null ? words.arrival.other : words.arrival.card}</Fact>
          <Fact name={words.then.access}>{accessWords(preview.access, payment, words, locale)}</Fact>
        </dl>
      )}
    </section>
  )
}

export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** What happens to what was bought. */
export function accessWords(
  access: AccessView,
  payment: PaymentView,
  { access: words }: Words,
  locale: string,
): string {
  const sentence = accessSentence(access, payment.what, words, locale)
  return access.subscription_ends ? `${sentence} ${words.subscription_ends}` : sentence
}

function accessSentence(
  { choice, ends_at }: AccessView,
  product: string,
  words: Words['access'],
  locale: string,
): string {
  if (choice === 'keep') return words.keep
  if (choice === 'period_end')
    return ends_at === null
      ? fill(words.period_end, { product })
      : fill(words.at, { product, date: dayInSentence(ends_at, locale) })
  const past = ends_at !== null && new Date(ends_at).toDateString() !== new Date().toDateString()
  return past ? fill(words.ended, { product, date: dayInSentence(ends_at, locale) }) : fill(words.now, { product })
}

function workedOut({ payment, amount_minor, currency, worked_out }: Preview, { then }: Words, locale: string): string {
  const paid = fill(then.you_paid, { amount: amountWords(payment.amount_minor, currency, locale) })
  if (amount_minor === payment.amount_minor) return `${paid} ${then.full}`
  if (amount_minor === payment.amount_minor - payment.refunded_minor) return `${paid} ${then.rest}`
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(
    amount_minor / payment.amount_minor,
  )
  // The policy explains amounts in English only.
  return `${paid} ${spoken.value?.language === 'en' && worked_out !== null ? worked_out : fill(then.part, { share })}`
}
