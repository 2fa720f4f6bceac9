import type { App } from '../app.ts'
import { findCustomer } from '../db/customers.ts'
import { findPayment } from '../db/payments.ts'
import { findRequest } from '../db/requests.ts'
import { listTemplates } from '../db/templates.ts'
import { cardBrands } from '../domain/card-brands.ts'
import { format, money } from '../domain/money.ts'
import { no, ok, type Result } from '../domain/refusal.ts'
import { fillReply, inLanguage, type ReplyUse, type ReplyValues } from '../domain/reply-template.ts'

export type Reply = { readonly id: string; readonly name: string; readonly language: string; readonly reply: string }

/**
 * The replies for this request, in the customer's language and with its values put in. `amount_minor`: what is about to be
 * given back; without it, what was asked for. Refuses: request_not_found.
 */
export async function repliesFor(
  app: App,
  { request, use, amount_minor }: { request: string; use: ReplyUse; amount_minor?: number | undefined },
): Promise<Result<{ language: string; replies: Reply[] }>> {
  const case_ = await caseOf(app, request, amount_minor)
  if (case_ === undefined) return no({ code: 'request_not_found' })
  const templates = await listTemplates(app.db, app.account, { use })
  return ok({
    language: case_.locale.split('-')[0]!,
    replies: templates.flatMap(({ id, name, words }) => {
      const found = inLanguage(words, case_.locale)
      if (!found) return []
      return [{ id, name, language: found.language, reply: fillReply(found.text, case_.values) }]
    }),
  })
}

/** The values of a real request for a text that is being written. Undefined: there is no such request. */
export async function caseOf(
  app: App,
  id: string,
  amount_minor?: number,
): Promise<{ locale: string; values: ReplyValues } | undefined> {
  const request = await findRequest(app.db, app.account, id)
  if (!request) return undefined
  const payment = (await findPayment(app.db, app.account, request.payment_id))!
  const customer = request.customer_id && (await findCustomer(app.db, app.account, request.customer_id))
  const locale = request.locale ?? (customer ? customer.locale : null) ?? 'en'
  const day = (at: Date) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(at)
  const left = payment.captured_minor - payment.reserved_minor
  return {
    locale,
    values: {
      ...(customer && customer.name && { name: customer.name }),
      amount: format(money(amount_minor ?? request.asked_minor ?? Math.max(0, left), payment.currency), locale),
      paid: format(money(payment.captured_minor, payment.currency), locale),
      product: payment.product_name ?? payment.description,
      paid_on: day(payment.paid_at),
      asked_on: day(request.created_at),
      ...(payment.card_last4 && {
        method: `${cardBrands[payment.card_brand ?? ''] ?? 'card'} •${payment.card_last4}`,
      }),
      ...(payment.invoice_number && { invoice: payment.invoice_number }),
    },
  }
}
