import { adjustBalance } from './customer-balance.ts'
import { invalid, refused } from './errors.ts'
import { changed, emit } from './events.ts'
import { blank } from './description.ts'
import type { CreditNote, CreditNoteRefund, Invoice, Refund } from './kinds.ts'
import { spell } from './money.ts'
import { createRefund } from './refunds.ts'
import { listing, listOf, make, mergedMetadata, need, operation, page, rowsWith, set } from './rows.ts'
import type { Call, Operations } from './rows.ts'
import { newId, now } from './world.ts'
import type { Books } from './world.ts'

type LineParams = {
  type: 'custom_line_item' | 'invoice_line_item'
  amount?: number
  quantity?: number
  unit_amount?: number
  invoice_line_item?: string
  description?: string
}

type Params = {
  invoice: string
  amount?: number
  lines?: LineParams[]
  refund_amount?: number
  credit_amount?: number
  out_of_band_amount?: number
  refunds?: { refund?: string; amount_refunded?: number; type?: string }[]
  reason?: CreditNote['reason']
  memo?: string
  metadata?: unknown
  effective_at?: number
}

type Split = {
  total: number
  pre: number
  post: number
  linked: CreditNoteRefund[]
  lines: Record<string, unknown>[]
}

const issued = (books: Books, invoice: Invoice) =>
  rowsWith(books, 'credit_note', 'invoice', invoice.id).filter(({ status }) => status === 'issued')

/** Refunds of the invoice's payments that no credit note explains: they lower what may still be credited. */
function plainRefunds(books: Books, invoice: Invoice): number {
  const explained = new Set(issued(books, invoice).flatMap(({ refunds }) => refunds.map(({ refund }) => refund)))
  const counts = new Set(['pending', 'requires_action', 'succeeded'])
  return paymentsOf(books, invoice)
    .flatMap((intent) => rowsWith(books, 'refund', 'payment_intent', intent))
    .filter((refund) => counts.has(refund.status) && !explained.has(refund.id))
    .reduce((sum, { amount }) => sum + amount, 0)
}

const paymentsOf = (books: Books, invoice: Invoice): string[] =>
  rowsWith(books, 'invoice_payment', 'invoice', invoice.id).flatMap(({ payment }) => payment.payment_intent ?? [])

function lineRow(
  books: Books,
  line: { amount: number; description: string | null; quantity: number | null; invoice_line_item?: string },
): Record<string, unknown> {
  return {
    ...blank('credit_note_line_item'),
    id: newId(books, 'cnli'),
    amount: line.amount,
    description: line.description,
    livemode: books.livemode,
    metadata: {},
    quantity: line.quantity,
    taxes: [],
    type: line.invoice_line_item ? 'invoice_line_item' : 'custom_line_item',
    ...(line.invoice_line_item ? { invoice_line_item: line.invoice_line_item } : {}),
    unit_amount: line.amount,
    unit_amount_decimal: String(line.amount),
  }
}

function linesOf(books: Books, invoice: Invoice, params: Params): Record<string, unknown>[] {
  if (!params.lines) return [lineRow(books, { amount: params.amount ?? 0, description: null, quantity: 1 })]
  return params.lines.map((line, i) => {
    if (line.type === 'custom_line_item') {
      const amount = line.amount ?? (line.unit_amount ?? 0) * (line.quantity ?? 1)
      return lineRow(books, { amount, description: line.description ?? null, quantity: line.quantity ?? 1 })
    }
    const from = invoice.lines.data.find(({ id }) => id === line.invoice_line_item)
    if (!from)
      throw refused(`No such invoice line item: '${line.invoice_line_item}'`, {
        code: 'resource_missing',
        param: `lines[${i}][invoice_line_item]`,
      })
    const amount =
      line.amount ?? Math.round((from.amount * (line.quantity ?? from.quantity ?? 1)) / Math.max(1, from.quantity ?? 1))
    return lineRow(books, {
      amount,
      description: from.description,
      quantity: line.quantity ?? null,
      invoice_line_item: from.id,
    })
  })
}

/** Checks a note against its invoice and says how it divides. Refuses more than is left, and parts that do not add up. */
function split(books: Books, invoice: Invoice, params: Params): Split {
  if (invoice.status !== 'open' && invoice.status !== 'paid') {
    throw refused(
      `You can only create a credit note for open or paid invoices. This invoice has the status ${invoice.status}.`,
      { param: 'invoice' },
    )
  }
  if (params.amount === undefined && params.lines === undefined)
    throw invalid('You must pass one of: amount, lines, shipping_cost.', {
      code: 'parameter_missing',
      param: 'amount',
    })
  const lines = linesOf(books, invoice, params)
  const total = params.amount ?? lines.reduce((sum, line) => sum + Number(line['amount']), 0)
  if (total < 1)
    throw invalid('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'amount',
    })
  for (const part of ['refund_amount', 'credit_amount', 'out_of_band_amount'] as const) {
    if ((params[part] ?? 0) < 0)
      throw invalid('Invalid non-negative integer', { code: 'parameter_invalid_integer', param: part })
  }
  const pre = Math.min(total, invoice.amount_remaining)
  const post = total - pre
  const credited = issued(books, invoice).reduce((sum, note) => sum + note.post_payment_amount, 0)
  const linked = linkedRefunds(books, invoice, params)
  const linkedSum = linked.reduce((sum, { amount_refunded }) => sum + amount_refunded, 0)
  const left = invoice.amount_paid - credited - plainRefunds(books, invoice) + linkedSum
  if (post > left) {
    throw refused(
      `The credit note amount (${spell(total, invoice.currency)}) is greater than the maximum creditable amount (${spell(left + pre, invoice.currency)}) of the invoice.`,
      { param: 'amount' },
    )
  }
  const parts = (params.refund_amount ?? 0) + (params.credit_amount ?? 0) + (params.out_of_band_amount ?? 0) + linkedSum
  if (post > 0 && parts !== post) {
    throw refused(
      `The sum of credit amount, refund amount and out of band amount (${spell(parts, invoice.currency)}) must equal the post payment amount (${spell(post, invoice.currency)}).`,
    )
  }
  return { total, pre, post, linked, lines }
}

function linkedRefunds(books: Books, invoice: Invoice, params: Params): CreditNoteRefund[] {
  const payments = new Set(paymentsOf(books, invoice))
  const taken = new Map<string, number>()
  for (const note of issued(books, invoice))
    for (const { refund, amount_refunded } of note.refunds)
      taken.set(refund, (taken.get(refund) ?? 0) + amount_refunded)
  return (params.refunds ?? []).map((given, i) => {
    const refund: Refund = need(books, 'refund', given.refund ?? '', `refunds[${i}][refund]`, 400)
    const amount = given.amount_refunded ?? refund.amount
    const room = refund.amount - (taken.get(refund.id) ?? 0)
    if (!payments.has(refund.payment_intent ?? ''))
      throw refused(`The refund ${refund.id} does not belong to a payment of this invoice.`, {
        param: `refunds[${i}][refund]`,
      })
    if (amount < 1 || amount > room)
      throw refused(
        `The amount of the refund ${refund.id} that is not yet credited is ${spell(room, invoice.currency)}.`,
        { param: `refunds[${i}][amount_refunded]` },
      )
    return { amount_refunded: amount, payment_record_refund: null, refund: refund.id, type: 'refund' }
  })
}

function fieldsOf(
  invoice: Invoice,
  params: Params,
  { total, pre, post, linked, lines }: Split,
  id: string,
): Partial<CreditNote> {
  return {
    amount: total,
    currency: invoice.currency,
    customer: invoice.customer,
    effective_at: params.effective_at ?? null,
    invoice: invoice.id,
    lines: listOf(lines, `/v1/credit_notes/${id}/lines`) as unknown as CreditNote['lines'],
    memo: params.memo ?? null,
    metadata: mergedMetadata({}, params.metadata),
    number: `${invoice.number}-CN`,
    out_of_band_amount: params.out_of_band_amount ?? null,
    pdf: `https://pay.stripe.com/credit_notes/${id}/pdf`,
    post_payment_amount: post,
    pre_payment_amount: pre,
    reason: params.reason ?? null,
    refunds: linked,
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
    total_taxes: [],
    type: pre > 0 && post > 0 ? 'mixed' : post > 0 ? 'post_payment' : 'pre_payment',
  }
}

function create(books: Books, params: Params): CreditNote {
  const invoice = need(books, 'invoice', params.invoice, 'invoice')
  const parts = split(books, invoice, params)
  const id = newId(books, 'cn')
  const refunds = [...parts.linked]
  if (params.refund_amount) refunds.push(refundOf(books, invoice, params.refund_amount, id))
  const count = rowsWith(books, 'credit_note', 'invoice', invoice.id).length + 1
  const note = make(books, 'credit_note', {
    ...fieldsOf(invoice, params, parts, id),
    id,
    refunds,
    number: `${invoice.number}-CN-${String(count).padStart(2, '0')}`,
    effective_at: params.effective_at ?? now(books),
  })
  if (params.credit_amount) {
    const customer = need(books, 'customer', invoice.customer)
    const line = adjustBalance(
      books,
      customer,
      { amount: -params.credit_amount, currency: invoice.currency },
      { type: 'credit_note', credit_note: id },
    )
    set(books, 'credit_note', note, { customer_balance_transaction: line.id })
  }
  emit(books, 'credit_note.created', note)
  const amount_remaining = invoice.amount_remaining - parts.pre
  changed(
    books,
    'invoice',
    invoice,
    {
      post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount + parts.post,
      pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount + parts.pre,
      amount_remaining,
      amount_due: invoice.amount_due - parts.pre,
      ...(invoice.status === 'open' && amount_remaining === 0 ? { status: 'paid' as const } : {}),
    },
    'invoice.updated',
  )
  return note
}

/** The refund that a note makes itself. With several payments on the invoice the caller must choose, and link a refund. */
function refundOf(books: Books, invoice: Invoice, amount: number, note: string): CreditNoteRefund {
  const payments = paymentsOf(books, invoice)
  const [payment_intent] = payments
  if (payment_intent === undefined || payments.length > 1) {
    throw refused(
      'This invoice does not have exactly one payment to refund. Make the refund yourself and pass it in refunds.',
      { param: 'refund_amount' },
    )
  }
  const refund = createRefund(books, { payment_intent, amount, metadata: { credit_note: note } })
  return { amount_refunded: amount, payment_record_refund: null, refund: refund.id, type: 'refund' }
}

function preview({ books, params }: Call): CreditNote {
  const given = params as Params
  const invoice = need(books, 'invoice', given.invoice, 'invoice')
  const parts = split(books, invoice, given)
  return {
    ...blank('credit_note'),
    id: newId(books, 'cn'),
    created: now(books),
    livemode: books.livemode,
    ...fieldsOf(invoice, given, parts, 'preview'),
  } as CreditNote
}

export const creditNoteOperations: Operations = {
  'POST /v1/credit_notes': operation<Params>(({ books }, params) => create(books, params)),
  'GET /v1/credit_notes/preview': preview,
  'GET /v1/credit_notes/preview/lines': (call) =>
    page(preview(call).lines.data as { id: string }[], call.params, '/v1/credit_notes/preview/lines', 'line'),
  'GET /v1/credit_notes': listing('credit_note', { equal: ['customer', 'invoice'] }),
  'GET /v1/credit_notes/{id}': ({ books, path }) => need(books, 'credit_note', path['id'] ?? ''),
  'GET /v1/credit_notes/{id}/lines': ({ books, path, params }) => {
    const note = need(books, 'credit_note', path['id'] ?? '')
    return page(note.lines.data as { id: string }[], params, note.lines.url, 'line')
  },
  'POST /v1/credit_notes/{id}': operation<{ memo?: string; metadata?: unknown }>(({ books, path }, params) => {
    const note = need(books, 'credit_note', path['id'] ?? '')
    changed(
      books,
      'credit_note',
      note,
      { memo: params.memo ?? note.memo, metadata: mergedMetadata(note.metadata, params.metadata) },
      'credit_note.updated',
    )
    return note
  }),
  'POST /v1/credit_notes/{id}/void': ({ books, path }) => {
    const note = need(books, 'credit_note', path['id'] ?? '')
    const invoice = need(books, 'invoice', note.invoice)
    if (note.status === 'void') throw refused('This credit note is already void.')
    if (invoice.status !== 'open') throw refused('You can only void a credit note of an open invoice.')
    changed(books, 'credit_note', note, { status: 'void', voided_at: now(books) }, 'credit_note.voided')
    changed(
      books,
      'invoice',
      invoice,
      {
        pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount - note.pre_payment_amount,
        amount_remaining: invoice.amount_remaining + note.pre_payment_amount,
        amount_due: invoice.amount_due + note.pre_payment_amount,
      },
      'invoice.updated',
    )
    return note
  },
}
