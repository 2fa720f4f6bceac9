import Stripe from 'stripe'
import type { StripeConfig } from '../config.ts'

type StripeSide = Pick<StripeConfig, 'apiBase' | 'connectedAccount'> & {
  /** One key for good, or who tells it at each request: another one can be pasted while we run. */
  readonly secretKey: string | (() => Promise<string>)
}

const withKeyOf =
  (secretKey: () => Promise<string>): NonNullable<Stripe.StripeConfig['authenticator']> =>
  async (request) => {
    request.headers['Authorization'] = `Bearer ${await secretKey()}`
  }

/**
 * The real Stripe SDK, at its own pinned API version. It never retries by itself: a retry is decided from what was written
 * down. 25 s is long enough for Stripe and shorter than a lease. `httpClient`: the line in front of it, or a simulation without sockets.
 */
export function makeStripe(
  { secretKey, apiBase, connectedAccount }: StripeSide,
  httpClient?: Stripe.HttpClient,
): Stripe {
  const base = apiBase === undefined ? undefined : new URL(apiBase)
  const fixed = typeof secretKey === 'string'
  return new Stripe(fixed ? secretKey : '', {
    ...(!fixed && { authenticator: withKeyOf(secretKey) }),
    maxNetworkRetries: 0,
    timeout: 25_000,
    telemetry: false,
    appInfo: { name: 'Moneyback' },
    ...(connectedAccount !== undefined && { stripeAccount: connectedAccount }),
    ...(httpClient && { httpClient }),
    ...(base && {
      host: base.hostname,
      port: Number(base.port || (base.protocol === 'https:' ? 443 : 80)),
      protocol: base.protocol === 'https:' ? 'https' : 'http',
    }),
  })
}

/** A client with another key, for the same Stripe: the simulator stays the simulator. Without the line: it only asks a few things. */
export function clientWith(stripe: Stripe, secretKey: string, connectedAccount: string | undefined): Stripe {
  const [protocol, host, port] = [
    stripe.getApiField('protocol'),
    stripe.getApiField('host'),
    stripe.getApiField('port'),
  ]
  return makeStripe({ secretKey, apiBase: `${protocol}://${host}:${port}`, connectedAccount })
}
