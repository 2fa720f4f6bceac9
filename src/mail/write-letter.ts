import { cardBrands } from '../domain/card-brands.ts'
import type { Language } from '../domain/languages.ts'
import { withOwn } from '../domain/own-words.ts'
import { format, money } from '../domain/money.ts'
import type { Letter } from './letter.ts'
import { fill, wordsFor } from './words.ts'
import type { MailWords, Occasion } from './words/words.ts'

type Given = { readonly amount_minor: number; readonly currency: string }

/** What a letter tells of, as it stands in the books. What is missing is not mentioned. */
export type Told = {
  readonly shop: string
  readonly payment?: {
    readonly description: string
    readonly captured_minor: number
    readonly currency: string
    readonly card_brand: string | null
    readonly card_last4: string | null
  }
  /** What is given back; `beside`: in other currencies, told in the same letter. */
  readonly refund?: (Given & { readonly beside?: readonly Given[] }) | undefined
  /** The sentence of the rule or of a person, in the customer's language. */
  readonly say?: string | undefined
  /** What a person asks, or what the customer has declared, word for word. */
  readonly quote?: string | undefined
  readonly due_at?: Date | null | undefined
  readonly expected?: { readonly from: Date; readonly to: Date } | undefined
  readonly reference?: string | null | undefined
  /** When access ends. */
  readonly until?: Date | null | undefined
  readonly received_at?: Date | undefined
  readonly name?: string | undefined
  readonly contract?: string | undefined
  readonly email?: string | undefined
}

/**
 * Writes a letter in the language of a locale, with dates and money as that locale writes them. `own`: the merchant's own
 * sentences in that language, by the keys of MailWords. Pure.
 */
export function writeLetter(
  occasion: Occasion,
  locale: string,
  told: Told,
  own: Readonly<Record<string, string>> = {},
): Letter {
  const { language, words: ours } = wordsFor(locale)
  const words = withOwn(ours, own)
  const spoken = speakable(locale, language)
  const values = valuesOf(told, words, spoken)
  const { subject, body } = words.letters[occasion]
  return {
    language,
    subject: fill(subject, values, language).replaceAll(/[\r\n]+/g, ' '),
    paragraphs: [...(told.say ? [told.say] : []), fill(body, values, language)],
    quote: told.quote ?? null,
    facts: factsOf(occasion, told, words, values),
    action: actionOf(occasion, words),
    or_copy: words.or_copy,
    foot:
      occasion === 'sign_in' || occasion === 'withdrawal_received'
        ? []
        : [fill(words.why_you, values, language), ...(actionOf(occasion, words) === null ? [] : [words.keep_link])],
  }
}

// The reader's own locale within the language, "de-AT", where Intl knows it; else the plain language.
function speakable(locale: string, language: Language): string {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale).length > 0 && locale.toLowerCase().startsWith(language)
      ? locale
      : language
  } catch {
    return language
  }
}

function valuesOf(told: Told, words: MailWords, locale: string): Record<string, string> {
  const { payment, refund } = told
  return {
    shop: told.shop,
    payment: payment
      ? `${payment.description} (${format(money(payment.captured_minor, payment.currency), locale)})`
      : '',
    amount: refund ? amounts([refund, ...(refund.beside ?? [])], locale) : '',
    method: payment ? methodName(payment, words) : '',
    due: told.due_at ? instant(told.due_at, locale) : '',
    until: told.until ? day(told.until, locale) : '',
    received_at: told.received_at ? instant(told.received_at, locale) : '',
    expected: told.expected ? span(told.expected, locale) : '',
  }
}

const amounts = (given: readonly Given[], locale: string): string =>
  new Intl.ListFormat(locale).format(
    given.map(({ amount_minor, currency }) => format(money(amount_minor, currency), locale)),
  )

const instant = (at: Date, locale: string): string =>
  `${new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`
const day = (at: Date, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(at)

const span = ({ from, to }: { from: Date; to: Date }, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).formatRange(from, to)

/** "Visa •4242", or the way that it was paid. */
function methodName(
  { card_brand, card_last4 }: Pick<NonNullable<Told['payment']>, 'card_brand' | 'card_last4'>,
  words: MailWords,
): string {
  if (card_last4 === null) return words.original_method
  return `${cardBrands[card_brand ?? ''] ?? words.card} •${card_last4}`
}

type Values = Readonly<Record<string, string>>

function factsOf(occasion: Occasion, told: Told, { labels }: MailWords, values: Values): Letter['facts'] {
  const { payment, amount, method, due, until, received_at, expected } = values
  const all: (readonly [string, string | undefined])[] = [
    [labels.received_at, received_at],
    [labels.name, told.name],
    [labels.contract, told.contract],
    [labels.email, told.email],
    [labels.payment, payment],
    [labels.amount, occasion === 'denied' || occasion === 'in_review' ? '' : amount],
    [labels.method, amount && moneyMoves.has(occasion) ? method : ''],
    [labels.expected, expected],
    [labels.reference, told.reference ?? ''],
    [labels.answer_by, occasion === 'in_review' || occasion === 'question' ? due : ''],
    [labels.access_until, until],
  ]
  return all.filter((fact): fact is readonly [string, string] => fact[1] !== undefined && fact[1] !== '')
}

const moneyMoves: ReadonlySet<Occasion> = new Set(['approved', 'refunded'])

function actionOf(occasion: Occasion, words: MailWords): string | null {
  if (occasion === 'question') return words.answer
  if (occasion === 'sign_in') return words.open
  return occasion === 'withdrawal_received' ? null : words.see
}
