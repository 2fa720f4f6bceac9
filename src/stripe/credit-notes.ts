import type Stripe from 'stripe'
import { allPages, expectObject, idOf } from './answers.ts'

/** The credit note of an invoice that names a refund, if there is one. Every page is read; one that fails, fails the whole. */
export async function creditNoteOfRefund(
  stripe: Stripe,
  invoice: string,
  stripeRefund: string,
): Promise<string | undefined> {
  const notes = await allPages((from) => stripe.creditNotes.list({ invoice, ...from }))
  return notes.find(
    ({ status, refunds }) => status === 'issued' && refunds.some((each) => idOf(each.refund) === stripeRefund),
  )?.id
}

/**
 * Makes a credit note that books a refund that was made already: `refunds` names it, so Stripe makes no other one
 * (docs.stripe.com/api/credit_notes/create). Minor units of the invoice's currency.
 */
export async function createCreditNote(
  stripe: Stripe,
  note: {
    readonly invoice: string
    readonly stripe_refund: string
    readonly amount_minor: number
    readonly reason: Stripe.CreditNoteCreateParams.Reason
    /** Our refund's id: the key of this call is made of it. */
    readonly refund: string
  },
): Promise<string> {
  const made = await stripe.creditNotes.create(
    {
      invoice: note.invoice,
      amount: note.amount_minor,
      refunds: [{ refund: note.stripe_refund, amount_refunded: note.amount_minor }],
      reason: note.reason,
      metadata: { moneyback_refund: note.refund },
    },
    { idempotencyKey: `moneyback-${note.refund}-credit-note` },
  )
  return expectObject(made, 'credit_note').id
}
