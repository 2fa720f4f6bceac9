import type Stripe from 'stripe'
import type { App } from '../app.ts'
import { crashPoint } from '../crash-point.ts'
import { closeEvents, postponeEvents, type StripeEventRow } from '../db/events.ts'
import { openException } from '../db/exceptions.ts'
import { idOf } from '../stripe/answers.ts'
import { errorLine } from '../stripe/answers.ts'
import { retrieveRefund } from '../stripe/refunds.ts'
import { lookClosely } from './look-closely.ts'
import { observeCustomer, observePayment, observeSubscription } from './observe-payment.ts'
import { observeRefund } from './observe-refund.ts'

/** What to look at in Stripe because of an event. Its body is a hint and never believed. */
export type Target = {
  readonly look: 'payment' | 'payment_closely' | 'refund' | 'subscription' | 'customer'
  readonly id: string
}

type Hinted = {
  readonly id?: string
  readonly object?: string
  readonly payment_intent?: string | { id: string } | null
  readonly charge?: string | { id: string } | null
  readonly customer?: string | { id: string } | null
  readonly payment?: { payment_intent?: string | { id: string } | null }
}

/** Undefined: an event that is of no use here. It is kept and ignored. */
export function targetOf(type: string, object: Hinted): Target | undefined {
  const payment = idOf(object.payment_intent) ?? idOf(object.charge)
  if (/^refund\.|^charge\.refund\.updated$/.test(type)) return object.id ? { look: 'refund', id: object.id } : undefined
  if (type === 'charge.refunded')
    return payment || object.id ? { look: 'payment_closely', id: payment ?? object.id! } : undefined
  if (/^charge\.dispute\.|^radar\.early_fraud_warning\./.test(type))
    return payment ? { look: 'payment_closely', id: payment } : undefined
  if (type === 'payment_intent.succeeded') return object.id ? { look: 'payment', id: object.id } : undefined
  if (type === 'invoice_payment.paid') {
    const intent = idOf(object.payment?.payment_intent)
    return intent === null ? undefined : { look: 'payment', id: intent }
  }
  if (/^charge\.(captured|updated|succeeded)$/.test(type))
    return payment || object.id ? { look: 'payment', id: payment ?? object.id! } : undefined
  if (type.startsWith('customer.subscription.')) return object.id ? { look: 'subscription', id: object.id } : undefined
  if (/^customer\.(created|updated|deleted)$/.test(type))
    return object.id ? { look: 'customer', id: object.id } : undefined
  return undefined
}

/** The types that an endpoint should be told of. */
export const eventTypes: Stripe.WebhookEndpointCreateParams.EnabledEvent[] = [
  'payment_intent.succeeded',
  'invoice_payment.paid',
  'charge.captured',
  'charge.refunded',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'radar.early_fraud_warning.created',
  'radar.early_fraud_warning.updated',
  'customer.created',
  'customer.updated',
  'customer.deleted',
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
]

const triesMax = 12

/**
 * Goes through events that are due: each thing that they point at is looked at once, however many events there are about it,
 * and in whatever order they came. An event is closed only after the look; what fails is tried again, then put aside for a
 * person, and never holds up the others.
 */
export async function observeEvents(app: App, events: readonly StripeEventRow[]): Promise<void> {
  const groups = new Map<string, { target: Target; ids: string[]; tries: number }>()
  const ignored: string[] = []
  for (const event of events) {
    const object = (JSON.parse(event.payload) as { data?: { object?: Hinted } }).data?.object
    const target = object && targetOf(event.type, object)
    if (target === undefined) {
      ignored.push(event.id)
      continue
    }
    const key = `${target.look}/${target.id}`
    const group = groups.get(key) ?? { target, ids: [], tries: 0 }
    group.ids.push(event.id)
    group.tries = Math.max(group.tries, event.tries)
    groups.set(key, group)
  }
  if (ignored.length > 0) await closeEvents(app.db, app.account, ignored, 'ignored', app.now())
  const waiting = [...groups.values()].sort((a, b) => order.indexOf(a.target.look) - order.indexOf(b.target.look))
  const next = async (): Promise<void> => {
    for (let group = waiting.shift(); group; group = waiting.shift()) await observeGroup(app, group)
  }
  await Promise.all(Array.from({ length: 6 }, next))
}

// Customers and subscriptions first: payments then find them here.
const order: readonly Target['look'][] = ['customer', 'subscription', 'payment', 'payment_closely', 'refund']

async function observeGroup(
  app: App,
  { target, ids, tries }: { target: Target; ids: string[]; tries: number },
): Promise<void> {
  try {
    await lookAt(app, target)
    crashPoint('after-observe')
    await closeEvents(app.db, app.account, ids, 'done', app.now())
  } catch (error) {
    app.log.warn({ target, error: errorLine(error) }, 'an event has to wait')
    const over = tries + 1 >= triesMax
    const next_at = over ? null : new Date(app.now().getTime() + Math.min(3_600_000, 2 ** tries * 1000))
    await postponeEvents(app.db, app.account, ids, { error: errorLine(error), next_at })
    if (over) {
      await openException(app.db, {
        account: app.account,
        kind: 'event_set_aside',
        subject: target.id,
        owner: 'owner',
        at: app.now(),
        because: `Stripe’s events about ${target.id} failed ${triesMax} times: ${errorLine(error)}`,
        cure: 'The nightly reconciliation looks at it again. Report the error if it comes back.',
      })
    }
  }
}

async function lookAt(app: App, { look, id }: Target): Promise<void> {
  if (look === 'customer') return observeCustomer(app, id)
  if (look === 'subscription') return observeSubscription(app, id)
  if (look === 'payment') return void (await observePayment(app, id))
  if (look === 'payment_closely') return void (await lookClosely(app, id))
  return observeRefund(app, await retrieveRefund(app.stripe, id))
}
