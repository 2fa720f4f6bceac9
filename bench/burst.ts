// A burst of approvals, drained by several workers under Stripe's limits, with one refund in the midst that somebody waits for.
//   npm run bench:burst -- [--refunds 10000] [--endpoint 25] [--account 100] [--workers 2]
// Stripe's own limits for 10,000 take eight minutes; --endpoint 250 --account 1000 shows the same in one.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { migrate } from '../src/db/migrate.ts'
import { startEmbeddedPostgres } from '../src/postgres/embedded.ts'
import { startSimulator } from '../stripe-simulator/simulator.ts'
import { drainBurst } from '../test/burst.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { refunds: text, endpoint: text, account: text, workers: text } })
const burst = {
  refunds: Number(values.refunds ?? 10_000),
  endpoint: Number(values.endpoint ?? 25),
  account: Number(values.account ?? 100),
  workers: Number(values.workers ?? 2),
}
const folder = mkdtempSync(join(tmpdir(), 'moneyback-burst-'))
const postgres = await startEmbeddedPostgres({ folder, durable: false })
await migrate(postgres.url)
const simulator = await startSimulator({})
const seen = await drainBurst(postgres.url, simulator, burst)
await simulator.close()
await postgres.stop()
rmSync(folder, { recursive: true, force: true })
console.log(
  `burst ${Object.entries({ ...burst, ...seen })
    .map(([name, value]) => `${name}=${Math.round(value * 10) / 10}`)
    .join(' ')}`,
)
process.exitCode = seen.answered429 > 0 ? 1 : 0
