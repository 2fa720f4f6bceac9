import { createPrice } from './catalog.ts'
import type { PriceParams } from './catalog.ts'
import { invalid, refused } from './errors.ts'
import type { LineDraft } from './invoice-lines.ts'
import type { Price, Subscription, SubscriptionItem } from './kinds.ts'
import { intervalsAfter, periodEnd } from './periods.ts'
import { listOf, mergedMetadata, need } from './rows.ts'
import { newId } from './world.ts'
import type { Books } from './world.ts'

const mostItems = 20

export type ItemParams = {
  id?: string
  price?: string
  plan?: string
  price_data?: PriceParams
  quantity?: number
  deleted?: boolean
  metadata?: unknown
}

function priceOf(books: Books, params: ItemParams): Price {
  const id = params.price ?? params.plan
  if (id === undefined && params.price_data === undefined)
    throw invalid('Missing required param: items[0][price].', {
      code: 'parameter_missing',
      param: 'items[0][price]',
    })
  const price =
    id === undefined
      ? createPrice(books, params.price_data as PriceParams)
      : need(books, 'price', id, 'items[0][price]', 400)
  if (price.recurring === null) {
    throw refused(
      `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`,
      { param: 'items[0][price]' },
    )
  }
  if (!price.active)
    throw refused(`The price specified is inactive. This field only accepts active prices.`, {
      param: 'items[0][price]',
    })
  return price
}

function planOf({
  id,
  active,
  unit_amount,
  created,
  currency,
  recurring,
  livemode,
  product,
}: Price): SubscriptionItem['plan'] {
  return {
    id,
    object: 'plan',
    active,
    amount: unit_amount,
    amount_decimal: String(unit_amount),
    billing_scheme: 'per_unit',
    created,
    currency,
    interval: recurring?.interval,
    interval_count: recurring?.interval_count,
    livemode,
    metadata: {},
    meter: null,
    nickname: null,
    product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: 'licensed',
  }
}

/** An item of a subscription for that period. Refuses prices that do not recur. */
export function newItem(
  books: Books,
  subscription: string,
  params: ItemParams,
  period: { start: number; end: number },
): SubscriptionItem {
  const price = priceOf(books, params)
  if (params.quantity !== undefined && params.quantity < 0)
    throw invalid('Invalid non-negative integer', {
      code: 'parameter_invalid_integer',
      param: 'items[0][quantity]',
    })
  return {
    id: newId(books, 'si'),
    object: 'subscription_item',
    billing_thresholds: null,
    created: period.start,
    current_period_end: period.end,
    current_period_start: period.start,
    current_trial: null,
    discounts: [],
    metadata: mergedMetadata({}, params.metadata),
    plan: planOf(price),
    price,
    quantity: params.quantity ?? 1,
    subscription,
    tax_rates: [],
  } as unknown as SubscriptionItem
}

/** One line for one item and period. */
export function itemLine(
  subscription: string,
  item: SubscriptionItem,
  period: { start: number; end: number },
  trial = false,
): LineDraft {
  const quantity = item.quantity ?? 1
  return {
    amount: trial ? 0 : (item.price.unit_amount ?? 0) * quantity,
    currency: item.price.currency,
    period,
    price: item.price,
    quantity,
    subscription,
    description: trial ? 'Trial period' : `${quantity} × subscription`,
    parent: {
      invoice_item_details: null,
      type: 'subscription_item_details',
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription,
        subscription_item: item.id,
      },
    } as LineDraft['parent'],
  }
}

/** Refuses a subscription without items, or with more than twenty. */
export function checkItems(items: readonly ItemParams[] | undefined): asserts items is ItemParams[] {
  if (!items || items.length === 0)
    throw invalid('Missing required param: items.', { code: 'parameter_missing', param: 'items' })
  if (items.length > mostItems) throw refused(`A subscription may have at most ${mostItems} items.`, { param: 'items' })
}

export const itemList = (id: string, items: SubscriptionItem[]): Subscription['items'] =>
  listOf(items, `/v1/subscription_items?subscription=${id}`) as unknown as Subscription['items']

/** The end of the period after the current one. */
export function nextPeriod(subscription: Subscription, item: SubscriptionItem): { start: number; end: number } {
  const { interval = 'month', interval_count = 1 } = item.price.recurring ?? {}
  const start = item.current_period_end
  return { start, end: periodEnd(subscription.billing_cycle_anchor, start, interval, interval_count) }
}

/** One of the price's intervals after a moment, in seconds. */
export const oneIntervalAfter = (item: SubscriptionItem, from: number): number =>
  intervalsAfter(from, item.price.recurring?.interval ?? 'month', item.price.recurring?.interval_count ?? 1)
