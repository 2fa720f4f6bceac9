import { momentOf } from './moments.ts'
import { invalid, refused } from './errors.ts'
import { changed } from './events.ts'
import type { Kinds, Subscription, SubscriptionItem } from './kinds.ts'
import { page, listing, need, operation } from './rows.ts'
import type { Operations } from './rows.ts'
import {
  changeSubscription,
  cancelSubscription,
  pauseSubscription,
  resumeSubscription,
} from './subscription-changes.ts'
import type { CancelParams } from './subscription-changes.ts'
import { createSubscription } from './subscriptions.ts'
import type { ItemParams } from './subscription-items.ts'
import type { SubscriptionParams } from './subscriptions.ts'
import { table } from './world.ts'
import type { Books } from './world.ts'

const alive = (books: Books, id: string): Subscription => {
  const subscription = need(books, 'subscription', id)
  if (subscription.status === 'canceled' || subscription.status === 'incomplete_expired') {
    throw refused(`No such subscription: '${id}'`, { status: 404, code: 'resource_missing', param: 'id' })
  }
  return subscription
}

const itemOwner = (books: Books, id: string): { subscription: Subscription; item: SubscriptionItem } => {
  for (const subscription of table(books, 'subscription').order) {
    const item = subscription.items.data.find((each) => each.id === id)
    if (item) return { subscription, item }
  }
  throw refused(`No such subscription_item: '${id}'`, { status: 404, code: 'resource_missing', param: 'id' })
}

const freshItem = (subscription: Subscription, id: string) =>
  subscription.items.data.find((item) => item.id === id) ?? {}

export const subscriptionOperations: Operations = {
  'POST /v1/subscriptions': operation<SubscriptionParams>(({ books }, params) => createSubscription(books, params)),
  'GET /v1/subscriptions': listing('subscription', {
    equal: ['customer', 'collection_method', 'test_clock'],
    also: (row, params) => {
      const { status, price } = params as { status?: string; price?: string }
      const ended = row.status === 'canceled' || row.status === 'incomplete_expired'
      if (status === undefined ? ended : status === 'ended' ? !ended : status !== 'all' && row.status !== status)
        return false
      return price === undefined || row.items.data.some((item) => item.price.id === price)
    },
  }),
  'GET /v1/subscriptions/{id}': ({ books, path }) => need(books, 'subscription', path['id'] ?? ''),
  'POST /v1/subscriptions/{id}': operation<SubscriptionParams>(({ books, path }, params) => {
    const subscription = need(books, 'subscription', path['id'] ?? '')
    const frozen = subscription.status === 'canceled'
    if (frozen && Object.keys(params).some((name) => name !== 'metadata' && name !== 'cancellation_details')) {
      throw refused('A canceled subscription can only update its cancellation_details and metadata.', {
        code: 'resource_missing',
      })
    }
    return changeSubscription(books, subscription, params)
  }),
  'DELETE /v1/subscriptions/{id}': operation<CancelParams>(({ books, path }, params) =>
    cancelSubscription(books, alive(books, path['id'] ?? ''), params),
  ),
  'DELETE /v1/subscriptions/{id}/discount': ({ books, path }) => {
    need(books, 'subscription', path['id'] ?? '')
    throw refused('This subscription has no discount.', { status: 404, code: 'resource_missing' })
  },
  'POST /v1/subscriptions/{id}/migrate': ({ books, path }) => {
    const subscription = alive(books, path['id'] ?? '')
    const billing_mode = {
      flexible: { proration_discounts: 'included' },
      type: 'flexible',
      updated_at: momentOf(books, subscription.customer),
    }
    changed(
      books,
      'subscription',
      subscription,
      { billing_mode: billing_mode as Subscription['billing_mode'] },
      'customer.subscription.updated',
    )
    return subscription
  },
  'POST /v1/subscriptions/{id}/pause': ({ books, path }) => pauseSubscription(books, alive(books, path['id'] ?? '')),
  'POST /v1/subscriptions/{id}/resume': operation<{ billing_cycle_anchor?: { type: string } }>(
    ({ books, path }, params) =>
      resumeSubscription(books, alive(books, path['id'] ?? ''), params.billing_cycle_anchor?.type),
  ),
  'GET /v1/subscription_items': ({ books, params }) => {
    const subscription = need(books, 'subscription', String(params['subscription']), 'subscription')
    return page(
      subscription.items.data as Kinds['subscription']['items']['data'],
      params,
      '/v1/subscription_items',
      'subscription_item',
    )
  },
  'GET /v1/subscription_items/{id}': ({ books, path }) => itemOwner(books, path['id'] ?? '').item,
  'POST /v1/subscription_items': operation<ItemParams & { subscription: string; proration_behavior?: string }>(
    ({ books }, { subscription: id, proration_behavior, ...item }) => {
      if (item.price === undefined && item.price_data === undefined)
        throw invalid('Missing required param: price.', { code: 'parameter_missing', param: 'price' })
      const subscription = changeSubscription(books, alive(books, id), {
        items: [item],
        ...(proration_behavior ? { proration_behavior } : {}),
      })
      return subscription.items.data.at(-1) ?? {}
    },
  ),
  'POST /v1/subscription_items/{id}': operation<ItemParams & { proration_behavior?: string }>(
    ({ books, path }, { proration_behavior, ...given }) => {
      const { subscription, item } = itemOwner(books, path['id'] ?? '')
      changeSubscription(books, alive(books, subscription.id), {
        items: [{ ...given, id: item.id }],
        ...(proration_behavior ? { proration_behavior } : {}),
      })
      return freshItem(subscription, item.id)
    },
  ),
  'DELETE /v1/subscription_items/{id}': operation<{ proration_behavior?: string }>(({ books, path }, params) => {
    const { subscription, item } = itemOwner(books, path['id'] ?? '')
    changeSubscription(books, alive(books, subscription.id), {
      items: [{ id: item.id, deleted: true }],
      ...params,
    })
    return { id: item.id, object: 'subscription_item', deleted: true }
  }),
}
