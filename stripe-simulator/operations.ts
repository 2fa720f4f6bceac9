import { accountOperations } from './accounts.ts'
import { cashOperations } from './cash-balance.ts'
import { catalogOperations } from './catalog.ts'
import { chargeOperations } from './charges.ts'
import { connectOperations } from './connect.ts'
import { creditNoteOperations } from './credit-notes.ts'
import { customerOperations } from './customers.ts'
import { disputeOperations } from './disputes.ts'
import { entitlementOperations } from './entitlements.ts'
import { invoiceItemOperations } from './invoice-items.ts'
import { invoiceOperations } from './invoice-operations.ts'
import { ledgerOperations } from './ledger.ts'
import { paymentMethodOperations } from './payment-methods.ts'
import { paymentOperations } from './payment-intents.ts'
import { plainChargeOperations } from './plain-charges.ts'
import { refundOperations } from './refunds.ts'
import type { Operations } from './rows.ts'
import { searchOperations } from './search.ts'
import { sessionOperations } from './sessions.ts'
import { subscriptionOperations } from './subscription-operations.ts'
import { testClockOperations } from './test-clocks.ts'
import { webhookOperations } from './webhooks.ts'

/** Every operation that is offered, by method and path template of the API description. */
export const operations: Operations = {
  ...accountOperations,
  ...cashOperations,
  ...catalogOperations,
  ...chargeOperations,
  ...connectOperations,
  ...creditNoteOperations,
  ...customerOperations,
  ...disputeOperations,
  ...entitlementOperations,
  ...invoiceItemOperations,
  ...invoiceOperations,
  ...ledgerOperations,
  ...paymentMethodOperations,
  ...paymentOperations,
  ...plainChargeOperations,
  ...refundOperations,
  ...searchOperations,
  ...sessionOperations,
  ...subscriptionOperations,
  ...testClockOperations,
  ...webhookOperations,
}
