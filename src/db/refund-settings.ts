import { sql } from 'kysely'
import type { InvoiceWay } from '../domain/invoice-way.ts'
import type { ConnectSettings } from '../domain/refund-body.ts'
import type { Db } from './connect.ts'

/** How refunds of an account are made at Stripe. */
export type RefundSettings = ConnectSettings & {
  readonly invoice_refunds: InvoiceWay
  readonly on_fraud_warning: 'tell' | 'ask_policy'
}

export async function refundSettings(db: Db, account: string): Promise<RefundSettings> {
  const { rows } = await sql<RefundSettings>`
    select invoice_refunds, refund_application_fee, reverse_transfer, on_fraud_warning
    from account where id = ${account}`.execute(db)
  return rows[0]!
}

export async function saveRefundSettings(db: Db, account: string, settings: RefundSettings): Promise<void> {
  await sql`
    update account set invoice_refunds = ${settings.invoice_refunds}, on_fraud_warning = ${settings.on_fraud_warning},
      refund_application_fee = ${settings.refund_application_fee}, reverse_transfer = ${settings.reverse_transfer}
    where id = ${account}`.execute(db)
}
