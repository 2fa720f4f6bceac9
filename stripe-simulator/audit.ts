import { auditBalance } from './ledger.ts'
import type { Charge } from './kinds.ts'
import { rowsWith } from './rows.ts'
import { table } from './world.ts'
import type { Books } from './world.ts'

const counts = new Set(['pending', 'requires_action', 'succeeded', 'quantum'])

/** What may never be untrue of an account's books, as sentences about what is. Nothing, when all is well. */
export function auditBooks(books: Books): string[] {
  const charges = table(books, 'charge').order.flatMap((charge) => auditCharge(books, charge))
  return [...auditBalance(books), ...charges, ...auditRefunds(books), ...auditInvoices(books)]
}

function auditCharge(books: Books, charge: Charge): string[] {
  const faults: string[] = []
  const refunds = rowsWith(books, 'refund', 'charge', charge.id)
  const sum = refunds.filter(({ status }) => counts.has(status)).reduce((total, { amount }) => total + amount, 0)
  const ceiling = charge.captured
    ? Math.max(charge.amount_captured, charge.status === 'pending' ? charge.amount : 0)
    : charge.amount
  if (charge.status !== 'failed' && sum !== charge.amount_refunded)
    faults.push(`${charge.id}: amount_refunded ${charge.amount_refunded}, its refunds sum to ${sum}`)
  if (sum > ceiling && charge.status !== 'failed') faults.push(`${charge.id}: refunds of ${sum} exceed ${ceiling}`)
  if (charge.amount_captured > charge.amount)
    faults.push(`${charge.id}: captured ${charge.amount_captured} of ${charge.amount}`)
  return faults
}

/** Each refund has taken its amount from the balance once, and a failed one has given it back once. */
function auditRefunds(books: Books): string[] {
  return table(books, 'refund').order.flatMap((refund) => {
    const lines = rowsWith(books, 'balance_transaction', 'source', refund.id)
    const sum = lines.reduce((total, { amount }) => total + amount, 0)
    const ended = refund.status === 'failed' || refund.status === 'canceled'
    const due = ended || refund.balance_transaction === null ? 0 : -refund.amount
    return sum === due ? [] : [`${refund.id} (${refund.status}): its lines sum to ${sum}, not ${due}`]
  })
}

function auditInvoices(books: Books): string[] {
  return table(books, 'invoice').order.flatMap((invoice) => {
    const paid = rowsWith(books, 'invoice_payment', 'invoice', invoice.id).reduce(
      (total, row) => total + (row.amount_paid ?? 0),
      0,
    )
    const outside = invoice.amount_paid_off_stripe ?? 0
    return paid + outside === invoice.amount_paid
      ? []
      : [`${invoice.id}: amount_paid ${invoice.amount_paid}, its payments sum to ${paid + outside}`]
  })
}
