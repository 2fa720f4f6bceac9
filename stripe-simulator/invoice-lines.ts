import { accountOf } from './accounts.ts'
import { momentOf } from './moments.ts'
import { refused } from './errors.ts'
import { changed } from './events.ts'
import type { Invoice, InvoiceItem, LineItem, Price } from './kinds.ts'
import { find, listOf, need } from './rows.ts'
import { table, newId } from './world.ts'
import type { Books } from './world.ts'

export type LineDraft = {
  readonly amount: number
  readonly currency: string
  readonly description: string | null
  readonly period: { start: number; end: number }
  readonly price: Price | null
  readonly quantity: number
  readonly parent: LineItem['parent']
  readonly subscription: string | null
  readonly metadata?: Record<string, string>
}

/** A line of an invoice, or (invoice null) of a preview. */
export function lineOf(books: Books, invoice: string | null, draft: LineDraft): LineItem {
  const { amount, currency, description, period, price, quantity, parent, subscription, metadata = {} } = draft
  return {
    id: newId(books, 'il'),
    object: 'line_item',
    amount,
    currency,
    description,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice,
    livemode: books.livemode,
    metadata,
    parent,
    period,
    pretax_credit_amounts: [],
    pricing: price
      ? {
          type: 'price_details',
          price_details: { price: price.id, product: price.product },
          unit_amount_decimal: price.unit_amount_decimal,
        }
      : null,
    quantity,
    quantity_decimal: String(quantity),
    subscription,
    subtotal: amount,
    taxes: [],
  } as LineItem
}

/** The line that a pending invoice item becomes. */
export function lineOfItem(books: Books, invoice: string, item: InvoiceItem): LineItem {
  const price = find(books, 'price', item.pricing?.price_details?.price) ?? null
  const subscription = (item.parent?.subscription_details?.subscription ?? null) as string | null
  return lineOf(books, invoice, {
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    period: { ...item.period },
    price,
    quantity: item.quantity,
    subscription,
    parent: {
      invoice_item_details: {
        invoice_item: item.id,
        proration: item.proration,
        proration_details: null,
        subscription,
      },
      subscription_item_details: null,
      type: 'invoice_item_details',
    } as LineItem['parent'],
  })
}

export type Draft = {
  readonly customer: string
  readonly currency: string
  readonly reason: NonNullable<Invoice['billing_reason']>
  readonly lines: readonly LineDraft[]
  readonly items: readonly InvoiceItem[]
  readonly subscription: string | null
  readonly subscriptionMetadata?: Record<string, string>
  readonly period: { readonly start: number; readonly end: number }
  readonly fields?: Partial<Invoice>
}

/** What an invoice says once its lines are known: also what a preview shows. */
export function invoiceFields(books: Books, draft: Draft, id: string): Partial<Invoice> {
  const customer = need(books, 'customer', draft.customer, 'customer')
  const lines = [
    ...draft.lines.map((line) => lineOf(books, id, line)),
    ...draft.items.map((item) => lineOfItem(books, id, item)),
  ]
  const created = momentOf(books, draft.customer)
  return {
    id,
    account_country: accountOf(books).country,
    account_name: accountOf(books).name,
    auto_advance: draft.reason !== 'manual',
    billing_reason: draft.reason,
    created,
    currency: draft.currency,
    customer: customer.id,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_tax_exempt: customer.tax_exempt ?? null,
    customer_tax_ids: [],
    effective_at: null,
    lines: listOf(lines, `/v1/invoices/${id}/lines`) as unknown as Invoice['lines'],
    livemode: books.livemode,
    metadata: {},
    parent: parentOf(draft),
    period_start: draft.period.start,
    period_end: draft.period.end,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    starting_balance: customer.balance,
    test_clock: customer.test_clock ?? null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    total_discount_amounts: [],
    total_pretax_credit_amounts: [],
    total_taxes: [],
    ...sums(lines, customer.balance, 0),
    ...draft.fields,
  }
}

function parentOf({ subscription, subscriptionMetadata = {} }: Draft): Invoice['parent'] {
  if (subscription === null) return null
  return {
    type: 'subscription_details',
    quote_details: null,
    subscription_details: { metadata: subscriptionMetadata, subscription },
  }
}

/** Totals of lines. A customer's credit (negative balance) lowers what is due, a debt raises it. */
function sums(lines: readonly LineItem[], balance: number, paid: number): Partial<Invoice> {
  const total = lines.reduce((sum, line) => sum + line.amount, 0)
  const due = Math.max(0, total + balance)
  return {
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
    amount_due: due,
    amount_paid: paid,
    amount_remaining: due - paid,
  }
}

/** Replaces the lines of a draft and counts again. */
export function setLines(books: Books, invoice: Invoice, lines: LineItem[]): void {
  if (invoice.status !== 'draft') throw refused('Only draft invoices can be changed.', { code: 'invoice_not_editable' })
  const customer = need(books, 'customer', invoice.customer)
  changed(
    books,
    'invoice',
    invoice,
    { lines: { ...invoice.lines, data: lines }, ...sums(lines, customer.balance, 0) },
    'invoice.updated',
  )
}

/** What waits for the customer's next invoice, and belongs to this subscription or to none. */
export const pendingItems = (books: Books, customer: string, subscription: string | null): InvoiceItem[] =>
  table(books, 'invoiceitem').order.filter((item) => {
    const owner = (item.parent?.subscription_details?.subscription ?? null) as string | null
    return item.customer === customer && item.invoice === null && (owner === null || owner === subscription)
  })
