import { expect, test } from 'vitest'
import { slowDown, takeTurn } from '../src/db/rates.ts'
import { endpointOf } from '../src/stripe/line.ts'
import { rateOf } from '../src/stripe/rate.ts'
import { startSimulator } from '../stripe-simulator/simulator.ts'
import { drainBurst } from './burst.ts'
import { freshDatabase } from './postgres.ts'
import { openWorld } from './world.ts'

test('a burst of approvals drains at the rate that Stripe allows, without a 429, and a single refund does not wait behind it', async () => {
  const [database, simulator] = [await freshDatabase(), await startSimulator({})]
  const seen = await drainBurst(database.url, simulator, { refunds: 120, endpoint: 20, account: 200, workers: 2 })
  await simulator.close()
  await database.drop()
  expect(seen.answered429).toBe(0)
  // A fifth of 20 in a second is kept free; the first twenty of an approver are no burst.
  expect(seen.seconds).toBeGreaterThan(120 / 20 - 1)
  expect(seen.waitingThen).toBeGreaterThan(40)
  expect(seen.urgentSeconds, `${seen.waitingThen} were waiting`).toBeLessThan(seen.waitingThen / 20)
}, 60_000)

test('turns are shared by all, in the order of asking; a 429 halves the pace for all and it grows back', async () => {
  await using world = await openWorld()
  const { db, account } = world.app
  const turns = (n: number) => Promise.all(Array.from({ length: n }, () => takeTurn(db, account, { 'GET /v1/x': 100 })))
  const waits = (await turns(50)).toSorted((a, b) => a - b)
  expect(waits.at(-1)! - waits[0]!).toBeLessThan(500)
  expect(waits.at(-1)!, 'fifty at a hundred in a second, less what may go at once').toBeGreaterThan(150)
  await slowDown(db, account, 'GET /v1/x')
  const [slow] = await world.rows<{ slowed_to: number }>(`select slowed_to from stripe_rate where bucket = 'GET /v1/x'`)
  expect(slow!.slowed_to).toBe(50)
  await slowDown(db, account, 'GET /v1/x')
  expect(await world.rows(`select slowed_to from stripe_rate`), 'many answers of one second are one sign').toEqual([
    slow,
  ])
  expect((await turns(1))[0]).toBeGreaterThan(900)
})

test.each([
  ['GET', '/v1/refunds?charge=ch_1&limit=100', 'GET /v1/refunds'],
  ['GET', '/v1/charges/ch_3Pq1Zz2eZvKYlo2C', 'GET /v1/charges/:id'],
  ['POST', '/v1/refunds/pyr_1Zz/cancel', 'POST /v1/refunds/:id/cancel'],
  ['GET', '/v1/radar/early_fraud_warnings?charge=ch_1', 'GET /v1/radar/early_fraud_warnings'],
  ['GET', '/v1/customers/cus_NffrFeUfNV2Hib', 'GET /v1/customers/:id'],
  ['GET', '/v1/balance_transactions', 'GET /v1/balance_transactions'],
])('%s %s counts for %s', (method, path, endpoint) => {
  expect(endpointOf(method, path)).toBe(endpoint)
})

test('Stripe’s limits are kept unless others are named; a simulator has none', () => {
  expect(rateOf({ apiBase: undefined }, true)).toEqual({ account: 100, endpoint: 25 })
  expect(rateOf({ apiBase: undefined }, false)).toEqual({ account: 25, endpoint: 25 })
  expect(rateOf({ apiBase: undefined, rate: 50, endpointRate: 10 }, true)).toEqual({ account: 50, endpoint: 10 })
  expect(rateOf({ apiBase: 'http://127.0.0.1:1' }, true)).toBeUndefined()
})
