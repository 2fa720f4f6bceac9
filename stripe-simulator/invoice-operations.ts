import { draftInvoice, newLine, updateLines, previewInvoice } from './draft-invoices.ts'
import type { CreateParams, LineParams, PreviewParams } from './draft-invoices.ts'
import { invalid, refused } from './errors.ts'
import { changed, emit } from './events.ts'
import { setLines } from './invoice-lines.ts'
import { attachPayment, payInvoice, payOutOfBand } from './invoice-payments.ts'
import { endInvoice, finalizeInvoice } from './invoices.ts'
import type { Invoice } from './kinds.ts'
import { paymentMethodFor } from './payment-methods.ts'
import { find, listing, mergedMetadata, need, operation, page, retrieving } from './rows.ts'
import type { Operations } from './rows.ts'
import { remove } from './store.ts'
import { table } from './world.ts'
import type { Books } from './world.ts'

export const day = 86_400

const one = (books: Books, id = ''): Invoice => need(books, 'invoice', id)

function pay(books: Books, invoice: Invoice, params: { paid_out_of_band?: boolean; payment_method?: string }): Invoice {
  if (params.paid_out_of_band === true) payOutOfBand(books, invoice)
  else if (params.payment_method !== undefined)
    payInvoice(books, invoice, paymentMethodFor(books, params.payment_method).id)
  else payInvoice(books, invoice)
  const subscription = find(books, 'subscription', invoice.parent?.subscription_details?.subscription)
  if (
    subscription &&
    invoice.status === 'paid' &&
    (subscription.status === 'incomplete' || subscription.status === 'past_due')
  ) {
    changed(books, 'subscription', subscription, { status: 'active' }, 'customer.subscription.updated')
  }
  return invoice
}

/** Ties a payment that was made elsewhere to an open invoice. Several payments may pay one invoice. */
function attach(books: Books, invoice: Invoice, params: { payment_intent?: string }): Invoice {
  if (invoice.status !== 'open') throw refused('Payments can only be attached to open invoices.')
  if (params.payment_intent === undefined)
    throw invalid('Missing required param: payment_intent.', {
      code: 'parameter_missing',
      param: 'payment_intent',
    })
  const intent = need(books, 'payment_intent', params.payment_intent, 'payment_intent', 400)
  if (intent.status !== 'succeeded')
    throw refused(
      `The PaymentIntent ${intent.id} has the status ${intent.status}; this simulator attaches succeeded payments only.`,
      { param: 'payment_intent' },
    )
  if (intent.currency !== invoice.currency)
    throw refused('The currency of the payment and of the invoice differ.', { param: 'payment_intent' })
  if (
    table(books, 'invoice_payment').order.some(
      ({ payment, invoice: of }) => payment.payment_intent === intent.id && of === invoice.id,
    )
  ) {
    throw refused('This payment is already attached to the invoice.', { param: 'payment_intent' })
  }
  attachPayment(books, invoice, {
    intent: intent.id,
    amount: intent.amount_received,
    currency: intent.currency,
  })
  return invoice
}

export const invoiceOperations: Operations = {
  'POST /v1/invoices': operation<CreateParams>(({ books }, params) => draftInvoice(books, params)),
  'GET /v1/invoices': listing('invoice', {
    equal: ['customer', 'status', 'collection_method'],
    also: (row, params) =>
      params['subscription'] === undefined || row.parent?.subscription_details?.subscription === params['subscription'],
  }),
  'POST /v1/invoices/create_preview': operation<PreviewParams>(({ books }, params) => previewInvoice(books, params)),
  'GET /v1/invoices/{id}': retrieving('invoice'),
  'POST /v1/invoices/{id}': operation<CreateParams>(({ books, path }, params) => {
    const invoice = one(books, path['id'])
    const {
      description = invoice.description,
      footer = invoice.footer,
      auto_advance = invoice.auto_advance ?? false,
      due_date = invoice.due_date,
    } = params
    changed(
      books,
      'invoice',
      invoice,
      {
        description,
        footer,
        auto_advance,
        due_date,
        metadata: mergedMetadata(invoice.metadata, params.metadata),
      },
      'invoice.updated',
    )
    return invoice
  }),
  'DELETE /v1/invoices/{id}': ({ books, path }) => {
    const invoice = one(books, path['id'])
    if (invoice.status !== 'draft')
      throw refused('You can only delete draft invoices.', { code: 'invoice_not_editable' })
    remove(books.world.store, table(books, 'invoice'), invoice.id)
    emit(books, 'invoice.deleted', invoice)
    return { id: invoice.id, object: 'invoice', deleted: true }
  },
  'POST /v1/invoices/{id}/finalize': ({ books, path }) => {
    const invoice = one(books, path['id'])
    finalizeInvoice(books, invoice)
    return invoice
  },
  'POST /v1/invoices/{id}/pay': operation<{ paid_out_of_band?: boolean; payment_method?: string }>(
    ({ books, path }, params) => pay(books, one(books, path['id']), params),
  ),
  'POST /v1/invoices/{id}/void': ({ books, path }) => {
    const invoice = one(books, path['id'])
    endInvoice(books, invoice, 'void')
    return invoice
  },
  'POST /v1/invoices/{id}/mark_uncollectible': ({ books, path }) => {
    const invoice = one(books, path['id'])
    endInvoice(books, invoice, 'uncollectible')
    return invoice
  },
  'POST /v1/invoices/{id}/send': ({ books, path }) => {
    const invoice = one(books, path['id'])
    if (invoice.status === 'draft') finalizeInvoice(books, invoice)
    emit(books, 'invoice.sent', invoice)
    return invoice
  },
  'POST /v1/invoices/{id}/attach_payment': operation<{ payment_intent?: string }>(({ books, path }, params) =>
    attach(books, one(books, path['id']), params),
  ),
  'GET /v1/invoices/{id}/lines': ({ books, path, params }) =>
    page(one(books, path['id']).lines.data, params, `/v1/invoices/${path['id']}/lines`, 'line'),
  'POST /v1/invoices/{id}/add_lines': operation<{ lines: LineParams[] }>(({ books, path }, params) => {
    const invoice = one(books, path['id'])
    setLines(books, invoice, [...invoice.lines.data, ...params.lines.map((line) => newLine(books, invoice, line))])
    return invoice
  }),
  'POST /v1/invoices/{id}/update_lines': operation<{ lines: LineParams[] }>(({ books, path }, params) =>
    updateLines(books, one(books, path['id']), params.lines),
  ),
  'POST /v1/invoices/{id}/remove_lines': operation<{ lines: LineParams[] }>(({ books, path }, params) => {
    const invoice = one(books, path['id'])
    const gone = new Set(params.lines.map(({ id }) => id))
    setLines(
      books,
      invoice,
      invoice.lines.data.filter(({ id }) => !gone.has(id)),
    )
    return invoice
  }),
  'POST /v1/invoices/{invoice_id}/lines/{id}': operation<LineParams>(({ books, path }, params) => {
    const invoice = one(books, path['invoice_id'])
    updateLines(books, invoice, [{ ...params, id: path['id'] ?? '' }])
    return invoice.lines.data.find(({ id }) => id === path['id']) ?? {}
  }),
  'GET /v1/invoice_payments': listing('invoice_payment', {
    equal: ['invoice', 'status'],
    also: (row, params) => {
      const wish = params['payment'] as { type: string; payment_intent?: string } | undefined
      return (
        wish === undefined ||
        (row.payment.type === wish.type &&
          (wish.payment_intent === undefined || row.payment.payment_intent === wish.payment_intent))
      )
    },
  }),
  'GET /v1/invoice_payments/{id}': retrieving('invoice_payment'),
}
