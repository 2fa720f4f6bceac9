import { platformOf } from './accounts.ts'
import type { DeliveryEffect } from './faults.ts'
import type { EventRow, WebhookEndpoint } from './kinds.ts'
import { set } from './rows.ts'
import { assign, insert, remove, tableIn } from './store.ts'
import type { Table } from './store.ts'
import { at, booksByKey, newId, now, nowMs, table } from './world.ts'
import type { Books, TaskHandler, World } from './world.ts'

/** One request to the endpoint. `status` null: there was no answer, and `error` says why. `ms` is how long it took. */
export type Try = {
  readonly at: number
  readonly status: number | null
  readonly error: string | null
  readonly ms: number
}

/** One event on its way to one endpoint, with each try so far. `fault` is what spoils it, if anything does. */
export type Delivery = {
  readonly id: string
  readonly event: string
  readonly type: string
  readonly books: string
  readonly endpoint: string
  readonly endpointBooks: string
  readonly url: string
  /** `held`: goes out after the next delivery to the same endpoint. */
  readonly state: 'waiting' | 'sending' | 'delivered' | 'failed' | 'dropped' | 'held'
  readonly tries: readonly Try[]
  readonly fault: DeliveryEffect | null
  readonly created: number
}

export const deliveries = (world: World): Table<Delivery> => tableIn<Delivery>(world.store, 'world/delivery')

const hearsOf = (endpoint: WebhookEndpoint, type: string): boolean =>
  endpoint.status === 'enabled' && (endpoint.enabled_events.includes('*') || endpoint.enabled_events.includes(type))

/** Takes a delivery, with its event: by the time it goes out a fast clock may have made the event too old to be listed. */
type Post = (delivery: Delivery, event?: EventRow) => void

/** What the network and the faults contribute. Replaced by the simulator that serves HTTP; by itself nothing is sent. */
export type PostOffice = {
  post: Post
  readonly holding: Set<string>
  faultFor: (books: Books, event: EventRow, endpoint: WebhookEndpoint) => DeliveryEffect | null
}

/** Plans the deliveries of a new event: to endpoints of its own account, and to those of its platform that listen to connected accounts. */
export function planDeliveries(office: PostOffice, books: Books, event: EventRow): void {
  const own = table(books, 'webhook_endpoint').order.filter(
    (endpoint) => !isConnect(books, endpoint) && hearsOf(endpoint, event.type),
  )
  const platform = platformOf(books)
  const theirs = platform
    ? table(platform, 'webhook_endpoint').order.filter(
        (endpoint) => isConnect(platform, endpoint) && hearsOf(endpoint, event.type),
      )
    : []
  if (own.length + theirs.length === 0) return
  set(books, 'event', event, { pending_webhooks: own.length + theirs.length })
  if (theirs.length > 0) set(books, 'event', event, { account: books.account })
  for (const endpoint of own) plan(office, books, event, endpoint, books)
  for (const endpoint of theirs) plan(office, books, event, endpoint, platform as Books)
}

export const connectMark = (books: Books) => tableIn<{ id: string }>(books.world.store, `${books.key}/connect endpoint`)

const isConnect = (books: Books, endpoint: WebhookEndpoint) => connectMark(books).rows.has(endpoint.id)

function plan(
  office: PostOffice,
  books: Books,
  event: EventRow,
  endpoint: WebhookEndpoint,
  endpointBooks: Books,
): void {
  const fault = office.faultFor(endpointBooks, event, endpoint)
  const state = fault?.kind === 'drop' ? 'dropped' : fault?.kind === 'reorder' ? 'held' : 'waiting'
  for (let copy = 0; copy < (fault?.kind === 'duplicate' ? fault.copies : 1); copy++) {
    const delivery: Delivery = insert(books.world.store, deliveries(books.world), {
      id: newId(books, 'del'),
      event: event.id,
      type: event.type,
      books: books.key,
      endpoint: endpoint.id,
      endpointBooks: endpointBooks.key,
      url: endpoint.url,
      state,
      tries: [],
      fault,
      created: now(books),
    })
    forgetOldDeliveries(books.world)
    if (state === 'held') office.holding.add(endpoint.id)
    if (state !== 'waiting') continue
    if (fault?.kind === 'delay')
      at(books, nowMs(books) / 1000 + fault.seconds, 'webhook.send', { delivery: delivery.id })
    else office.post(delivery, event)
  }
}

/** Sends what a fault held back for this endpoint, now that something newer has gone out before it. */
export function releaseHeld(office: PostOffice, world: World, endpoint: string): void {
  if (!office.holding.delete(endpoint)) return
  for (const delivery of deliveries(world).order) {
    if (delivery.state !== 'held' || delivery.endpoint !== endpoint) continue
    patchDelivery(world, delivery, { state: 'waiting' })
    office.post(delivery)
  }
}

/** Sends an event to one endpoint once more, or for the first time: a resend as from the dashboard. */
export function resend(office: PostOffice, books: Books, event: EventRow, endpoint: WebhookEndpoint): Delivery {
  const delivery: Delivery = insert(books.world.store, deliveries(books.world), {
    id: newId(books, 'del'),
    event: event.id,
    type: event.type,
    books: books.key,
    endpoint: endpoint.id,
    endpointBooks: books.key,
    url: endpoint.url,
    state: 'waiting',
    tries: [],
    fault: null,
    created: now(books),
  })
  office.post(delivery, event)
  return delivery
}

const mostDeliveries = 20_000

function forgetOldDeliveries(world: World): void {
  const first = deliveries(world).order[0]
  if (deliveries(world).order.length > mostDeliveries && first) remove(world.store, deliveries(world), first.id)
}

/** Writes down how a delivery stands. */
export function patchDelivery(world: World, delivery: Delivery, patch: Partial<Delivery>): void {
  assign(world.store, deliveries(world), delivery, patch)
}

/** Writes the outcome of one request down, and plans the next try after a failure. 2xx is delivered; a redirect is a failure. */
export function recordTry(world: World, delivery: Delivery, outcome: Try): void {
  const tries = [...delivery.tries, outcome]
  const books = booksByKey(world, delivery.books)
  if (outcome.status !== null && outcome.status >= 200 && outcome.status < 300) {
    patchDelivery(world, delivery, { tries, state: 'delivered' })
    const event = table(books, 'event').rows.get(delivery.event)
    if (event && event.pending_webhooks > 0)
      set(books, 'event', event, { pending_webhooks: event.pending_webhooks - 1 })
    return
  }
  const { webhookRetrySeconds: waits } = world.settings
  const schedule = world.clock.frozenAt === null ? waits.real : books.livemode ? waits.live : waits.test
  const wait = schedule[tries.length - 1]
  patchDelivery(world, delivery, { tries, state: wait === undefined ? 'failed' : 'waiting' })
  if (wait !== undefined) at(books, nowMs(books) / 1000 + wait, 'webhook.send', { delivery: delivery.id })
}

export const webhookTasks = (office: PostOffice): Readonly<Record<string, TaskHandler>> => ({
  'webhook.send': (books, args) => {
    const delivery = deliveries(books.world).rows.get(String(args['delivery']))
    if (delivery && delivery.state !== 'delivered' && delivery.state !== 'dropped') office.post(delivery)
  },
})
