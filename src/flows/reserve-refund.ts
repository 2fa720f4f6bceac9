import type { App } from '../app.ts'
import type { Tx } from '../db/connect.ts'
import { findCustomer } from '../db/customers.ts'
import type { PaymentRow } from '../db/payments.ts'
import { refundSettings, type RefundSettings } from '../db/refund-settings.ts'
import { findReason } from '../db/reasons.ts'
import { reserve, waysOfInvoice } from '../db/refunds.ts'
import type { RequestRow } from '../db/requests.ts'
import type { AccessChoice } from '../domain/decision.ts'
import { newId, type RefundId } from '../domain/ids.ts'
import { wayForInvoice } from '../domain/invoice-way.ts'
import type { Money } from '../domain/money.ts'
import { refundBody } from '../domain/refund-body.ts'
import { Bug } from '../domain/refusal.ts'

/**
 * Sets the money aside and freezes the call that will be made: one idempotency key for the refund's whole life, and the
 * body byte for byte (`refundBody`). Payment and request are locked, and there is room: a caller that has not looked is a Bug.
 */
export async function reserveRefund(
  app: App,
  tx: Tx,
  {
    request,
    payment,
    decision,
    amount,
    access,
    undo_until,
  }: {
    request: RequestRow
    payment: PaymentRow
    decision: string
    amount: Money
    access: AccessChoice
    /** Nothing is sent before. */
    undo_until?: Date | undefined
  },
): Promise<RefundId> {
  const id = newId('rf')
  const settings = await refundSettings(tx, app.account)
  const customer = payment.customer_id === null ? undefined : await findCustomer(tx, app.account, payment.customer_id)
  const body = refundBody(payment, {
    refund: id,
    request: request.id,
    reason: (await findReason(tx, app.account, request.reason))?.stripe ?? 'requested_by_customer',
    amount_minor: amount.minor,
    email: payment.receipt_email ?? customer?.email ?? null,
    connect: settings,
  })
  const reserved = await reserve(tx, {
    account: app.account,
    id,
    payment: payment.id,
    request: request.id,
    decision,
    amount,
    access,
    key: `moneyback-${id}`,
    body,
    invoice_way: await wayOf(app, tx, payment, settings),
    undo_until,
    at: app.now(),
  })
  if (!reserved) throw new Bug(`no room for ${amount.minor} ${amount.currency} on ${payment.id}`)
  return id
}

async function wayOf(app: App, tx: Tx, { invoice_id }: PaymentRow, { invoice_refunds }: RefundSettings) {
  const earlier = invoice_id === null ? [] : await waysOfInvoice(tx, app.account, invoice_id)
  return wayForInvoice(invoice_id, earlier, invoice_refunds)
}
