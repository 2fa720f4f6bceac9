import { expect, test } from 'vitest'
import { refusal, setup } from './test/setup.ts'

test('the same key and parameters replay the first answer, whatever order the parameters come in', async () => {
  await using bench = await setup()
  const { stripe, simulator } = bench
  const { id } = await bench.pay(1200)
  const first = await stripe.refunds.create({ payment_intent: id, amount: 500 }, { idempotencyKey: 'k1' })
  const again = await stripe.refunds.create({ amount: 500, payment_intent: id }, { idempotencyKey: 'k1' })
  expect(again.id).toBe(first.id)
  expect(again.lastResponse.headers).toMatchObject({
    'idempotent-replayed': 'true',
    'original-request': first.lastResponse.requestId,
  })
  expect(first.lastResponse.headers).not.toHaveProperty('idempotent-replayed')
  expect((await stripe.refunds.list({ payment_intent: id })).data).toHaveLength(1)
  expect(simulator.world.cause).toEqual({ id: null, idempotency_key: null })
})

test('a key with other parameters, on another path or too long is refused', async () => {
  await using bench = await setup()
  const { id } = await bench.pay(1200)
  await bench.stripe.refunds.create({ payment_intent: id, amount: 500 }, { idempotencyKey: 'k1' })
  expect(
    await refusal(bench.stripe.refunds.create({ payment_intent: id, amount: 501 }, { idempotencyKey: 'k1' })),
  ).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' })
  expect(await refusal(bench.stripe.customers.create({}, { idempotencyKey: 'k1' }))).toMatchObject({
    rawType: 'idempotency_error',
  })
  expect((await refusal(bench.stripe.customers.create({}, { idempotencyKey: 'k'.repeat(256) }))).statusCode).toBe(400)
})

test('a refusal by a rule is remembered; a refusal of the parameters is not', async () => {
  await using bench = await setup()
  const { id } = await bench.pay(1200)
  expect(
    (await refusal(bench.stripe.refunds.create({ payment_intent: id, amount: 5000 }, { idempotencyKey: 'a' }))).param,
  ).toBe('amount')
  const sticky = await refusal(
    bench.stripe.refunds.create({ payment_intent: id, amount: 5000 }, { idempotencyKey: 'a' }),
  )
  expect(sticky.headers?.['idempotent-replayed']).toBe('true')
  await refusal(bench.stripe.refunds.create({ payment_intent: id, nonsense: 1 } as never, { idempotencyKey: 'b' }))
  expect((await bench.stripe.refunds.create({ payment_intent: id, amount: 100 }, { idempotencyKey: 'b' })).amount).toBe(
    100,
  )
})

test('after a day the key is forgotten and makes a second refund', async () => {
  await using bench = await setup()
  const { id } = await bench.pay(1200)
  const refund = () => bench.stripe.refunds.create({ payment_intent: id, amount: 500 }, { idempotencyKey: 'old' })
  const first = await refund()
  await bench.control('POST', '/_control/clock', { advance: '23h' })
  expect((await refund()).id).toBe(first.id)
  await bench.control('POST', '/_control/clock', { advance: '61m' })
  expect((await refund()).id).not.toBe(first.id)
})

test('keys belong to an account and a mode', async () => {
  await using bench = await setup()
  const other = await bench.control('POST', '/_control/accounts', { name: 'Other' })
  await bench.control('POST', '/_control/keys', { key: 'sk_test_other', account: other['id'] })
  const one = await bench.stripe.customers.create({ name: 'A' }, { idempotencyKey: 'same' })
  const two = await bench.client('sk_test_other').customers.create({ name: 'A' }, { idempotencyKey: 'same' })
  const three = await bench.client('sk_live_simulator').customers.create({ name: 'A' }, { idempotencyKey: 'same' })
  expect(new Set([one.id, two.id, three.id]).size).toBe(3)
})

test('a second request while the first is under way gets 409, and the first is not done twice', async () => {
  await using bench = await setup()
  const { id } = await bench.pay(1200)
  await bench.control('POST', '/_control/faults', {
    on: 'request',
    match: { path: '/v1/refunds', method: 'POST' },
    effect: { kind: 'slow', ms: 1500, when: 'before' },
  })
  const first = bench.stripe.refunds.create({ payment_intent: id, amount: 500 }, { idempotencyKey: 'k' })
  await expect
    .poll(async () => ((await bench.control('GET', '/_control/faults'))['data'] as { acted: number }[])[0]?.acted, {
      timeout: 10_000,
    })
    .toBe(1)
  expect(
    await refusal(bench.stripe.refunds.create({ payment_intent: id, amount: 500 }, { idempotencyKey: 'k' })),
  ).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' })
  await first
  expect((await bench.stripe.refunds.list({ payment_intent: id })).data).toHaveLength(1)
})
