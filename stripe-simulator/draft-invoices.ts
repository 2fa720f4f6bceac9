import { momentOf } from './moments.ts'
import { blank } from './description.ts'
import { invalid, refused } from './errors.ts'
import { invoiceFields, lineOf, pendingItems, setLines } from './invoice-lines.ts'
import type { Draft } from './invoice-lines.ts'
import { day } from './invoice-operations.ts'
import { createInvoice } from './invoices.ts'
import type { Invoice, LineItem } from './kinds.ts'
import { currencyOf } from './money.ts'
import { paymentMethodFor } from './payment-methods.ts'
import { find, mergedMetadata, need } from './rows.ts'
import { itemLine, newItem, nextPeriod } from './subscription-items.ts'
import type { ItemParams } from './subscription-items.ts'
import { newId } from './world.ts'
import type { Books } from './world.ts'

export type CreateParams = {
  customer?: string
  currency?: string
  description?: string
  metadata?: unknown
  auto_advance?: boolean
  collection_method?: string
  days_until_due?: number
  due_date?: number
  default_payment_method?: string
  pending_invoice_items_behavior?: 'exclude' | 'include'
  subscription?: string
  footer?: string
}

/** Makes an invoice by hand, with the pending items when asked for them. */
export function draftInvoice(books: Books, params: CreateParams): Invoice {
  if (params.customer === undefined)
    throw invalid('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' })
  const customer = need(books, 'customer', params.customer, 'customer', 400)
  const subscription =
    params.subscription === undefined ? null : need(books, 'subscription', params.subscription, 'subscription', 400)
  const moment = momentOf(books, customer.id)
  const items =
    params.pending_invoice_items_behavior === 'include' || subscription
      ? pendingItems(books, customer.id, subscription?.id ?? null)
      : []
  if (subscription && items.length === 0)
    throw refused('Nothing to invoice for subscription', { code: 'invoice_no_subscription_line_items' })
  const sends = params.collection_method === 'send_invoice'
  return createInvoice(books, {
    customer: customer.id,
    currency: currencyOf(params.currency ?? items[0]?.currency ?? 'usd'),
    reason: 'manual',
    lines: [],
    items,
    subscription: subscription?.id ?? null,
    period: { start: moment, end: moment },
    fields: {
      auto_advance: params.auto_advance ?? false,
      description: params.description ?? null,
      footer: params.footer ?? null,
      metadata: mergedMetadata({}, params.metadata),
      collection_method: sends ? 'send_invoice' : 'charge_automatically',
      due_date: params.due_date ?? (sends ? moment + (params.days_until_due ?? 30) * day : null),
      default_payment_method: params.default_payment_method
        ? paymentMethodFor(books, params.default_payment_method).id
        : null,
    },
  })
}

export type LineParams = {
  id?: string
  amount?: number
  description?: string
  quantity?: number
  invoice_item?: string
  behavior?: string
  metadata?: unknown
  period?: { start: number; end: number }
}

export function newLine(books: Books, invoice: Invoice, params: LineParams): LineItem {
  const moment = momentOf(books, invoice.customer)
  return lineOf(books, invoice.id, {
    amount: params.amount ?? 0,
    currency: invoice.currency,
    description: params.description ?? null,
    period: params.period ?? { start: moment, end: moment },
    price: null,
    quantity: params.quantity ?? 1,
    parent: null,
    subscription: null,
    metadata: mergedMetadata({}, params.metadata),
  })
}

function changedLine(line: LineItem, params: LineParams): LineItem {
  const {
    amount = line.amount,
    description = line.description,
    quantity = line.quantity,
    period = line.period,
  } = params
  return {
    ...line,
    amount,
    subtotal: amount,
    description,
    quantity,
    quantity_decimal: String(quantity),
    period,
    metadata: mergedMetadata(line.metadata, params.metadata),
  }
}

/** Changes lines of a draft. Refuses lines that it does not have. */
export function updateLines(books: Books, invoice: Invoice, wishes: readonly LineParams[]): Invoice {
  const byId = new Map(wishes.map((wish) => [wish.id, wish]))
  const unknown = wishes.find(({ id }) => !invoice.lines.data.some((line) => line.id === id))
  if (unknown) throw refused(`No such line: '${unknown.id}'`, { code: 'resource_missing', param: 'lines[0][id]' })
  setLines(
    books,
    invoice,
    invoice.lines.data.map((line) => {
      const wish = byId.get(line.id)
      return wish ? changedLine(line, wish) : line
    }),
  )
  return invoice
}

export type PreviewParams = {
  customer?: string
  subscription?: string
  currency?: string
  subscription_details?: { items?: ItemParams[] }
  invoice_items?: LineParams[]
}

/** What the next invoice would be: of a subscription, of new items, or of pending items alone. Nothing is kept. */
export function previewInvoice(books: Books, params: PreviewParams): Invoice {
  const subscription = find(books, 'subscription', params.subscription) ?? null
  if (params.subscription !== undefined && !subscription)
    need(books, 'subscription', params.subscription, 'subscription')
  const customerId = params.customer ?? subscription?.customer
  if (customerId === undefined)
    throw invalid('You must specify one of customer, subscription.', {
      code: 'parameter_missing',
      param: 'customer',
    })
  const customer = need(books, 'customer', customerId, 'customer')
  const moment = momentOf(books, customer.id)
  const added = (params.subscription_details?.items ?? []).filter(({ id, deleted }) => id === undefined && !deleted)
  const items = [
    ...(subscription?.items.data ?? []).map((item) => ({
      item,
      period: nextPeriod(subscription as never, item),
    })),
    ...added.map((given) => {
      const period = { start: moment, end: moment + 30 * day }
      return { item: newItem(books, subscription?.id ?? 'sub_preview', given, period), period }
    }),
  ]
  const pending = pendingItems(books, customer.id, subscription?.id ?? null)
  if (items.length + pending.length === 0)
    throw refused('No upcoming invoices for customer: ' + customer.id, { code: 'invoice_upcoming_none' })
  const draft: Draft = {
    customer: customer.id,
    currency: subscription?.currency ?? items[0]?.item.price.currency ?? pending[0]?.currency ?? 'usd',
    reason: 'upcoming',
    lines: items.map(({ item, period }) => itemLine(subscription?.id ?? 'sub_preview', item, period)),
    items: pending,
    subscription: subscription?.id ?? null,
    period: { start: moment, end: moment },
  }
  return { ...blank('invoice'), ...invoiceFields(books, draft, `upcoming_${newId(books, 'in')}`) } as Invoice
}
