import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backtestChanges, findBacktest, type BacktestRow } from '../src/db/backtests.ts'
import { endAllLeases } from '../src/db/work.ts'
import { runBacktest } from '../src/flows/run-backtest.ts'
import { cancelBacktest, startBacktest, type BacktestAsked } from '../src/flows/start-backtest.ts'
import { workOnce } from '../src/jobs/work.ts'
import { manyDecisions } from './many-decisions.ts'
import { startProgram } from './program.ts'
import { openWorld, type World } from './world.ts'

const who = { by: 'staff:finn', role: 'finance' } as const
let world: World
let text: string

beforeAll(async () => {
  world = await openWorld({ daysAgo: 20 })
  text = await readFile(new URL('./policy.yaml', import.meta.url), 'utf8')
  // Bought 20 days ago: one product, within no window of 14 days, and two plans of which one is hardly used.
  const late = await world.buys()
  const plan = await world.subscribes()
  const heavy = await world.subscribes()
  await world.settle()
  await world.used(plan.customer, 0.05)
  await world.used(heavy.customer, 0.6)
  for (const { payment } of [late, plan, heavy]) await world.ask(payment)
  await world.settle()
}, 60_000)
afterAll(() => world[Symbol.asyncDispose]())

async function start(asked: Partial<BacktestAsked> & { source: string }): Promise<string> {
  const started = await startBacktest(world.app, { over: 'requests', ...asked, ...who })
  if (!started.ok) throw new Error(JSON.stringify(started.no))
  return started.value.id
}

async function result(id: string): Promise<BacktestRow> {
  return (await findBacktest(world.app.db, world.app.account, id))!
}

async function run(asked: Partial<BacktestAsked> & { source: string }): Promise<BacktestRow> {
  const id = await start(asked)
  await world.settle()
  return result(id)
}

describe('over past requests', () => {
  test('the policy that decided them changes nothing', async () => {
    expect(await run({ source: text })).toMatchObject({
      status: 'done',
      total: 3,
      done: 3,
      customers: 0,
      tally: { changed: 0, same: 3 },
    })
  })

  test('a wider window is seen in verdicts, money, customers, rules and examples that lead to their requests', async () => {
    const before = await run({ source: text })
    expect(before.tally!.matrix).toMatchObject({ approve: { approve: 1 }, review: { review: 2 } })
    const wider = await run({ source: text.replace('days(14)', 'days(21)').replace('percent(20)', 'percent(70)') })
    expect(wider.tally).toMatchObject({
      changed: 2,
      same: 1,
      matrix: { review: { approve: 2 }, approve: { approve: 1 } },
      money: { usd: { approved_before: '2900', approved_after: '10700' } },
      rules: { 'one-off-product': { before: 0, after: 1 }, 'money-back': { before: 1, after: 2 } },
    })
    expect(wider.customers).toBe(2)
    const [top] = await backtestChanges(world.app.db, world.app.account, wider.id, { offset: 0, limit: 10 })
    expect(top).toMatchObject({
      from_verdict: 'review',
      to_verdict: 'approve',
      to_minor: 4900,
      to_rule: 'one-off-product',
    })
    expect(top?.subject_id).toMatch(/^rr_/)
  })

  test('the facts are those of the day on which it was decided, whatever was pushed since', async () => {
    const { rows } = await sql<{ customer_id: string }>`
      select customer_id from refund_request where status in ('approved', 'refunded')`.execute(world.app.db)
    await world.used(rows[0]!.customer_id, 0.95)
    expect((await run({ source: text })).tally).toMatchObject({ changed: 0 })
  })
})

describe('over past payments', () => {
  test('everybody asks on one day, and a day that has not come is left out', async () => {
    const day13 = await run({ source: text, over: 'payments', day: 13 })
    expect(day13).toMatchObject({ status: 'done', against: 1, tally: { changed: 0, same: 3 } })
    expect(day13.tally!.matrix.approve.approve).toBe(1)
    const stricter = await run({ source: text.replace('days(14)', 'days(12)'), over: 'payments', day: 13 })
    expect(stricter.tally).toMatchObject({ changed: 1, matrix: { approve: { review: 1 } } })
    const [example] = await backtestChanges(world.app.db, world.app.account, stricter.id, { offset: 0, limit: 10 })
    expect(example?.subject_id).toMatch(/^pay_/)
    expect((await run({ source: text, over: 'payments', day: 90 })).tally).toMatchObject({
      same: 0,
      skipped: { day_to_come: 3 },
    })
  })

  test('what was refunded later is there again on the day on which they ask', async () => {
    const early = await run({ source: text.replace('percent(20)', 'percent(99)'), over: 'payments', day: 1 })
    expect(BigInt(early.tally!.money['usd']!.approved_after)).toBe(BigInt(4900 + 2900 + 2900))
  })

  test('a random day is the same for the same seed, and another one for another', async () => {
    const tally = async (seed: number) =>
      (await run({ source: text.replace('days(14)', 'days(9)'), over: 'payments', seed, within_days: 18 })).tally!
        .matrix
    expect(await tally(1)).toEqual(await tally(1))
    const different = new Set<string>()
    for (let seed = 0; seed < 8; seed += 1) different.add(JSON.stringify(await tally(seed)))
    expect(different.size).toBeGreaterThan(1)
  })

  test('neither both a day and a seed nor none of them is taken, nor a text that does not parse', async () => {
    const refused = async (asked: object) => {
      const answer = await startBacktest(world.app, { over: 'payments', source: text, ...who, ...asked } as never)
      return answer.ok ? 'ok' : answer.no.code
    }
    expect(await refused({})).toBe('backtest_invalid')
    expect(await refused({ day: 3, seed: 1 })).toBe('backtest_invalid')
    expect(await refused({ day: -1 })).toBe('backtest_invalid')
    expect(await refused({ day: 3, source: 'policy: x' })).toBe('policy_invalid')
    expect(await refused({ day: 3, role: 'support' })).toBe('role_too_low')
  })
})

describe('many of them', () => {
  test('one that dies in the middle is gone on with by another process, and counts what one without a break counts', async () => {
    await manyDecisions(world, 7_000)
    const source = text.replace('days(30)', 'days(15)')
    const whole = await run({ source })
    const id = await start({ source })
    const env = {
      DATABASE_URL: world.databaseUrl,
      STRIPE_SECRET_KEY: world.simulator.secretKey,
      STRIPE_WEBHOOK_SECRET: world.webhookSecret,
      STRIPE_API_BASE: world.simulator.url,
      MONEYBACK_CRASH_AT: 'after-backtest-page',
    }
    const program = startProgram(env, { args: ['work'] })
    expect((await program.ended).signal).toBe('SIGKILL')
    const half = await result(id)
    expect([half.status, half.done]).toEqual(['running', 1000])
    await endAllLeases(world.app.db)
    await workOnce(world.app)
    const { done, tally, customers } = await result(id)
    expect({ done, tally, customers }).toEqual({ done: whole.done, tally: whole.tally, customers: whole.customers })
    expect(tally!.changed).toBeGreaterThan(100)
  }, 60_000)

  test('two processes that run the same one at once count each row once', async () => {
    const id = await start({ source: text.replace('days(30)', 'days(15)') })
    await Promise.all([runBacktest(world.app, id), runBacktest(world.app, id)])
    const row = await result(id)
    expect(row.done).toBe(row.total)
    expect(row.tally!.changed + row.tally!.same).toBe(row.total)
  })

  test('one that is canceled stops, keeps what it has counted, and says so to a second click', async () => {
    const id = await start({ source: text })
    const [canceled] = await Promise.all([cancelBacktest(world.app, { id, ...who }), runBacktest(world.app, id)])
    expect(canceled.ok).toBe(true)
    const row = await result(id)
    expect(row.status).toBe('canceled')
    expect(row.done).toBeLessThan(row.total ?? Infinity)
    expect(await cancelBacktest(world.app, { id, ...who })).toMatchObject({
      no: { code: 'backtest_over', status: 'canceled' },
    })
  })

  test('facts that can’t be read are counted as left out, and the rest goes on', async () => {
    await sql`insert into decision (account_id, id, request_id, verdict, by, amount_minor, currency, rule, policy_version, access, explanation, facts, at)
      select account_id, 'dec_broken', request_id, verdict, by, amount_minor, currency, rule, policy_version, access, explanation, '{}', at
      from decision where by = 'policy' limit 1`.execute(world.app.db)
    const row = await run({ source: text })
    expect(row).toMatchObject({ status: 'done', tally: { skipped: { facts_unreadable: 1 } } })
  })
})
