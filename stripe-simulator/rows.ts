import { blank } from './description.ts'
import { invalid, missing, refused } from './errors.ts'
import type { Kind, Kinds } from './kinds.ts'
import type { Route } from './description.ts'
import type { Params } from './validate.ts'
import { assign, candidates, insert } from './store.ts'
import { booksOf, newId, now, table } from './world.ts'
import type { Books } from './world.ts'

/** One request to one operation, after it was read and checked. */
export type Call = {
  readonly books: Books
  readonly params: Params
  readonly path: Readonly<Record<string, string>>
  readonly route: Route
  /** The account whose key was used, where it acts for a connected account. */
  readonly platform: Books | null
}

export type Handler = (call: Call) => object
export type Operations = Readonly<Record<string, Handler>>

/** Names the type of the parameters that the API description has already checked. */
export function operation<P>(handle: (call: Call, params: P) => object): Handler {
  return (call) => handle(call, call.params as P)
}

const prefixes: Readonly<Record<Kind, string>> = {
  refund: 're',
  charge: 'ch',
  payment_intent: 'pi',
  payment_method: 'pm',
  customer: 'cus',
  product: 'prod',
  price: 'price',
  subscription: 'sub',
  invoice: 'in',
  invoice_payment: 'inpay',
  invoiceitem: 'ii',
  credit_note: 'cn',
  dispute: 'du',
  'radar.early_fraud_warning': 'issfr',
  review: 'prv',
  balance_transaction: 'txn',
  event: 'evt',
  webhook_endpoint: 'we',
  'entitlements.feature': 'feat',
  'entitlements.active_entitlement': 'ent',
  product_feature: 'prodft',
  'test_helpers.test_clock': 'clock',
  customer_balance_transaction: 'cbtxn',
  customer_cash_balance_transaction: 'ccsbtxn',
  'checkout.session': 'cs',
  'billing_portal.configuration': 'bpc',
  'billing_portal.session': 'bps',
  transfer: 'tr',
  transfer_reversal: 'trr',
  application_fee: 'fee',
  fee_refund: 'fr',
}

const kindByPrefix = new Map<string, Kind>(Object.entries(prefixes).map(([kind, prefix]) => [prefix, kind as Kind]))
kindByPrefix.set('py', 'charge').set('pyr', 'refund').set('dp', 'dispute')

/** The kind of object that an id names by its prefix. */
export const kindOfId = (id: string): Kind | undefined => kindByPrefix.get(id.slice(0, id.indexOf('_')))

/** Makes a row: what the schema requires, then `fields`. It is in its table from here on. */
export function make<K extends Kind>(
  books: Books,
  kind: K,
  fields: Partial<Kinds[K]>,
  prefix = prefixes[kind],
): Kinds[K] {
  const empty = blank(kind)
  const row: Record<string, unknown> = { ...empty, id: newId(books, prefix) }
  if ('created' in empty) row['created'] = now(books)
  if ('livemode' in empty) row['livemode'] = books.livemode
  for (const [field, value] of Object.entries(fields)) if (value !== undefined) row[field] = value
  return insert(books.world.store, table(books, kind), row as never) as Kinds[K]
}

/** Changes a row in silence. Where Stripe would send an event, use `changed` in events.ts. */
export function set<K extends Kind>(books: Books, kind: K, row: Kinds[K], patch: Partial<Kinds[K]>): void {
  assign(books.world.store, table(books, kind), row as never, patch as never)
}

/** The row of that id in these books, deleted or not. */
export function find<K extends Kind>(books: Books, kind: K, id: string | null | undefined): Kinds[K] | undefined {
  return id === null || id === undefined ? undefined : table(books, kind).rows.get(id)
}

/** The row of that id, or Stripe's 404. `param` is the parameter that named it. */
export function need<K extends Kind>(books: Books, kind: K, id: string, param = 'id', status = 404): Kinds[K] {
  const row = find(books, kind, id)
  if (row && !(row as { deleted?: true }).deleted) return row
  const refusal = missing(spokenName(kind), id, param, otherModeHint(books, kind, id))
  if (status === 404) throw refusal
  throw refused(refusal.message, { code: 'resource_missing', param, status })
}

const spokenName = (kind: Kind) => kind.slice(kind.lastIndexOf('.') + 1)

function otherModeHint(books: Books, kind: Kind, id: string): string {
  if (!find(booksOf(books.world, books.account, !books.livemode), kind, id)) return ''
  const [there, here] = books.livemode ? ['test', 'live'] : ['live', 'test']
  return `; a similar object exists in ${there} mode, but a ${here} mode key was used to make this request.`
}

/** All rows with that value in a field, oldest first. */
export function rowsWith<K extends Kind>(
  books: Books,
  kind: K,
  field: keyof Kinds[K] & string,
  value: unknown,
): Kinds[K][] {
  const rows = candidates(table(books, kind), field, value) as readonly Kinds[K][]
  return rows.filter((row) => row[field] === value)
}

type Range = number | { gt?: number; gte?: number; lt?: number; lte?: number }

function inRange(value: number, range: Range): boolean {
  if (typeof range === 'number') return value === range
  const { gt, gte, lt, lte } = range
  return (
    (gt === undefined || value > gt) &&
    (gte === undefined || value >= gte) &&
    (lt === undefined || value < lt) &&
    (lte === undefined || value <= lte)
  )
}

export type List = { object: 'list'; data: object[]; has_more: boolean; url: string }

/** A list as Stripe sends it. */
export const listOf = (data: object[], url: string, has_more = false): List => ({
  object: 'list',
  data,
  has_more,
  url,
})

/**
 * A page, newest first. Refuses a limit outside 1 to 100, both cursors at once, and a cursor that names nothing.
 * The cursor names an object, so a page stays where it is while others are added in front of it.
 */
export function page<T extends { id: string }>(
  rows: readonly T[],
  params: Params,
  url: string,
  name: string,
  find_?: (id: string) => T | undefined,
): List {
  const {
    limit = 10,
    starting_after: after,
    ending_before: before,
  } = params as { limit?: number; starting_after?: string; ending_before?: string }
  if (limit < 1) throw tooSmall('limit')
  if (limit > 100) {
    throw invalid('This value must be less than or equal to 100.', {
      code: 'parameter_invalid_integer',
      param: 'limit',
    })
  }
  if (after !== undefined && before !== undefined) {
    throw invalid('Received both starting_after and ending_before parameters. Please pass in only one.')
  }
  const cursor = after ?? before
  const param = after === undefined ? 'ending_before' : 'starting_after'
  let place = -1
  if (cursor !== undefined) {
    const row = find_ ? find_(cursor) : rows.find((each) => each.id === cursor)
    if (!row) throw refused(`No such ${name}: '${cursor}'`, { code: 'resource_missing', param })
    place = rows.lastIndexOf(row)
  }
  // `rows` is oldest first. After a cursor come older ones: lower places.
  if (before !== undefined && place >= 0) {
    const end = Math.min(rows.length, place + 1 + limit)
    return listOf(rows.slice(place + 1, end).reverse(), url, end < rows.length)
  }
  const top = place >= 0 ? place : cursor === undefined ? rows.length : 0
  const bottom = Math.max(0, top - limit)
  return listOf(rows.slice(bottom, top).reverse(), url, bottom > 0)
}

export function tooSmall(param: string, least = 1) {
  return invalid(`This value must be greater than or equal to ${least}.`, {
    code: 'parameter_invalid_integer',
    param,
  })
}

type Filters<K extends Kind> = {
  /** Parameters that must equal the field of the same name. */
  readonly equal?: readonly (keyof Kinds[K] & string)[]
  readonly also?: (row: Kinds[K], params: Params, call: Call) => boolean
}

/** The handler of a list operation: filters by equal fields, by `created`, and by a test of its own. */
export function listing<K extends Kind>(kind: K, filters: Filters<K> = {}): Handler {
  return (call) => {
    const { books, params } = call
    const rows = table(books, kind)
    const equal = (filters.equal ?? []).filter((field) => params[field] !== undefined)
    const first = equal.find((field) => rows.indexes.has(field))
    const from = (first ? candidates(rows, first, params[first]) : rows.order) as readonly Kinds[K][]
    const created = params['created'] as Range | undefined
    const narrowed = equal.length > 0 || created !== undefined || filters.also !== undefined
    const fits = (row: Kinds[K]) =>
      !(row as { deleted?: true }).deleted &&
      equal.every((field) => row[field] === params[field]) &&
      (created === undefined || inRange((row as unknown as { created: number }).created, created)) &&
      (filters.also?.(row, params, call) ?? true)
    const found = (narrowed || kind === 'customer' ? from.filter(fits) : from) as readonly (Kinds[K] & {
      id: string
    })[]
    const url = call.route.template.replace(/\{(\w+)\}/g, (_, name: string) => call.path[name] ?? '')
    return page(
      found,
      params,
      url,
      spokenName(kind),
      (id) => find(books, kind, id) as (Kinds[K] & { id: string }) | undefined,
    )
  }
}

/** The handler of a retrieve operation. */
export function retrieving(kind: Kind, param = 'id'): Handler {
  return ({ books, path }) => need(books, kind, path['id'] ?? '', param)
}

const mostKeys = 50
const longestKey = 40
const longestValue = 500

/** Metadata after an update: keys are merged, an empty value unsets its key, and '' for the whole clears it. */
export function mergedMetadata(old: Record<string, string> | null, given: unknown): Record<string, string> {
  if (given === undefined) return old ?? {}
  if (given === '') return {}
  const merged: Record<string, string> = { ...old }
  for (const [key, value] of Object.entries(given as Record<string, string>)) {
    const param = `metadata[${key}]`
    if (key.length > longestKey)
      throw invalid(`Metadata keys must be ${longestKey} characters or less. '${key.slice(0, 60)}' is too long.`, {
        param,
      })
    if (value.length > longestValue)
      throw invalid(`Metadata values must be ${longestValue} characters or less. The value of '${key}' is too long.`, {
        param,
      })
    if (value === '') delete merged[key]
    else merged[key] = value
  }
  if (Object.keys(merged).length > mostKeys)
    throw invalid(`You can only have ${mostKeys} keys of metadata.`, { param: 'metadata' })
  return merged
}

/** '' unsets: the value that a field takes when a parameter was sent empty. */
export const orNull = <T>(value: T | '' | undefined): T | null => (value === '' || value === undefined ? null : value)
