import { describe, expect, test } from 'vitest'
import { refusal, setup } from './test/setup.ts'

const raw = async (url: string, path: string, headers: Record<string, string> = {}, body?: string) => {
  const response = await fetch(new URL(path, url), {
    headers,
    ...(body === undefined ? {} : { method: 'POST', body }),
  })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as {
      error?: { type: string; message: string; code?: string; param?: string }
    },
  }
}

describe('keys and transport', () => {
  test.each([
    ['no key', {}, 'You did not provide an API key'],
    ['a malformed key', { authorization: 'Bearer bad_key' }, 'Invalid API Key provided'],
    ['a word that is no scheme', { authorization: 'sk_test_x' }, 'You did not provide an API key'],
  ])('%s is 401', async (_, headers, message) => {
    await using bench = await setup()
    const { status, body } = await raw(bench.simulator.url, '/v1/balance', headers)
    expect([status, body.error?.type]).toEqual([401, 'invalid_request_error'])
    expect(body.error?.message).toContain(message)
  })

  test('Basic and Bearer both do; the request has an id and the version is echoed', async () => {
    await using bench = await setup()
    for (const authorization of ['Bearer sk_test_1', `Basic ${Buffer.from('sk_test_1:').toString('base64')}`]) {
      const { status, headers } = await raw(bench.simulator.url, '/v1/balance', {
        authorization,
        'stripe-version': '2024-06-20',
      })
      expect([status, headers.get('stripe-version')]).toEqual([200, '2024-06-20'])
      expect(headers.get('request-id')).toMatch(/^req_/)
    }
  })

  test('an unknown URL, an unknown version, a JSON body and a huge body are refused as errors', async () => {
    await using bench = await setup()
    const authorization = 'Bearer sk_test_1'
    expect(await raw(bench.simulator.url, '/v1/no_such_thing', { authorization })).toMatchObject({
      status: 404,
      body: { error: { type: 'invalid_request_error' } },
    })
    expect(
      await raw(bench.simulator.url, '/v1/balance', { authorization, 'stripe-version': '2031-01-01' }),
    ).toMatchObject({ status: 400 })
    expect(
      await raw(
        bench.simulator.url,
        '/v1/customers',
        { authorization, 'content-type': 'application/json' },
        '{"name":"x"}',
      ),
    ).toMatchObject({ status: 400 })
    expect(
      await raw(
        bench.simulator.url,
        '/v1/customers',
        { authorization, 'content-type': 'application/x-www-form-urlencoded' },
        `name=${'x'.repeat(1_100_000)}`,
      ),
    ).toMatchObject({ status: 413 })
  })

  test('an expired or revoked key is 401, and works again when it is put right', async () => {
    await using bench = await setup()
    const client = bench.client('sk_test_shop')
    await client.balance.retrieve()
    await bench.control('POST', '/_control/keys/sk_test_shop', { state: 'expired' })
    expect(await refusal(client.balance.retrieve())).toMatchObject({
      statusCode: 401,
      code: 'api_key_expired',
    })
    await bench.control('POST', '/_control/keys/sk_test_shop', { state: 'revoked' })
    expect(await refusal(client.balance.retrieve())).toMatchObject({ statusCode: 401, code: undefined })
    await bench.control('POST', '/_control/keys/sk_test_shop', { state: 'active' })
    await client.balance.retrieve()
  })

  test('a restricted key is told the permission that it lacks', async () => {
    await using bench = await setup()
    await bench.control('POST', '/_control/keys', {
      key: 'rk_test_reader',
      permissions: ['charge_read', 'refund_write'],
    })
    const client = bench.client('rk_test_reader')
    const { id } = await bench.pay(900)
    await client.refunds.create({ payment_intent: id, amount: 100 })
    await client.refunds.list()
    await client.charges.list()
    const error = await refusal(client.prices.list())
    expect(error).toMatchObject({ statusCode: 403, type: 'StripePermissionError' })
    expect(error.message).toMatch(
      /^The provided key 'rk_test_\*+ader' does not have the required permissions for this endpoint on account 'acct_1SimulatedShop0'\. Enabling "Prices Read" \('plan_read'\)/,
    )
  })

  test('test and live are two worlds, and a wrong key is told so', async () => {
    await using bench = await setup()
    const live = bench.client('sk_live_simulator')
    const { id } = await bench.pay(900)
    expect((await refusal(live.paymentIntents.retrieve(id))).message).toBe(
      `No such payment_intent: '${id}'; a similar object exists in test mode, but a live mode key was used to make this request.`,
    )
    expect((await live.customers.create({})).livemode).toBe(true)
    expect((await bench.stripe.customers.list()).data).toEqual([])
  })
})

describe('Connect', () => {
  async function platform() {
    const bench = await setup()
    const seller = await bench.control('POST', '/_control/accounts', {
      name: 'Seller',
      platform: 'acct_1SimulatedShop0',
    })
    return { bench, seller: String(seller['id']) }
  }
  const balance = async (promise: Promise<{ available: { amount: number }[]; pending: { amount: number }[] }>) => {
    const { available, pending } = await promise
    return [...available, ...pending].reduce((sum, { amount }) => sum + amount, 0)
  }

  test('a destination charge passes the money on; a refund takes it back in proportion when asked to', async () => {
    const { bench: made, seller } = await platform()
    await using bench = made
    const { stripe } = bench
    const intent = await bench.pay(10_000, 'pm_card_visa', {
      transfer_data: { destination: seller },
      application_fee_amount: 1000,
    })
    await bench.control('POST', '/_control/clock', { advance: '1m' })
    expect(await balance(stripe.balance.retrieve({}, { stripeAccount: seller }))).toBe(9000)
    const refund = await stripe.refunds.create(
      { payment_intent: intent.id, amount: 5000, reverse_transfer: true, refund_application_fee: true },
      {},
    )
    expect(refund.transfer_reversal).toMatch(/^trr_/)
    expect(await balance(stripe.balance.retrieve({}, { stripeAccount: seller }))).toBe(4500)
    expect(await balance(stripe.balance.retrieve())).toBe(10_000 - 320 - 10_000 + 1000 - 5000 + 5000 - 500)
    expect((await bench.control('GET', '/_control/audit'))['faults']).toEqual([])
  })

  test('a direct charge belongs to the connected account, which also refunds it', async () => {
    const { bench: made, seller } = await platform()
    await using bench = made
    const { stripe } = bench
    const there = { stripeAccount: seller }
    const intent = await stripe.paymentIntents.create(
      {
        amount: 5000,
        currency: 'usd',
        payment_method: 'pm_card_visa',
        confirm: true,
        application_fee_amount: 500,
        capture_method: 'automatic',
      },
      there,
    )
    expect(await refusal(stripe.refunds.create({ payment_intent: intent.id }))).toMatchObject({
      statusCode: 404,
    })
    await stripe.refunds.create({ payment_intent: intent.id, refund_application_fee: true }, there)
    expect(await balance(stripe.balance.retrieve({}, there))).toBe(-175)
    expect(await balance(stripe.balance.retrieve())).toBe(0)
  })

  test('an account that is not connected is refused', async () => {
    const { bench: made } = await platform()
    await using bench = made
    expect(await refusal(bench.stripe.balance.retrieve({}, { stripeAccount: 'acct_1Stranger' }))).toMatchObject({
      statusCode: 403,
      code: 'account_invalid',
    })
  })
})
