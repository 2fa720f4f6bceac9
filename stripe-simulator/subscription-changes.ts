import { momentOf } from './moments.ts'
import { refreshEntitlements } from './entitlements.ts'
import { refused } from './errors.ts'
import { changed } from './events.ts'
import { createItem } from './invoice-items.ts'
import { createInvoice } from './invoices.ts'
import { payInvoice } from './invoice-payments.ts'
import { pendingItems } from './invoice-lines.ts'
import type { Subscription, SubscriptionItem } from './kinds.ts'
import { share } from './money.ts'
import { paymentMethodFor } from './payment-methods.ts'
import { mergedMetadata, set } from './rows.ts'
import { cancelNow, clockOf, mergedCancellation, renewLater } from './subscriptions.ts'
import { itemList, newItem, oneIntervalAfter } from './subscription-items.ts'
import type { Cancellation, SubscriptionParams } from './subscriptions.ts'
import type { ItemParams } from './subscription-items.ts'
import { at } from './world.ts'
import type { Books } from './world.ts'

/** Credits the unused rest of what was paid for an item (sign −1), or charges the rest of a new price (sign 1). */
function prorate(books: Books, subscription: Subscription, item: SubscriptionItem, sign: 1 | -1, moment: number): void {
  const length = item.current_period_end - item.current_period_start
  const rest = Math.max(0, item.current_period_end - moment)
  const whole = (item.price.unit_amount ?? 0) * (item.quantity ?? 1)
  const amount = sign * share(whole, rest, length)
  if (amount === 0) return
  createItem(books, {
    customer: subscription.customer,
    amount,
    currency: subscription.currency,
    subscription: subscription.id,
    proration: true,
    price: item.price,
    description: `${sign < 0 ? 'Unused' : 'Remaining'} time after ${new Date(moment * 1000).toISOString().slice(0, 10)}`,
    period: { start: moment, end: item.current_period_end },
  })
}

type Behavior = string | undefined

/** Applies item changes. What is taken away is credited and what is new is charged for the rest of the period. */
function withItems(
  books: Books,
  subscription: Subscription,
  params: readonly ItemParams[],
  behavior: Behavior,
  date?: number,
): SubscriptionItem[] {
  const moment = date ?? momentOf(books, subscription.customer)
  let items = [...subscription.items.data]
  const prorates = behavior !== 'none' && subscription.status !== 'trialing'
  for (const [i, given] of params.entries()) {
    const old = given.id === undefined ? undefined : items.find(({ id }) => id === given.id)
    if (given.id !== undefined && !old)
      throw refused(`No such subscription item: '${given.id}'`, {
        code: 'resource_missing',
        param: `items[${i}][id]`,
      })
    const first = subscription.items.data[0] as SubscriptionItem
    const period = { start: first.current_period_start, end: first.current_period_end }
    const next = given.deleted ? null : changedItem(books, subscription, old, given, period)
    if (next && next.price.currency !== subscription.currency)
      throw refused('All prices on a subscription must have the same currency.', { param: 'items' })
    const sameMoney = old && next && old.price.id === next.price.id && old.quantity === next.quantity
    if (prorates && !sameMoney) {
      if (old) prorate(books, subscription, old, -1, moment)
      if (next) prorate(books, subscription, next, 1, moment)
    }
    items = items.filter(({ id }) => id !== given.id)
    if (next) items.push(next)
  }
  if (items.length === 0)
    throw refused('A subscription must have at least one item. Cancel the subscription instead.', {
      param: 'items',
    })
  return items
}

function changedItem(
  books: Books,
  { id }: Subscription,
  old: SubscriptionItem | undefined,
  given: ItemParams,
  period: { start: number; end: number },
): SubscriptionItem {
  const metadata = mergedMetadata(old?.metadata ?? {}, given.metadata)
  if (old && given.price === undefined && given.price_data === undefined)
    return { ...old, quantity: given.quantity ?? old.quantity ?? 1, metadata }
  const made = newItem(
    books,
    id,
    { ...given, ...(given.quantity === undefined ? { quantity: old?.quantity ?? 1 } : {}) },
    period,
  )
  return old ? { ...made, id: old.id, created: old.created, metadata } : made
}

function cancelAt(subscription: Subscription, wish: number | string | undefined): number | null | undefined {
  const ends = subscription.items.data.map((item) => item.current_period_end)
  if (wish === undefined) return undefined
  if (typeof wish === 'number') return wish
  if (wish === '') return null
  return wish === 'min_period_end' ? Math.min(...ends) : Math.max(...ends)
}

/** Changes items, dates, pauses and payment method; prorates unless told otherwise. */
export function changeSubscription(books: Books, subscription: Subscription, params: SubscriptionParams): Subscription {
  const moment = momentOf(books, subscription.customer)
  const patch: Partial<Subscription> = { metadata: mergedMetadata(subscription.metadata, params.metadata) }
  if (params.items)
    patch.items = itemList(
      subscription.id,
      withItems(books, subscription, params.items, params.proration_behavior, params.proration_date),
    )
  if (params.default_payment_method !== undefined) {
    patch.default_payment_method =
      params.default_payment_method === '' ? null : paymentMethodFor(books, params.default_payment_method).id
  }
  if (params.description !== undefined) patch.description = params.description === '' ? null : params.description
  if (params.cancellation_details)
    patch.cancellation_details = mergedCancellation(subscription, params.cancellation_details, null)
  const ends = Math.min(...subscription.items.data.map((item) => item.current_period_end))
  if (params.cancel_at_period_end !== undefined) {
    const on = params.cancel_at_period_end
    Object.assign(patch, {
      cancel_at_period_end: on,
      cancel_at: on ? ends : null,
      canceled_at: on ? moment : null,
    })
    patch.cancellation_details = {
      ...mergedCancellation(subscription, params.cancellation_details ?? {}, null),
      reason: on ? 'cancellation_requested' : null,
    } as Subscription['cancellation_details']
  }
  const cancel_at = cancelAt(subscription, params.cancel_at)
  if (cancel_at !== undefined) {
    if (cancel_at !== null && cancel_at <= moment)
      throw refused('The cancel_at time must be in the future.', { param: 'cancel_at' })
    Object.assign(patch, { cancel_at, canceled_at: cancel_at === null ? null : moment })
    if (cancel_at !== null)
      at(
        books,
        cancel_at,
        'subscription.cancel',
        { subscription: subscription.id },
        clockOf(books, subscription.customer),
      )
  }
  if (params.pause_collection !== undefined) pauseCollection(books, subscription, patch, params.pause_collection)
  const endsTrial = params.trial_end === 'now' && subscription.status === 'trialing'
  changed(books, 'subscription', subscription, patch, 'customer.subscription.updated')
  if (endsTrial) endTrial(books, subscription, moment)
  if (params.proration_behavior === 'always_invoice') invoicePending(books, subscription)
  refreshEntitlements(books, subscription.customer)
  return subscription
}

function pauseCollection(
  books: Books,
  subscription: Subscription,
  patch: Partial<Subscription>,
  wish: NonNullable<SubscriptionParams['pause_collection']>,
): void {
  patch.pause_collection = (
    wish === '' ? null : { behavior: wish.behavior, resumes_at: wish.resumes_at ?? null }
  ) as Subscription['pause_collection']
  if (wish !== '' && wish.resumes_at !== undefined) {
    at(
      books,
      wish.resumes_at,
      'subscription.resume_collection',
      { subscription: subscription.id },
      clockOf(books, subscription.customer),
    )
  }
}

function endTrial(books: Books, subscription: Subscription, moment: number): void {
  const items = subscription.items.data.map((item) => ({ ...item, current_period_end: moment }))
  set(books, 'subscription', subscription, {
    items: itemList(subscription.id, items),
    billing_cycle_anchor: moment,
    trial_end: moment,
  })
  at(
    books,
    moment,
    'subscription.renew',
    { subscription: subscription.id, end: moment },
    clockOf(books, subscription.customer),
  )
}

/** Invoices pending prorations now. */
function invoicePending(books: Books, subscription: Subscription): void {
  const items = pendingItems(books, subscription.customer, subscription.id)
  if (items.length === 0) return
  const moment = momentOf(books, subscription.customer)
  const invoice = createInvoice(books, {
    customer: subscription.customer,
    currency: subscription.currency,
    reason: 'subscription_update',
    subscription: subscription.id,
    subscriptionMetadata: subscription.metadata,
    lines: [],
    items,
    period: { start: moment, end: moment },
  })
  set(books, 'subscription', subscription, { latest_invoice: invoice.id })
  payInvoice(books, invoice)
}

export type CancelParams = { invoice_now?: boolean; prorate?: boolean; cancellation_details?: Cancellation }

/** Ends a subscription now, with or without credit for the rest of its period. */
export function cancelSubscription(books: Books, subscription: Subscription, params: CancelParams): Subscription {
  const moment = momentOf(books, subscription.customer)
  if (params.prorate) for (const item of subscription.items.data) prorate(books, subscription, item, -1, moment)
  cancelNow(books, subscription, { details: params.cancellation_details ?? {} })
  if (params.invoice_now) invoicePending(books, subscription)
  return subscription
}

/** Stops renewals and access until it is resumed. */
export function pauseSubscription(books: Books, subscription: Subscription): Subscription {
  if (subscription.status !== 'active' && subscription.status !== 'trialing')
    throw refused(`A subscription with the status ${subscription.status} cannot be paused.`)
  const paused = {
    subscription: { type: 'pause_requested' },
    transitioned_at: momentOf(books, subscription.customer),
    type: 'subscription',
  }
  changed(
    books,
    'subscription',
    subscription,
    { status: 'paused', status_details: { paused } as never },
    'customer.subscription.updated',
    'customer.subscription.paused',
  )
  refreshEntitlements(books, subscription.customer)
  return subscription
}

/** A resumed subscription begins a new period now, or keeps the old one where that is not over. */
export function resumeSubscription(books: Books, subscription: Subscription, anchor: string | undefined): Subscription {
  if (subscription.status !== 'paused') throw refused('Only paused subscriptions can be resumed.')
  const moment = momentOf(books, subscription.customer)
  const over = subscription.items.data.some((item) => item.current_period_end <= moment)
  const items =
    anchor === 'unchanged' && !over
      ? subscription.items.data
      : subscription.items.data.map((item) => ({
          ...item,
          current_period_start: moment,
          current_period_end: oneIntervalAfter(item, moment),
        }))
  delete subscription.status_details
  changed(
    books,
    'subscription',
    subscription,
    {
      status: 'active',
      items: itemList(subscription.id, items),
      billing_cycle_anchor: anchor === 'unchanged' && !over ? subscription.billing_cycle_anchor : moment,
    },
    'customer.subscription.updated',
    'customer.subscription.resumed',
  )
  refreshEntitlements(books, subscription.customer)
  renewLater(books, subscription)
  return subscription
}
