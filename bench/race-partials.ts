// 50 partial refunds at once on one payment, again and again: the sum never exceeds what was captured, and as many succeed as fit.
// npm run race -- [--rounds 200] [--at-once 50]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { startSimulator } from '../stripe-simulator/simulator.ts'
import { readConfig } from '../src/config.ts'
import { migrate } from '../src/db/migrate.ts'
import { startEmbeddedPostgres } from '../src/postgres/embedded.ts'
import { openApp } from '../src/open-app.ts'
import { raceForPayment } from '../test/partials.ts'

const given = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : Number(process.argv[at + 1])
}
const [rounds, atOnce] = [given('rounds', 200), given('at-once', 50)]

const folder = mkdtempSync(join(tmpdir(), 'moneyback-race-'))
const postgres = await startEmbeddedPostgres({ folder, durable: false })
await migrate(postgres.url)
const simulator = await startSimulator({})
const app = await openApp({
  config: readConfig({ LOG_LEVEL: 'silent' }),
  databaseUrl: postgres.url,
  poolSize: atOnce + 5,
  stripe: { secretKey: simulator.secretKey, webhookSecrets: [], apiBase: simulator.url },
})
const began = performance.now()
let [fit, over, wrong] = [0, 0, 0]
for (let round = 0; round < rounds; round++) {
  const captured = 10_000
  // From one that takes all to fifty that fit to the last minor unit.
  const amount = round % 5 === 0 ? captured / atOnce : 150 + ((round * 7919) % 6000)
  const { succeeded, reserved } = await raceForPayment(app, { captured, amount, atOnce })
  const should = Math.min(atOnce, Math.floor(captured / amount))
  if (succeeded !== should || reserved !== succeeded * amount) wrong++
  if (reserved > captured) over++
  fit += succeeded
}
const { rows } = await sql<{ over: number }>`
  select count(*) as over from payment where reserved_minor > captured_minor or overlap_minor > 0`.execute(app.db)
const seconds = ((performance.now() - began) / 1000).toFixed(1)
console.log(
  `race rounds=${rounds} at_once=${atOnce} tried=${rounds * atOnce} succeeded=${fit} too_much=${over + rows[0]!.over} not_as_many_as_fit=${wrong} seconds=${seconds}`,
)
await app.db.destroy()
await simulator.close()
await postgres.stop()
rmSync(folder, { recursive: true, force: true })
process.exitCode = over + wrong + rows[0]!.over > 0 ? 1 : 0
