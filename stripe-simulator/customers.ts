import { adjustBalance } from './customer-balance.ts'
import type { BalanceParams } from './customer-balance.ts'
import { shaped } from './description.ts'
import { refused } from './errors.ts'
import { changed, emit } from './events.ts'
import type { Customer } from './kinds.ts'
import { currencyOf } from './money.ts'
import { attach, paymentMethodFor } from './payment-methods.ts'
import { find, listing, make, mergedMetadata, need, operation, page, rowsWith, set } from './rows.ts'
import type { Operations } from './rows.ts'
import { cancelNow } from './subscriptions.ts'
import { table } from './world.ts'
import type { Books } from './world.ts'

type Params = {
  email?: string
  name?: string
  phone?: string
  description?: string
  address?: unknown
  shipping?: unknown
  balance?: number
  tax_exempt?: string
  preferred_locales?: string[]
  payment_method?: string
  invoice_settings?: { default_payment_method?: string; footer?: string }
  metadata?: unknown
  test_clock?: string
}

function fieldsOf(books: Books, params: Params, old: Customer | null): Partial<Customer> {
  const { email, name, phone, description, tax_exempt, preferred_locales, balance } = params
  const given = { email, name, phone, description, tax_exempt, preferred_locales, balance }
  const fields: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(given))
    if (value !== undefined) fields[field] = value === '' ? null : value
  for (const field of ['address', 'shipping'] as const) {
    if (params[field] !== undefined) fields[field] = shaped('customer', field, params[field])
  }
  const preferred = params.invoice_settings?.default_payment_method
  if (preferred !== undefined) {
    const method =
      preferred === '' ? null : paymentMethodFor(books, preferred, 'invoice_settings[default_payment_method]').id
    fields['invoice_settings'] = {
      ...(old?.invoice_settings ?? emptySettings),
      default_payment_method: method,
    }
  }
  fields['metadata'] = mergedMetadata(old?.metadata ?? {}, params.metadata)
  return fields
}

const emptySettings: Customer['invoice_settings'] = {
  custom_fields: null,
  default_payment_method: null,
  footer: null,
  rendering_options: null,
}

function create(books: Books, params: Params): Customer {
  const clock = params.test_clock
  if (clock !== undefined) {
    need(books, 'test_helpers.test_clock', clock, 'test_clock', 400)
    if (rowsWith(books, 'customer', 'test_clock', clock).length >= 3)
      throw refused('A test clock may have at most 3 customers.')
  }
  const customer = make(books, 'customer', {
    address: null,
    currency: null,
    delinquent: false,
    name: null,
    phone: null,
    preferred_locales: [],
    tax_exempt: 'none',
    test_clock: clock ?? null,
    ...fieldsOf(books, params, null),
    invoice_prefix: `INV${String(table(books, 'customer').order.length + 1).padStart(5, '0')}`,
    next_invoice_sequence: 1,
  })
  emit(books, 'customer.created', customer)
  if (params.payment_method !== undefined) attach(books, paymentMethodFor(books, params.payment_method), customer.id)
  return customer
}

/** Deletes a customer: their subscriptions end, their payments stay, and their record becomes a gravestone. */
export function deleteCustomer(books: Books, customer: Customer): object {
  for (const subscription of rowsWith(books, 'subscription', 'customer', customer.id)) {
    if (subscription.status !== 'canceled') cancelNow(books, subscription, {})
  }
  emit(books, 'customer.deleted', customer)
  set(books, 'customer', customer, { deleted: true })
  return gravestone(customer.id)
}

const gravestone = (id: string) => ({ id, object: 'customer', deleted: true })

export const customerOperations: Operations = {
  'POST /v1/customers': operation<Params>(({ books }, params) => create(books, params)),
  'GET /v1/customers': listing('customer', { equal: ['email', 'test_clock'] }),
  'GET /v1/customers/{id}': ({ books, path }) => {
    const customer = find(books, 'customer', path['id'])
    return customer?.deleted ? gravestone(customer.id) : need(books, 'customer', path['id'] ?? '')
  },
  'POST /v1/customers/{id}': operation<Params>(({ books, path }, params) => {
    const customer = need(books, 'customer', path['id'] ?? '')
    changed(books, 'customer', customer, fieldsOf(books, params, customer), 'customer.updated')
    return customer
  }),
  'DELETE /v1/customers/{id}': ({ books, path }) => deleteCustomer(books, need(books, 'customer', path['id'] ?? '')),
  'DELETE /v1/customers/{id}/discount': ({ books, path }) => {
    need(books, 'customer', path['id'] ?? '')
    throw refused('This customer has no discount.', { status: 404, code: 'resource_missing' })
  },
  'GET /v1/customers/{id}/balance_transactions': ({ books, path, params }) => {
    const { id } = need(books, 'customer', path['id'] ?? '')
    const invoice = params['invoice']
    const rows = rowsWith(books, 'customer_balance_transaction', 'customer', id).filter(
      (row) => invoice === undefined || row.invoice === invoice,
    )
    return page(rows, params, `/v1/customers/${id}/balance_transactions`, 'customer_balance_transaction')
  },
  'POST /v1/customers/{id}/balance_transactions': operation<BalanceParams>(({ books, path }, params) => {
    const currency = currencyOf(params.currency)
    return adjustBalance(books, need(books, 'customer', path['id'] ?? ''), { ...params, currency })
  }),
  'GET /v1/customers/{customer_id}/balance_transactions/{id}': ({ books, path }) =>
    need(books, 'customer_balance_transaction', path['id'] ?? ''),
  'POST /v1/customers/{customer_id}/balance_transactions/{id}': operation<{
    description?: string
    metadata?: unknown
  }>(({ books, path }, params) => {
    const row = need(books, 'customer_balance_transaction', path['id'] ?? '')
    const { description = row.description } = params
    set(books, 'customer_balance_transaction', row, {
      description,
      metadata: mergedMetadata(row.metadata, params.metadata),
    })
    return row
  }),
}
