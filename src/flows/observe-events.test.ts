import { expect, test } from 'vitest'
import { eventTypes, targetOf } from './observe-events.ts'

test.each<[string, object, object | undefined]>([
  ['payment_intent.succeeded', { id: 'pi_1' }, { look: 'payment', id: 'pi_1' }],
  ['invoice_payment.paid', { id: 'inpay_1', payment: { payment_intent: 'pi_1' } }, { look: 'payment', id: 'pi_1' }],
  ['invoice_payment.paid', { id: 'inpay_1', payment: {} }, undefined],
  ['charge.captured', { id: 'ch_1', payment_intent: 'pi_1' }, { look: 'payment', id: 'pi_1' }],
  ['charge.captured', { id: 'ch_1', payment_intent: null }, { look: 'payment', id: 'ch_1' }],
  ['charge.refunded', { id: 'ch_1' }, { look: 'payment_closely', id: 'ch_1' }],
  ['refund.created', { id: 're_1', charge: 'ch_1' }, { look: 'refund', id: 're_1' }],
  ['refund.failed', { id: 're_1' }, { look: 'refund', id: 're_1' }],
  ['charge.refund.updated', { id: 're_1' }, { look: 'refund', id: 're_1' }],
  ['charge.dispute.created', { id: 'dp_1', charge: { id: 'ch_1' } }, { look: 'payment_closely', id: 'ch_1' }],
  [
    'radar.early_fraud_warning.created',
    { id: 'issfr_1', payment_intent: 'pi_1' },
    { look: 'payment_closely', id: 'pi_1' },
  ],
  ['customer.subscription.deleted', { id: 'sub_1' }, { look: 'subscription', id: 'sub_1' }],
  ['customer.updated', { id: 'cus_1' }, { look: 'customer', id: 'cus_1' }],
  ['customer.tax_id.created', { id: 'txi_1' }, undefined],
  ['refund.created', {}, undefined],
  ['something.new', { id: 'x_1' }, undefined],
])('%s about %o points at %o', (type, object, target) => {
  expect(targetOf(type, object)).toEqual(target)
})

test('whatever we ask Stripe to tell us of is of use', () => {
  const object = { id: 'x_1', payment_intent: 'pi_1', payment: { payment_intent: 'pi_1' } }
  for (const type of eventTypes) expect(targetOf(type, object), type).toBeDefined()
})
