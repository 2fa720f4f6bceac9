/** How a refund is booked on its invoice: by itself, or with a credit note that names it. */
export type InvoiceWay = 'refund' | 'credit_note'

/**
 * One way per invoice: a plain refund lowers what credit notes may still credit, so mixing them on one invoice makes the
 * books wrong (Stripe, CreditNotes). The first refund that stayed chooses; later ones follow it.
 * @param earlier the ways of the invoice's refunds that hold money, oldest first; null is a refund made elsewhere.
 */
export function wayForInvoice(
  invoice: string | null,
  earlier: readonly (InvoiceWay | null)[],
  wanted: InvoiceWay,
): InvoiceWay | null {
  if (invoice === null) return null
  return earlier.length === 0 ? wanted : (earlier[0] ?? 'refund')
}
