import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Actor } from '../src/domain/actor.ts'
import { money } from '../src/domain/money.ts'
import { newId } from '../src/domain/ids.ts'
import type { Refusal, Result } from '../src/domain/refusal.ts'
import { inTransaction } from '../src/db/connect.ts'
import { insertDecision } from '../src/db/decisions.ts'
import { findPayment } from '../src/db/payments.ts'
import { reserve } from '../src/db/refunds.ts'
import { insertRequest } from '../src/db/requests.ts'
import { approveRequest } from '../src/flows/approve-request.ts'
import { denyRequest } from '../src/flows/deny-request.ts'
import { submitRequest } from '../src/flows/submit-request.ts'
import { withdrawRequest } from '../src/flows/withdraw-request.ts'
import { workOnce } from '../src/jobs/work.ts'
import { openApp } from '../src/open-app.ts'
import { raceForPayment } from './partials.ts'
import { expectBooksToAgree, openWorld, type World } from './world.ts'

const times = <T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => work(i)))
const codesOf = (results: readonly Result<unknown>[]): string[] =>
  results.map((result) => (result.ok ? 'ok' : result.no.code)).sort()
const staff = (i: number): Actor => `staff:${i}`

async function bought(world: World, amount = 10_000): Promise<string> {
  const { payment } = await world.subscribes({ amount })
  await world.daysAgo(0)
  await world.settle()
  return payment
}

describe('25 callers at one payment', () => {
  /** Sets money aside from 25 sides at once, without asking anything before. */
  async function reserveFrom25(world: World, minor: number): Promise<boolean[]> {
    const { app } = world
    const payment = (await findPayment(app.db, app.account, await bought(world)))!
    const at = app.now()
    const cases = await times(25, () =>
      inTransaction(app.db, async (tx) => {
        const request = newId('rr')
        await insertRequest(tx, {
          account_id: app.account,
          id: request,
          payment_id: payment.id,
          customer_id: null,
          asked_minor: minor,
          currency: 'usd',
          reason: 'other',
          comment: null,
          channel: 'stripe',
          created_by: 'stripe',
          locale: null,
          created_at: at,
          next_at: null,
        })
        return {
          request,
          decision: await insertDecision(tx, {
            account: app.account,
            request,
            verdict: 'approve',
            by: 'stripe',
            amount: money(minor, 'usd'),
            access: 'keep',
            at,
          }),
        }
      }),
    )
    return Promise.all(
      cases.map(({ request, decision }) =>
        inTransaction(app.db, (tx) => {
          const id = newId('rf')
          return reserve(tx, {
            account: app.account,
            id,
            payment: payment.id,
            request,
            decision,
            amount: money(minor, 'usd'),
            access: 'keep',
            key: id,
            body: '{}',
            invoice_way: null,
            at,
          })
        }),
      ),
    )
  }

  test.each([
    [6000, 1],
    [400, 25],
    [401, 24],
    [10_001, 0],
  ])('each sets %i of 10000 aside: %i get it', async (minor, winners) => {
    await using world = await openWorld()
    world.breaksTheBooks()
    expect((await reserveFrom25(world, minor)).filter(Boolean)).toHaveLength(winners)
    expect(await world.rows('select reserved_minor, overlap_minor from payment')).toEqual([
      { reserved_minor: minor * winners, overlap_minor: 0 },
    ])
  })

  /** Asks for a refund and approves a part of it, again and again until it is paid or nothing is left. */
  async function insist(
    { app }: World,
    payment: string,
    i: number,
    amount_minor: number,
  ): Promise<'paid' | Refusal['code']> {
    for (let tries = 0; tries < 2000; tries++) {
      const asked = await submitRequest(app, { payment, reason: 'other', amount_minor, channel: 'api', by: staff(i) })
      if (!asked.ok && asked.no.code !== 'request_already_open') return asked.no.code
      if (!asked.ok) {
        await pause(10)
        continue
      }
      const approved = await approveRequest(app, {
        id: asked.value.id,
        by: staff(100 + i),
        role: 'owner',
        amount_minor,
        access: 'keep',
      })
      if (approved.ok) return 'paid'
      await withdrawRequest(app, { id: asked.value.id, by: staff(i) })
      return approved.no.code
    }
    throw new Error('never had its turn')
  }

  test.each([
    [6000, 1],
    [400, 25],
  ])(
    'each wants %i of 10000 through the flows while the work goes on: %i are paid',
    async (amount, winners) => {
      await using world = await openWorld()
      const payment = await bought(world)
      let over = false
      const working = (async () => {
        while (!over) await world.settle()
      })()
      const outcomes = await times(25, (i) => insist(world, payment, i, amount))
      over = true
      await working
      await world.settle()
      expect(outcomes.filter((outcome) => outcome === 'paid')).toHaveLength(winners)
      expect(new Set(outcomes.filter((outcome) => outcome !== 'paid'))).toEqual(
        new Set(winners === 25 ? [] : ['more_than_is_left']),
      )
      expect((await world.stripe.refunds.list({ limit: 100 })).data.map((refund) => refund.amount)).toEqual(
        Array.from({ length: winners }, () => amount),
      )
      await expectBooksToAgree(world)
    },
    40_000,
  )
})

test.each([200, 201, 3333, 9999, 10_000])(
  '50 partial refunds of %i at once on a payment of 10000: as many get it as fit, and never more',
  async (amount) => {
    await using world = await openWorld()
    world.breaksTheBooks()
    expect(await raceForPayment(world.app, { captured: 10_000, amount, atOnce: 50 })).toEqual({
      succeeded: Math.min(50, Math.floor(10_000 / amount)),
      reserved: Math.min(50, Math.floor(10_000 / amount)) * amount,
    })
  },
)

test('20 requests for the same payment at once: one is taken, and the others are told which', async () => {
  await using world = await openWorld()
  const payment = await bought(world)
  const results = await times(20, (i) =>
    submitRequest(world.app, { payment, reason: 'other', channel: 'api', by: staff(i) }),
  )
  const taken = results.flatMap((result) => (result.ok ? [result.value.id] : []))
  const told = results.flatMap((result) =>
    !result.ok && result.no.code === 'request_already_open' ? [result.no.request] : [],
  )
  expect([taken.length, told.length, ...new Set(told)]).toEqual([1, 19, taken[0]])
  expect(await world.rows('select id from refund_request')).toEqual([{ id: taken[0] }])
})

test('the same Idempotency-Key from ten sides at once: one request', async () => {
  await using world = await openWorld()
  const payment = await bought(world)
  const answers = await times(10, () =>
    world.api<{ id?: string; code?: string }>(
      'POST',
      '/v1/refund_requests',
      { payment, reason: 'other' },
      { 'idempotency-key': 'k1' },
    ),
  )
  const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id))
  expect(ids.size).toBe(1)
  expect(new Set(answers.filter(({ status }) => status !== 201).map(({ body }) => body.code))).toEqual(
    new Set(['idempotency_key_in_use']),
  )
  expect(await world.rows('select 1 from refund_request')).toHaveLength(1)
})

test('approve, deny and withdraw at once: one of them wins, and the others change nothing', async () => {
  await using world = await openWorld()
  const payments: string[] = []
  for (let i = 0; i < 8; i++) payments.push((await world.subscribes()).payment)
  await world.daysAgo(0)
  await world.settle()
  for (const payment of payments) {
    const { id } = await world.ask(payment)
    const results = await Promise.all([
      approveRequest(world.app, { id, by: staff(1), role: 'owner', amount_minor: 1000 }),
      denyRequest(world.app, { id, by: staff(2), role: 'owner', note: 'No.' }),
      withdrawRequest(world.app, { id, by: staff(3) }),
      approveRequest(world.app, { id, by: staff(4), role: 'owner', amount_minor: 2900 }),
    ])
    const won = results.filter(({ ok }) => ok)
    // An approver may overrule a no: then both of them stand in the journal, one after the other.
    const moves = await world.rows<{ from_status: string; to_status: string }>(
      `select from_status, to_status from move where machine = 'request' and subject_id = '${id}' order by seq`,
    )
    expect(moves.length - 1).toBe(won.length)
    if (won.length > 1)
      expect(moves.slice(1)).toEqual([
        { from_status: 'in_review', to_status: 'denied' },
        { from_status: 'denied', to_status: 'approved' },
      ])
    expect(
      codesOf(results)
        .filter((code) => code !== 'ok')
        .every((code) => ['already_decided', 'not_withdrawable'].includes(code)),
    ).toBe(true)
  }
  await world.settle()
  await expectBooksToAgree(world)
})

test('two workers at the same refunds: each is sent once', async () => {
  await using world = await openWorld()
  const payments: string[] = []
  for (let i = 0; i < 16; i++) payments.push((await world.buys({ amount: 1000 + i })).payment)
  await world.daysAgo(0)
  await world.settle()
  await times(payments.length, (i) => world.ask(payments[i]!))
  const { config } = world.app
  const other = await openApp({
    config,
    databaseUrl: world.databaseUrl,
    stripe: { secretKey: world.simulator.secretKey, webhookSecrets: [], apiBase: world.simulator.url },
  })
  const work = async (app: typeof other): Promise<void> => {
    while ((await workOnce(app)) > 0);
  }
  await Promise.all([work(world.app), work(other), work(world.app), work(other)])
  await world.settle()
  await other.db.destroy()
  expect(await world.rows(`select distinct status, send_count from refund`)).toEqual([
    { status: 'succeeded', send_count: 1 },
  ])
  expect((await world.stripe.refunds.list({ limit: 100 })).data).toHaveLength(16)
  await expectBooksToAgree(world)
})
