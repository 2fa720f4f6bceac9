/** @jsxImportSource preact */
import { cardBrands } from '../../../domain/card-brands.ts'
import type { Method, PaymentView } from '../../../http/portal/wire.ts'
import { amount, day } from '../format.ts'
import { useLocale, useWords } from '../language.ts'
import { fill } from '../words/fill.ts'
import type { Words } from '../words/words.ts'

const brandOf = (method: Method, words: Words): string => cardBrands[method.brand ?? ''] ?? words.method.plain_card

// Stripe's payment methods that end on a bank account (docs.stripe.com/payments/payment-methods/overview).
const bankTypes = new Set(
  'acss_debit au_becs_debit bacs_debit bancontact customer_balance eps fpx giropay ideal p24 sepa_debit sofort us_bank_account'.split(
    ' ',
  ),
)
const wallets: Readonly<Record<string, string>> = {
  link: 'Link',
  klarna: 'Klarna',
  cashapp: 'Cash App',
  amazon_pay: 'Amazon Pay',
}

/** Where the money goes back to, said in a sentence. */
export function destination(method: Method, words: Words): string {
  if (method.last4 !== null) return fill(words.method.card, { brand: brandOf(method, words), last4: method.last4 })
  const type = method.type ?? ''
  if (bankTypes.has(type)) return words.method.bank
  if (type === 'paypal') return words.method.paypal
  return wallets[type] ?? words.method.unknown
}

/** The same, short: "Visa •••• 4242". */
export function destinationShort(method: Method, words: Words): string {
  return method.last4 === null ? destination(method, words) : `${brandOf(method, words)} •••• ${method.last4}`
}

/** What was paid, when and how much. */
export function PaymentLine({ payment }: { payment: PaymentView }) {
  const words = useWords()
  const locale = useLocale()
  const { period_start: from, period_end: until } = payment
  return (
    <span class="payment-line">
      <span class="what">{payment.what}</span>
      <span class="money">{amount(payment.amount_minor, payment.currency, locale)}</span>
      <span class="details">
        {fill(words.payments.paid, { date: day(payment.paid_at, locale) })}
        {payment.method.last4 !== null && (
          <>
            {' '}
            · <span class="unbroken">{destinationShort(payment.method, words)}</span>
          </>
        )}
      </span>
      {from !== null && until !== null && (
        <span class="details">{fill(words.payments.period, { from: day(from, locale), to: day(until, locale) })}</span>
      )}
      {payment.refunded_minor > 0 && payment.refunded_minor < payment.amount_minor && (
        <span class="details">
          {fill(words.payments.refunded_part, { amount: amount(payment.refunded_minor, payment.currency, locale) })}
        </span>
      )}
    </span>
  )
}
