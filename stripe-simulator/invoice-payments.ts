import { momentOf } from './moments.ts'
import { ApiError, refused } from './errors.ts'
import { changed, emit } from './events.ts'
import { finalizeInvoice, markPaid } from './invoices.ts'
import type { Invoice, Kinds } from './kinds.ts'
import { createIntent } from './payment-intents.ts'
import { find, make, rowsWith, set } from './rows.ts'
import type { Books } from './world.ts'

type InvoicePayment = Kinds['invoice_payment']

/** Writes down that a payment paid (a part of) an invoice. */
export function attachPayment(
  books: Books,
  invoice: Invoice,
  payment: { intent: string; amount: number; currency: string },
): void {
  const moment = momentOf(books, invoice.customer)
  const applied = Math.min(payment.amount, invoice.amount_remaining)
  const first = rowsWith(books, 'invoice_payment', 'invoice', invoice.id).length === 0
  const row: InvoicePayment = make(books, 'invoice_payment', {
    amount_paid: applied,
    amount_requested: payment.amount,
    created: moment,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: first,
    payment: { type: 'payment_intent', payment_intent: payment.intent },
    status: 'paid',
    status_transitions: { canceled_at: null, paid_at: moment },
  })
  const over = payment.amount - applied
  set(books, 'invoice', invoice, {
    amount_paid: invoice.amount_paid + applied,
    amount_remaining: invoice.amount_remaining - applied,
    attempt_count: invoice.attempt_count + 1,
    amount_overpaid: invoice.amount_overpaid + over,
  })
  emit(books, 'invoice_payment.paid', row)
  if (over > 0) emit(books, 'invoice.overpaid', invoice)
  if (invoice.amount_remaining === 0) markPaid(books, invoice)
}

/** How an invoice is paid when nobody names a payment method: by the subscription's, else by the customer's. */
function methodFor(books: Books, invoice: Invoice): string | null {
  const subscription = find(books, 'subscription', invoice.parent?.subscription_details?.subscription)
  return (
    invoice.default_payment_method ??
    subscription?.default_payment_method ??
    find(books, 'customer', invoice.customer)?.invoice_settings.default_payment_method ??
    null
  )
}

const noMethod = () =>
  refused(
    'This customer has no attached payment source or default payment method. Please consider adding a default ' +
      'payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting',
    { code: 'resource_missing' },
  )

/** Takes the money for an open invoice. A declined card throws 402 after the invoice was marked as tried. */
export function payInvoice(books: Books, invoice: Invoice, method = methodFor(books, invoice)): void {
  if (invoice.status === 'paid') throw refused('Invoice is already paid', { code: 'invoice_already_paid' })
  if (invoice.status === 'draft') finalizeInvoice(books, invoice)
  if ((invoice.status as string) === 'paid') return
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible')
    throw refused(`This invoice has the status ${invoice.status} and cannot be paid.`)
  if (method === null) throw noMethod()
  try {
    const intent = createIntent(books, {
      amount: invoice.amount_remaining,
      currency: invoice.currency,
      customer: invoice.customer,
      payment_method: method,
      confirm: true,
      off_session: true,
      description: descriptionOf(invoice),
      capture_method: 'automatic',
      metadata: {},
    })
    if (intent.status === 'succeeded')
      attachPayment(books, invoice, {
        intent: intent.id,
        amount: intent.amount_received,
        currency: intent.currency,
      })
  } catch (error) {
    if (error instanceof ApiError && error.status === 402) {
      changed(
        books,
        'invoice',
        invoice,
        { attempted: true, attempt_count: invoice.attempt_count + 1 },
        'invoice.updated',
        'invoice.payment_failed',
      )
    }
    throw error
  }
}

const descriptions: Readonly<Record<string, string>> = {
  subscription_create: 'Subscription creation',
  subscription_cycle: 'Subscription update',
  subscription_update: 'Subscription update',
}

const descriptionOf = ({ billing_reason, number }: Invoice) =>
  descriptions[billing_reason ?? ''] ?? `Payment for Invoice ${number ?? ''}`.trim()

/** Payment of an open invoice without Stripe: the customer paid in another way. */
export function payOutOfBand(books: Books, invoice: Invoice): void {
  if (invoice.status !== 'open') throw refused('Only open invoices can be marked as paid.')
  set(books, 'invoice', invoice, {
    amount_paid: invoice.amount_due,
    amount_paid_off_stripe: invoice.amount_remaining,
    amount_remaining: 0,
  })
  markPaid(books, invoice)
}
