import { mkdtemp, rm, appendFile, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { idOf, monday, receiver, refusal, setup } from './test/setup.ts'
import { answer } from './api.ts'
import { assemble } from './assembly.ts'
import { advanceTo } from './world.ts'

vi.setConfig({ testTimeout: 60_000 })

describe('the clock', () => {
  test('stands, advances and catches up with the wall; it does not go back before what was written', async () => {
    await using bench = await setup()
    const customer = await bench.stripe.customers.create({})
    expect(customer.created).toBe(monday.getTime() / 1000)
    await bench.control('POST', '/_control/clock', { advance: '3d' })
    expect((await bench.stripe.customers.create({})).created - customer.created).toBe(3 * 86_400)
    await expect(bench.control('POST', '/_control/clock', { set: '2020-01-01' })).rejects.toThrow(
      'Time does not go back',
    )
    expect(await bench.control('POST', '/_control/clock', { mode: 'real' })).toMatchObject({
      mode: 'real',
      ahead_of_wall_seconds: expect.any(Number),
    })
    expect(Math.abs((await bench.stripe.customers.create({})).created - Date.now() / 1000)).toBeLessThan(5)
  })

  test('on real time what comes later comes after a moment', async () => {
    await using bench = await setup({ clock: { mode: 'real' } })
    await bench.control('POST', '/_control/settings', { pace: 0.02 })
    const refund = await bench.stripe.refunds.create({
      payment_intent: (await bench.pay(1000, 'pm_card_refundFail')).id,
    })
    expect(refund.status).toBe('succeeded')
    await expect
      .poll(async () => (await bench.stripe.refunds.retrieve(refund.id)).status, { timeout: 5000 })
      .toBe('failed')
  })

  test('webhooks of a simulated past are signed with the time of the wall', async () => {
    await using bench = await setup({ clock: { mode: 'simulated', now: new Date('2024-01-01') } })
    await using shop = await receiver()
    await bench.stripe.webhookEndpoints.create({ url: shop.url, enabled_events: ['customer.created'] })
    await bench.stripe.customers.create({})
    await bench.simulator.idle()
    const signed = Number(/t=(\d+)/.exec(shop.received[0]?.signature ?? '')?.[1])
    expect(Math.abs(signed - Date.now() / 1000)).toBeLessThan(60)
    expect(shop.received[0]?.event.created).toBe(Date.parse('2024-01-01') / 1000)
  })
})

describe('bad input', () => {
  test.each([
    ['POST', '/_control/clock', '{"advance":"3x"}', 400, 'advance: a duration looks like'],
    ['POST', '/_control/clock', '{"advance":', 400, 'The body is not JSON'],
    ['POST', '/_control/clock', '[1]', 400, 'The body must be a JSON object'],
    ['POST', '/_control/clock', '{"speed":2}', 400, 'speed'],
    ['POST', '/_control/faults', '{"on":"request","effect":{"kind":"magic"}}', 400, 'effect.kind'],
    ['POST', '/_control/refunds', '{"charge":"ch_nope"}', 404, "No such charge: 'ch_nope'"],
    ['POST', '/_control/refunds', '{}', 400, 'Pass charge or payment_intent'],
    ['POST', '/_control/disputes', '{"charge":"ch_x","account":"acct_nope"}', 404, "There is no account 'acct_nope'"],
    ['POST', '/_control/keys', '{"key":"secret"}', 400, 'A key looks like'],
    [
      'POST',
      '/_control/keys',
      '{"key":"rk_test_1","permissions":["fly_write"]}',
      400,
      "There is no permission 'fly_write'",
    ],
    [
      'POST',
      '/_control/settings',
      '{"delays":{"lunch":{"real":1,"simulated":1}}}',
      400,
      "There is no delay named 'lunch'",
    ],
    ['DELETE', '/_control/faults/fault_9', '', 404, "There is no fault 'fault_9'"],
    ['GET', '/_control/requests?limit=many', '', 400, 'limit'],
    ['PATCH', '/_control/clock', '', 404, 'There is no control operation PATCH /_control/clock'],
    ['DELETE', '/_control/faults/%E0%A4%A', '', 400, 'The path could not be decoded'],
  ])('%s %s %s is %i', async (method, path, body, status, message) => {
    await using bench = await setup()
    const response = await fetch(`${bench.simulator.url}${path}`, {
      method,
      ...(body === '' ? {} : { body }),
    })
    const { error } = (await response.json()) as { error: { type: string; message: string } }
    expect([response.status, error.type]).toEqual([status, 'control_error'])
    expect(error.message).toContain(message)
  })
})

test('the log tells of each request: what was asked, under which key, what was answered, and which fault acted', async () => {
  await using bench = await setup()
  const { id } = await bench.pay()
  const { id: rule } = await bench.control('POST', '/_control/faults', {
    on: 'request',
    match: { path: '/v1/refunds' },
    effect: { kind: 'lock_timeout' },
  })
  await refusal(bench.stripe.refunds.create({ payment_intent: id, amount: 700 }, { idempotencyKey: 'mine' }))
  const { data } = await bench.control('GET', '/_control/requests?path=/v1/refunds')
  expect(data).toMatchObject([
    {
      method: 'POST',
      path: '/v1/refunds',
      params: { payment_intent: id, amount: '700' },
      idempotency_key: 'mine',
      status: 429,
      error: 'lock_timeout',
      fault: rule,
      account: 'acct_1SimulatedShop0',
    },
  ])
})

test('three thousand payments over a year, some refunded, are there in seconds', async () => {
  await using bench = await setup({ clock: { mode: 'simulated', now: new Date('2025-01-01T00:00:00Z') } })
  const steps: object[] = [{ as: 'customer', path: '/v1/customers', params: { email: 'ada@example.com' } }]
  for (let i = 0; i < 3000; i++) {
    const at = Date.parse('2025-01-01T00:00:00Z') / 1000 + i * 10_000
    steps.push({
      at,
      as: 'payment',
      path: '/v1/payment_intents',
      params: {
        amount: 1000 + i,
        currency: 'usd',
        customer: '{{customer}}',
        payment_method: 'pm_card_visa',
        confirm: true,
      },
    })
    if (i % 5 === 0) steps.push({ path: '/v1/refunds', params: { payment_intent: '{{payment.id}}', amount: 100 } })
  }
  const begun = performance.now()
  expect(await bench.control('POST', '/_control/import', { steps })).toMatchObject({
    done: 3601,
    failed: 0,
    stopped_at: null,
  })
  expect(performance.now() - begun).toBeLessThan(15_000)
  const first = await bench.stripe.paymentIntents.list({
    created: { lt: Date.parse('2025-01-02') / 1000 },
    limit: 100,
  })
  expect(first.data).toHaveLength(9)
  expect((await bench.control('GET', '/_control/audit'))['faults']).toEqual([])
})

test('an import stops at the first refusal and says where', async () => {
  await using bench = await setup()
  const answer = await bench.control('POST', '/_control/import', {
    steps: [{ path: '/v1/customers' }, { path: '/v1/refunds', params: { charge: 'ch_x' } }, { path: '/v1/customers' }],
  })
  expect(answer).toMatchObject({
    done: 1,
    failed: 1,
    stopped_at: 1,
    answers: [{ status: 200 }, { status: 404, error: { code: 'resource_missing' } }],
  })
})

test('the same seed and requests give the same ids and bodies', async () => {
  const story = async (seed: number) => {
    await using bench = await setup({ seed })
    const { id } = await bench.pay()
    await bench.stripe.refunds.create({ payment_intent: id, amount: 500 })
    await bench.control('POST', '/_control/clock', { advance: '30d' })
    return JSON.stringify((await bench.stripe.events.list({ limit: 100 })).data)
  }
  // The SDK makes up an idempotency key of its own for each request; everything else must agree.
  const plain = async (seed: number) => (await story(seed)).replaceAll(/stripe-node-retry-[\w-]+/g, '')
  expect(await plain(5)).toBe(await plain(5))
  expect(await plain(5)).not.toBe(await plain(6))
})

test('without sockets and timers it is one function, and the same story ends in the same state', () => {
  const story = () => {
    const { world } = assemble({ seed: 3, clock: { mode: 'simulated', now: monday } })
    const send = (target: string, body: string) =>
      JSON.parse(
        answer(world, {
          method: 'POST',
          target,
          headers: { authorization: 'Bearer sk_test_x', 'idempotency-key': body },
          body,
        }).answer.body,
      ) as { id: string }
    const { id } = send('/v1/payment_intents', 'amount=900&currency=usd&payment_method=pm_card_refundFail&confirm=true')
    send('/v1/refunds', `payment_intent=${id}`)
    advanceTo(world, monday.getTime() + 9 * 86_400_000)
    return [...world.store.tables].map(([name, { order }]) => [name, order])
  }
  expect(JSON.stringify(story())).toContain('"status":"failed"')
  expect(story()).toEqual(story())
})

test('reset forgets everything and begins anew', async () => {
  await using bench = await setup()
  await bench.pay()
  await bench.control('POST', '/_control/reset', { now: '2020-05-05T00:00:00Z' })
  expect((await bench.stripe.paymentIntents.list()).data).toEqual([])
  expect((await bench.stripe.customers.create({})).created).toBe(Date.parse('2020-05-05') / 1000)
})

describe('a folder', () => {
  const folders: string[] = []
  const folder = async () => {
    const made = await mkdtemp(join(tmpdir(), 'simulator-'))
    folders.push(made)
    return made
  }
  afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true, force: true }))))

  test('keeps payments, keys, clocks and what is still to come over a restart', async () => {
    const data = await folder()
    let charge = ''
    let refund = ''
    {
      await using bench = await setup({ data, seed: 9 })
      const intent = await bench.pay(1300, 'pm_card_refundFail')
      charge = idOf(intent.latest_charge)
      refund = (await bench.stripe.refunds.create({ payment_intent: intent.id }, { idempotencyKey: 'once' })).id
      await bench.control('POST', '/_control/clock', { advance: '1d' })
    }
    await using bench = await setup({ data, seed: 1234 })
    const { stripe } = bench
    expect(bench.simulator.world.clock.frozenAt).toBe(monday.getTime() + 86_400_000)
    expect((await stripe.refunds.list({ charge })).data.map(({ id }) => id)).toEqual([refund])
    expect((await stripe.charges.retrieve(charge)).refunded).toBe(true)
    await bench.control('POST', '/_control/clock', { advance: '5d' })
    expect((await stripe.refunds.retrieve(refund)).status).toBe('failed')
    expect(new Set([refund, (await stripe.refunds.create({ charge, amount: 1 })).id]).size).toBe(2)
    expect((await bench.control('GET', '/_control/audit'))['faults']).toEqual([])
  })

  test('belongs to one simulator at a time, and is free again after one that found its port taken', async () => {
    const data = await folder()
    await using bench = await setup({ data })
    await expect(setup({ data })).rejects.toThrow('is in use by another simulator')
    const other = await folder()
    await expect(setup({ data: other, port: bench.simulator.port })).rejects.toThrow('EADDRINUSE')
    await using late = await setup({ data: other })
    expect((await late.pay()).status).toBe('succeeded')
  })

  test('half a line at the end of the journal is a commit that was never answered', async () => {
    const data = await folder()
    {
      await using bench = await setup({ data })
      await bench.pay()
    }
    await appendFile(
      join(data, 'journal.jsonl'),
      '{"counter":99,"rows":[["acct_1SimulatedShop0/test/customer","cus_half',
    )
    await using bench = await setup({ data })
    expect((await bench.stripe.paymentIntents.list()).data).toHaveLength(1)
    expect((await bench.stripe.customers.list()).data).toHaveLength(0)
    expect(await readFile(join(data, 'journal.jsonl'), 'utf8')).not.toContain('cus_half')
  })
})
