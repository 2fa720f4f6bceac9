import { expect, test } from 'vitest'
import { sql } from 'kysely'
import type { Actor } from '../src/domain/actor.ts'
import { denyRequest } from '../src/flows/deny-request.ts'
import { inTransaction } from '../src/db/connect.ts'
import { signalFacts, signalsOfRequest } from '../src/flows/signals-of-request.ts'
import type { SignalKind } from '../src/domain/signals.ts'
import { openWorld, type World } from './world.ts'

async function signal(world: World, id: string, kind: SignalKind) {
  const found = await signalsOfRequest(world.app, id)
  if (!found.ok) throw new Error(found.no.code)
  return found.value.signals.find((one) => one.kind === kind)
}

const customer = (world: World, email: string, name: string) =>
  world.stripe.customers.create({ email, name }).then(({ id }) => id)

test('a request without a past has no notable signal, and says so in words', async () => {
  await using world = await openWorld()
  const { payment } = await world.subscribes()
  await world.daysAgo(0)
  await world.settle()
  const { id } = await world.ask(payment)
  const found = await signalsOfRequest(world.app, id)
  expect(found).toMatchObject({ ok: true })
  const signals = found.ok ? found.value.signals : []
  expect(signals.filter(({ notable }) => notable)).toEqual([])
  expect(signals.map(({ kind, says }) => [kind, says])).toEqual([
    ['earlier', 'No earlier request or refund of this customer.'],
    ['dispute', 'No dispute on any payment of this customer or card.'],
    ['velocity', 'Requests in the last 7, 30 and 90 days: 1, 1, 1.'],
    ['value', expect.stringMatching(/^Paid \$29\.00 in 1 payment, nothing given back\. First payment on /)],
  ])
  expect(await signalsOfRequest(world.app, 'rr_none')).toMatchObject({ ok: false, no: { code: 'request_not_found' } })
})

test('the same person under two customers of Stripe, the same card, and the same company are each linked, with their requests', async () => {
  await using world = await openWorld()
  const one = await customer(world, 'Ada@Studio-North.test', 'Ada')
  const again = await customer(world, 'ada@studio-north.test', 'Ada again')
  const colleague = await customer(world, 'bo@studio-north.test', 'Bo')
  const card = await customer(world, 'cy@gmail.com', 'Cy')
  const stranger = await customer(world, 'di@gmail.com', 'Di')
  const first = await world.subscribes({ customer: one, card: 'pm_card_mastercard' })
  const second = await world.subscribes({ customer: again, card: 'pm_card_amex' })
  const third = await world.subscribes({ customer: colleague, card: 'pm_card_discover' })
  const fourth = await world.subscribes({ customer: card, card: 'pm_card_mastercard' })
  const fifth = await world.subscribes({ customer: stranger, card: 'pm_card_jcb' })
  await world.daysAgo(0)
  await world.settle()
  const asked = []
  for (const { payment } of [second, third, fourth, fifth]) asked.push(await world.ask(payment))
  await denyRequest(world.app, { id: asked[1]!.id, by: 'staff:s' as Actor, role: 'support', note: 'Used.' })
  const { id } = await world.ask(first.payment)

  const earlier = await signal(world, id, 'earlier')
  expect(earlier).toMatchObject({ notable: true, requests: [{ id: asked[0]!.id, who: 'Ada again' }] })
  expect(earlier!.says).toBe('1 earlier request or refund of this customer: 1 undecided.')
  const domain = await signal(world, id, 'domain')
  expect(domain!.says).toBe('1 other customer with an address at studio-north.test: 1 request, 1 denied.')
  expect(domain!.requests.map((request) => request.id)).toEqual([asked[1]!.id])
  const same = await signal(world, id, 'card')
  expect(same!.says).toBe('The same card also paid for 1 other customer: 1 request, 1 undecided.')
  expect(same!.requests.map((request) => request.id)).toEqual([asked[2]!.id])
  expect((await signal(world, id, 'velocity'))!.says).toBe('Requests in the last 7, 30 and 90 days: 3, 3, 3.')
  // Two addresses at a public provider have nothing to do with each other.
  expect(await signal(world, asked[3]!.id, 'domain')).toBeUndefined()
  expect((await signal(world, asked[3]!.id, 'earlier'))!.notable).toBe(false)
})

test('disputes and early warnings on other payments are named with the payment, and what was paid in all is summed', async () => {
  await using world = await openWorld()
  const { customer: id, payment } = await world.subscribes()
  await world.buys({ customer: id, card: 'pm_card_createDispute', amount: 1000 })
  await world.buys({ customer: id, card: 'pm_card_createIssuerFraudRecord', amount: 500 })
  await world.daysAgo(0)
  await world.settle()
  const request = await world.ask(payment)
  const dispute = await signal(world, request.id, 'dispute')
  expect(dispute).toMatchObject({ notable: true, payments: [{ captured_minor: 1000 }] })
  expect(dispute!.says).toMatch(/^1 dispute on other payments of this customer or card: /)
  expect(await signal(world, request.id, 'fraud_warning')).toMatchObject({ payments: [{ captured_minor: 500 }] })
  expect((await signal(world, request.id, 'value'))!.says).toMatch(/^Paid \$44\.00 in 3 payments/)
})

test('among 30,000 payments each link is found by an index, not by reading the table', async () => {
  await using world = await openWorld()
  const { payment } = await world.subscribes({ customer: await customer(world, 'ada@company7.test', 'Ada') })
  await world.daysAgo(0)
  await world.settle()
  const { id } = await world.ask(payment)
  await sql`update payment set card_fingerprint = 'fpmany7'`.execute(world.app.db)
  await sql`
    insert into customer (account_id, id, email, seen_at)
    select ${world.app.account}, 'cus_many' || n, 'p' || n || '@company' || n % 3000 || '.test', now() from generate_series(1, 30000) n`.execute(
    world.app.db,
  )
  await sql`
    insert into payment (account_id, id, customer_id, description, captured_minor, currency, paid_at, captured, stripe_charge,
      card_fingerprint, seen_at)
    select ${world.app.account}, 'pay_many' || n, 'cus_many' || n, 'Many', 100, 'usd', now() - n * interval '1 minute', true,
      'ch_many' || n, 'fpmany' || n % 9000, now() from generate_series(1, 30000) n`.execute(world.app.db)
  await sql`analyze payment, customer`.execute(world.app.db)
  const scans = await inTransaction(world.app.db, async (tx) => {
    const facts = await signalFacts(world.app, id, tx)
    expect(facts?.payments.map(({ link }) => link).sort()).toEqual([
      ...Array.from({ length: 4 }, () => 'card'),
      'customer',
      ...Array.from({ length: 10 }, () => 'domain'),
    ])
    const { rows } = await sql<{ table: string }>`
      select relname as table from pg_stat_xact_user_tables where seq_scan > 0 and relname in ('payment', 'customer', 'refund_request')`.execute(
      tx,
    )
    return rows
  })
  expect(scans).toEqual([])
})
