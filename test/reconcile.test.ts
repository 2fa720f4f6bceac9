import { expect, test } from 'vitest'
import { adminReports } from '../src/db/admin-reports.ts'
import { adminRequests, type RequestsFilter } from '../src/db/admin-requests.ts'
import { approveRequest } from '../src/flows/approve-request.ts'
import { backfillEvents, followPending, sweepRefunds } from '../src/flows/reconcile.ts'
import { colleague } from './cases.ts'
import { expectBooksToAgree, openWorld, type Bought, type Problem, type World } from './world.ts'

const exceptions = (world: World) =>
  world.rows<{ kind: string; subject_id: string }>(
    'select kind, subject_id from exception where resolved_at is null order by kind',
  )
const dropAll = (world: World) =>
  world.simulator.control('POST', '/_control/faults', { on: 'delivery', effect: { kind: 'drop' }, times: null })
const long = new Date(0)

async function approvedPurchase(card?: string): Promise<{ world: World; bought: Bought; id: string }> {
  const world = await openWorld()
  const bought = await world.buys(card === undefined ? {} : { card })
  await world.daysAgo(0)
  await world.settle()
  return { world, bought, id: (await world.ask(bought.payment)).id }
}

test('webhooks that never came are made up for by Stripe’s list of events', async () => {
  await using world = await openWorld()
  await dropAll(world)
  const { customer, payment } = await world.subscribes()
  await world.daysAgo(0)
  await world.simulator.control('POST', '/_control/refunds', { payment_intent: payment, amount: 700 })
  await world.settle()
  expect(await world.rows('select 1 from payment')).toEqual([])
  expect(await backfillEvents(world.app)).toBeGreaterThan(3)
  await world.settle()
  expect(await world.rows(`select customer_id, reserved_minor from payment`)).toEqual([
    { customer_id: customer, reserved_minor: 700 },
  ])
  expect(await backfillEvents(world.app), 'the second reading finds nothing new').toBe(0)
  await expectBooksToAgree(world)
})

test('a bounce that nobody told us of is found by the sweep, and a refund that settled is followed', async () => {
  const { world: one, bought, id } = await approvedPurchase('pm_card_pendingRefund')
  await using world = one
  await world.settle()
  await dropAll(world)
  const refund = (await world.stripe.refunds.list({ payment_intent: bought.payment })).data[0]!
  await world.simulator.control('POST', `/_control/refunds/${refund.id}`, { to: 'succeeded' })
  await world.settle()
  expect((await world.request(id)).refund?.status).toBe('pending')
  await followPending(world.app)
  expect((await world.request(id)).status).toBe('refunded')
  await world.simulator.control('POST', `/_control/refunds/${refund.id}`, { to: 'failed' })
  await world.settle()
  await followPending(world.app)
  expect((await world.request(id)).status).toBe('refunded')
  await sweepRefunds(world.app, long)
  expect((await world.request(id)).status).toBe('failed')
  await sweepRefunds(world.app, long)
  expect((await exceptions(world)).map(({ kind }) => kind)).toEqual(['refund_failed'])
  await expectBooksToAgree(world)
})

test.each([
  ['was never made', 'before'],
  ['was made', 'after'],
])(
  'a day without an answer, and the refund %s: it is looked for before anything is sent, and made once',
  async (_, when) => {
    const { world: one, id } = await approvedPurchase()
    await using world = one
    await dropAll(world)
    await world.fault({ kind: 'connection_lost', when }, { times: 2 })
    await world.settle()
    expect((await world.request(id)).refund?.status).toBe('unconfirmed')
    await world.simulator.control('POST', '/_control/clock', { advance: '25h' })
    world.later(25 * 3600)
    await world.settle()
    expect((await world.request(id)).status).toBe('refunded')
    await expectBooksToAgree(world)
  },
)

test('a refund that carries our mark and is not in our books is booked once and told to a person', async () => {
  await using world = await openWorld()
  const { payment } = await world.buys()
  await world.daysAgo(0)
  await world.settle()
  await world.stripe.refunds.create({
    payment_intent: payment,
    amount: 900,
    metadata: { moneyback_refund: 'rf_lost', moneyback_request: 'rr_lost' },
  })
  await world.settle()
  await sweepRefunds(world.app, long)
  expect((await exceptions(world)).map(({ kind }) => kind)).toEqual(['our_row_was_lost'])
  expect(await world.rows('select reserved_minor from payment')).toEqual([{ reserved_minor: 900 }])
})

test('refunds made in Stripe are listed and counted by what the policy says of them afterwards', async () => {
  await using world = await openWorld()
  const [bought, subscribed] = [await world.buys(), await world.subscribes()]
  await world.daysAgo(0)
  await world.settle()
  await world.stripe.refunds.create({ payment_intent: bought.payment, metadata: { reason: 'changed_mind' } })
  await world.stripe.refunds.create({ payment_intent: subscribed.payment, metadata: { reason: 'changed_mind' } })
  await world.settle()
  await world.ask((await world.buys()).payment)
  const { db, account } = world.app
  const listed = async (filter: RequestsFilter) =>
    (await adminRequests(db, account, filter)).rows
      .map(({ channel, amount_minor, in_policy }) => `${channel} ${amount_minor} ${in_policy}`)
      .sort()
  expect(await listed({})).toEqual(['api 4900 null', 'stripe 2900 false', 'stripe 4900 true'])
  expect(await listed({ policy: 'out' })).toEqual(['stripe 2900 false'])
  expect(await listed({ policy: 'in' })).toEqual(['stripe 4900 true'])
  const far = { from: long, to: new Date(world.app.now().getTime() + 86_400_000) }
  expect((await adminReports(db, account, far)).now).toMatchObject({ made_in_stripe: 2, out_of_policy: 1 })
})

test('an event that can never be understood is put aside for a person and does not hold up the others', async () => {
  await using world = await openWorld()
  const [broken, good] = [await world.buys(), await world.buys()]
  await world.simulator.control('POST', '/_control/faults', {
    on: 'request',
    match: { method: 'GET', object: broken.payment },
    effect: { kind: 'status', status: 200, body: 'json' },
    times: null,
  })
  await world.daysAgo(0)
  await world.settle()
  expect(await world.rows(`select stripe_payment_intent as id from payment`)).toEqual([{ id: good.payment }])
  for (let i = 0; i < 12; i++) {
    world.later(3601)
    await world.settle()
  }
  expect(await exceptions(world)).toEqual([{ kind: 'event_set_aside', subject_id: broken.payment }])
  expect(await world.rows(`select distinct status from stripe_event where object_id = '${broken.payment}'`)).toEqual([
    { status: 'quarantined' },
  ])
})

test('a wrong key stops the sending, burns nothing, and everything goes on when it is right again', async () => {
  const { world: one, id } = await approvedPurchase()
  await using world = one
  await world.fault({ kind: 'key_revoked' }, { times: null })
  await world.settle()
  world.later(31)
  await world.settle()
  expect((await exceptions(world)).map(({ kind }) => kind)).toEqual(['stripe_key'])
  expect((await world.api<{ sending: string }>('GET', '/health')).body.sending).toMatch(/^stopped: /)
  await world.faultsEnd()
  world.later(31)
  await world.settle()
  expect((await world.request(id)).status).toBe('refunded')
  expect(await exceptions(world)).toEqual([])
  expect((await world.api<{ sending: string }>('GET', '/health')).body.sending).toBe('on')
  await expectBooksToAgree(world)
})

test('two people for a large amount: the second must be somebody else, with the right and the same amount', async () => {
  await using world = await openWorld()
  const { payment } = await world.buys({ amount: 60_000 })
  await world.daysAgo(0)
  await world.settle()
  const { id } = await world.ask(payment)
  await colleague(world, { id: '1', role: 'finance' })
  await colleague(world, { id: '2', role: 'finance' })
  const approve = (by: `staff:${string}`, role: 'support' | 'finance', amount_minor?: number) =>
    approveRequest(world.app, { id, by, role, amount_minor })
  expect(await approve('staff:3', 'support')).toMatchObject({
    ok: false,
    no: { code: 'role_too_low', needed: 'finance' },
  })
  expect(await approve('staff:1', 'finance')).toMatchObject({ ok: true, value: { needs_another_approval: true } })
  expect(await approve('staff:1', 'finance')).toMatchObject({ ok: false, no: { code: 'already_approved_by_you' } })
  expect(await approve('staff:2', 'finance', 59_999), 'another amount begins anew').toMatchObject({
    ok: true,
    value: { needs_another_approval: true },
  })
  expect(await approve('staff:1', 'finance')).toMatchObject({ ok: true, value: { needs_another_approval: true } })
  await world.settle()
  expect((await world.stripe.refunds.list()).data).toEqual([])
  expect(await approve('staff:2', 'finance')).toMatchObject({ ok: true, value: { needs_another_approval: false } })
  await world.settle()
  const paid = await world.request(id)
  expect(paid.status).toBe('refunded')
  await world.simulator.control('POST', `/_control/refunds/${paid.refund!.stripe_refund}`, { to: 'failed' })
  await world.settle()
  expect(await approve('staff:2', 'finance'), 'the first two yeses are used up').toMatchObject({
    ok: true,
    value: { needs_another_approval: true },
  })
  await world.settle()
  expect((await world.request(id)).status).toBe('failed')
  expect(await approve('staff:1', 'finance')).toMatchObject({ ok: true, value: { needs_another_approval: false } })
  await world.settle()
  expect((await world.request(id)).status).toBe('refunded')
  await expectBooksToAgree(world)
})

test('who approved a refund that came back approves it again, another amount if need be', async () => {
  await using world = await openWorld()
  const { payment } = await world.subscribes({ amount: 5000 })
  await world.daysAgo(0)
  await world.settle()
  const { id } = await world.ask(payment)
  for (const amount of [5000, 2500]) {
    expect((await world.api('POST', `/v1/refund_requests/${id}/approve`, { amount, access: 'keep' })).status).toBe(200)
    await world.settle()
    const { status, refund } = await world.request(id)
    expect([status, refund?.amount_minor]).toEqual(['refunded', amount])
    if (amount === 5000)
      await world.simulator.control('POST', `/_control/refunds/${refund!.stripe_refund}`, { to: 'failed' })
    await world.settle()
  }
  await expectBooksToAgree(world)
})

test('a bounce beside a newer open request: both are kept, and only one of them can be paid', async () => {
  await using world = await openWorld()
  const { payment } = await world.subscribes({ amount: 5000 })
  await world.daysAgo(0)
  await world.settle()
  const first = await world.ask(payment)
  await world.api('POST', `/v1/refund_requests/${first.id}/approve`, { amount: 2000, access: 'keep' })
  await world.settle()
  const second = await world.ask(payment)
  await world.simulator.control('POST', `/_control/refunds/${(await world.request(first.id)).refund!.stripe_refund}`, {
    to: 'failed',
  })
  await world.settle()
  expect([(await world.request(first.id)).status, (await world.request(second.id)).status]).toEqual([
    'failed',
    'in_review',
  ])
  const early = await world.api<Problem>('POST', `/v1/refund_requests/${first.id}/approve`, { amount: 2000 })
  expect([early.status, early.body.code]).toEqual([409, 'request_already_open'])
  expect((await world.api('POST', `/v1/refund_requests/${second.id}/approve`, { amount: 5000 })).status).toBe(200)
  await world.settle()
  const late = await world.api<Problem>('POST', `/v1/refund_requests/${first.id}/approve`, {})
  expect([late.status, late.body.code]).toEqual([422, 'more_than_is_left'])
  expect(
    (await world.api('POST', `/v1/refund_requests/${first.id}/deny`, { note: 'Paid with the other one.' })).status,
  ).toBe(200)
  await expectBooksToAgree(world)
})
