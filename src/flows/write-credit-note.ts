import { sql } from 'kysely'
import Stripe from 'stripe'
import type { App } from '../app.ts'
import { openException } from '../db/exceptions.ts'
import { audit } from '../db/journal.ts'
import { findPayment } from '../db/payments.ts'
import { findReason } from '../db/reasons.ts'
import { findRefund, type RefundRow } from '../db/refunds.ts'
import { findRequest } from '../db/requests.ts'
import { errorLine, isAway } from '../stripe/answers.ts'
import { createCreditNote, creditNoteOfRefund } from '../stripe/credit-notes.ts'

export type CreditNoteRow = { id: string; invoice_id: string; tries: number }

/**
 * Books a refund on its invoice with a credit note that names it. The money has moved already, under its own key; this only
 * writes its paper. It looks first, so it can run twice and after any crash; a refusal is for a person and touches no money.
 */
export async function writeCreditNote(app: App, row: CreditNoteRow): Promise<void> {
  const refund = await findRefund(app.db, app.account, row.id)
  if (refund?.status !== 'succeeded' || refund.stripe_refund_id === null) return close(app, row, 'not_needed')
  try {
    const note =
      (await creditNoteOfRefund(app.stripe, row.invoice_id, refund.stripe_refund_id)) ?? (await make(app, row, refund))
    await close(app, row, 'done', { note })
    await tellAudit(app, refund, note)
  } catch (error) {
    if (!isAway(error) && error instanceof Stripe.errors.StripeError) return refused(app, row, refund, error.message)
    const next = new Date(app.now().getTime() + Math.min(3600, 2 ** (row.tries + 1)) * 1000)
    await sql`
      update credit_note set tries = tries + 1, next_at = ${next}, lease_until = null, because = ${errorLine(error).slice(0, 300)}
      where account_id = ${app.account} and id = ${row.id} and status = 'wanted'`.execute(app.db)
    if (!isAway(error)) throw error
  }
}

async function make(app: App, { id, invoice_id }: CreditNoteRow, refund: RefundRow): Promise<string> {
  const request = await findRequest(app.db, app.account, refund.request_id)
  return createCreditNote(app.stripe, {
    invoice: invoice_id,
    stripe_refund: refund.stripe_refund_id!,
    amount_minor: refund.amount_minor,
    reason: (await findReason(app.db, app.account, request!.reason))?.credit_note ?? 'order_change',
    refund: id,
  })
}

async function close(
  app: App,
  { id }: CreditNoteRow,
  status: 'done' | 'not_needed' | 'needs_person',
  { note = null, because = null }: { note?: string | null; because?: string | null } = {},
): Promise<void> {
  await sql`
    update credit_note set status = ${status}, stripe_credit_note_id = ${note}, because = ${because}, done_at = ${app.now()},
      next_at = null, lease_until = null
    where account_id = ${app.account} and id = ${id} and status = 'wanted'`.execute(app.db)
}

async function tellAudit(app: App, refund: RefundRow, note: string): Promise<void> {
  const payment = await findPayment(app.db, app.account, refund.payment_id)
  await audit(app.db, {
    account: app.account,
    at: app.now(),
    actor: 'moneyback',
    action: 'credit_note.made',
    subject: refund.request_id,
    detail: { refund: refund.id, credit_note: note, invoice: payment!.invoice_id, customer: payment!.customer_id },
  })
}

async function refused(app: App, row: CreditNoteRow, refund: RefundRow, message: string): Promise<void> {
  await close(app, row, 'needs_person', { because: message.slice(0, 300) })
  await openException(app.db, {
    account: app.account,
    kind: 'credit_note_refused',
    subject: refund.id,
    owner: 'finance',
    at: app.now(),
    because: `Stripe made no credit note for this refund on ${row.invoice_id}: ${message}`,
    cure: 'The money was paid. Make the credit note in Stripe by hand and link the refund to it, or note the refund in your books.',
  })
}
