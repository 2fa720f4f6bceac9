import { refused } from './errors.ts'
import { emit } from './events.ts'
import type { CashBalance, Kinds } from './kinds.ts'
import { currencyOf, spell } from './money.ts'
import { listing, make, need, operation, retrieving, tooSmall } from './rows.ts'
import type { Operations } from './rows.ts'
import { assign, insert, tableIn } from './store.ts'
import type { Table } from './store.ts'
import type { Books } from './world.ts'

const cash = (books: Books): Table<CashBalance> => tableIn(books.world.store, `${books.key}/cash balance`)

/** What a customer has sent and not yet used, in minor units. */
export const cashOf = (books: Books, customer: string, currency: string): number =>
  cash(books).rows.get(customer)?.amounts[currency] ?? 0

type CashTransaction = Kinds['customer_cash_balance_transaction']

/** Adds to, or takes from, what a customer has sent by bank transfer and not yet used. It never goes below zero. */
export function changeCash(
  books: Books,
  customer: string,
  currency: string,
  amount: number,
  fields: Partial<CashTransaction>,
): CashTransaction {
  const row = cash(books).rows.get(customer) ?? insert(books.world.store, cash(books), { id: customer, amounts: {} })
  const ending_balance = (row.amounts[currency] ?? 0) + amount
  if (ending_balance < 0) {
    throw refused(
      `The cash balance of this customer (${spell(ending_balance - amount, currency)}) is lower than ${spell(-amount, currency)}.`,
      { param: 'amount' },
    )
  }
  assign(books.world.store, cash(books), row, { amounts: { ...row.amounts, [currency]: ending_balance } })
  const entry = make(books, 'customer_cash_balance_transaction', {
    currency,
    customer,
    ending_balance,
    net_amount: amount,
    ...fields,
  })
  emit(books, 'customer_cash_balance_transaction.created', entry)
  return entry
}

function showCash(books: Books, customer: string) {
  need(books, 'customer', customer)
  const amounts = cash(books).rows.get(customer)?.amounts ?? {}
  return {
    object: 'cash_balance',
    available: Object.keys(amounts).length > 0 ? { ...amounts } : null,
    customer,
    livemode: books.livemode,
    settings: { reconciliation_mode: 'automatic', using_merchant_default: true },
  }
}

export const cashOperations: Operations = {
  'GET /v1/customers/{id}/cash_balance': ({ books, path }) => showCash(books, path['id'] ?? ''),
  'POST /v1/customers/{id}/cash_balance': ({ books, path }) => showCash(books, path['id'] ?? ''),
  'GET /v1/customers/{id}/cash_balance_transactions': (call) => {
    need(call.books, 'customer', call.path['id'] ?? '')
    return listing('customer_cash_balance_transaction', {
      also: (row, _, { path }) => row.customer === path['id'],
    })(call)
  },
  'GET /v1/customers/{customer_id}/cash_balance_transactions/{id}': retrieving('customer_cash_balance_transaction'),
  'POST /v1/customers/{id}/funding_instructions': operation<{
    currency: string
    bank_transfer: { type: string }
  }>(({ books, path }, params) => {
    need(books, 'customer', path['id'] ?? '')
    return {
      object: 'funding_instructions',
      bank_transfer: { country: 'US', financial_addresses: [], type: params.bank_transfer.type },
      currency: currencyOf(params.currency),
      funding_type: 'bank_transfer',
      livemode: books.livemode,
    }
  }),
  'POST /v1/test_helpers/customers/{id}/fund_cash_balance': operation<{
    amount: number
    currency: string
    reference?: string
  }>(({ books, path }, params) => {
    const customer = need(books, 'customer', path['id'] ?? '')
    if (params.amount < 1) throw tooSmall('amount')
    return changeCash(books, customer.id, currencyOf(params.currency), params.amount, {
      type: 'funded',
      funded: { bank_transfer: { reference: params.reference ?? null, type: 'us_bank_transfer' } } as never,
    })
  }),
}
