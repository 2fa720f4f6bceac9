/** One ordinary Stripe API request of the demo's history, when it happened, and under which name its answer is known. */
export type Step = {
  readonly at?: number
  readonly as?: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly params?: Record<string, unknown>
  readonly may_fail?: boolean
}

const day = 24 * 60 * 60

/** The same seed gives the same numbers (mulberry32, public domain, Tommy Ettinger). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const firstNames =
  'Mia Noah Lina Tom Ines Hugo Aya Ken Zoe Leo Nina Omar Ruth Sven Tara Umut Vera Will Yuki Zack Anna Bela Carl Dora Emil Fay Gus Hana Ivo Jana'.split(
    ' ',
  )
const lastNames =
  'Abe Berg Costa Diaz Ericson Fuchs Grau Haas Ito Jensen Kuhn Lang Mori Novak Ortiz Park Quist Rossi Sato Thoma Ueda Vogel Weiss Xu Young Zander Bauer Conti Dubois Egger'.split(
    ' ',
  )

type Currency = 'usd' | 'eur' | 'jpy'
const countryOf: Record<Currency, string> = { usd: 'US', eur: 'DE', jpy: 'JP' }
const localeOf: Record<Currency, string> = { usd: 'en', eur: 'de', jpy: 'ja' }

const products = {
  monthly: { name: 'Studio monthly', interval: 'month', amounts: { usd: 2900, eur: 2700, jpy: 3900 } },
  annual: { name: 'Studio annual', interval: 'year', amounts: { usd: 29000, eur: 27000, jpy: 39000 } },
  guide: { name: 'Field guide', interval: undefined, amounts: { usd: 4900, eur: 4500, jpy: 6800 } },
} as const
type Product = keyof typeof products

/** The catalogue: three products, each in three currencies. */
export function catalogue(at: number): Step[] {
  return (Object.keys(products) as Product[]).flatMap((key) => {
    const { name, interval, amounts } = products[key]
    const product: Step = { at, as: key, method: 'POST', path: '/v1/products', params: { name } }
    const prices = (Object.keys(amounts) as Currency[]).map((currency): Step => ({
      as: `${key}_${currency}`,
      method: 'POST',
      path: '/v1/prices',
      params: {
        product: `{{${key}}}`,
        currency,
        unit_amount: amounts[currency],
        ...(interval && { recurring: { interval } }),
      },
    }))
    return [product, ...prices]
  })
}

export type Buyer = {
  readonly as: string
  readonly name: string
  readonly email: string
  readonly currency: Currency
  readonly at: number
}

function customer({ as, name, email, currency, at }: Buyer): Step {
  return {
    at,
    as,
    method: 'POST',
    path: '/v1/customers',
    params: { name, email, address: { country: countryOf[currency] }, preferred_locales: [localeOf[currency]] },
  }
}

/** A subscription begun: customer, card, first paid period. Its payment is known as `{{<sub>.latest_invoice.payments.data.0.payment.payment_intent}}`. */
export function subscribes(
  buyer: Buyer,
  product: 'monthly' | 'annual',
  { card = 'pm_card_visa', known = false } = {},
): Step[] {
  const { as, at, currency } = buyer
  return [
    ...(known ? [] : [customer(buyer)]),
    {
      at,
      as: `${as}_card`,
      method: 'POST',
      path: `/v1/payment_methods/${card}/attach`,
      params: { customer: `{{${as}}}` },
    },
    {
      as: `${as}_${product}`,
      method: 'POST',
      path: '/v1/subscriptions',
      params: {
        customer: `{{${as}}}`,
        items: [{ price: `{{${product}_${currency}}}` }],
        default_payment_method: `{{${as}_card}}`,
        expand: ['latest_invoice.payments'],
      },
    },
  ]
}

/** A one-off purchase: customer and payment, known as `{{<as>_guide}}`. */
export function buys(buyer: Buyer, { card = 'pm_card_visa', known = false, as = `${buyer.as}_guide` } = {}): Step[] {
  return [
    ...(known ? [] : [customer(buyer)]),
    {
      at: buyer.at,
      as,
      method: 'POST',
      path: '/v1/payment_intents',
      params: {
        amount: products.guide.amounts[buyer.currency],
        currency: buyer.currency,
        customer: `{{${buyer.as}}}`,
        payment_method: card,
        confirm: true,
        description: products.guide.name,
        metadata: { product: '{{guide}}' },
        receipt_email: buyer.email,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      },
    },
  ]
}

const pastReasons = [
  'changed_mind',
  'unwanted_renewal',
  'too_expensive',
  'missing_feature',
  'product_unsatisfactory',
  'service_unsatisfactory',
  'duplicate',
  'other',
]

/** A refund that somebody made by hand in Stripe, with its reason noted in the metadata. */
function refundedByHand(payment: string, at: number, reason: string, amount?: number): Step {
  return {
    at,
    method: 'POST',
    path: '/v1/refunds',
    may_fail: true,
    params: {
      payment_intent: payment,
      reason: 'requested_by_customer',
      metadata: { reason },
      ...(amount && { amount }),
    },
  }
}

const paymentOf = (subscription: string): string =>
  `{{${subscription}.latest_invoice.payments.data.0.payment.payment_intent}}`

/**
 * 13 months of a small software business: 295 customers, about 590 payments, refunds made by hand, subscriptions that end.
 * `now` in Unix seconds. The steps are in the order in which they happened.
 */
export function history(now: number, seed = 7): Step[] {
  const random = randomFrom(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const begin = now - 395 * day
  const blocks: Step[][] = [catalogue(begin - day)]
  for (let i = 0; i < 295; i++) {
    const name = `${firstNames[i % firstNames.length]} ${lastNames[(i * 7 + Math.floor(i / 30)) % lastNames.length]}`
    const currency = pick(['usd', 'usd', 'usd', 'eur', 'eur', 'jpy'] as const)
    const at = begin + Math.floor(random() * 390 * day)
    const buyer = { as: `c${i}`, name, email: emailOf(name, i), currency, at }
    blocks.push(...lifeOf(buyer, i, now, random, pick))
  }
  return blocks
    .filter((block) => (block[0]?.at ?? 0) < now - 3600)
    .sort((a, b) => a[0]!.at! - b[0]!.at!)
    .flat()
}

/** Most people come alone; of some companies several do, and those are linked by their domain. */
function emailOf(name: string, i: number): string {
  const host = i % 12 === 5 ? `${['northlight', 'harbour', 'atelier'][Math.floor(i / 12) % 3]!}.example` : 'example.com'
  return `${name.toLowerCase().replace(' ', '.')}${i}@${host}`
}

function lifeOf(
  buyer: Buyer,
  i: number,
  now: number,
  random: () => number,
  pick: <T>(from: readonly T[]) => T,
): Step[][] {
  const { at, as } = buyer
  const askedBack = random() < 0.2
  const refundAt = at + Math.floor((2 + random() * 30) * day)
  const reason = pick(pastReasons)
  if (i % 5 < 2) {
    const ends = at + Math.floor((40 + random() * 110) * day)
    const life: Step[][] = [
      subscribes(buyer, 'monthly'),
      [{ at: ends, method: 'DELETE', path: `/v1/subscriptions/{{${as}_monthly}}`, may_fail: true }],
    ]
    return askedBack
      ? [...life, [refundedByHand(paymentOf(`${as}_monthly`), Math.min(refundAt, ends - day), reason)]]
      : life
  }
  if (i % 5 === 2) {
    const life = [subscribes(buyer, 'annual')]
    return askedBack
      ? [...life, [refundedByHand(paymentOf(`${as}_annual`), refundAt, reason, random() < 0.4 ? 10_000 : undefined)]]
      : life
  }
  const life = [buys(buyer)]
  if (random() < 0.35)
    life.push(
      buys(
        { ...buyer, at: Math.min(at + Math.floor(random() * 90 * day), now - 2 * day) },
        { known: true, as: `${as}_again` },
      ),
    )
  return askedBack ? [...life, [refundedByHand(`{{${as}_guide}}`, refundAt, reason)]] : life
}
