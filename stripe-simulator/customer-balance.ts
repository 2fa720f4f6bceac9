import { changed } from './events.ts'
import type { Customer } from './kinds.ts'
import { make, mergedMetadata } from './rows.ts'
import type { Books } from './world.ts'

export type BalanceParams = { amount: number; currency: string; description?: string; metadata?: unknown }

/** Changes what the customer owes or has as credit, and writes the line that explains it. */
export function adjustBalance(
  books: Books,
  customer: Customer,
  params: BalanceParams,
  fields: object = { type: 'adjustment' },
) {
  const ending_balance = customer.balance + params.amount
  changed(
    books,
    'customer',
    customer,
    { balance: ending_balance, currency: customer.currency ?? params.currency },
    'customer.updated',
  )
  return make(books, 'customer_balance_transaction', {
    amount: params.amount,
    currency: params.currency,
    customer: customer.id,
    description: params.description ?? null,
    ending_balance,
    metadata: mergedMetadata({}, params.metadata),
    ...fields,
  })
}
