import { sql } from 'kysely'
import type Stripe from 'stripe'
import type { App } from '../app.ts'
import { keepEvent } from '../db/events.ts'
import { openException, resolveException } from '../db/exceptions.ts'
import { allPages, dateOf, errorLine, isAway } from '../stripe/answers.ts'
import { refundsSince, retrieveRefund } from '../stripe/refunds.ts'
import { eventTypes } from './observe-events.ts'
import { observeRefund } from './observe-refund.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** As much of an event as is kept apart; a thin one has no object and an ISO time. */
export type KeptEvent = Pick<Stripe.Event, 'id' | 'type' | 'livemode'> & {
  readonly account?: string | null
  readonly api_version?: string | null
  readonly created?: number | string
  readonly data?: { readonly object?: object } | null
}

/** Keeps an event that was verified or fetched from Stripe itself. The same one again changes nothing. */
export async function keepStripeEvent(
  app: App,
  event: KeptEvent,
  { via, payload = JSON.stringify(event) }: { via: 'webhook' | 'list'; payload?: string },
): Promise<boolean> {
  const created = typeof event.created === 'number' ? dateOf(event.created) : new Date(event.created ?? NaN)
  const object = event.data?.object as { id?: unknown } | undefined
  return keepEvent(app.db, {
    account: app.account,
    id: event.id,
    type: event.type,
    object_id: typeof object?.id === 'string' ? object.id : null,
    livemode: event.livemode,
    api_version: event.api_version ?? null,
    payload,
    created_at: Number.isNaN(created.getTime()) ? app.now() : created,
    received_at: app.now(),
    via,
  })
}

// Stripe's list takes so many exact types at once.
const typesAtOnce = 20

/** Reads what Stripe's webhooks may not have delivered, from where the last reading ended less a quarter of an hour. */
export async function backfillEvents(app: App): Promise<number> {
  const { rows } = await sql<{
    events_seen_until: Date | null
  }>`select events_seen_until from account where id = ${app.account}`.execute(app.db)
  const seen = rows[0]?.events_seen_until ?? undefined
  const from = seen ?? new Date(app.now().getTime() - 29 * dayMs)
  const began = app.now()
  const gte = Math.floor((from.getTime() - 15 * minuteMs) / 1000)
  const events: Stripe.Event[] = []
  for (let i = 0; i < eventTypes.length; i += typesAtOnce) {
    const types = eventTypes.slice(i, i + typesAtOnce)
    events.push(...(await allPages((page) => app.stripe.events.list({ types, created: { gte }, ...page }))))
  }
  const missed: Stripe.Event[] = []
  for (const event of events.toSorted((a, b) => a.created - b.created))
    if (await keepStripeEvent(app, event, { via: 'list' })) missed.push(event)
  await sql`update account set events_seen_until = ${began} where id = ${app.account}`.execute(app.db)
  if (seen !== undefined) await watchWebhooks(app, missed, seen)
  return missed.length
}

/** Tells the owner when Stripe's list has what no webhook brought, and when the list itself had ended before we read it. */
async function watchWebhooks(app: App, missed: readonly Stripe.Event[], seen: Date): Promise<void> {
  const at = app.now()
  const { rows } = await sql<{ brought: boolean }>`
    select exists (select from stripe_event where account_id = ${app.account} and via = 'webhook'
      and received_at > ${new Date(at.getTime() - dayMs)}) as brought`.execute(app.db)
  const silent = { kind: 'webhooks_silent', subject: app.account, at }
  if (rows[0]!.brought) await resolveException(app.db, app.account, { ...silent, by: 'stripe' })
  else if (missed.some(({ created }) => dateOf(created).getTime() < at.getTime() - 10 * minuteMs))
    await openException(app.db, {
      ...silent,
      account: app.account,
      owner: 'owner',
      because: `No webhook came for a day, and Stripe’s list had ${missed.length} events that none of them brought.`,
      cure: 'Nothing is lost: the list is read every five minutes. Look at the endpoint in Stripe: is it there, enabled, and this address? Closes with the next webhook.',
    })
  if (at.getTime() - seen.getTime() < 25 * dayMs) return
  await openException(app.db, {
    account: app.account,
    kind: 'events_missed',
    subject: app.account,
    owner: 'owner',
    at,
    because: `Stripe’s events were read last on ${seen.toISOString()}, and Stripe keeps them for 30 days.`,
    cure: 'Run npm start -- recover, which compares the refunds themselves. Payments that are missing come in when they are named.',
  })
}

/**
 * Compares the refunds that Stripe has made lately with our books; each difference is taken in, ours or not. One that can't
 * be taken in is told, and does not hold up the others: nothing is sent for its payment, because the look before fails too.
 */
export async function sweepRefunds(app: App, since: Date): Promise<number> {
  // Oldest first: what failed has let go of its money before what followed it is looked at.
  const refunds = (await refundsSince(app.stripe, since)).reverse()
  for (const refund of refunds) {
    try {
      await observeRefund(app, refund)
    } catch (error) {
      if (isAway(error) || isDatabaseError(error)) throw error
      await openException(app.db, {
        account: app.account,
        kind: 'refund_not_taken_in',
        subject: refund.id,
        owner: 'owner',
        at: app.now(),
        because: `Stripe’s ${refund.id} could not be taken into the books: ${errorLine(error)}`,
        cure: 'This is a bug of ours: report it. The refund is compared again every day.',
      })
    }
  }
  return refunds.length
}

const isDatabaseError = (error: unknown): boolean =>
  /^(08|53|57|40|55|ECONN)/.test(String((error as { code?: unknown }).code))

/** Looks at refunds that Stripe has and that have not come to an end, oldest look first. */
export async function followPending(app: App): Promise<void> {
  const { rows } = await sql<{ stripe_refund_id: string }>`
    select stripe_refund_id from refund where account_id = ${app.account} and stripe_refund_id is not null
      and status in ('pending', 'requires_action') order by created_at limit 200`.execute(app.db)
  for (const { stripe_refund_id } of rows) await observeRefund(app, await retrieveRefund(app.stripe, stripe_refund_id))
}
