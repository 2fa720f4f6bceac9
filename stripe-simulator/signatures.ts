import { createHmac } from 'node:crypto'
import type { Delivery } from './deliveries.ts'
import { newestVersion } from './description.ts'
import type { EventRow, WebhookEndpoint } from './kinds.ts'
import { assign, insert, tableIn } from './store.ts'
import type { Table } from './store.ts'
import { rendered } from './versions.ts'
import { booksByKey, newId, now, table } from './world.ts'
import type { Books, World } from './world.ts'

/** A secret of an endpoint. After a roll the old one signs beside the new one until it expires. */
type Secret = {
  readonly id: string
  readonly current: string
  readonly old: string | null
  readonly oldUntil: number
}

const secrets = (books: Books): Table<Secret> => tableIn<Secret>(books.world.store, `${books.key}/webhook secret`)

/** The body that an endpoint receives: the event in the version that the endpoint was made with. */
export function bodyFor(world: World, delivery: Delivery, known: EventRow | undefined): string | null {
  const books = booksByKey(world, delivery.books)
  const event = known ?? table(books, 'event').rows.get(delivery.event)
  const endpoint = table(booksByKey(world, delivery.endpointBooks), 'webhook_endpoint').rows.get(delivery.endpoint)
  if (!event || !endpoint) return null
  return eventBody(event, endpoint.api_version ?? newestVersion)
}

/** An event as an endpoint of that API version receives it. */
export function eventBody(event: EventRow, version: string): string {
  const object = rendered(event.data.object, version)
  return JSON.stringify({ ...event, api_version: version, data: { ...event.data, object } })
}

/** The hex HMAC-SHA-256 that a receiver computes over `seconds.body`. */
export const sign = (secret: string, seconds: number, body: string): string =>
  createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')

/** `t=…,v1=…`, with a second v1 while a rolled secret is still good. Signed with the time of the wall clock: receivers compare with theirs. */
export function signatureHeader(world: World, delivery: Delivery, body: string): string {
  const books = booksByKey(world, delivery.endpointBooks)
  const secret = secrets(books).rows.get(delivery.endpoint)
  const seconds = Math.floor(Date.now() / 1000)
  const good = secret
    ? [secret.current, ...(secret.old !== null && secret.oldUntil > now(books) ? [secret.old] : [])]
    : []
  return [`t=${seconds}`, ...good.map((each) => `v1=${sign(each, seconds, body)}`)].join(',')
}

export const secretOf = (books: Books, endpoint: string): string | null =>
  secrets(books).rows.get(endpoint)?.current ?? null

export const oldSecretOf = (books: Books, endpoint: string): string | null =>
  secrets(books).rows.get(endpoint)?.old ?? null

/** Gives an endpoint a new secret. The old one stays good for as long as is said, at most a day. */
export function rollSecret(books: Books, endpoint: WebhookEndpoint, keepOldSeconds: number): string {
  const old = secrets(books).rows.get(endpoint.id)
  const current = newId(books, 'whsec')
  const next: Secret = {
    id: endpoint.id,
    current,
    old: old?.current ?? null,
    oldUntil: now(books) + keepOldSeconds,
  }
  if (old) assign(books.world.store, secrets(books), old, next)
  else insert(books.world.store, secrets(books), next)
  return current
}
