import { refused } from './errors.ts'
import { emit } from './events.ts'
import type { Subscription } from './kinds.ts'
import { find, listing, listOf, make, mergedMetadata, need, operation, page, retrieving, set } from './rows.ts'
import type { Operations } from './rows.ts'
import { insert, remove, tableIn } from './store.ts'
import type { Table } from './store.ts'
import { table } from './world.ts'
import type { Books } from './world.ts'

type FeatureLink = { readonly id: string; readonly product: string; readonly feature: string }
type Grant = { readonly id: string; readonly customer: string; readonly feature: string }

/** Which product gives which feature: product_feature rows do not say it themselves. */
export const featureLinks = (books: Books): Table<FeatureLink> =>
  tableIn(books.world.store, `${books.key}/feature link`)
/** Whose an active entitlement is: its row does not say it either. */
const grants = (books: Books): Table<Grant> => tableIn(books.world.store, `${books.key}/grant`)

const gives = new Set<Subscription['status']>(['active', 'trialing', 'past_due'])

function featuresOf(books: Books, customer: string): Set<string> {
  const products = new Set(
    table(books, 'subscription')
      .indexes.get('customer')
      ?.get(customer)
      ?.filter(({ status }) => gives.has(status))
      .flatMap(({ items }) => items.data.map(({ price }) => price.product)) ?? [],
  )
  return new Set(
    featureLinks(books)
      .order.filter(({ product }) => products.has(product))
      .map(({ feature }) => feature),
  )
}

/** Makes entitlements agree with subscriptions, for one customer or (null) for all, and tells of what changed. */
export function refreshEntitlements(books: Books, customer: string | null): void {
  if (featureLinks(books).order.length === 0 && grants(books).order.length === 0) return
  const all =
    customer === null ? [...new Set(table(books, 'subscription').order.map((row) => row.customer))] : [customer]
  for (const each of all) refreshOne(books, each)
}

function refreshOne(books: Books, customer: string): void {
  const wanted = featuresOf(books, customer)
  const held = grants(books).order.filter((grant) => grant.customer === customer)
  const gone = held.filter(({ feature }) => !wanted.has(feature))
  const missing = [...wanted].filter((feature) => !held.some((grant) => grant.feature === feature))
  for (const { id } of gone) {
    remove(books.world.store, grants(books), id)
    remove(books.world.store, table(books, 'entitlements.active_entitlement'), id)
  }
  for (const id of missing) {
    const feature = need(books, 'entitlements.feature', id)
    const { id: grant } = make(books, 'entitlements.active_entitlement', {
      feature: id,
      lookup_key: feature.lookup_key,
    })
    insert(books.world.store, grants(books), { id: grant, customer, feature: id })
  }
  if (gone.length + missing.length > 0) tell(books, customer)
}

/** The summary has no id of its own and embeds ten entitlements at most. */
function tell(books: Books, customer: string): void {
  const rows = entitlementsOf(books, customer)
  const entitlements = listOf(rows.slice(0, 10), '/v1/entitlements/active_entitlements', rows.length > 10)
  emit(books, 'entitlements.active_entitlement_summary.updated', {
    object: 'entitlements.active_entitlement_summary',
    customer,
    entitlements,
    livemode: books.livemode,
  })
}

function entitlementsOf(books: Books, customer: string) {
  const ids = new Set(
    grants(books)
      .order.filter((grant) => grant.customer === customer)
      .map(({ id }) => id),
  )
  return table(books, 'entitlements.active_entitlement').order.filter(({ id }) => ids.has(id))
}

export const entitlementOperations: Operations = {
  'POST /v1/entitlements/features': operation<{ name: string; lookup_key: string; metadata?: unknown }>(
    ({ books }, params) => {
      if (table(books, 'entitlements.feature').order.some((row) => row.lookup_key === params.lookup_key)) {
        throw refused(`A feature with the lookup_key ${params.lookup_key} already exists.`, {
          code: 'resource_already_exists',
          param: 'lookup_key',
        })
      }
      return make(books, 'entitlements.feature', {
        active: true,
        name: params.name,
        lookup_key: params.lookup_key,
        metadata: mergedMetadata({}, params.metadata),
      })
    },
  ),
  'GET /v1/entitlements/features': listing('entitlements.feature', {
    equal: ['lookup_key'],
    also: (row, params) => params['archived'] === undefined || row.active === !(params['archived'] as boolean),
  }),
  'GET /v1/entitlements/features/{id}': retrieving('entitlements.feature'),
  'POST /v1/entitlements/features/{id}': operation<{ active?: boolean; name?: string; metadata?: unknown }>(
    ({ books, path }, params) => {
      const feature = need(books, 'entitlements.feature', path['id'] ?? '')
      const { active = feature.active, name = feature.name } = params
      set(books, 'entitlements.feature', feature, {
        active,
        name,
        metadata: mergedMetadata(feature.metadata, params.metadata),
      })
      return feature
    },
  ),
  'GET /v1/entitlements/active_entitlements': ({ books, params }) => {
    const customer = String(params['customer'])
    if (!find(books, 'customer', customer)?.deleted) need(books, 'customer', customer, 'customer')
    return page(entitlementsOf(books, customer), params, '/v1/entitlements/active_entitlements', 'active_entitlement')
  },
  'GET /v1/entitlements/active_entitlements/{id}': retrieving('entitlements.active_entitlement'),
}
