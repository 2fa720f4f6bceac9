import type { App } from '../app.ts'
import type { Tx } from '../db/connect.ts'
import { openException } from '../db/exceptions.ts'
import { audit } from '../db/journal.ts'
import { refundableOf, type PaymentRow } from '../db/payments.ts'
import { refundSettings } from '../db/refund-settings.ts'
import { findOpenRequest, insertRequest } from '../db/requests.ts'
import { newId } from '../domain/ids.ts'

/**
 * The card's bank has warned of fraud. A refund now can still prevent the dispute and its fee; afterwards it can't. By the
 * account's setting a person is told, or the policy is asked (`request.channel == "fraud_warning"`). Nothing is paid but by
 * the policy or a person. A warning about money that is gone or disputed asks for nothing (Stripe: not actionable).
 */
export async function heedFraudWarning(app: App, tx: Tx, payment: PaymentRow): Promise<void> {
  if (refundableOf(payment).minor === 0 || payment.dispute === 'open' || payment.dispute === 'lost') return
  if (await findOpenRequest(tx, app.account, payment.id)) return // Its decision will see the warning.
  const { on_fraud_warning } = await refundSettings(tx, app.account)
  return on_fraud_warning === 'tell' ? tellPerson(app, tx, payment) : askPolicy(app, tx, payment)
}

function tellPerson(app: App, tx: Tx, payment: PaymentRow): Promise<void> {
  return openException(tx, {
    account: app.account,
    kind: 'fraud_warning',
    subject: payment.id,
    owner: 'support',
    at: app.now(),
    because: 'The customer’s bank has warned that this payment may be fraudulent.',
    cure: 'Most warnings become disputes. Look at the customer, and refund it if you do not recognise them: a refund prevents the dispute and its fee.',
  })
}

async function askPolicy(app: App, tx: Tx, payment: PaymentRow): Promise<void> {
  const id = newId('rr')
  const fresh = await insertRequest(tx, {
    account_id: app.account,
    id,
    payment_id: payment.id,
    customer_id: payment.customer_id,
    asked_minor: null,
    currency: payment.currency,
    reason: 'fraudulent',
    comment: null,
    channel: 'fraud_warning',
    created_by: 'stripe',
    locale: null,
    created_at: app.now(),
    next_at: app.now(),
  })
  if (!fresh) return
  await audit(tx, {
    account: app.account,
    at: app.now(),
    actor: 'stripe',
    action: 'request.submitted',
    subject: id,
    detail: {
      payment: payment.id,
      customer: payment.customer_id,
      reason: 'fraudulent',
      because: 'early fraud warning',
    },
  })
}
