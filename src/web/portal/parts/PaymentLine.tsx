/** @jsxImportSource preact */
import { cardBrands } from '../../../domain/card-brands.ts'
import type { Method, PaymentView } from '../../../http/portal/wire.ts'
import { amount, day } from '../format.ts'
import { useLocale, useWords } from '../language.ts'
import type { Words } from '../words/words.ts'

const brandOf = (method: Method, words: Words): string => cardBrands[method.brand ?? ''] ?? words.method.plain_card

/** Where the money goes back to, said in a sentence. */
export function destination(method: Method, words: Words): string {
  if (method.last4 !== null) return words.method.card(brandOf(method, words), method.last4)
  return words.method.types[method.type ?? ''] ?? words.method.unknown
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
        {words.payments.paid(day(payment.paid_at, locale))}
        {payment.method.last4 !== null && (
          <>
            {' '}
            · <span class="unbroken">{destinationShort(payment.method, words)}</span>
          </>
        )}
      </span>
      {from !== null && until !== null && (
        <span class="details">{words.payments.period({ from: day(from, locale), to: day(until, locale) })}</span>
      )}
      {payment.refunded_minor > 0 && payment.refunded_minor < payment.amount_minor && (
        <span class="details">
          {words.payments.refunded_part(amount(payment.refunded_minor, payment.currency, locale))}
        </span>
      )}
    </span>
  )
}
