import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import type { FirstRunPage, ReadyPolicies } from '../src/http/admin/settings/first-run.ts'
import type { CheckedKey, MadeEndpoint, StripeCheck, StripePage } from '../src/http/admin/settings/stripe.ts'
import { openApp } from '../src/open-app.ts'
import { until } from './holding.ts'
import { signedIn, type Client } from './staff.ts'
import { expectBooksToAgree, openWorld, type World } from './world.ts'

let world: World
let owner: Client

beforeAll(async () => {
  world = await openWorld({ daysAgo: 40 })
  ;({ client: owner } = await signedIn(world, 'owner'))
}, 60_000)
afterAll(() => world[Symbol.asyncDispose]())

const restricted = 'rk_test_forTheSetUpOnly'
const makeKey = (permissions: string[]) =>
  world.simulator.control('POST', '/_control/keys', { key: restricted, permissions })
const all = ['refund', 'subscription', 'charge'].map((name) => `${name}_write`)
const reads = ['payment_intent', 'customer', 'invoice', 'product', 'plan', 'dispute', 'radar', 'event'].map(
  (name) => `${name}_read`,
)
const stripePage = async () => (await owner<StripePage>('GET', '/settings/stripe')).body

describe('what a key may do', () => {
  test('the key in use is asked for each right, and nothing changes at Stripe', async () => {
    const { body } = await owner<StripeCheck>('GET', '/settings/stripe/check')
    expect(body.checks.map(({ permission, state }) => [permission, state])).toEqual(
      body.checks.map(({ permission }) => [permission, 'granted']),
    )
    expect(typeof body.clock_seconds).toBe('number')
    expect((await world.stripe.refunds.list()).data).toEqual([])
  })

  test('a restricted key that lacks something is told what, in Stripe’s words', async () => {
    await makeKey([...all.filter((name) => name !== 'refund_write'), 'refund_read', ...reads])
    const { body } = await owner<CheckedKey>('POST', '/settings/stripe/key/check', { key: restricted })
    const missing = body.checks.filter(({ needed, state }) => needed && state !== 'granted')
    expect(missing).toMatchObject([
      { permission: 'Charges and Refunds: Write', state: 'missing', because: expect.stringContaining('refund_write') },
    ])
  })

  test('a key of the other mode, or none at all, is refused by field', async () => {
    for (const key of ['rk_live_something123', 'whsec_abc', '']) {
      const { status, body } = await owner('POST', '/settings/stripe/key/check', { key })
      expect([key, status, body.field]).toEqual([key, 422, 'key'])
    }
  })

  test('a key is kept sealed, only with a secret of the installation’s own, and a start uses it', async () => {
    expect((await owner('POST', '/settings/stripe/key', { key: restricted })).body.detail).toMatch(/MONEYBACK_SECRET/)
    const secret = 'a secret of thirty-two characters and more'
    Object.assign(world.app.config, { secret })
    Object.assign(world.app, { secret })
    const { client } = await signedIn(world, 'owner', 'second')
    expect((await client('POST', '/settings/stripe/key', { key: restricted })).body.detail).toMatch(
      /lacks Charges and Refunds: Write/,
    )
    await world.simulator.control('POST', '/_control/keys', {
      key: 'rk_test_forTheSetUpTwo',
      permissions: [...all, ...reads],
    })
    expect((await client('POST', '/settings/stripe/key', { key: 'rk_test_forTheSetUpTwo' })).status).toBe(200)
    const [row] = await world.rows<{ all: string }>('select c::text as all from stripe_credential c')
    expect(row!.all).not.toContain('forTheSetUpTwo')
    const opening = {
      databaseUrl: world.databaseUrl,
      stripe: {
        secretKey: world.simulator.secretKey,
        webhookSecrets: ['whsec_x'],
        apiBase: world.simulator.url,
        connectedAccount: undefined,
      },
    }
    const again = await openApp({ ...opening, config: { ...world.app.config, secret } })
    // The kept one may not read transfers, and Stripe names the key that asked.
    await expect(again.stripe.transfers.list()).rejects.toThrow(/rk_test_\*+pTwo/)
    await again.db.destroy()
    const other = await openApp({ ...opening, config: { ...world.app.config, secret: `${secret}!` } })
    expect(other.account).toBe(world.app.account)
    await other.db.destroy()
    expect((await client('POST', '/settings/stripe/key/forget', {})).status).toBe(200)
    expect((await client('POST', '/settings/stripe/key/forget', {})).status).toBe(404)
    ;({ client: owner } = await signedIn(world, 'owner'))
  })

  test('the endpoint is made in Stripe once', async () => {
    for (const { id } of (await world.stripe.webhookEndpoints.list()).data) await world.stripe.webhookEndpoints.del(id)
    const made = await owner<{ id: string; secret: string }>('POST', '/settings/stripe/endpoint', {})
    expect(made.body).toMatchObject({ id: expect.stringMatching(/^we_/), secret: expect.stringMatching(/^whsec_/) })
    expect(made.body).toMatchObject({ kept: false })
    expect((await owner('POST', '/settings/stripe/endpoint', {})).status).toBe(409)
  })

  test('its secret is kept sealed where there is something to seal with, and its events come in without a restart', async () => {
    await using sealing = await openWorld({ env: { MONEYBACK_SECRET: 'a secret of thirty-two characters and more' } })
    for (const { id } of (await sealing.stripe.webhookEndpoints.list()).data)
      await sealing.stripe.webhookEndpoints.del(id)
    const { client } = await signedIn(sealing, 'owner')
    const { body } = await client<MadeEndpoint>('POST', '/settings/stripe/endpoint', {})
    expect(body.kept).toBe(true)
    const [row] = await sealing.rows<{ secret: string }>('select secret from stripe_endpoint')
    expect(row!.secret).not.toContain(body.secret)
    await sealing.buys()
    await until('an event was taken in', async () => (await sealing.rows('select from stripe_event')).length > 0)
    await sealing.settle()
  })

  test('only an owner touches keys and endpoint, only finance imports', async () => {
    const { client } = await signedIn(world, 'support')
    for (const path of ['/key/check', '/key', '/key/forget', '/endpoint', '/import', '/import/cancel'])
      expect((await client('POST', `/settings/stripe${path}`, {})).body.code).toBe('role_too_low')
  })
})

describe('the import of the history', () => {
  test('payments with their refunds are taken in page by page, and again changes nothing', async () => {
    const bought = []
    for (let n = 0; n < 55; n++) bought.push(await world.buys())
    await world.stripe.refunds.create({ payment_intent: bought[0]!.payment, amount: 1000 })
    await sql`delete from stripe_event`.execute(world.app.db)
    expect((await owner('POST', '/settings/stripe/import', { months: 0 })).body.field).toBe('months')
    expect((await owner('POST', '/settings/stripe/import', { months: 3 })).status).toBe(200)
    expect((await owner('POST', '/settings/stripe/import', { months: 3 })).status).toBe(409)
    await world.settle()
    expect((await stripePage()).import).toMatchObject({ status: 'done', payments: 55, refunds: 1 })
    await expectBooksToAgree(world)
    const [before] = await world.rows<{ n: number }>('select count(*) as n from payment')
    await owner('POST', '/settings/stripe/import', { months: 3 })
    await world.settle()
    expect((await world.rows<{ n: number }>('select count(*) as n from payment'))[0]).toEqual(before)
    await expectBooksToAgree(world)
  })

  test('with Stripe away it waits and goes on; canceled, it stops', async () => {
    await owner('POST', '/settings/stripe/import', { months: 3 })
    await world
      .fault({ kind: 'error', status: 500 }, { match: { method: 'GET', path: '/v1/charges' }, times: 1 })
      .catch(() => undefined)
    await world.settle()
    world.later(30)
    await world.settle()
    expect((await stripePage()).import?.status).toBe('done')
    await owner('POST', '/settings/stripe/import', { months: 3 })
    expect((await owner('POST', '/settings/stripe/import/cancel', {})).status).toBe(200)
    await world.settle()
    expect((await stripePage()).import).toMatchObject({ status: 'canceled', payments: 0 })
  })
})

describe('the first steps', () => {
  test('are ticked by what is so', async () => {
    const { body } = await owner<FirstRunPage>('GET', '/settings/first-run')
    expect(body.steps).toMatchObject({ connected: true, imported: true, policy: false, team: true })
    expect(body.customer).not.toBeNull()
  })

  test('a ready-made policy is shown in words and taken as a draft; another file is not', async () => {
    const { policies } = (await owner<ReadyPolicies>('GET', '/settings/first-run/policies')).body
    expect(policies.length).toBeGreaterThan(20)
    for (const { name, rules } of policies) expect([name, rules.length > 0]).toEqual([name, true])
    const { body } = await owner<{ id: string }>('POST', '/settings/first-run/draft', { file: policies[3]!.file })
    expect(body.id).toMatch(/^drf_/)
    expect((await owner('POST', '/settings/first-run/draft', { file: '../package.json' })).status).toBe(404)
  })

  test('a link into the portal lets in as a customer, and the guide is put away', async () => {
    const { body } = await owner<{ url: string }>('POST', '/settings/first-run/try', {})
    expect(body.url).toMatch(/\/portal\/enter#t=/)
    await owner('POST', '/settings/first-run/dismiss', { dismissed: true })
    expect((await owner<FirstRunPage>('GET', '/settings/first-run')).body.dismissed).toBe(true)
  })
})
