import type { App } from '../app.ts'
import { findCustomer } from '../db/customers.ts'
import { findPayment } from '../db/payments.ts'
import { findRequest } from '../db/requests.ts'
import { no, ok, type Result } from '../domain/refusal.ts'
import { writeLetter } from '../mail/write-letter.ts'
import { shopBrand } from './shop-brand.ts'

export type PreviewedLetter = {
  readonly language: string
  readonly subject: string
  readonly paragraphs: readonly string[]
}

/** The letter that an approval of this amount with these words would send, in the customer's language. Sends nothing. Refuses: request_not_found. */
export async function previewLetter(
  app: App,
  { id, amount_minor, reply }: { id: string; amount_minor: number; reply: string },
): Promise<Result<PreviewedLetter>> {
  const request = await findRequest(app.db, app.account, id)
  const payment = request && (await findPayment(app.db, app.account, request.payment_id))
  if (request === undefined || payment === undefined) return no({ code: 'request_not_found' })
  const customer =
    request.customer_id === null ? undefined : await findCustomer(app.db, app.account, request.customer_id)
  const { name: shop } = await shopBrand(app)
  const { language, subject, paragraphs } = writeLetter('approved', request.locale ?? customer?.locale ?? 'en', {
    shop,
    payment,
    refund: { amount_minor, currency: payment.currency },
    say: reply,
  })
  return ok({ language, subject, paragraphs })
}
