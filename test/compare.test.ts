import { expect, test } from 'vitest'
import { compareAccess } from '../src/flows/compare-access.ts'
import { compareMoney } from '../src/flows/compare-money.ts'
import { backfillEvents } from '../src/flows/reconcile.ts'
import { verifyNightly } from '../src/flows/verify-nightly.ts'
import { approve, exceptions, inReview } from './cases.ts'
import { openWorld } from './world.ts'

test('the balance of Stripe and our refunds agree, in sum and one by one; what does not is told and closes by itself', async () => {
  await using world = await openWorld()
  const [ours, elsewhere, bounces, yen] = [
    await world.buys({ amount: 5000 }),
    await world.buys({ amount: 5000 }),
    await world.buys({ amount: 5000 }),
    await world.buys({ amount: 700, currency: 'jpy' }),
  ]
  await world.daysAgo(0)
  await world.settle()
  for (const { payment } of [ours, bounces, yen]) await world.ask(payment)
  await world.settle()
  await world.simulator.control('POST', '/_control/refunds', { payment_intent: elsewhere.payment, amount: 900 })
  const [refund] = (await world.stripe.refunds.list({ payment_intent: bounces.payment })).data
  await world.simulator.control('POST', `/_control/refunds/${refund!.id}`, { to: 'failed' })
  // No webhook has told us of the last two: the comparison looks for itself.
  expect(await compareMoney(world.app)).toEqual({
    usd: { stripe: -5900, ours: -5900, movements: 4 },
    jpy: { stripe: -700, ours: -700, movements: 1 },
  })
  await world.settle()
  expect((await exceptions(world)).filter((kind) => kind === 'balance_differs')).toEqual([])

  world.breaksTheBooks()
  await world.rows(`set session_replication_role = replica; update refund set amount_minor = 4999 where stripe_refund_id = (
    select stripe_refund_id from refund where status = 'succeeded' and currency = 'usd' and origin = 'moneyback' limit 1); set session_replication_role = origin`)
  await compareMoney(world.app)
  expect(
    await world.rows(`select because from exception where kind = 'balance_differs' and resolved_at is null`),
  ).toEqual([
    { because: expect.stringMatching(/^re_\w+: Stripe’s balance moved by -5000 usd, and rf_\w+ is over 4999\.$/) },
  ])
  await world.rows(
    `set session_replication_role = replica; update refund set amount_minor = 5000 where amount_minor = 4999; set session_replication_role = origin`,
  )
  await compareMoney(world.app)
  expect(await exceptions(world)).not.toContain('balance_differs')
})

test('a refund that is paid here and never left Stripe’s balance is told', async () => {
  await using world = await openWorld()
  const { payment } = await world.buys({ amount: 5000 })
  await world.daysAgo(0)
  await world.settle()
  await world.ask(payment)
  await world.settle()
  world.later(2 * 3600)
  await world.fault(
    { kind: 'answer_changed', fields: { balance_transaction: null } },
    { match: { method: 'GET', path: '/v1/refunds/*' }, times: null },
  )
  await world.fault(
    { kind: 'answer_changed', fields: { data: [] } },
    { match: { method: 'GET', path: '/v1/balance_transactions' }, times: null },
  )
  await compareMoney(world.app)
  expect(await exceptions(world)).toEqual(['balance_differs'])
  await world.faultsEnd()
  await compareMoney(world.app)
  expect(await exceptions(world)).toEqual([])
})

test('a key that may not read the balance: the owner is told which right is missing, and nothing else stops', async () => {
  await using world = await openWorld()
  await world.fault({ kind: 'permission_missing' }, { match: { path: '/v1/balance_transactions' }, times: null })
  expect(await compareMoney(world.app)).toEqual({})
  expect(await exceptions(world)).toEqual(['balance_not_readable'])
  await world.faultsEnd()
  await compareMoney(world.app)
  expect(await exceptions(world)).toEqual([])
})

test('a subscription that a refund ended and that goes on in Stripe is told, until both agree', async () => {
  await using world = await openWorld()
  const { request, subscription } = await inReview(world)
  await approve(world, request.id, { access: 'period_end' })
  await world.settle()
  expect((await world.stripe.subscriptions.retrieve(subscription!)).cancel_at).not.toBeNull()
  await world.simulator.control('POST', '/_control/faults', { on: 'delivery', effect: { kind: 'drop' }, times: null })
  await world.stripe.subscriptions.update(subscription!, { cancel_at_period_end: false })
  expect(await compareAccess(world.app), 'somebody has just looked').toBe(0)
  world.later(7 * 3600)
  expect(await compareAccess(world.app)).toBe(1)
  expect(await exceptions(world)).toEqual(['access_differs'])
  await world.stripe.subscriptions.update(subscription!, { cancel_at_period_end: true })
  world.later(7 * 3600)
  await compareAccess(world.app)
  expect(await exceptions(world)).toEqual([])
})

test('webhooks that never come are told to the owner, until one comes', async () => {
  await using world = await openWorld()
  await world.simulator.control('POST', '/_control/faults', { on: 'delivery', effect: { kind: 'drop' }, times: null })
  await world.daysAgo(0)
  await backfillEvents(world.app)
  await world.buys()
  world.later(1200)
  expect(await backfillEvents(world.app)).toBeGreaterThan(0)
  expect(await exceptions(world)).toEqual(['webhooks_silent'])
  await world.rows(`update stripe_event set via = 'webhook'`)
  await backfillEvents(world.app)
  expect(await exceptions(world)).toEqual([])
})

test('every night the books are verified: what is wrong calls the owner, shows in health, and closes when it is right', async () => {
  await using world = await openWorld()
  await world.buys()
  await world.daysAgo(0)
  await world.settle()
  await world.rows('update payment set overlap_minor = 5')
  expect(await verifyNightly(world.app)).toBe(1)
  expect(await world.rows('select kind, subject_id, owner_role from exception')).toEqual([
    { kind: 'books_wrong', subject_id: 'overlap-is-told', owner_role: 'owner' },
  ])
  world.later(86_500)
  expect((await world.api('GET', '/health')).body).toMatchObject({
    open_exceptions: 1,
    overdue_exceptions: 1,
    exceptions: { books_wrong: 1 },
  })
  await world.rows('update payment set overlap_minor = 0')
  expect(await verifyNightly(world.app)).toBe(0)
  expect(await exceptions(world)).toEqual([])
})
