import { sql } from 'kysely'
import type Stripe from 'stripe'
import type { App } from '../app.ts'
import { keepEvent } from '../db/events.ts'
import { allPages, dateOf } from '../stripe/answers.ts'
import { refundsSince, retrieveRefund } from '../stripe/refunds.ts'
import { eventTypes } from './observe-events.ts'
import { observeRefund } from './observe-refund.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** Keeps an event that was verified or fetched from Stripe itself. The same one again changes nothing. */
export async function keepStripeEvent(
  app: App,
  event: Stripe.Event,
  payload = JSON.stringify(event),
): Promise<boolean> {
  return keepEvent(app.db, {
    account: app.account,
    id: event.id,
    type: event.type,
    object_id: (event.data.object as { id?: string }).id ?? null,
    livemode: event.livemode,
    api_version: event.api_version,
    payload,
    created_at: dateOf(event.created),
    received_at: app.now(),
  })
}

/** Reads what Stripe's webhooks may not have delivered, from where the last reading ended less a quarter of an hour. */
export async function backfillEvents(app: App): Promise<number> {
  const { rows } = await sql<{
    events_seen_until: Date | null
  }>`select events_seen_until from account where id = ${app.account}`.execute(app.db)
  const from = rows[0]?.events_seen_until ?? new Date(app.now().getTime() - 29 * dayMs)
  const began = app.now()
  const gte = Math.floor((from.getTime() - 15 * minuteMs) / 1000)
  const events = await allPages((page) => app.stripe.events.list({ types: eventTypes, created: { gte }, ...page }))
  let fresh = 0
  for (const event of events.reverse()) if (await keepStripeEvent(app, event)) fresh++
  await sql`update account set events_seen_until = ${began} where id = ${app.account}`.execute(app.db)
  return fresh
}

/** Compares the refunds that Stripe has made lately with our books; each difference is taken in, ours or not. */
export async function sweepRefunds(app: App, since: Date): Promise<number> {
  // Oldest first: what failed has let go of its money before what followed it is looked at.
  const refunds = (await refundsSince(app.stripe, since)).reverse()
  for (const refund of refunds) await observeRefund(app, refund)
  return refunds.length
}

/** Looks at refunds that Stripe has and that have not come to an end, oldest look first. */
export async function followPending(app: App): Promise<void> {
  const { rows } = await sql<{ stripe_refund_id: string }>`
    select stripe_refund_id from refund where account_id = ${app.account} and stripe_refund_id is not null
      and status in ('pending', 'requires_action') order by created_at limit 200`.execute(app.db)
  for (const { stripe_refund_id } of rows) await observeRefund(app, await retrieveRefund(app.stripe, stripe_refund_id))
}
