import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { allRoutes, resolve } from './description.ts'
import type { Route, Schema } from './description.ts'
import { encodeForm } from './form.ts'
import { chance } from './ids.ts'
import type { Ids } from './ids.ts'
import { shapeFaults } from './test/shapes.ts'
import { monday, setup } from './test/setup.ts'
import type { Bench } from './test/setup.ts'

const requests = Number(process.env['SIMULATOR_FUZZ_REQUESTS'] ?? 20_000)
const seed = Number(process.env['SIMULATOR_FUZZ_SEED'] ?? 20_261_123)

type Dice = { stream: Ids; ids: string[] }

const below = ({ stream }: Dice, most: number) => Math.floor(chance(stream) * most)
const odds = (dice: Dice, probability: number) => chance(dice.stream) < probability
const oneOf = <T>(dice: Dice, list: readonly T[]): T => list[below(dice, list.length)] as T

const strange = [
  '',
  ' ',
  '0',
  '-1',
  '1e9',
  'NaN',
  'null',
  'true',
  '99999999999999999999',
  '-9007199254740993',
  '0.1',
  '%',
  '\u0000',
  'é'.repeat(60),
  '💥',
  'x'.repeat(6000),
  "'; drop table refunds;--",
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  '{{customer}}',
  '../../etc/passwd',
  'ch_doesnotexist',
  '2026-13-45',
  '[]',
  '{}',
]
const words = [
  'usd',
  'eur',
  'jpy',
  'kwd',
  'xyz',
  'month',
  'card',
  'pm_card_visa',
  'pm_card_refundFail',
  'pm_card_createDispute',
  'pm_klarna',
  'pm_customer_balance',
  'http://127.0.0.1:9/x',
  'a@example.com',
  '*',
]

/** A value that the schema would take, most of the time. */
function value(dice: Dice, given: Schema, name: string, depth: number): unknown {
  if (odds(dice, 0.015)) return oneOf(dice, strange)
  const schema = resolve(given)
  if (schema.anyOf) return value(dice, oneOf(dice, schema.anyOf), name, depth)
  if (schema.enum) return oneOf(dice, schema.enum)
  if (schema.type === 'integer')
    return /time|created|period|_at|anchor/.test(name)
      ? monday.getTime() / 1000 + below(dice, 9_000_000)
      : oneOf(dice, [1, 50, 100, 999, 5000, 123_456, 0, -3])
  if (schema.type === 'number') return oneOf(dice, [1, 0.5, 10])
  if (schema.type === 'boolean') return odds(dice, 0.5)
  if (schema.type === 'array')
    return depth > 4
      ? []
      : Array.from({ length: 1 + below(dice, 2) }, () => value(dice, schema.items ?? {}, name, depth + 1))
  if (schema.properties) return depth > 4 ? {} : fields(dice, schema, depth + 1)
  if (schema.type === 'object')
    return { [oneOf(dice, ['a', 'b', 'k'.repeat(41), '0'])]: oneOf(dice, ['1', '', 'v'.repeat(501)]) }
  if (schema.format === 'decimal') return oneOf(dice, ['1.5', '10', 'x'])
  return stringFor(dice, name)
}

function stringFor(dice: Dice, name: string): string {
  if (/currency/.test(name)) return oneOf(dice, ['usd', 'eur', 'jpy', 'USD', 'xyz'])
  if (/email/.test(name)) return 'a@example.com'
  if (/url/.test(name)) return oneOf(dice, ['http://127.0.0.1:9/x', 'nonsense'])
  if (name.endsWith('payment_method') && odds(dice, 0.6)) return oneOf(dice, words.slice(7, 12))
  const likely = dice.ids.filter((id) => id.startsWith(prefixOf[name] ?? '~'))
  if (likely.length > 0 && odds(dice, 0.9)) return oneOf(dice, likely)
  return odds(dice, 0.5) && dice.ids.length > 0 ? oneOf(dice, dice.ids) : oneOf(dice, words)
}

const prefixOf: Readonly<Record<string, string>> = {
  charge: 'ch_',
  payment_intent: 'pi_',
  customer: 'cus_',
  invoice: 'in_',
  subscription: 'sub_',
  price: 'price_',
  product: 'prod_',
  refund: 're_',
  default_payment_method: 'pm_',
  payment_method: 'pm_',
  starting_after: 're_',
  entitlement_feature: 'feat_',
  invoice_line_item: 'il_',
  test_clock: 'clock_',
}

function fields(dice: Dice, schema: Schema, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  const names = Object.keys(schema.properties ?? {})
  const share = Math.min(0.5, 2 / Math.max(1, names.length))
  for (const name of names) {
    if (!(schema.required?.includes(name) ? odds(dice, 0.97) : odds(dice, share))) continue
    result[name] = value(dice, schema.properties?.[name] ?? {}, name, depth)
  }
  if (odds(dice, 0.01))
    result[oneOf(dice, ['wat', 'amount[x]', '__proto__', 'toString', 'expand'])] = oneOf(dice, strange)
  return result
}

/** The ids that a path of this resource names, mostly. */
function pathOf(dice: Dice, route: Route): string {
  const noun = route.segments[2] === 'test_helpers' ? route.segments[3] : route.segments[2]
  const prefix =
    {
      refunds: 're_',
      charges: 'ch_',
      payment_intents: 'pi_',
      customers: 'cus_',
      invoices: 'in_',
      subscriptions: 'sub_',
      disputes: 'du_',
      prices: 'price_',
      products: 'prod_',
      credit_notes: 'cn_',
      payment_methods: 'pm_',
      subscription_items: 'si_',
      invoiceitems: 'ii_',
      events: 'evt_',
      webhook_endpoints: 'we_',
      test_clocks: 'clock_',
    }[noun ?? ''] ?? '~'
  const likely = dice.ids.filter((id) => id.startsWith(prefix))
  return route.segments
    .map((segment) => {
      if (!segment.startsWith('{')) return segment
      if (likely.length > 0 && odds(dice, 0.85)) return oneOf(dice, likely.slice(-40))
      return encodeURIComponent(oneOf(dice, dice.ids.length > 0 && odds(dice, 0.7) ? dice.ids : strange) || 'x')
    })
    .join('/')
}

/** A text with some of its characters changed, doubled or taken away. */
function mutated(dice: Dice, text: string): string {
  let result = text
  for (let i = below(dice, 4); i > 0; i--) {
    const at = below(dice, result.length + 1)
    const noise = oneOf(dice, [
      '[',
      ']',
      '[]',
      '&',
      '=',
      '%',
      '+',
      '[0]',
      '[a][b][c][d][e][f][g][h][i][j][k][l][m]=1&',
      'amount=',
      '\u{1F4A5}',
      '%00',
    ])
    result = odds(dice, 0.5)
      ? result.slice(0, at) + noise + result.slice(at)
      : result.slice(0, at) + result.slice(at + 1 + below(dice, 5))
  }
  return result
}

function headersFor(dice: Dice): Record<string, string> {
  const headers: Record<string, string> = {
    authorization: `Bearer ${odds(dice, 0.97) ? 'sk_test_fuzz' : oneOf(dice, strange)}`,
  }
  if (odds(dice, 0.1)) headers['idempotency-key'] = oneOf(dice, ['a', 'b', 'c', 'k'.repeat(300), ''])
  if (odds(dice, 0.03)) headers['stripe-version'] = oneOf(dice, ['2026-10-28.endive', 'x', '9999-99-99'])
  if (odds(dice, 0.02)) headers['stripe-account'] = oneOf(dice, strange)
  if (odds(dice, 0.02)) headers['content-type'] = 'application/json'
  return headers
}

function ask(bench: Bench, dice: Dice): { line: string; status: number; body: string; method: string; target: string } {
  const route = oneOf(dice, allRoutes)
  const method = odds(dice, 0.97) ? route.method : oneOf(dice, ['PUT', 'PATCH', 'HEAD', 'GET', 'POST', 'DELETE', 'x'])
  let form = encodeForm(fields(dice, route.operation.request, 0))
  let path = pathOf(dice, route)
  if (odds(dice, 0.1)) form = mutated(dice, form)
  if (odds(dice, 0.03)) path = mutated(dice, path)
  const target = method === 'POST' || form === '' ? path : `${path}?${form}`
  const line = `${method} ${target} ${form}`.slice(0, 600)
  try {
    const { status, body } = bench.simulator.request({
      method,
      target,
      headers: headersFor(dice),
      body: method === 'POST' ? form : '',
    })
    return { line, status, body, method, target }
  } catch (error) {
    return {
      line,
      status: 500,
      body: error instanceof Error ? (error.stack ?? '') : String(error),
      method,
      target,
    }
  }
}

/** Something to begin with: customers, payments of every kind, a subscription, an invoice. */
function furnish(bench: Bench, dice: Dice): void {
  const send = (target: string, body: string) => {
    const answer = bench.simulator.request({
      method: 'POST',
      target,
      headers: { authorization: 'Bearer sk_test_fuzz' },
      body,
    })
    remember(dice, answer.body)
    return (JSON.parse(answer.body) as { id: string }).id
  }
  const customer = send(
    '/v1/customers',
    'email=a@example.com&payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa',
  )
  const price = send('/v1/prices', 'currency=usd&unit_amount=900&recurring[interval]=week&product_data[name]=P')
  for (let i = 0; i < 40; i++) {
    const method = oneOf(dice, words.slice(7, 11))
    send(
      '/v1/payment_intents',
      `amount=${100 + below(dice, 9000)}&currency=usd&customer=${customer}&payment_method=${method}&confirm=true&capture_method=${oneOf(dice, ['automatic', 'manual', 'automatic_async'])}`,
    )
    if (i % 8 === 0) send('/v1/subscriptions', `customer=${customer}&items[0][price]=${price}`)
    if (i % 8 === 1) send('/v1/invoiceitems', `customer=${customer}&amount=700&currency=usd`)
    if (i % 8 === 2) send('/v1/invoices', `customer=${customer}&pending_invoice_items_behavior=include`)
  }
}

function remember(dice: Dice, body: string): void {
  for (const [, id] of body.matchAll(/"id":"([a-z]+_[A-Za-z0-9]{10,})"/g)) if (id) dice.ids.push(id)
  if (dice.ids.length > 3000) dice.ids.splice(0, 1000)
}

test(`${requests} random and mutated requests (seed ${seed}) are answered with 2xx or 4xx, in the right shape, and the books balance`, async () => {
  await using bench = await setup()
  const dice: Dice = { stream: { seed, counter: 0 }, ids: [] }
  const counts = new Map<number, number>()
  const [failed, misshapen] = [new Map<string, string>(), new Map<string, string>()]
  furnish(bench, dice)
  for (let i = 0; i < requests; i++) {
    const { line, status, body, method, target } = ask(bench, dice)
    counts.set(status, (counts.get(status) ?? 0) + 1)
    if (status < 200 || (status >= 300 && status < 400) || status >= 500) {
      failed.set(`${status} ${body.split('\n').slice(0, 2).join(' ')}`, line)
      continue
    }
    if (i % 3 === 0) {
      const faults = target.startsWith('/v1/') ? shapeFaults(method, target, status, JSON.parse(body)) : []
      for (const fault of faults)
        misshapen.set(
          `${method} ${target.split('?')[0]?.replaceAll(/[a-z]+_[A-Za-z0-9]{10,}/g, '*')} ${status}: ${fault.replaceAll(/\/\d+/g, '')}`,
          line,
        )
    }
    if (status === 200) remember(dice, body)
    if (i % 400 === 0) furnish(bench, dice)
    if (i % 500 === 0) await bench.control('POST', '/_control/clock', { advance: '11h', wait: false })
  }
  expect((await bench.control('GET', '/_control/audit'))['faults']).toEqual([])
  expect([...failed]).toEqual([])
  expect([...misshapen]).toEqual([])
  expect(counts.get(200) ?? 0).toBeGreaterThan(requests / 10)
}, 900_000)

const closes = (port: number, bytes: Buffer | string) =>
  new Promise<string>((resolve) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes))
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
    socket.on('error', () => resolve(answer))
    socket.on('close', () => resolve(answer))
  })

test('bytes that are no HTTP, cut requests and wrong lengths leave it standing', async () => {
  await using bench = await setup()
  const { port } = bench.simulator
  const dice: Dice = { stream: { seed, counter: 0 }, ids: [] }
  const garbage = Array.from({ length: 200 }, () =>
    Buffer.from(Array.from({ length: 1 + below(dice, 300) }, () => below(dice, 256))),
  )
  const cut = [
    'POST /v1/refunds HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\namount=',
    'GET /v1/balance HTTP/1.1\r\n',
    'GET /%zz?%=%&&&[ HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sk_test_x\r\n\r\n',
    'POST /_control/clock HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}',
  ]
  for (const bytes of [...garbage, ...cut]) expect(await closes(port, bytes)).not.toMatch(/^HTTP\/1.1 5/)
  expect((await bench.pay()).status).toBe('succeeded')
})
