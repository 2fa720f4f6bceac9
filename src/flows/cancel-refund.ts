import Stripe from 'stripe'
import type { App } from '../app.ts'
import { audit } from '../db/journal.ts'
import { refundsOfRequest } from '../db/refunds.ts'
import { findRequest } from '../db/requests.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import type { RequestId } from '../domain/ids.ts'
import { no, ok, type Result } from '../domain/refusal.ts'
import { isAway } from '../stripe/answers.ts'
import { cancelRefundAtStripe, retrieveRefund } from '../stripe/refunds.ts'
import { recordRefund } from './observe-refund.ts'

/**
 * Gives up a refund that waits for the customer's bank details; the money is free again and a person decides what comes
 * next. Stripe's API cancels no other refund. Safe to ask twice and to die in the middle: what Stripe did is then observed.
 * Refuses: request_not_found, role_too_low, refund_not_cancelable, stripe_unreachable.
 */
export async function cancelRefund(
  app: App,
  { id, by, role }: { id: string; by: Actor; role: Role },
): Promise<Result<{ id: RequestId }>> {
  const request = await findRequest(app.db, app.account, id)
  if (request === undefined) return no({ code: 'request_not_found' })
  if (!mayAs(role, 'approver')) return no({ code: 'role_too_low', needed: 'approver' })
  const refund = (await refundsOfRequest(app.db, app.account, id)).at(-1)
  if (refund?.status !== 'requires_action' || refund.stripe_refund_id === null) {
    const because = `Only a refund that waits for the customer’s bank details can be canceled; this one is ${refund?.status ?? 'not there'}.`
    return no({ code: 'refund_not_cancelable', because })
  }
  await audit(app.db, {
    account: app.account,
    at: app.now(),
    actor: by,
    action: 'refund.cancel_asked',
    subject: request.id,
    detail: { refund: refund.id, customer: request.customer_id },
  })
  try {
    await recordRefund(
      app,
      refund,
      await cancelRefundAtStripe(app.stripe, refund.stripe_refund_id, `moneyback-${refund.id}-cancel`),
    )
    return ok({ id: request.id })
  } catch (error) {
    if (isAway(error)) return no({ code: 'stripe_unreachable' })
    if (!(error instanceof Stripe.errors.StripeError)) throw error
    // It may have moved on in the meantime: what is so now is written down.
    await recordRefund(app, refund, await retrieveRefund(app.stripe, refund.stripe_refund_id))
    return no({ code: 'refund_not_cancelable', because: `Stripe did not cancel it: ${error.message}` })
  }
}
