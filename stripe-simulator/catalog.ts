import { invalid, refused } from './errors.ts'
import { changed, emit } from './events.ts'
import type { Kinds, Price } from './kinds.ts'
import { featureLinks, refreshEntitlements } from './entitlements.ts'
import { currencyOf } from './money.ts'
import { find, listing, make, mergedMetadata, need, operation, retrieving, rowsWith } from './rows.ts'
import type { Operations } from './rows.ts'
import { insert, remove } from './store.ts'
import { now, table } from './world.ts'
import type { Books } from './world.ts'

type Product = Kinds['product']

type ProductParams = {
  id?: string
  name?: string
  active?: boolean
  description?: string
  images?: unknown
  marketing_features?: unknown
  metadata?: unknown
  package_dimensions?: unknown
  shippable?: boolean
  statement_descriptor?: string
  tax_code?: string
  type?: 'good' | 'service'
  unit_label?: string
  url?: string
  default_price?: string
  default_price_data?: PriceParams
}

function productFields(params: ProductParams, old: Product | null): Partial<Product> {
  const {
    name,
    active,
    description,
    images,
    marketing_features,
    package_dimensions,
    shippable,
    statement_descriptor,
    tax_code,
    unit_label,
    url,
  } = params
  const given = {
    name,
    active,
    description,
    images,
    marketing_features,
    package_dimensions,
    shippable,
    statement_descriptor,
    tax_code,
    unit_label,
    url,
  }
  const lists = new Set(['images', 'marketing_features'])
  const fields: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(given)) {
    if (value !== undefined) fields[field] = value === '' ? (lists.has(field) ? [] : null) : value
  }
  fields['metadata'] = mergedMetadata(old?.metadata ?? {}, params.metadata)
  return fields
}

function createProduct(books: Books, params: ProductParams): Product {
  if (params.id !== undefined && find(books, 'product', params.id)) {
    throw refused('Product already exists.', { code: 'resource_already_exists', param: 'id' })
  }
  const product = make(books, 'product', {
    active: true,
    default_price: null,
    statement_descriptor: null,
    tax_code: null,
    type: params.type ?? 'service',
    unit_label: null,
    updated: now(books),
    ...(params.id === undefined ? {} : { id: params.id }),
    ...productFields(params, null),
  })
  emit(books, 'product.created', product)
  if (params.default_price_data) {
    const price = createPrice(books, { ...params.default_price_data, product: product.id })
    changed(books, 'product', product, { default_price: price.id }, 'product.updated')
  }
  return product
}

type Recurring = {
  interval: 'day' | 'week' | 'month' | 'year'
  interval_count?: number
  trial_period_days?: number
  usage_type?: 'licensed' | 'metered'
  meter?: string
}

export type PriceParams = {
  currency: string
  product?: string
  product_data?: ProductParams
  unit_amount?: number
  unit_amount_decimal?: string
  recurring?: Recurring
  active?: boolean
  nickname?: string
  lookup_key?: string
  metadata?: unknown
  tax_behavior?: string
  billing_scheme?: 'per_unit' | 'tiered'
  transfer_lookup_key?: boolean
}

const longest: Readonly<Record<string, number>> = { day: 1095, week: 156, month: 36, year: 3 }

/** Makes a price per unit. Refuses tiers, amounts below zero, and intervals longer than three years. */
export function createPrice(books: Books, params: PriceParams): Price {
  const currency = currencyOf(params.currency)
  if (params.billing_scheme === 'tiered')
    throw refused('This simulator offers prices per unit only.', { param: 'billing_scheme' })
  const amount =
    params.unit_amount ??
    (params.unit_amount_decimal === undefined ? undefined : Math.round(Number(params.unit_amount_decimal)))
  if (amount === undefined)
    throw invalid('Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.', {
      code: 'parameter_missing',
      param: 'unit_amount',
    })
  if (amount < 0)
    throw invalid('Invalid non-negative integer', { code: 'parameter_invalid_integer', param: 'unit_amount' })
  const product = params.product_data
    ? createProduct(books, params.product_data)
    : need(books, 'product', params.product ?? '', 'product', 400)
  const { recurring } = params
  const count = recurring?.interval_count ?? 1
  if (recurring && (count < 1 || count > (longest[recurring.interval] ?? 1))) {
    throw invalid(
      `Invalid recurring[interval_count]: must be between 1 and ${longest[recurring.interval]} for ${recurring.interval}.`,
      { param: 'recurring[interval_count]' },
    )
  }
  const price = make(books, 'price', {
    active: params.active ?? true,
    billing_scheme: 'per_unit',
    currency,
    lookup_key: params.lookup_key ?? null,
    metadata: mergedMetadata({}, params.metadata),
    nickname: params.nickname ?? null,
    product: product.id,
    recurring: (recurring
      ? { interval_count: 1, meter: null, trial_period_days: null, usage_type: 'licensed', ...recurring }
      : null) as Price['recurring'],
    tax_behavior: (params.tax_behavior ?? 'unspecified') as Price['tax_behavior'],
    type: recurring ? 'recurring' : 'one_time',
    unit_amount: amount,
    unit_amount_decimal: params.unit_amount_decimal ?? String(amount),
  })
  emit(books, 'price.created', price)
  return price
}

/** Deletes a product that no price names; otherwise it can only be archived. */
export function deleteProduct(books: Books, product: Product, force = false): object {
  if (!force && rowsWith(books, 'price', 'product', product.id).length > 0) {
    throw refused('This product cannot be deleted because it has one or more user-created prices.')
  }
  remove(books.world.store, table(books, 'product'), product.id)
  emit(books, 'product.deleted', product)
  return { id: product.id, object: 'product', deleted: true }
}

export const catalogOperations: Operations = {
  'POST /v1/products': operation<ProductParams>(({ books }, params) => createProduct(books, params)),
  'GET /v1/products': listing('product', {
    equal: ['active', 'shippable', 'type', 'url'],
    also: (row, params) => params['ids'] === undefined || (params['ids'] as string[]).includes(row.id),
  }),
  'GET /v1/products/{id}': retrieving('product'),
  'POST /v1/products/{id}': operation<ProductParams>(({ books, path }, params) => {
    const product = need(books, 'product', path['id'] ?? '')
    if (params.default_price !== undefined) need(books, 'price', params.default_price, 'default_price', 400)
    const preferred = params.default_price === undefined ? {} : { default_price: params.default_price }
    changed(
      books,
      'product',
      product,
      { ...productFields(params, product), ...preferred, updated: now(books) },
      'product.updated',
    )
    return product
  }),
  'DELETE /v1/products/{id}': ({ books, path }) => deleteProduct(books, need(books, 'product', path['id'] ?? '')),
  'POST /v1/prices': operation<PriceParams>(({ books }, params) => createPrice(books, params)),
  'GET /v1/prices': listing('price', {
    equal: ['active', 'currency', 'product', 'type'],
    also: (row, params) => {
      const { lookup_keys: keys, recurring } = params as {
        lookup_keys?: string[]
        recurring?: { interval?: string }
      }
      return (
        (keys === undefined || (row.lookup_key !== null && keys.includes(row.lookup_key))) &&
        (recurring?.interval === undefined || row.recurring?.interval === recurring.interval)
      )
    },
  }),
  'GET /v1/prices/{id}': retrieving('price'),
  'POST /v1/prices/{id}': operation<Partial<PriceParams>>(({ books, path }, params) => {
    const price = need(books, 'price', path['id'] ?? '')
    const { active = price.active, nickname = price.nickname, lookup_key = price.lookup_key } = params
    changed(
      books,
      'price',
      price,
      { active, nickname, lookup_key, metadata: mergedMetadata(price.metadata, params.metadata) },
      'price.updated',
    )
    return price
  }),
  'POST /v1/products/{id}/features': operation<{ entitlement_feature: string }>(({ books, path }, params) => {
    const product = need(books, 'product', path['id'] ?? '')
    const feature = need(books, 'entitlements.feature', params.entitlement_feature, 'entitlement_feature', 400)
    const link = make(books, 'product_feature', { entitlement_feature: { ...feature } as never })
    insert(books.world.store, featureLinks(books), { id: link.id, product: product.id, feature: feature.id })
    refreshEntitlements(books, null)
    return link
  }),
  'GET /v1/products/{id}/features': (call) => {
    const { id } = need(call.books, 'product', call.path['id'] ?? '')
    return listing('product_feature', {
      also: (row) => featureLinks(call.books).rows.get(row.id)?.product === id,
    })(call)
  },
  'GET /v1/products/{product_id}/features/{id}': retrieving('product_feature'),
  'DELETE /v1/products/{product_id}/features/{id}': ({ books, path }) => {
    const { id } = need(books, 'product_feature', path['id'] ?? '')
    remove(books.world.store, table(books, 'product_feature'), id)
    remove(books.world.store, featureLinks(books), id)
    refreshEntitlements(books, null)
    return { id, object: 'product_feature', deleted: true }
  },
}
