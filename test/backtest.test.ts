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

  test('all that a customer had paid by then, and their tags in Stripe, are known as to a live request', async () => {
    const rule = (condition: string): string =>
      `policy: P\nrules:\n  - { id: r, when: ['${condition}'], then: approve }\notherwise: { then: deny }\n`
    const approved = async (condition: string): Promise<[number, number]> => {
      const { matrix } = (await run({ source: rule(condition), over: 'payments', day: 2 })).tally!
      const sum = (verdict: 'approve' | 'review'): number =>
        (['approve', 'review', 'deny'] as const).reduce((total, from) => total + matrix[from][verdict], 0)
      return [sum('approve'), sum('review')]
    }
    // One payment of 49.00 and two of 29.00, each of another customer; nothing had been given back by then.
    expect(await approved('customer.paid(days(30)) >= money(49, "usd")')).toEqual([1, 0])
    expect(await approved('customer.paid(days(1)) > money(0, "usd")')).toEqual([0, 0])
    const [one] = await world.rows<{ customer_id: string }>('select customer_id from payment order by id limit 1')
    await world.stripe.customers.update(one!.customer_id, { metadata: { tags: 'vip, school,,vip' } })
    await world.settle()
    expect(await world.rows(`select tags from customer where id = '${one!.customer_id}'`)).toEqual([
      { tags: ['vip', 'school'] },
    ])
    expect(await approved('"school" in customer.tags')).toEqual([1, 0])
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

describe('over the API', () => {
  type View = { id: string; status: string; over: string; tally: { changed: number } | null }

  test('a backtest is started, followed to its result and its changes, and canceled once', async () => {
    const source = text.replace('days(14)', 'days(21)')
    const started = await world.api<View>('POST', '/v1/backtests', { source, over: 'requests', name: 'Wider' })
    expect([started.status, started.body]).toMatchObject([201, { status: 'waiting', over: 'requests', name: 'Wider' }])
    await world.settle()
    const { body } = await world.api<View>('GET', `/v1/backtests/${started.body.id}`)
    expect(body).toMatchObject({ status: 'done', tally: { changed: expect.any(Number) } })
    expect(body).not.toHaveProperty('source')
    const changes = await world.api<{ data: { subject_id: string }[] }>(
      'GET',
      `/v1/backtests/${started.body.id}/changes?from=review&to=approve`,
    )
    expect(changes.body.data[0]?.subject_id).toMatch(/^rr_/)
    const again = await world.api<{ code: string }>('POST', `/v1/backtests/${started.body.id}/cancel`, {})
    expect([again.status, again.body.code]).toEqual([409, 'backtest_over'])
    expect((await world.api('GET', '/v1/backtests/bt_none')).status).toBe(404)
  })

  test('what can’t be tried is refused with its field and reason', async () => {
    const refused = async (body: object) => (await world.api<{ code: string }>('POST', '/v1/backtests', body)).body.code
    expect(await refused({ over: 'requests' })).toBe('backtest_invalid')
    expect(await refused({ over: 'payments', version: 1 })).toBe('backtest_invalid')
    expect(await refused({ over: 'requests', version: 99 })).toBe('version_not_found')
    expect(await refused({ over: 'requests', source: 'policy: x' })).toBe('policy_invalid')
    expect(await refused({ over: 'elsewhere', version: 1 })).toBe('invalid')
  })

  test('published versions are read with what became of each, and a text is checked without a trace', async () => {
    const { body } = await world.api<{ data: { version: number; state: string }[] }>('GET', '/v1/policies')
    expect(body.data).toEqual([expect.objectContaining({ version: 1, state: 'in_force', source: text })])
    const checked = await world.api<{ problems: { line: number }[] }>('POST', '/v1/policies/check', {
      source: text.replace('payment.age', 'payment.agee'),
    })
    expect(checked.body.problems).toHaveLength(1)
    expect((await world.api<{ data: unknown[] }>('GET', '/v1/shadows')).body.data).toEqual([])
  })
})

test('the command runs a backtest and prints what changes, as words and as JSON', async () => {
  const { backtestAsked, backtestCommand } = await import('../src/cli/backtest.ts')
  expect(backtestAsked([])).toBeUndefined()
  expect(backtestAsked(['a.yaml', '--day', 'x'])).toBeUndefined()
  const { asked, json } = backtestAsked(['a.yaml', '--payments', '--day', '13', '--json'])!
  const said: string[] = []
  const run = (as: { asked: object; json: boolean }) =>
    backtestCommand(world.app, {
      ...as,
      asked: as.asked as never,
      source: text.replace('days(14)', 'days(12)'),
      say: (line) => said.push(line),
      progress: () => undefined,
    })
  expect(await run({ asked, json })).toBe(true)
  expect(JSON.parse(said[0]!)).toMatchObject({ status: 'done', kind: 'payments', day: 13, tally: { changed: 1 } })
  expect(await run({ asked: { over: 'payments', day: 13 }, json: false })).toBe(true)
  expect(said[1]).toMatch(/1 answers change, of 1 customers/)
  expect(said[1]).toMatch(/usd: approved at once \$49\.00 → \$0\.00/)
})
