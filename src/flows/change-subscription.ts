import { sql } from 'kysely'
import type Stripe from 'stripe'
import type { App } from '../app.ts'
import { crashPoint } from '../crash-point.ts'
import { inTransaction, type Tx } from '../db/connect.ts'
import { findSubscription } from '../db/customers.ts'
import { openException } from '../db/exceptions.ts'
import { audit } from '../db/journal.ts'
import { findPayment } from '../db/payments.ts'
import { findRefund } from '../db/refunds.ts'
import { findRequest, type RequestRow } from '../db/requests.ts'
import { isAway } from '../stripe/answers.ts'
import { isCurrentPeriod } from './gather-facts.ts'
import { observeSubscription } from './observe-payment.ts'
import { tell } from './tell.ts'

export type SubscriptionChangeRow = {
  id: string
  change: 'cancel_now' | 'cancel_at_period_end'
  status: 'wanted' | 'undo_wanted'
  subscription_id: string
  tries: number
}

type Ended = { readonly status: 'done' | 'not_needed' | 'undone' | 'needs_person'; readonly because?: string }

/**
 * Makes Stripe's subscription what the refund's rule wants, or takes that back after a bounce. It looks first, so it can run
 * twice; only the period that the refund is for is ended, never one that another payment has paid.
 */
export async function changeSubscription(app: App, row: SubscriptionChangeRow): Promise<void> {
  try {
    await observeSubscription(app, row.subscription_id)
    const ended = row.status === 'wanted' ? await end(app, row) : await undo(app, row)
    crashPoint('after-subscription-change')
    await close(app, row, ended)
  } catch (error) {
    const next = new Date(app.now().getTime() + Math.min(3600, 2 ** (row.tries + 1)) * 1000)
    await sql`
      update subscription_change set tries = tries + 1, next_at = ${next}, lease_until = null, because = ${String(error).slice(0, 300)}
      where account_id = ${app.account} and id = ${row.id} and status = ${row.status}`.execute(app.db)
    if (!isAway(error)) throw error
  }
}

async function end(app: App, { id, change, subscription_id }: SubscriptionChangeRow): Promise<Ended> {
  const refund = await findRefund(app.db, app.account, id)
  if (refund?.status !== 'succeeded') return { status: 'not_needed', because: 'The refund did not stay.' }
  const subscription = await findSubscription(app.db, app.account, subscription_id)
  if (subscription === undefined || subscription.ended_at !== null || subscription.status === 'canceled') {
    return { status: 'not_needed', because: 'The subscription has ended already.' }
  }
  const payment = (await findPayment(app.db, app.account, refund.payment_id))!
  if (!isCurrentPeriod(payment, subscription)) {
    return { status: 'not_needed', because: 'The refund is for an earlier period, and the running one is paid.' }
  }
  if (change === 'cancel_at_period_end' && subscription.cancel_at !== null)
    return { status: 'not_needed', because: 'It was going to end already.' }
  const answer =
    change === 'cancel_now'
      ? await app.stripe.subscriptions.cancel(subscription_id, {
          invoice_now: false,
          prorate: false,
          cancellation_details: { comment: `Refund ${id}` },
        })
      : await app.stripe.subscriptions.update(
          subscription_id,
          { cancel_at_period_end: true },
          { idempotencyKey: `${id}-period-end` },
        )
  return took(app, answer, 'done')
}

async function undo(app: App, { id, change, subscription_id }: SubscriptionChangeRow): Promise<Ended> {
  const subscription = await findSubscription(app.db, app.account, subscription_id)
  if (change === 'cancel_now' || subscription === undefined || subscription.ended_at !== null) {
    return { status: 'needs_person', because: 'Stripe can’t take a canceled subscription up again.' }
  }
  const answer = await app.stripe.subscriptions.update(
    subscription_id,
    { cancel_at_period_end: false },
    { idempotencyKey: `${id}-go-on` },
  )
  return took(app, answer, 'undone')
}

async function took(app: App, answer: Stripe.Subscription, status: 'done' | 'undone'): Promise<Ended> {
  if (answer.object !== 'subscription') throw new Error('Stripe should have answered with a subscription and did not.')
  await observeSubscription(app, answer.id)
  return { status }
}

async function close(app: App, row: SubscriptionChangeRow, { status, because }: Ended): Promise<void> {
  const { id, subscription_id, change } = row
  const at = app.now()
  await inTransaction(app.db, async (tx) => {
    const { rows } = await sql`
      update subscription_change set status = ${status}, because = ${because ?? null}, done_at = ${at}, next_at = null, lease_until = null
      where account_id = ${app.account} and id = ${id} and status = ${row.status} returning id`.execute(tx)
    if (rows.length === 0) return
    const refund = (await findRefund(tx, app.account, id))!
    const request = (await findRequest(tx, app.account, refund.request_id))!
    await audit(tx, {
      account: app.account,
      at,
      actor: 'moneyback',
      action: `subscription.${status}`,
      subject: request.id,
      detail: { subscription: subscription_id, change, because, customer: request.customer_id },
    })
    if (status === 'done') await tellOfTheEnd(app, tx, row, request)
    if (status !== 'needs_person') return
    await openException(tx, {
      account: app.account,
      kind: 'subscription_was_canceled',
      subject: request.id,
      at,
      because: `The refund came back after the subscription ${subscription_id} was canceled. ${because}`,
      cure: 'The customer has access until the end of the paid period. Offer a new subscription, or leave it as it is.',
    })
  })
}

async function tellOfTheEnd(
  app: App,
  tx: Tx,
  { change, subscription_id }: SubscriptionChangeRow,
  request: RequestRow,
): Promise<void> {
  const subscription = await findSubscription(tx, app.account, subscription_id)
  const until = subscription?.cancel_at ?? subscription?.current_period_end ?? null
  const later = change === 'cancel_at_period_end' && until !== null
  await tell(app, tx, later ? { request, kind: 'access_ends', until } : { request, kind: 'access_ended' })
}
