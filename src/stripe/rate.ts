import { setTimeout as pause } from 'node:timers/promises'
import type { StripeConfig } from '../config.ts'
import type { Db } from '../db/connect.ts'
import { slowDown, takeTurn } from '../db/rates.ts'
import { passGate, type Gate } from './gate.ts'
import type { Call, Line } from './line.ts'

/** Calls in a second: for the whole account, and for each endpoint. */
export type Rate = { readonly account: number; readonly endpoint: number }

/** Stripe's limits (docs.stripe.com/rate-limits): 100 live, 25 in a sandbox, 25 for an endpoint. A simulator has none. */
export function rateOf(
  { rate, endpointRate, apiBase }: Pick<StripeConfig, 'rate' | 'endpointRate' | 'apiBase'>,
  livemode: boolean,
): Rate | undefined {
  if (apiBase !== undefined && rate === undefined && endpointRate === undefined) return undefined
  return { account: rate ?? (livemode ? 100 : 25), endpoint: endpointRate ?? 25 }
}

/** A burst may take so much of it; the rest stays for whom somebody waits for. */
const bulkShare = 0.8

/**
 * The line to Stripe of one process. Every call waits for its turn, which all processes share in PostgreSQL; what belongs to
 * a burst waits in a lane of its own before. A 429 slows its bucket down for all, half as fast, and back within a minute.
 */
export function lineTo({
  db,
  account,
  gate,
  rate,
}: {
  db: Db
  account: string
  gate: Gate
  rate: Rate | undefined
}): Line {
  const wait = async (buckets: Readonly<Record<string, number>>): Promise<void> => {
    const ms = await takeTurn(db, account, buckets)
    if (ms > 0) await pause(ms)
  }
  return {
    before: async ({ endpoint, lane }) => {
      passGate(gate)
      if (rate === undefined) return
      if (lane === 'bulk')
        await wait({ 'bulk:account': rate.account * bulkShare, [`bulk:${endpoint}`]: rate.endpoint * bulkShare })
      await wait({ account: rate.account, [endpoint]: rate.endpoint })
      passGate(gate)
    },
    after: async (call, status, headers) => {
      if (rate === undefined || status !== 429) return
      const bucket = slowedBucket(call, headers)
      if (bucket !== undefined) await slowDown(db, account, bucket).catch(() => undefined)
    },
  }
}

/** Stripe names the limit that was met; without a name a 429 is about a lock on one object, and no reason to go slower. */
function slowedBucket({ endpoint }: Call, headers: Readonly<Record<string, unknown>>): string | undefined {
  const reason = String(headers['stripe-rate-limited-reason'] ?? '')
  if (reason.startsWith('endpoint')) return endpoint
  if (reason !== '') return 'account'
  return headers['stripe-should-retry'] === 'true' ? undefined : 'account'
}
