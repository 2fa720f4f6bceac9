import { createPrice } from './catalog.ts'
import type { PriceParams } from './catalog.ts'
import { blank, shaped } from './description.ts'
import { invalid, refused } from './errors.ts'
import { emit } from './events.ts'
import type { Kinds } from './kinds.ts'
import { createIntent } from './payment-intents.ts'
import { find, listing, make, mergedMetadata, need, operation, page, retrieving, set } from './rows.ts'
import type { Operations } from './rows.ts'
import { createSubscription } from './subscriptions.ts'
import { insert, tableIn } from './store.ts'
import type { Table } from './store.ts'
import { newId, now, table } from './world.ts'
import type { Books } from './world.ts'

type Session = Kinds['checkout.session']
type Configuration = Kinds['billing_portal.configuration']

type Bought = { readonly id: string; readonly data: Record<string, unknown>[] }
const bought = (books: Books): Table<Bought> => tableIn(books.world.store, `${books.key}/session lines`)

type LineParams = { price?: string; price_data?: PriceParams; quantity?: number }
type SessionParams = {
  mode?: 'payment' | 'subscription' | 'setup'
  line_items?: LineParams[]
  customer?: string
  customer_email?: string
  success_url?: string
  cancel_url?: string
  client_reference_id?: string
  metadata?: unknown
  expires_at?: number
  ui_mode?: Session['ui_mode']
  return_url?: string
}

const hours24 = 86_400

function createSession(books: Books, params: SessionParams): Session {
  const mode = params.mode ?? 'payment'
  if (params.customer !== undefined) need(books, 'customer', params.customer, 'customer', 400)
  if (mode !== 'setup' && !params.line_items?.length)
    throw invalid('Missing required param: line_items.', { code: 'parameter_missing', param: 'line_items' })
  const lines = (params.line_items ?? []).map((line) => {
    const price =
      line.price === undefined
        ? createPrice(books, line.price_data ?? ({} as PriceParams))
        : need(books, 'price', line.price, 'line_items[0][price]', 400)
    const amount = (price.unit_amount ?? 0) * (line.quantity ?? 1)
    return {
      ...blank('item'),
      id: newId(books, 'li'),
      amount_discount: 0,
      amount_subtotal: amount,
      amount_tax: 0,
      amount_total: amount,
      currency: price.currency,
      description: find(books, 'product', price.product)?.name ?? null,
      price,
      quantity: line.quantity ?? 1,
    }
  })
  const total = lines.reduce((sum, { amount_total }) => sum + amount_total, 0)
  const session = make(
    books,
    'checkout.session',
    {
      amount_subtotal: total,
      amount_total: total,
      cancel_url: params.cancel_url ?? null,
      client_reference_id: params.client_reference_id ?? null,
      currency: lines[0]?.currency ?? null,
      customer: params.customer ?? null,
      customer_email: params.customer_email ?? null,
      expires_at: params.expires_at ?? now(books) + hours24,
      metadata: mergedMetadata({}, params.metadata),
      mode,
      payment_method_types: ['card'],
      payment_status: mode === 'setup' ? 'no_payment_required' : 'unpaid',
      status: 'open',
      success_url: params.success_url ?? null,
      total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 } as never,
      ui_mode: params.ui_mode ?? 'hosted_page',
    },
    books.livemode ? 'cs_live' : 'cs_test',
  )
  set(books, 'checkout.session', session, { url: `https://checkout.stripe.com/c/pay/${session.id}` })
  insert(books.world.store, bought(books), { id: session.id, data: lines })
  return session
}

/** The customer pays on the hosted page: used by the control API, because nobody can open that page here. */
export function completeSession(books: Books, session: Session, method: string): Session {
  if (session.status !== 'open') throw refused(`This Checkout Session has the status ${session.status}.`)
  const customer = session.customer ?? make(books, 'customer', { email: session.customer_email }).id
  const lines = bought(books).rows.get(session.id)?.data ?? []
  const patch: Partial<Session> = {
    status: 'complete',
    customer,
    payment_status: session.mode === 'setup' ? 'no_payment_required' : 'paid',
  }
  if (session.mode === 'subscription') {
    const items = lines.map((line) => ({
      price: (line['price'] as { id: string }).id,
      quantity: Number(line['quantity']),
    }))
    const subscription = createSubscription(books, { customer, items, default_payment_method: method })
    Object.assign(patch, { subscription: subscription.id, invoice: subscription.latest_invoice })
  } else if (session.mode === 'payment') {
    const intent = createIntent(books, {
      amount: session.amount_total ?? 0,
      currency: session.currency ?? 'usd',
      customer,
      payment_method: method,
      confirm: true,
      metadata: {},
    })
    patch.payment_intent = intent.id
  }
  set(books, 'checkout.session', session, patch)
  emit(books, 'checkout.session.completed', session)
  return session
}

type ConfigurationParams = {
  features?: Record<string, Record<string, unknown>>
  business_profile?: object
  default_return_url?: string
  metadata?: unknown
  name?: string
  active?: boolean
  login_page?: { enabled: boolean }
}

function configured(
  old: Configuration | Record<string, unknown>,
  params: ConfigurationParams,
  moment: number,
): Partial<Configuration> {
  const features: Record<string, unknown> = { ...(old['features' as keyof typeof old] as object) }
  for (const [name, given] of Object.entries(params.features ?? {}))
    features[name] = { ...(features[name] as object), ...given }
  const shapedFeatures = shaped('billing_portal.configuration', 'features', features)
  const before = old as Configuration
  return {
    active: params.active ?? before.active,
    business_profile: shaped('billing_portal.configuration', 'business_profile', {
      ...before.business_profile,
      ...params.business_profile,
    }) as never,
    default_return_url: params.default_return_url ?? before.default_return_url,
    features: shapedFeatures as never,
    login_page: { enabled: params.login_page?.enabled ?? false, url: null },
    metadata: mergedMetadata(before.metadata, params.metadata),
    name: params.name ?? before.name,
    updated: moment,
  }
}

function createConfiguration(books: Books, params: ConfigurationParams): Configuration {
  const first = table(books, 'billing_portal.configuration').order.length === 0
  const empty = { ...blank('billing_portal.configuration'), active: true }
  return make(books, 'billing_portal.configuration', {
    ...configured(empty, params, now(books)),
    is_default: first,
  })
}

type PortalParams = {
  customer?: string
  configuration?: string
  return_url?: string
  locale?: Kinds['billing_portal.session']['locale']
}

export const sessionOperations: Operations = {
  'POST /v1/checkout/sessions': operation<SessionParams>(({ books }, params) => createSession(books, params)),
  'GET /v1/checkout/sessions': listing('checkout.session', {
    equal: ['customer', 'payment_intent', 'status', 'subscription'],
  }),
  'GET /v1/checkout/sessions/{id}': retrieving('checkout.session'),
  'POST /v1/checkout/sessions/{id}': operation<{ metadata?: unknown }>(({ books, path }, params) => {
    const session = need(books, 'checkout.session', path['id'] ?? '')
    set(books, 'checkout.session', session, { metadata: mergedMetadata(session.metadata, params.metadata) })
    return session
  }),
  'POST /v1/checkout/sessions/{id}/expire': ({ books, path }) => {
    const session = need(books, 'checkout.session', path['id'] ?? '')
    if (session.status !== 'open')
      throw refused(
        `Only Checkout Sessions with a status in ["open"] can be expired. This one has the status ${session.status}.`,
      )
    set(books, 'checkout.session', session, { status: 'expired', url: null })
    emit(books, 'checkout.session.expired', session)
    return session
  },
  'GET /v1/checkout/sessions/{id}/line_items': ({ books, path, params }) => {
    const { id } = need(books, 'checkout.session', path['id'] ?? '')
    return page(
      (bought(books).rows.get(id)?.data ?? []) as { id: string }[],
      params,
      `/v1/checkout/sessions/${id}/line_items`,
      'item',
    )
  },
  'POST /v1/billing_portal/configurations': operation<ConfigurationParams>(({ books }, params) =>
    createConfiguration(books, params),
  ),
  'GET /v1/billing_portal/configurations': listing('billing_portal.configuration', {
    equal: ['active', 'is_default'],
  }),
  'GET /v1/billing_portal/configurations/{id}': retrieving('billing_portal.configuration'),
  'POST /v1/billing_portal/configurations/{id}': operation<ConfigurationParams>(({ books, path }, params) => {
    const configuration = need(books, 'billing_portal.configuration', path['id'] ?? '')
    set(books, 'billing_portal.configuration', configuration, configured(configuration, params, now(books)))
    return configuration
  }),
  'POST /v1/billing_portal/sessions': operation<PortalParams>(({ books }, params) => {
    if (params.customer === undefined)
      throw invalid('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' })
    const customer = need(books, 'customer', params.customer, 'customer', 400)
    const first = table(books, 'billing_portal.configuration').order[0]
    const configuration =
      params.configuration === undefined
        ? (first ?? createConfiguration(books, {}))
        : need(books, 'billing_portal.configuration', params.configuration, 'configuration', 400)
    const session = make(books, 'billing_portal.session', {
      configuration: configuration.id,
      customer: customer.id,
      locale: params.locale ?? null,
      return_url: params.return_url ?? null,
    })
    set(books, 'billing_portal.session', session, {
      url: `https://billing.stripe.com/p/session/${session.id}`,
    })
    return session
  }),
}
