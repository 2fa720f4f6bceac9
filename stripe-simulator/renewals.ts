import { ApiError } from './errors.ts'
import { changed } from './events.ts'
import { createInvoice, finalizeInvoice } from './invoices.ts'
import { payInvoice } from './invoice-payments.ts'
import { pendingItems } from './invoice-lines.ts'
import type { Invoice, Subscription } from './kinds.ts'
import { dunningSeconds, draftSeconds } from './periods.ts'
import { find, set } from './rows.ts'
import { activate, cancelNow, clockOf, invoiceFieldsOf, renewLater } from './subscriptions.ts'
import { itemLine, itemList, nextPeriod } from './subscription-items.ts'
import { refreshEntitlements } from './entitlements.ts'
import { at, now } from './world.ts'
import type { Books, TaskHandler } from './world.ts'

/** A period is over: the subscription ends, or the next one begins with a draft invoice that is paid an hour later. */
export function renew(books: Books, subscription: Subscription): void {
  if (subscription.cancel_at_period_end || (subscription.cancel_at !== null && subscription.cancel_at <= now(books))) {
    cancelNow(books, subscription, {})
    return
  }
  const ended = {
    start: subscription.items.data[0]?.current_period_start ?? 0,
    end: subscription.items.data[0]?.current_period_end ?? 0,
  }
  const items = subscription.items.data.map((item) => {
    const { start, end } = nextPeriod(subscription, item)
    return { ...item, current_period_start: start, current_period_end: end }
  })
  const status = subscription.status === 'trialing' ? 'active' : subscription.status
  const invoice = createInvoice(books, {
    customer: subscription.customer,
    currency: subscription.currency,
    reason: 'subscription_cycle',
    subscription: subscription.id,
    subscriptionMetadata: subscription.metadata,
    items: pendingItems(books, subscription.customer, subscription.id),
    period: ended,
    lines: items.map((item) =>
      itemLine(subscription.id, item, { start: item.current_period_start, end: item.current_period_end }),
    ),
    fields: invoiceFieldsOf(subscription, now(books)),
  })
  changed(
    books,
    'subscription',
    subscription,
    { items: itemList(subscription.id, items), latest_invoice: invoice.id, status },
    'customer.subscription.updated',
  )
  if (subscription.pause_collection?.behavior === 'keep_as_draft')
    set(books, 'invoice', invoice, { auto_advance: false })
  else
    at(
      books,
      now(books) + draftSeconds,
      'invoice.advance',
      { invoice: invoice.id, tries: 0 },
      clockOf(books, subscription.customer),
    )
  renewLater(books, subscription)
}

/** Finalizes a draft and takes its money; tries again on later days while the card is declined, and then gives up. */
function advance(books: Books, invoice: Invoice, tries: number): void {
  const subscription = find(books, 'subscription', invoice.parent?.subscription_details?.subscription)
  if (!subscription || !find(books, 'customer', invoice.customer) || find(books, 'customer', invoice.customer)?.deleted)
    return
  if (invoice.status === 'draft') finalizeInvoice(books, invoice)
  const pause = subscription.pause_collection?.behavior
  if (invoice.status === 'open' && pause) {
    set(books, 'invoice', invoice, { status: pause === 'void' ? 'void' : 'uncollectible' })
    return
  }
  if (invoice.status !== 'open' || subscription.collection_method === 'send_invoice') return
  try {
    payInvoice(books, invoice)
    if (subscription.status === 'past_due') activate(books, subscription)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    giveTime(books, subscription, invoice, tries)
  }
  refreshEntitlements(books, subscription.customer)
}

function giveTime(books: Books, subscription: Subscription, invoice: Invoice, tries: number): void {
  const wait = dunningSeconds[tries]
  if (subscription.status === 'canceled') return
  if (wait === undefined) {
    set(books, 'invoice', invoice, { next_payment_attempt: null })
    cancelNow(books, subscription, { reason: 'payment_failed' })
    return
  }
  set(books, 'invoice', invoice, { next_payment_attempt: now(books) + wait })
  if (subscription.status === 'active')
    changed(books, 'subscription', subscription, { status: 'past_due' }, 'customer.subscription.updated')
  at(
    books,
    now(books) + wait,
    'invoice.advance',
    { invoice: invoice.id, tries: tries + 1 },
    clockOf(books, subscription.customer),
  )
}

const renewing = new Set<Subscription['status']>(['active', 'trialing', 'past_due'])

export const billingTasks: Readonly<Record<string, TaskHandler>> = {
  'subscription.renew': (books, args) => {
    const subscription = find(books, 'subscription', String(args['subscription']))
    const end = subscription?.items.data[0]?.current_period_end
    if (subscription && end === args['end'] && renewing.has(subscription.status)) renew(books, subscription)
  },
  'subscription.cancel': (books, args) => {
    const subscription = find(books, 'subscription', String(args['subscription']))
    if (
      subscription &&
      renewing.has(subscription.status) &&
      subscription.cancel_at !== null &&
      subscription.cancel_at <= now(books)
    ) {
      cancelNow(books, subscription, {})
    }
  },
  'subscription.resume_collection': (books, args) => {
    const subscription = find(books, 'subscription', String(args['subscription']))
    if (subscription?.pause_collection)
      changed(books, 'subscription', subscription, { pause_collection: null }, 'customer.subscription.updated')
  },
  'invoice.advance': (books, args) => {
    const invoice = find(books, 'invoice', String(args['invoice']))
    if (invoice) advance(books, invoice, Number(args['tries']))
  },
}
