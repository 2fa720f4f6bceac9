import { deliveries, connectMark } from './deliveries.ts'
import { invalid, refused } from './errors.ts'
import type { EventRow } from './kinds.ts'
import { listing, make, mergedMetadata, need, operation, retrieving, set } from './rows.ts'
import type { Operations } from './rows.ts'
import { rollSecret } from './signatures.ts'
import { insert, remove } from './store.ts'
import { table } from './world.ts'
import type { Books } from './world.ts'

const mostEndpoints = 16

function checkUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw invalid('Invalid URL: An explicit scheme (such as https) must be provided.', {
      code: 'url_invalid',
      param: 'url',
    })
}

type CreateParams = {
  url: string
  enabled_events: string[]
  api_version?: string
  connect?: boolean
  description?: string
  metadata?: unknown
}

type UpdateParams = Partial<CreateParams> & { disabled?: boolean }

export const webhookOperations: Operations = {
  'POST /v1/webhook_endpoints': operation<CreateParams>(({ books }, params) => {
    checkUrl(params.url)
    if (table(books, 'webhook_endpoint').order.length >= mostEndpoints) {
      throw refused(`You have reached the maximum of ${mostEndpoints} webhook endpoints.`)
    }
    const endpoint = make(books, 'webhook_endpoint', {
      api_version: params.api_version ?? null,
      description: params.description ?? null,
      enabled_events: params.enabled_events,
      metadata: mergedMetadata({}, params.metadata),
      status: 'enabled',
      url: params.url,
    })
    if (params.connect === true) insert(books.world.store, connectMark(books), { id: endpoint.id })
    return { ...endpoint, secret: rollSecret(books, endpoint, 0) }
  }),
  'GET /v1/webhook_endpoints': listing('webhook_endpoint'),
  'GET /v1/webhook_endpoints/{id}': retrieving('webhook_endpoint'),
  'POST /v1/webhook_endpoints/{id}': operation<UpdateParams>(({ books, path }, params) => {
    const endpoint = need(books, 'webhook_endpoint', path['id'] ?? '')
    if (params.url !== undefined) checkUrl(params.url)
    const { url = endpoint.url, description = endpoint.description, enabled_events = endpoint.enabled_events } = params
    const status = params.disabled === undefined ? endpoint.status : params.disabled ? 'disabled' : 'enabled'
    set(books, 'webhook_endpoint', endpoint, {
      url,
      description,
      enabled_events,
      status,
      metadata: mergedMetadata(endpoint.metadata, params.metadata),
    })
    return endpoint
  }),
  'DELETE /v1/webhook_endpoints/{id}': ({ books, path }) => {
    const { id } = need(books, 'webhook_endpoint', path['id'] ?? '')
    remove(books.world.store, table(books, 'webhook_endpoint'), id)
    return { id, object: 'webhook_endpoint', deleted: true }
  },
  'GET /v1/events': listing('event', {
    equal: [],
    also: (event, params, { books }) => {
      const {
        type,
        types,
        delivery_success: success,
      } = params as { type?: string; types?: string[]; delivery_success?: boolean }
      if (type !== undefined && !typeFits(event.type, type)) return false
      if (types !== undefined && !types.includes(event.type)) return false
      return success === undefined || deliveredAll(books, event) === success
    },
  }),
  'GET /v1/events/{id}': retrieving('event'),
}

const typeFits = (type: string, wish: string) =>
  wish === '*' || type === wish || (wish.endsWith('.*') && type.startsWith(wish.slice(0, -1)))

function deliveredAll(books: Books, event: EventRow): boolean {
  const sent = deliveries(books.world).indexes.get('event')?.get(event.id) ?? []
  return sent.every((delivery) => delivery.state === 'delivered')
}
