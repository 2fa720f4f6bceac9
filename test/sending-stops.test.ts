import Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import type { App } from '../src/app.ts'
import { createApiKey } from '../src/db/api-keys.ts'
import { stopsOf } from '../src/db/stops.ts'
import type { Actor } from '../src/domain/actor.ts'
import { approveRequest } from '../src/flows/approve-request.ts'
import { checkKey } from '../src/flows/check-key.ts'
import { forgetKey, keepKey } from '../src/flows/stripe/keep-key.ts'
import { resolveException } from '../src/flows/resolve-exception.ts'
import { takeOutcome } from '../src/flows/take-outcome.ts'
import { findRefund } from '../src/db/refunds.ts'
import { workOnce } from '../src/jobs/work.ts'
import { openApp } from '../src/open-app.ts'
import { classify } from '../src/stripe/refunds.ts'
import { approve, approved, colleague, exceptions, inReview } from './cases.ts'
import { expectBooksToAgree, openWorld, type World } from './world.ts'

const sending = async (world: World): Promise<string> =>
  (await world.api<{ sending: string }>('GET', '/health')).body.sending
const stops = async ({ db, account }: App): Promise<string[]> => (await stopsOf(db, account)).map(({ kind }) => kind)

async function close(world: World, kind: string): Promise<void> {
  const [row] = await world.rows<{ id: string }>(
    `select id from exception where kind = '${kind}' and resolved_at is null`,
  )
  expect(
    await resolveException(world.app, { id: row!.id, by: 'staff:1', role: 'finance', note: 'Compared.' }),
  ).toMatchObject({ ok: true })
}

/** The same books, opened with another key. */
async function openedWith(world: World, secretKey: string, config: object = {}): Promise<App & AsyncDisposable> {
  const opened = await openApp({
    config: { ...world.app.config, ...config },
    databaseUrl: world.databaseUrl,
    stripe: { secretKey, webhookSecrets: [], apiBase: world.simulator.url },
  })
  return Object.assign({ ...opened, now: () => world.app.now() }, { [Symbol.asyncDispose]: () => opened.db.destroy() })
}

describe('a key that is not the right one', () => {
  test.each([
    [
      'of another account',
      'sk_test_other',
      'wrong_account',
      /^stopped: The key is of acct_\w+, and these books are of acct_1SimulatedShop0. Set STRIPE_SECRET_KEY to a key of acct_1SimulatedShop0/,
    ],
    ['of another account, restricted', 'rk_test_other', 'wrong_account', /The key is of another account/],
    [
      'of the other mode',
      'sk_live_1',
      'wrong_mode',
      /^stopped: The key is of the live mode, and these books are of the test mode. Set STRIPE_SECRET_KEY to a test key/,
    ],
  ])(
    '%s: nothing is asked and nothing is sent, the cure is named, and with the right key all goes on',
    async (_, key, kind, told) => {
      await using world = await openWorld()
      const { request } = await approved(world)
      const { id: account } = (await world.simulator.control('POST', '/_control/accounts', { name: 'Other' })) as {
        id: string
      }
      await world.simulator.control('POST', '/_control/keys', { key: 'sk_test_other', account })
      await world.simulator.control('POST', '/_control/keys', {
        key: 'rk_test_other',
        account,
        permissions: ['charge_read', 'refund_write'],
      })
      if (key.startsWith('rk_'))
        await world.fault({ kind: 'permission_missing' }, { match: { path: '/v1/account' }, times: null })
      {
        await using app = await openedWith(world, key)
        expect([app.account, app.livemode]).toEqual([world.app.account, false])
        await checkKey(app)
        expect(await stops(app)).toEqual([kind])
        expect(await sending(world)).toMatch(told)
        expect(await exceptions(world)).toEqual([kind])
        const before = await callsTo(world)
        await workOnce(app)
        await workOnce(app)
        await expect(app.stripe.refunds.list()).rejects.toThrow(/connection/)
        expect(await callsTo(world), 'not one call under the wrong key').toBe(before)
        expect(await world.rows(`select status, send_count, tries from refund`)).toEqual([
          { status: 'reserved', send_count: 0, tries: 0 },
        ])
      }
      await world.faultsEnd()
      await checkKey(world.app)
      expect([await sending(world), await exceptions(world)]).toEqual(['on', []])
      await world.settle()
      expect((await world.request(request.id)).status).toBe('refunded')
      await expectBooksToAgree(world)
    },
  )

  test('that Stripe does not take any more: the program starts on its books and says so', async () => {
    await using world = await openWorld()
    await approved(world)
    await world.simulator.control('POST', '/_control/keys', { key: 'sk_test_old', account: world.app.account })
    await world.simulator.control('POST', '/_control/keys/sk_test_old', { state: 'revoked' })
    await using app = await openedWith(world, 'sk_test_old')
    await expect(checkKey(app)).rejects.toThrow(/Invalid API Key|expired|revoked/i)
    expect(await stops(app)).toEqual(['key'])
    expect(await sending(world)).toMatch(/^stopped: Stripe refuses the key: .* Set STRIPE_SECRET_KEY/)
  })

  test('is cured by pasting another one into the console: nobody restarts, and what waited goes on', async () => {
    await using world = await openWorld()
    const { request } = await approved(world)
    await world.simulator.control('POST', '/_control/keys', { key: 'sk_test_old', account: world.app.account })
    await world.simulator.control('POST', '/_control/keys', { key: 'sk_test_new', account: world.app.account })
    await using app = await openedWith(world, 'sk_test_old', { secret: 'a secret of thirty-two characters and more' })
    await world.simulator.control('POST', '/_control/keys/sk_test_old', { state: 'revoked' })
    await workOnce(app)
    expect(await stops(app)).toEqual(['key'])
    expect(await keepKey(app, { key: 'sk_test_new', by: 'staff:1' })).toMatchObject({ ok: true })
    expect([await stops(app), await sending(world)]).toEqual([[], 'on'])
    world.later(31)
    await workOnce(app)
    expect(await world.rows('select status, send_count::int from refund')).toEqual([
      { status: 'succeeded', send_count: 1 },
    ])
    expect((await world.request(request.id)).status).toBe('refunded')
    expect(await forgetKey(app, { by: 'staff:1' })).toMatchObject({ ok: true })
    expect(await stops(app), 'the one of the environment is asked again').toEqual(['key'])
  })

  test('refused while much waits: one refund tries every half minute, and the others are not touched', async () => {
    await using world = await openWorld()
    const bought = await Promise.all(Array.from({ length: 6 }, () => world.buys()))
    await world.daysAgo(0)
    await world.settle()
    for (const { payment } of bought) await world.ask(payment)
    await world.fault({ kind: 'permission_missing' }, { times: null })
    await world.settle()
    const before = await callsTo(world)
    for (let i = 0; i < 3; i++) {
      world.later(31)
      await world.settle()
    }
    expect((await callsTo(world)) - before, 'a look and a try, three times').toBeLessThanOrEqual(3 * 8)
    await world.faultsEnd()
    world.later(31)
    await world.settle()
    expect(await world.rows(`select distinct status, tries from refund`)).toEqual([{ status: 'succeeded', tries: 0 }])
    expect(await sending(world)).toBe('on')
    await expectBooksToAgree(world)
  })

  test('a refusal of the key that Stripe has kept: waits until Stripe has forgotten it, and goes out under the same key', async () => {
    await using world = await openWorld()
    const { request } = await approved(world)
    await world.fault({ kind: 'connection_lost', when: 'before' }, { times: 2 })
    await world.settle()
    const { id } = (await world.rows<{ id: string }>('select id from refund'))[0]!
    const row = await findRefund(world.app.db, world.app.account, id)
    await takeOutcome(world.app, row!, { kind: 'kept_no', message: 'no permission' })
    expect([await exceptions(world), await sending(world)]).toEqual([['refusal_is_kept'], 'on'])
    world.later(24 * 3600)
    await world.settle()
    expect((await world.stripe.refunds.list()).data).toEqual([])
    world.later(3700)
    await world.settle()
    expect((await world.request(request.id)).status).toBe('refunded')
    expect(await exceptions(world)).toEqual([])
    await expectBooksToAgree(world)
  })
})

describe('an answer that is not ours', () => {
  test('another amount under our name stops the account, until somebody has compared', async () => {
    await using world = await openWorld()
    const { request } = await approved(world)
    const later = await world.buys()
    await world.daysAgo(0)
    await world.settle()
    expect((await world.request(request.id)).status).toBe('refunded')
    await world.simulator.control('POST', '/_control/faults', {
      on: 'request',
      match: { method: 'POST', path: '/v1/refunds' },
      effect: { kind: 'answer_changed', fields: { currency: 'eur' } },
      times: 1,
    })
    await world.ask(later.payment)
    await world.settle()
    expect(await stops(world.app)).toEqual(['differs'])
    expect(await sending(world)).toMatch(/^stopped: Stripe’s re_\w+ names our rf_/)
    const third = await world.buys()
    await world.settle()
    const waiting = await world.ask(third.payment)
    await world.settle()
    expect((await world.request(waiting.id)).refund?.status).toBe('reserved')
    await close(world, 'refund_differs')
    await world.settle()
    expect([(await world.request(waiting.id)).status, await sending(world)]).toEqual(['refunded', 'on'])
    await expectBooksToAgree(world)
  })

  test('a second refund under the name of ours is booked beside it, told, and stops the account', async () => {
    await using world = await openWorld()
    const { payment, request } = await inReview(world, 9000)
    await approve(world, request.id, { amount: 3000, access: 'keep' })
    await world.settle()
    const [ours] = (await world.stripe.refunds.list()).data
    await world.stripe.refunds.create({ payment_intent: payment, amount: 3000, metadata: ours!.metadata! })
    await world.settle()
    expect([await exceptions(world), await stops(world.app)]).toEqual([['paid_twice'], ['differs']])
    expect(await world.rows('select reserved_minor from payment')).toEqual([{ reserved_minor: 6000 }])
    await close(world, 'paid_twice')
    expect(await stops(world.app)).toEqual([])
    expect(await world.rows('select status, origin from refund order by origin')).toEqual([
      { status: 'succeeded', origin: 'moneyback' },
      { status: 'succeeded', origin: 'stripe' },
    ])
  })

  test('a refund that counts as failed and was made after all is booked, and its money is not given twice', async () => {
    await using world = await openWorld()
    const { payment, request } = await inReview(world, 9000)
    await approve(world, request.id, { amount: 6000, access: 'keep' })
    await world.fault({ kind: 'balance_refused' })
    await world.settle()
    const [failed] = await world.rows<{ id: string }>(`select id from refund where status = 'failed'`)
    await world.stripe.refunds.create({
      payment_intent: payment,
      amount: 6000,
      metadata: { moneyback_refund: failed!.id, moneyback_request: request.id },
    })
    await world.settle()
    expect(await exceptions(world)).toContain('paid_after_all')
    expect(await approve(world, request.id, { amount: 6000 })).toMatchObject({
      status: 422,
      body: { code: 'more_than_is_left' },
    })
  })
})

test('never confirmed for three days: closing it looks once more, ends it as failed, and it can be approved again', async () => {
  await using world = await openWorld()
  const { request } = await approved(world)
  await world.fault({ kind: 'status', status: 500 })
  await world.settle()
  for (const seconds of [31, 301, 3601, 86_401, 86_401, 86_401]) {
    world.later(seconds)
    await world.settle()
  }
  await close(world, 'never_confirmed')
  expect(await world.request(request.id)).toMatchObject({ status: 'failed', refund: { status: 'failed' } })
  expect((await approve(world, request.id)).status).toBe(200)
  await world.settle()
  expect((await world.request(request.id)).status).toBe('refunded')
  await expectBooksToAgree(world)
})

test('never confirmed: whoever closes it as never made does not approve it again, under no name; somebody else does', async () => {
  await using world = await openWorld()
  const closer = await colleague(world, { id: 'closer', role: 'finance' })
  const other = await colleague(world, { id: 'other', role: 'finance' })
  const { request } = await approved(world)
  await world.fault({ kind: 'status', status: 500 })
  await world.settle()
  for (const seconds of [31, 301, 3601, 86_401, 86_401, 86_401]) {
    world.later(seconds)
    await world.settle()
  }
  const [row] = await world.rows<{ id: string }>(`select id from exception where kind = 'never_confirmed'`)
  const note = 'Stripe’s support says that it was never made.'
  expect(await resolveException(world.app, { id: row!.id, by: closer, role: 'finance', note })).toMatchObject({
    ok: true,
  })
  const key = await createApiKey(world.app.db, world.app.account, 'the same person', world.app.now(), { by: closer })
  const again = (by: Actor) => approveRequest(world.app, { id: request.id, by, role: 'finance' })
  expect(await again(closer)).toMatchObject({ no: { code: 'closed_by_you' } })
  expect(await again(`api_key:${key.id}`)).toMatchObject({ no: { code: 'closed_by_you' } })
  expect(await again(other)).toMatchObject({ ok: true })
  await world.settle()
  expect((await world.request(request.id)).status).toBe('refunded')
  await expectBooksToAgree(world)
})

test('never confirmed, and there at the last look: it is booked, and nothing fails', async () => {
  await using world = await openWorld()
  const { request } = await approved(world)
  await world.fault({ kind: 'status', status: 500 })
  await world.settle()
  for (const seconds of [31, 301, 3601, 86_401, 86_401, 86_401]) {
    world.later(seconds)
    await world.settle()
  }
  const [row] = await world.rows<{ body: string }>('select body from refund')
  await world.simulator.control('POST', '/_control/faults', { on: 'delivery', effect: { kind: 'drop' }, times: null })
  await world.stripe.refunds.create(JSON.parse(row!.body) as Stripe.RefundCreateParams)
  await close(world, 'never_confirmed')
  expect((await world.request(request.id)).status).toBe('refunded')
})

describe('what an answer says about the money', () => {
  const answer = (statusCode: number, error: object = {}, headers: object = {}): string =>
    classify(
      Object.assign(new Stripe.errors.StripeError({ message: 'm', type: 'api_error' } as never), {
        statusCode,
        headers,
        ...error,
      }),
    ).kind

  test.each([
    [400, {}, {}, 'refused'],
    [402, {}, {}, 'refused'],
    [404, {}, {}, 'refused'],
    [400, { rawType: 'idempotency_error' }, {}, 'bug'],
    [409, { rawType: 'idempotency_error' }, {}, 'not_now'],
    [429, {}, {}, 'not_now'],
    [400, {}, { 'stripe-should-retry': 'true' }, 'not_now'],
    [401, {}, {}, 'credential'],
    [403, {}, {}, 'credential'],
    [403, {}, { 'idempotent-replayed': 'true' }, 'kept_no'],
    [500, {}, {}, 'indeterminate'],
    [502, {}, {}, 'unknown'],
    [503, {}, {}, 'unknown'],
    [504, {}, {}, 'unknown'],
    [503, {}, { 'idempotent-replayed': 'true' }, 'indeterminate'],
    [302, {}, {}, 'unknown'],
  ])('%i %o %o: %s', (status, error, headers, kind) => {
    expect(answer(status, error, headers)).toBe(kind)
  })
})

async function callsTo(world: World): Promise<number> {
  return ((await world.simulator.control('GET', '/_control/requests?limit=5000')) as { data: object[] }).data.length
}
