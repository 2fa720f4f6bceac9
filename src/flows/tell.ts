import type { App } from '../app.ts'
import type { Tx } from '../db/connect.ts'
import { findCustomer } from '../db/customers.ts'
import { isOfIncident } from '../db/incidents.ts'
import { insertMessage } from '../db/messages.ts'
import { findPayment } from '../db/payments.ts'
import type { RequestRow } from '../db/requests.ts'
import { arrivalOf } from '../domain/refund-arrival.ts'
import { textOf } from '../mail/draw-letter.ts'
import { writeLetter, type Told } from '../mail/write-letter.ts'
import type { Occasion } from '../mail/words/words.ts'
import { ownMailTexts } from './own-mail-texts.ts'
import { shopBrand } from './shop-brand.ts'

export type News = {
  readonly request: RequestRow
  readonly kind: Exclude<Occasion, 'sign_in' | 'withdrawal_received'>
  readonly refund?: NonNullable<Told['refund']> & { readonly reference?: string | null }
  /** The sentence of the rule or of a person, in the customer's language. */
  readonly say?: string
  readonly due_at?: Date | null
  /** It is not sent before: what it tells can still be undone. */
  readonly not_before?: Date | undefined
} & Pick<Told, 'quote' | 'until'>

/**
 * Tells the customer, in the transaction that makes it true, so that nothing happens in silence and nothing is told that
 * was taken back. Without a mail server the message is kept and shown, not sent.
 */
export async function tell(app: App, tx: Tx, { request, kind, refund, not_before, ...news }: News): Promise<void> {
  // Whoever gets money back in an incident is told once, for all of their payments together.
  if (kind === 'refunded' && (await isOfIncident(tx, app.account, request.id))) return
  const payment = (await findPayment(tx, app.account, request.payment_id))!
  const customer = request.customer_id === null ? undefined : await findCustomer(tx, app.account, request.customer_id)
  const brand = await shopBrand(app, tx)
  const locale = request.locale ?? customer?.locale ?? 'en'
  const told: Told = {
    ...news,
    shop: brand.name,
    payment,
    refund,
    reference: refund?.reference,
    expected: kind === 'refunded' ? arrivalOf(payment.method, app.now()) : undefined,
  }
  const letter = writeLetter(kind, locale, told, await ownMailTexts(app, tx, locale))
  await insertMessage(tx, {
    account: app.account,
    kind,
    about: { request: request.id },
    recipient: customer?.email ?? payment.receipt_email,
    locale,
    letter,
    // Without the secret that the sent link has: staff read this, and must not come in as the customer.
    body: textOf(letter, brand, `${app.config.publicUrl}/portal/requests/${request.id}`),
    sendable: app.config.smtpUrl !== undefined,
    at: app.now(),
    not_before,
  })
}
