import { momentOf } from './moments.ts'
import { invalid, refused } from './errors.ts'
import { emit } from './events.ts'
import type { InvoiceItem, Price } from './kinds.ts'
import { lineOfItem, setLines } from './invoice-lines.ts'
import { createPrice } from './catalog.ts'
import type { PriceParams } from './catalog.ts'
import { currencyOf } from './money.ts'
import { find, listing, make, mergedMetadata, need, operation, retrieving, set } from './rows.ts'
import type { Operations } from './rows.ts'
import { remove } from './store.ts'
import { table } from './world.ts'
import type { Books } from './world.ts'

type Item = {
  readonly customer: string
  readonly amount: number
  readonly currency: string
  readonly description: string | null
  readonly price: Price | null
  readonly quantity?: number
  readonly subscription: string | null
  readonly proration: boolean
  readonly period: { readonly start: number; readonly end: number }
  readonly metadata?: Record<string, string>
}

/** Something to be put on the customer's next invoice. */
export function createItem(books: Books, item: Item): InvoiceItem {
  const {
    customer,
    amount,
    currency,
    description,
    price,
    quantity = 1,
    subscription,
    proration,
    period,
    metadata = {},
  } = item
  const row = make(books, 'invoiceitem', {
    amount,
    currency,
    customer,
    date: momentOf(books, customer),
    description,
    discountable: !proration,
    discounts: [],
    metadata,
    period: { ...period },
    proration,
    quantity,
    quantity_decimal: String(quantity),
    tax_rates: [],
    test_clock: find(books, 'customer', customer)?.test_clock ?? null,
    net_amount: amount,
    parent: (subscription === null
      ? null
      : { subscription_details: { subscription }, type: 'subscription_details' }) as InvoiceItem['parent'],
    pricing: price
      ? {
          type: 'price_details',
          price_details: { price: price.id, product: price.product },
          unit_amount_decimal: price.unit_amount_decimal,
        }
      : null,
  })
  emit(books, 'invoiceitem.created', row)
  return row
}

type Params = {
  customer?: string
  amount?: number
  currency?: string
  description?: string
  invoice?: string
  subscription?: string
  quantity?: number
  pricing?: { price?: string }
  price_data?: PriceParams
  period?: { start: number; end: number }
  metadata?: unknown
  unit_amount_decimal?: string
}

function priced(books: Books, params: Params): { price: Price | null; amount: number; currency: string } {
  const quantity = params.quantity ?? 1
  if (quantity < 0)
    throw invalid('Invalid non-negative integer', { code: 'parameter_invalid_integer', param: 'quantity' })
  const id = params.pricing?.price
  if (id !== undefined || params.price_data) {
    const price =
      id === undefined
        ? createPrice(books, params.price_data as PriceParams)
        : need(books, 'price', id, 'pricing[price]', 400)
    return { price, amount: (price.unit_amount ?? 0) * quantity, currency: price.currency }
  }
  const amount =
    params.amount ??
    (params.unit_amount_decimal === undefined ? undefined : Math.round(Number(params.unit_amount_decimal) * quantity))
  if (amount === undefined)
    throw invalid('Missing required param: amount.', { code: 'parameter_missing', param: 'amount' })
  return { price: null, amount, currency: currencyOf(params.currency ?? 'usd') }
}

function create(books: Books, params: Params): InvoiceItem {
  if (params.customer === undefined)
    throw invalid('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' })
  const customer = need(books, 'customer', params.customer, 'customer', 400)
  const { price, amount, currency } = priced(books, params)
  const moment = momentOf(books, customer.id)
  const invoice = params.invoice === undefined ? null : need(books, 'invoice', params.invoice, 'invoice', 400)
  const subscription =
    params.subscription === undefined ? null : need(books, 'subscription', params.subscription, 'subscription', 400).id
  const item = createItem(books, {
    customer: customer.id,
    amount,
    currency,
    description: params.description ?? null,
    price,
    quantity: params.quantity ?? 1,
    subscription,
    proration: false,
    period: params.period ?? { start: moment, end: moment },
    metadata: mergedMetadata({}, params.metadata),
  })
  if (invoice) {
    setLines(books, invoice, [...invoice.lines.data, lineOfItem(books, invoice.id, item)])
    set(books, 'invoiceitem', item, { invoice: invoice.id })
  }
  return item
}

export const invoiceItemOperations: Operations = {
  'POST /v1/invoiceitems': operation<Params>(({ books }, params) => create(books, params)),
  'GET /v1/invoiceitems': listing('invoiceitem', {
    equal: ['customer', 'invoice'],
    also: (row, params) => params['pending'] === undefined || (row.invoice === null) === params['pending'],
  }),
  'GET /v1/invoiceitems/{id}': retrieving('invoiceitem'),
  'POST /v1/invoiceitems/{id}': operation<Params>(({ books, path }, params) => {
    const item = need(books, 'invoiceitem', path['id'] ?? '')
    if (item.invoice !== null)
      throw refused('This invoice item is on an invoice and can no longer be changed.', {
        code: 'invoice_not_editable',
      })
    const { amount = item.amount, description = item.description, quantity = item.quantity } = params
    set(books, 'invoiceitem', item, {
      amount,
      description,
      quantity,
      quantity_decimal: String(quantity),
      net_amount: amount,
      metadata: mergedMetadata(item.metadata, params.metadata),
    })
    return item
  }),
  'DELETE /v1/invoiceitems/{id}': ({ books, path }) => {
    const item = need(books, 'invoiceitem', path['id'] ?? '')
    const invoice = find(books, 'invoice', item.invoice)
    if (invoice)
      setLines(
        books,
        invoice,
        invoice.lines.data.filter((line) => line.parent?.invoice_item_details?.invoice_item !== item.id),
      )
    remove(books.world.store, table(books, 'invoiceitem'), item.id)
    emit(books, 'invoiceitem.deleted', item)
    return { id: item.id, object: 'invoiceitem', deleted: true }
  },
}
