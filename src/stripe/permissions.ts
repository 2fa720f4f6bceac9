import type Stripe from 'stripe'
import { errorLine, isCredential } from './answers.ts'

export type PermissionCheck = {
  readonly permission: string
  readonly for: string
  /** Without an optional one something works less well; without the others refunds don't work. */
  readonly needed: boolean
  readonly state: 'granted' | 'missing' | 'unknown'
  /** What Stripe says, where it is missing or could not be asked. It names the permission. */
  readonly because: string | null
}

const briefly = { timeout: 10_000 }
const none = 'moneyback_asks_only'

/** Each asks for something harmless; what writes names a thing that does not exist, so that nothing can happen. */
const probes: readonly (Pick<PermissionCheck, 'permission' | 'for' | 'needed'> & {
  ask: (stripe: Stripe) => Promise<unknown>
})[] = [
  {
    permission: 'Charges and Refunds: Write',
    for: 'making refunds',
    needed: true,
    ask: (s) => s.refunds.create({ payment_intent: `pi_${none}` }, briefly),
  },
  {
    permission: 'Charges and Refunds: Read',
    for: 'seeing payments and refunds',
    needed: true,
    ask: (s) => s.charges.list({ limit: 1 }, briefly),
  },
  {
    permission: 'PaymentIntents: Read',
    for: 'finding a payment',
    needed: true,
    ask: (s) => s.paymentIntents.list({ limit: 1 }, briefly),
  },
  {
    permission: 'Customers: Read',
    for: 'names, addresses, languages',
    needed: true,
    ask: (s) => s.customers.list({ limit: 1 }, briefly),
  },
  {
    permission: 'Invoices: Read',
    for: 'what was bought, and for which period',
    needed: true,
    ask: (s) => s.invoices.list({ limit: 1 }, briefly),
  },
  {
    permission: 'Subscriptions: Write',
    for: 'ending a subscription after a refund',
    needed: true,
    ask: (s) => s.subscriptions.update(`sub_${none}`, {}, briefly),
  },
  {
    permission: 'Products and Prices: Read',
    for: 'names of products',
    needed: true,
    ask: (s) => s.products.list({ limit: 1 }, briefly),
  },
  {
    permission: 'Disputes: Read',
    for: 'never refunding what is disputed',
    needed: true,
    ask: (s) => s.disputes.list({ limit: 1 }, briefly),
  },
  {
    permission: 'Radar: Read',
    for: 'early fraud warnings',
    needed: true,
    ask: (s) => s.radar.earlyFraudWarnings.list({ limit: 1 }, briefly),
  },
  {
    permission: 'Events: Read',
    for: 'what a webhook did not bring',
    needed: true,
    ask: (s) => s.events.list({ limit: 1 }, briefly),
  },
  {
    permission: 'Balance: Read',
    for: 'telling test from live',
    needed: false,
    ask: (s) => s.balance.retrieve({}, briefly),
  },
  {
    permission: 'Credit notes: Write',
    for: 'credit notes, where invoices are refunded through them',
    needed: false,
    ask: (s) => s.creditNotes.create({ invoice: `in_${none}`, amount: 1 }, briefly),
  },
  {
    permission: 'Webhook endpoints: Write',
    for: 'making the webhook endpoint from here',
    needed: false,
    ask: (s) => s.webhookEndpoints.update(`we_${none}`, {}, briefly),
  },
]

/** Asks Stripe what a key may do. Nothing is changed there. */
export function checkPermissions(stripe: Stripe): Promise<PermissionCheck[]> {
  return Promise.all(
    probes.map(async ({ ask, ...probe }) => {
      try {
        await ask(stripe)
        return { ...probe, state: 'granted' as const, because: null }
      } catch (error) {
        const status = (error as { statusCode?: number }).statusCode
        if (isCredential(error)) return { ...probe, state: 'missing' as const, because: error.message }
        // It was allowed to ask: there is no such thing, or something is missing in the question.
        if (status === 400 || status === 404) return { ...probe, state: 'granted' as const, because: null }
        return { ...probe, state: 'unknown' as const, because: errorLine(error) }
      }
    }),
  )
}

/** How far Stripe's clock is from ours, in seconds; undefined when Stripe does not answer. */
export async function clockDifference(stripe: Stripe, now: () => Date): Promise<number | undefined> {
  try {
    const before = now().getTime()
    const { lastResponse } = await stripe.balance.retrieve({}, briefly)
    const date = Date.parse(lastResponse.headers['date'] ?? '')
    return Number.isNaN(date) ? undefined : Math.round((date - (before + now().getTime()) / 2) / 1000)
  } catch {
    return undefined
  }
}
