import { momentOf } from './moments.ts'
import { refreshEntitlements } from './entitlements.ts'
import { ApiError, refused } from './errors.ts'
import { changed, emit } from './events.ts'
import { pendingItems } from './invoice-lines.ts'
import { payInvoice } from './invoice-payments.ts'
import { createInvoice, finalizeInvoice } from './invoices.ts'
import type { Invoice, Subscription, SubscriptionItem } from './kinds.ts'
import { paymentMethodFor } from './payment-methods.ts'
import { periodEnd } from './periods.ts'
import { find, make, mergedMetadata, need, rowsWith, set } from './rows.ts'
import { remove } from './store.ts'
import { newItem, itemLine, checkItems, itemList } from './subscription-items.ts'
import type { ItemParams } from './subscription-items.ts'
import { at, newId, table } from './world.ts'
import type { Books } from './world.ts'

const day = 86_400

export type SubscriptionParams = {
  customer?: string
  items?: ItemParams[]
  default_payment_method?: string
  description?: string
  metadata?: unknown
  trial_period_days?: number
  trial_end?: 'now' | number
  cancel_at_period_end?: boolean
  cancel_at?: number | string
  collection_method?: string
  days_until_due?: number
  payment_behavior?: string
  proration_behavior?: string
  proration_date?: number
  backdate_start_date?: number
  billing_mode?: { type: 'classic' | 'flexible' }
  cancellation_details?: Cancellation
  pause_collection?: '' | { behavior: string; resumes_at?: number }
  billing_cycle_anchor?: number | string
  off_session?: boolean
}

export type Cancellation = { comment?: string; feedback?: string; feedback_option?: string }

/** When the subscription's tasks run: on the test clock of its customer, if there is one. */
export const clockOf = (books: Books, customer: string): string | null =>
  find(books, 'customer', customer)?.test_clock ?? null

function trialEndOf(params: SubscriptionParams, start: number): number | null {
  if (params.trial_end === 'now') return null
  if (params.trial_end !== undefined) {
    if (params.trial_end <= start)
      throw refused('Invalid timestamp: must be an integer Unix timestamp in the future.', {
        param: 'trial_end',
      })
    return params.trial_end
  }
  return params.trial_period_days ? start + params.trial_period_days * day : null
}

/** Makes a subscription and its first invoice. It is active when that is paid, trialing before a trial ends, else incomplete. */
export function createSubscription(books: Books, params: SubscriptionParams): Subscription {
  const customer = need(books, 'customer', params.customer ?? '', 'customer', 400)
  checkItems(params.items)
  const moment = momentOf(books, customer.id)
  const start = params.backdate_start_date ?? moment
  const trialEnd = trialEndOf(params, moment)
  const id = newId(books, 'sub')
  const drafted = params.items.map((item) => newItem(books, id, item, { start, end: trialEnd ?? start }))
  const first = drafted[0] as SubscriptionItem
  const same = drafted.every(
    ({ price }) =>
      price.currency === first.price.currency &&
      price.recurring?.interval === first.price.recurring?.interval &&
      price.recurring?.interval_count === first.price.recurring?.interval_count,
  )
  if (!same)
    throw refused(
      'All prices on a subscription must have the same currency, `recurring.interval` and `recurring.interval_count`.',
      { param: 'items' },
    )
  const { interval = 'month', interval_count = 1 } = first.price.recurring ?? {}
  const end = trialEnd ?? periodEnd(start, moment, interval, interval_count)
  const items = drafted.map((item) => ({ ...item, current_period_end: end }))
  const method = params.default_payment_method
    ? paymentMethodFor(books, params.default_payment_method, 'default_payment_method')
    : null
  const subscription = make(books, 'subscription', {
    id,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: trialEnd ?? start,
    billing_mode: {
      flexible: params.billing_mode?.type === 'flexible' ? { proration_discounts: 'included' } : null,
      type: params.billing_mode?.type ?? 'classic',
    } as Subscription['billing_mode'],
    cancel_at_period_end: params.cancel_at_period_end ?? false,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    ...(params.cancel_at_period_end ? { cancel_at: end, canceled_at: moment } : {}),
    collection_method: (params.collection_method ?? 'charge_automatically') as Subscription['collection_method'],
    created: moment,
    currency: first.price.currency,
    customer: customer.id,
    days_until_due: params.days_until_due ?? null,
    default_payment_method: method?.id ?? null,
    default_tax_rates: [],
    description: params.description ?? null,
    items: itemList(id, items),
    metadata: mergedMetadata({}, params.metadata),
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    } as never,
    start_date: start,
    status: trialEnd === null ? 'incomplete' : 'trialing',
    test_clock: customer.test_clock ?? null,
    trial_start: trialEnd === null ? null : moment,
    trial_end: trialEnd,
  })
  begin(books, subscription, params, trialEnd !== null)
  return subscription
}

/** The first invoice: the subscription is active when it is paid. */
function begin(books: Books, subscription: Subscription, params: SubscriptionParams, trial: boolean): void {
  const period = {
    start: subscription.items.data[0]?.current_period_start ?? 0,
    end: subscription.items.data[0]?.current_period_end ?? 0,
  }
  const moment = momentOf(books, subscription.customer)
  const invoice = createInvoice(books, {
    customer: subscription.customer,
    currency: subscription.currency,
    reason: 'subscription_create',
    subscription: subscription.id,
    subscriptionMetadata: subscription.metadata,
    lines: subscription.items.data.map((item) => itemLine(subscription.id, item, period, trial)),
    items: pendingItems(books, subscription.customer, subscription.id),
    period: { start: moment, end: moment },
    fields: invoiceFieldsOf(subscription, moment),
  })
  set(books, 'subscription', subscription, { latest_invoice: invoice.id })
  finalizeInvoice(books, invoice)
  emit(books, 'customer.subscription.created', subscription)
  if (subscription.collection_method === 'send_invoice')
    set(books, 'subscription', subscription, { status: trial ? 'trialing' : 'active' })
  else if (params.payment_behavior !== 'default_incomplete')
    payFirst(books, subscription, invoice, params.payment_behavior)
  if (invoice.status === 'paid' && subscription.status === 'incomplete') activate(books, subscription)
  refreshEntitlements(books, subscription.customer)
  renewLater(books, subscription)
}

export const invoiceFieldsOf = (
  { collection_method, days_until_due }: Subscription,
  moment: number,
): Partial<Invoice> => ({
  collection_method,
  due_date: collection_method === 'send_invoice' ? moment + (days_until_due ?? 30) * day : null,
})

/** The customer has paid: the subscription counts again. */
export function activate(books: Books, subscription: Subscription): void {
  changed(books, 'subscription', subscription, { status: 'active' }, 'customer.subscription.updated')
}

function payFirst(books: Books, subscription: Subscription, invoice: Invoice, behavior: string | undefined): void {
  if (invoice.status === 'paid') return
  try {
    payInvoice(books, invoice)
  } catch (error) {
    const declined = error instanceof ApiError && error.status === 402
    if (declined && behavior !== 'error_if_incomplete') return
    remove(books.world.store, table(books, 'subscription'), subscription.id)
    if (invoice.status === 'open') set(books, 'invoice', invoice, { status: 'void', parent: null })
    throw error
  }
}

/** Puts the end of the current period on the agenda. */
export function renewLater(books: Books, subscription: Subscription): void {
  const end = Math.min(...subscription.items.data.map((item) => item.current_period_end))
  at(books, end, 'subscription.renew', { subscription: subscription.id, end }, clockOf(books, subscription.customer))
}

type EndOptions = {
  readonly details?: Cancellation
  readonly reason?: 'cancellation_requested' | 'payment_failed' | 'payment_disputed'
}

/** Ends a subscription at this moment. Open invoices stay open and nothing is given back: a refund is a step of its own. */
export function cancelNow(
  books: Books,
  subscription: Subscription,
  { details = {}, reason = 'cancellation_requested' }: EndOptions,
): void {
  const moment = momentOf(books, subscription.customer)
  set(books, 'subscription', subscription, {
    status: 'canceled',
    ended_at: moment,
    canceled_at: subscription.canceled_at ?? moment,
    cancel_at_period_end: subscription.cancel_at_period_end,
    cancellation_details: mergedCancellation(subscription, details, reason),
  })
  emit(books, 'customer.subscription.deleted', subscription)
  refreshEntitlements(books, subscription.customer)
}

export function mergedCancellation(
  subscription: Subscription,
  details: Cancellation,
  reason: EndOptions['reason'] | null,
): Subscription['cancellation_details'] {
  const old = subscription.cancellation_details
  const {
    comment = old?.comment ?? null,
    feedback = old?.feedback ?? null,
    feedback_option = old?.feedback_option ?? null,
  } = details
  return {
    comment: comment === '' ? null : comment,
    feedback: feedback === '' ? null : feedback,
    feedback_option,
    reason: reason ?? old?.reason ?? null,
  } as Subscription['cancellation_details']
}

export const livingSubscriptions = (books: Books, customer: string): Subscription[] =>
  rowsWith(books, 'subscription', 'customer', customer).filter(({ status }) => status !== 'canceled')
