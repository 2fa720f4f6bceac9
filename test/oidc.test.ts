import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../src/config.ts'
import { listen, makeServer } from '../src/http/server.ts'
import type { Invitation } from '../src/http/admin/settings/team.ts'
import { startIdentityProvider, type IdentityProvider } from './identity-provider.ts'
import { browserAt, signedIn, type Client } from './staff.ts'
import { freePort, openWorld, type World } from './world.ts'

let world: World
let provider: IdentityProvider
let url: string
let close: () => Promise<void>

beforeAll(async () => {
  world = await openWorld()
  provider = await startIdentityProvider()
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  const config = readConfig({
    PORT: String(port),
    PUBLIC_URL: url,
    OIDC_ISSUER: provider.url,
    OIDC_CLIENT_ID: provider.client.id,
    OIDC_CLIENT_SECRET: provider.client.secret,
    OIDC_NAME: 'Example SSO',
  })
  const listening = await listen(makeServer({ ...world.app, config }), config)
  close = () => listening.close()
}, 60_000)
afterAll(async () => {
  await close()
  await provider[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})
beforeEach(async () => {
  provider.lie = {}
  await sql`delete from staff_rate_limit`.execute(world.app.db)
})

/** Follows a browser through the provider and back; answers where it ends. */
async function signInWithProvider(client: Client = browserAt({ url })): Promise<{ client: Client; to: string }> {
  const begun = await client<{ url: string }>('POST', '/auth/sign-in/oidc', { to: '/reports' })
  expect(begun.status).toBe(200)
  const asked = new URL(begun.body.url)
  expect(asked.searchParams.get('nonce')).toBeTruthy()
  expect(asked.searchParams.get('code_challenge_method')).toBe('S256')
  const away = await fetch(begun.body.url, { redirect: 'manual' })
  const back = new URL(away.headers.get('location')!)
  const path = back.pathname.replace('/admin/api', '') + back.search
  const answer = await callback(client, path)
  return { client, to: answer }
}

async function callback(client: Client, path: string): Promise<string> {
  const response = await fetch(`${url}/admin/api${path}`, { redirect: 'manual', headers: { cookie: client.cookie } })
  signedCookies.set(
    client,
    response.headers
      .getSetCookie()
      .map((line) => line.split(';')[0]!)
      .join('; '),
  )
  return response.headers.get('location') ?? String(response.status)
}
const signedCookies = new WeakMap<Client, string>()
const me = (client: Client) =>
  fetch(`${url}/admin/api/me`, { headers: { cookie: signedCookies.get(client) ?? '' } }).then(async (answer) => ({
    status: answer.status,
    body: (await answer.json()) as { staff?: { email: string; role: string } },
  }))

test('an invited colleague whom the provider vouches for is in, with their role, where they wanted to go', async () => {
  const { client: owner } = await signedIn(world, 'owner')
  await owner<Invitation>('POST', '/settings/team/invite', { email: 'Ina@example.com', role: 'finance' })
  provider.person = { sub: 'ina-1', email: 'ina@example.com' }
  const { client, to } = await signInWithProvider()
  expect(to).toBe(`${url}/admin/reports`)
  expect((await me(client)).body.staff).toMatchObject({ email: 'ina@example.com', role: 'finance' })
  expect(provider.redeemed.at(-1)).toMatchObject({ secret: true, verifier: expect.stringMatching(/.{43,}/) })
  const again = await signInWithProvider()
  expect((await me(again.client)).status).toBe(200)
})

test('somebody whom nobody has invited stays out, and no account is made', async () => {
  provider.person = { sub: 'stranger', email: 'stranger@example.com' }
  const { client, to } = await signInWithProvider()
  expect(to).toMatch(/\/admin\/sign-in\?error=/)
  expect((await me(client)).status).toBe(401)
  expect(await world.rows(`select from staff where email = 'stranger@example.com'`)).toEqual([])
})

test('whoever was deactivated stays out, also through the provider', async () => {
  const { client: owner } = await signedIn(world, 'owner')
  const { id } = await signedIn(world, 'support', 'gone')
  provider.person = { sub: 'gone', email: 'gone@example.com' }
  expect((await me((await signInWithProvider()).client)).status).toBe(200)
  await owner('POST', `/settings/team/${id}/deactivate`, {})
  expect((await me((await signInWithProvider()).client)).status).toBe(401)
})

test.each([
  ['another nonce', { nonce: 'not the one' }],
  ['another audience', { audience: 'somebody-else' }],
  ['another issuer', { issuer: 'https://evil.example' }],
  ['a key that is not the provider’s', { foreignKey: true }],
])('a token with %s lets nobody in', async (_, lie) => {
  provider.person = { sub: 'owner', email: 'owner@example.com' }
  await signedIn(world, 'owner')
  provider.lie = lie
  const { client, to } = await signInWithProvider()
  expect(to).toMatch(/error=/)
  expect((await me(client)).status).toBe(401)
})

test('a state that another browser began is refused', async () => {
  await signedIn(world, 'owner')
  provider.person = { sub: 'owner', email: 'owner@example.com' }
  const begun = await browserAt({ url })<{ url: string }>('POST', '/auth/sign-in/oidc', {})
  const back = new URL((await fetch(begun.body.url, { redirect: 'manual' })).headers.get('location')!)
  const victim = browserAt({ url })
  expect(await callback(victim, back.pathname.replace('/admin/api', '') + back.search)).toMatch(/error/)
  expect((await me(victim)).status).toBe(401)
})

test('where the way back leads is not the browser’s to say', async () => {
  const { status } = await browserAt({ url })('POST', '/auth/sign-in/oidc', { to: '//evil.example' })
  expect(status).toBe(422)
})

test('without configuration there is no such way in', async () => {
  expect((await browserAt(world)('POST', '/auth/sign-in/oidc', {})).status).toBe(404)
})
