import pg from 'pg'
import { expect, inject, test } from 'vitest'
import type { App } from '../src/app.ts'
import { stopsOf } from '../src/db/stops.ts'
import { verifyBooks } from '../src/db/verify.ts'
import { declareRecovery, noticeRestore, recover } from '../src/flows/recover.ts'
import { approveRequest } from '../src/flows/approve-request.ts'
import { workOnce } from '../src/jobs/work.ts'
import { openApp } from '../src/open-app.ts'
import { allPages } from '../src/stripe/answers.ts'
import { approve, approved } from './cases.ts'
import { openWorld, type World } from './world.ts'

/** A copy of a world's database as it is now, as a backup would give it back, and the program on it. */
async function backupOf(world: World): Promise<{ restore(): Promise<App & AsyncDisposable> }> {
  const name = `${new URL(world.databaseUrl).pathname.slice(1)}_copy`
  await onServer(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${new URL(world.databaseUrl).pathname.slice(1)}'`,
    `create database ${name} template ${new URL(world.databaseUrl).pathname.slice(1)}`,
  )
  return {
    restore: async () => {
      const url = new URL(world.databaseUrl)
      url.pathname = name
      const opened = await openApp({
        config: world.app.config,
        databaseUrl: url.href,
        stripe: { secretKey: world.simulator.secretKey, webhookSecrets: [], apiBase: world.simulator.url },
      })
      const app = { ...opened, now: () => world.app.now() }
      return Object.assign(app, {
        [Symbol.asyncDispose]: async () => {
          await app.db.destroy()
          await onServer(`drop database ${name} with (force)`)
        },
      })
    },
  }
}

async function onServer(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

async function work(app: App): Promise<void> {
  for (let idle = 0; idle < 2;) idle = (await workOnce(app)) === 0 ? idle + 1 : 0
}

const refundsAtStripe = (world: World) => allPages((page) => world.stripe.refunds.list(page))

test('a restored backup while Stripe is ahead: nothing is sent before Stripe was read, everything is taken in, nobody is paid twice', async () => {
  await using world = await openWorld()
  const buys = await Promise.all(Array.from({ length: 14 }, (_, i) => world.buys({ amount: 10_000 + i })))
  const subs = await Promise.all(Array.from({ length: 3 }, () => world.subscribes({ amount: 9000 })))
  await world.daysAgo(0)
  await world.settle()
  await noticeRestore(world.app)
  // Before the backup: paid, approved and not sent, waiting for a person.
  for (const { payment } of buys.slice(0, 3)) await world.ask(payment)
  await world.settle()
  const reserved = []
  for (const { payment } of buys.slice(3, 6)) reserved.push(await world.ask(payment))
  const waiting = []
  for (const { payment } of subs) waiting.push(await world.ask(payment))
  const backup = await backupOf(world)
  // After the backup: all of that is paid (two in part), and eight more, one of them in the dashboard.
  for (const { id } of waiting.slice(0, 2)) await approve(world, id, { amount: 3000, access: 'keep' })
  for (const { payment } of buys.slice(6, 13)) await world.ask(payment)
  await world.simulator.control('POST', '/_control/refunds', { payment_intent: buys[13]!.payment, amount: 500 })
  await world.settle()
  const ahead = await refundsAtStripe(world)
  expect(ahead).toHaveLength(3 + 3 + 2 + 7 + 1)

  await using app = await backup.restore()
  const sends = async () =>
    (
      (await world.simulator.control('GET', '/_control/requests?limit=5000')) as {
        data: { method: string; path: string }[]
      }
    ).data.filter(({ method, path }) => method === 'POST' && path === '/v1/refunds').length
  const sentBefore = await sends()
  // Stripe can't be read: not even what is approved and due goes out, and nobody can approve.
  await world.fault({ kind: 'status', status: 503 }, { match: { method: 'GET', path: '/v1/refunds' }, times: null })
  await work(app)
  await noticeRestore(app)
  expect(await stopsOf(app.db, app.account)).toMatchObject([{ kind: 'recovery' }])
  await work(app).catch(() => undefined)
  expect(
    await approveRequest(app, { id: waiting[0]!.id, by: 'staff:1', role: 'owner', amount_minor: 3000 }),
  ).toMatchObject({
    ok: false,
    no: { code: 'books_are_compared' },
  })
  expect(await sends()).toBe(sentBefore)
  await world.faultsEnd()
  world.later(130)
  await work(app)
  world.later(130)
  await work(app)
  expect(await stopsOf(app.db, app.account)).toEqual([])
  expect(await sends(), 'nothing was sent again').toBe(sentBefore)
  expect((await refundsAtStripe(world)).map(({ id }) => id)).toEqual(ahead.map(({ id }) => id))

  // Every refund of Stripe is in the books, once, to the cent; the two that were approved after the backup with their request.
  const { rows } = await app.db
    .selectFrom('refund')
    .select(['stripe_refund_id', 'amount_minor', 'status', 'request_id'])
    .execute()
    .then((rows) => ({
      rows: rows as { stripe_refund_id: string; amount_minor: number; status: string; request_id: string }[],
    }))
  expect(rows.map((row) => [row.stripe_refund_id, row.amount_minor, row.status].join(' ')).sort()).toEqual(
    ahead.map(({ id, amount, status }) => [id, amount, status].join(' ')).sort(),
  )
  for (const { id } of waiting.slice(0, 2)) {
    expect(rows.filter(({ request_id }) => request_id === id)).toMatchObject([
      { amount_minor: 3000, status: 'succeeded' },
    ])
    expect(await approveRequest(app, { id, by: 'staff:1', role: 'owner', amount_minor: 3000 })).toMatchObject({
      ok: false,
      no: { code: 'already_decided' },
    })
  }
  const lost = (await app.db.selectFrom('exception').select('kind').where('kind', '=', 'our_row_was_lost').execute())
    .length
  expect(lost, 'each one that was unknown is told').toBe(2 + 7)
  expect((await verifyBooks(app.db, { account: app.account, now: app.now() })).violations).toEqual([])
})

test('a database that moved under a running worker: the next refund is not sent, the books are compared, then it goes on', async () => {
  await using world = await openWorld()
  const { request } = await approved(world)
  await world.rows(`update account set place = 'another/00000001/1/1'`)
  expect(await workOnce(world.app)).toBeGreaterThan(0)
  expect((await world.stripe.refunds.list()).data).toEqual([])
  expect((await world.api<{ sending: string }>('GET', '/health')).body.sending).toMatch(/restored or failed over/)
  world.later(2)
  await world.settle()
  expect((await world.request(request.id)).status).toBe('refunded')
  expect((await world.api<{ sending: string }>('GET', '/health')).body.sending).toBe('on')
  expect(await world.rows(`select detail ->> 'refunds' as refunds from audit where action = 'books.compared'`)).toEqual(
    [{ refunds: '0' }],
  )
})

test('a silence of more than a minute could hide a copied folder: the books are compared before anything is sent', async () => {
  await using world = await openWorld()
  await noticeRestore(world.app)
  await approved(world)
  world.later(59)
  await noticeRestore(world.app)
  expect(await stopsOf(world.app.db, world.app.account)).toEqual([])
  world.later(61)
  await noticeRestore(world.app)
  expect(await stopsOf(world.app.db, world.app.account)).toMatchObject([{ kind: 'recovery' }])
  await world.settle()
  expect((await world.stripe.refunds.list()).data).toHaveLength(1)
})

test('an operator says how old the copy is; what one process began another one ends', async () => {
  await using world = await openWorld()
  const { request } = await approved(world)
  const since = new Date(world.app.now().getTime() - 3 * 86_400_000)
  await declareRecovery(world.app, since)
  await world.fault(
    { kind: 'connection_lost', when: 'before' },
    { match: { method: 'GET', path: '/v1/refunds' }, times: 2 },
  )
  await expect(recover(world.app)).rejects.toThrow()
  expect(await recover(world.app), 'not at once').toBeUndefined()
  world.later(6)
  expect(await recover(world.app)).toEqual({ from: since, refunds: 0, taken_in: 0 })
  await world.settle()
  expect((await world.request(request.id)).status).toBe('refunded')
})
