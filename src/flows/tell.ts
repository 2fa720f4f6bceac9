import { sql } from 'kysely'
import type { App } from '../app.ts'
import type { Tx } from '../db/connect.ts'
import { findCustomer } from '../db/customers.ts'
import { findPayment, type PaymentRow } from '../db/payments.ts'
import type { RequestRow } from '../db/requests.ts'
import { cardBrands } from '../domain/card-brands.ts'
import { newId } from '../domain/ids.ts'
import { format, money } from '../domain/money.ts'
import { fill, wordsFor, type Occasion } from '../mail/words.ts'

export type News = {
  readonly request: RequestRow
  readonly kind: Occasion
  readonly refund?: { readonly amount_minor: number; readonly currency: string }
  /** The sentence of the rule or of a person, in the customer's language. */
  readonly say?: string
  readonly due_at?: Date | null
}

/**
 * Tells the customer, in the transaction that makes it true, so that nothing happens in silence and nothing is told that
 * was taken back. Without a mail server the message is kept and shown, not sent.
 */
export async function tell(app: App, tx: Tx, { request, kind, refund, say = '', due_at }: News): Promise<void> {
  const payment = (await findPayment(tx, app.account, request.payment_id))!
  const customer = request.customer_id === null ? undefined : await findCustomer(tx, app.account, request.customer_id)
  const locale = request.locale ?? customer?.locale ?? 'en'
  const words = wordsFor(locale, kind)
  const values = {
    say,
    payment: `${payment.description} (${format(money(payment.captured_minor, payment.currency), locale)})`,
    amount: refund ? format(money(refund.amount_minor, refund.currency), locale) : '',
    method: methodName(payment, locale),
    due: due_at
      ? new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(due_at) +
        ' UTC'
      : '',
  }
  const recipient = customer?.email ?? payment.receipt_email
  const link = `${app.config.publicUrl}/portal/requests/${request.id}`
  const sendable = recipient !== null && app.config.smtpUrl !== undefined
  await sql`
    insert into message (account_id, id, status, kind, request_id, recipient, locale, subject, body, created_at, next_at)
    values (${app.account}, ${newId('msg')}, ${sendable ? 'queued' : 'kept'}, ${kind}, ${request.id}, ${recipient}, ${locale},
            ${fill(words.subject, values)}, ${`${fill(words.body, values)}\n\n${link}`}, ${app.now()}, ${sendable ? app.now() : null})`.execute(
    tx,
  )
}

/** "Visa •4242", or the way that it was paid. */
function methodName(payment: Pick<PaymentRow, 'card_brand' | 'card_last4'>, locale: string): string {
  const german = locale.startsWith('de')
  if (payment.card_last4 === null) return german ? 'dem ursprünglichen Zahlungsweg' : 'the original payment method'
  return `${cardBrands[payment.card_brand ?? ''] ?? (german ? 'Karte' : 'card')} •${payment.card_last4}`
}
