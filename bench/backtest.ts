// A backtest of 1,000,000 past requests with 20 rules, in a scratch database that is made and thrown away: how long, how many per second,
// and how much memory the process takes at a tenth of the rows and at all of them. `npm run bench:backtest -- 200000` takes fewer.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { App } from '../src/app.ts'
import { connect, type Db } from '../src/db/connect.ts'
import { findBacktest } from '../src/db/backtests.ts'
import { migrate } from '../src/db/migrate.ts'
import { decide } from '../src/domain/policy/decide.ts'
import { factsFrom } from '../src/domain/policy/given.ts'
import { parsePolicy } from '../src/domain/policy/parse.ts'
import { runBacktest } from '../src/flows/run-backtest.ts'
import { startBacktest } from '../src/flows/start-backtest.ts'
import { startEmbeddedPostgres } from '../src/postgres/embedded.ts'

const count = Number(process.argv[2] ?? 1_000_000)
const account = 'acct_bench'

const rules = (days: number): string => `policy: Bench
facts:
  usage.share: { type: fraction, stale_after: 24h }
rules:
${Array.from(
  { length: 20 },
  (_, n) => `  - id: rule-${n + 1}
    when:
      - payment.age <= days(${(n + 1) * days})
      - customer.refunds(days(365)) == 0
      - usage.share < percent(${(n + 1) * 4})
    then: approve
    amount: prorate(payment.amount, payment.unused_share)`,
).join('\n')}
otherwise: { then: deny }
`

function policyOf(source: string) {
  const parsed = parsePolicy(source)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.policy
}

/** Decisions as the program writes them, facts and explanation whole, each with an age, a usage and a customer of its own. */
async function fill(db: Db): Promise<void> {
  const policy = policyOf(rules(2))
  const vocabulary = { facts: policy.facts, zone: policy.scope.zone }
  const cases = Array.from({ length: 997 }, (_, n) => {
    const facts = factsFrom({ 'payment.age': `${n % 50}d`, 'usage.share': (n % 97) / 100 }, vocabulary)
    const decision = decide(policy, facts, 1)
    return { facts, decision, verdict: decision.verdict, minor: decision.amount.minor, rule: decision.rule }
  })
  await sql`insert into account (id, livemode, created_at) values (${account}, false, now())`.execute(db)
  await sql`insert into policy_version (account_id, version, source, comment, published_by, published_at, effective_from)
    values (${account}, 1, ${rules(2)}, 'bench', 'moneyback', now(), now())`.execute(db)
  await sql`create temporary table bench_case as select (row_number() over ())::int - 1 as n, e.* from
    jsonb_to_recordset(${JSON.stringify(cases)}::jsonb) as e(facts jsonb, decision jsonb, verdict text, minor bigint, rule text)`.execute(
    db,
  )
  await sql`insert into payment (account_id, id, description, captured_minor, currency, paid_at, captured, stripe_charge, seen_at)
    select ${account}, 'pay_' || n, 'Bench', 4900, 'usd', now(), true, 'ch_' || n, now() from generate_series(0, 999) n`.execute(
    db,
  )
  const step = 100_000
  for (let from = 0; from < count; from += step) {
    const to = Math.min(count, from + step) - 1
    await sql`insert into refund_request (account_id, id, status, payment_id, currency, reason, channel, created_by, created_at)
      select ${account}, 'rr_' || lpad(n::text, 12, '0'), 'denied', 'pay_' || n % 1000, 'usd', 'other', 'api', 'api_key:bench', now()
      from generate_series(${from}::int, ${to}::int) n`.execute(db)
    await sql`insert into decision (account_id, id, request_id, verdict, by, amount_minor, currency, rule, policy_version, access,
        explanation, facts, at)
      select ${account}, 'dec_' || lpad(k::text, 12, '0'), 'rr_' || lpad(k::text, 12, '0'), c.verdict, 'policy', c.minor, 'usd', c.rule, 1,
        'now', c.decision, jsonb_set(c.facts, '{customer,id}', to_jsonb('cus_' || k % 300000)), now()
      from generate_series(${from}::int, ${to}::int) k join bench_case c on c.n = k % 997`.execute(db)
    process.stderr.write(`filled ${to + 1}\r`)
  }
  await sql`analyze`.execute(db)
}

const folder = mkdtempSync(join(tmpdir(), 'moneyback-bench-'))
const postgres = await startEmbeddedPostgres({ folder, durable: false })
try {
  await migrate(postgres.url)
  // One connection while filling, because of the temporary table; without the pool's time limit of 30 s.
  const filling = connect(postgres.url, { size: 1 })
  await sql`set statement_timeout = 0`.execute(filling)
  await fill(filling)
  await filling.destroy()
  const db = connect(postgres.url)
  const app = { db, account, now: () => new Date() } as unknown as App
  const started = await startBacktest(app, { over: 'requests', source: rules(3), by: 'moneyback', role: 'owner' })
  if (!started.ok) throw new Error(JSON.stringify(started.no))
  const { id } = started.value
  const samples: { done: number; rss: number }[] = []
  const timer = setInterval(() => {
    void findBacktest(db, account, id).then((row) =>
      samples.push({ done: row?.done ?? 0, rss: process.memoryUsage.rss() }),
    )
  }, 200)
  const cpu = process.cpuUsage()
  const began = performance.now()
  await runBacktest(app, id)
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(cpu)
  clearInterval(timer)
  const row = (await findBacktest(db, account, id))!
  const megabytes = (list: typeof samples): string => (Math.max(0, ...list.map(({ rss }) => rss)) / 2 ** 20).toFixed(0)
  console.log(
    `${row.status}: ${row.done.toLocaleString('en')} requests in ${seconds.toFixed(1)} s, ${Math.round(row.done / seconds).toLocaleString('en')} per second`,
  )
  console.log(`changed ${row.tally?.changed.toLocaleString('en')} of ${row.customers?.toLocaleString('en')} customers`)
  console.log(`own processor time ${((user + system) / 1e6).toFixed(1)} s`)
  console.log(
    `memory: ${megabytes(samples.filter(({ done }) => done <= count / 10))} MB at most in the first tenth, ${megabytes(samples)} MB at most in all`,
  )
  await db.destroy()
} finally {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
