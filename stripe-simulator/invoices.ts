import { momentOf } from './moments.ts'
import { adjustBalance } from './customer-balance.ts'
import { refused } from './errors.ts'
import { changed, emit } from './events.ts'
import { invoiceFields } from './invoice-lines.ts'
import type { Draft } from './invoice-lines.ts'
import type { Invoice } from './kinds.ts'
import { make, need, set } from './rows.ts'
import { newId } from './world.ts'
import type { Books } from './world.ts'

/** Makes a draft and puts the pending items on it. */
export function createInvoice(books: Books, draft: Draft): Invoice {
  const id = newId(books, 'in')
  const invoice = make(books, 'invoice', invoiceFields(books, draft, id))
  for (const item of draft.items) set(books, 'invoiceitem', item, { invoice: id })
  emit(books, 'invoice.created', invoice)
  return invoice
}

/** Gives a draft its number; from here on it is owed. An invoice over nothing is paid at once. */
export function finalizeInvoice(books: Books, invoice: Invoice): void {
  if (invoice.status !== 'draft')
    throw refused("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
      code: 'invoice_no_draft',
    })
  const moment = momentOf(books, invoice.customer)
  const customer = need(books, 'customer', invoice.customer)
  const sequence = customer.next_invoice_sequence ?? 1
  set(books, 'customer', customer, { next_invoice_sequence: sequence + 1 })
  const applied = invoice.amount_due - invoice.total
  if (applied !== 0) {
    const used = invoice.total < 0 ? invoice.total : applied < 0 ? -applied : -customer.balance
    adjustBalance(
      books,
      customer,
      { amount: used, currency: invoice.currency },
      { type: 'applied_to_invoice', invoice: invoice.id },
    )
  }
  changed(
    books,
    'invoice',
    invoice,
    {
      status: 'open',
      number: `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`,
      effective_at: moment,
      ending_balance: customer.balance,
      hosted_invoice_url: `https://invoice.stripe.com/i/${books.account}/${invoice.id}`,
      invoice_pdf: `https://pay.stripe.com/invoice/${invoice.id}/pdf`,
      status_transitions: { ...invoice.status_transitions, finalized_at: moment },
    },
    'invoice.finalized',
  )
  if (invoice.amount_due === 0) markPaid(books, invoice)
}

/** Nothing more is owed: tells of it in the three events that Stripe sends. */
export function markPaid(books: Books, invoice: Invoice): void {
  const moment = momentOf(books, invoice.customer)
  changed(
    books,
    'invoice',
    invoice,
    {
      status: 'paid',
      attempted: true,
      amount_remaining: 0,
      auto_advance: false,
      next_payment_attempt: null,
      status_transitions: { ...invoice.status_transitions, paid_at: moment },
    },
    'invoice.updated',
    'invoice.paid',
    'invoice.payment_succeeded',
  )
}

/** Nobody will pay this invoice: it is void, or written off. */
export function endInvoice(books: Books, invoice: Invoice, status: 'void' | 'uncollectible'): void {
  if (invoice.status !== 'open' && !(status === 'void' && invoice.status === 'uncollectible')) {
    throw refused(`You can only pass in open invoices. This invoice isn't open.`)
  }
  const moment = momentOf(books, invoice.customer)
  const field = status === 'void' ? 'voided_at' : 'marked_uncollectible_at'
  const type = status === 'void' ? 'invoice.voided' : 'invoice.marked_uncollectible'
  changed(
    books,
    'invoice',
    invoice,
    { status, auto_advance: false, status_transitions: { ...invoice.status_transitions, [field]: moment } },
    'invoice.updated',
    type,
  )
}
