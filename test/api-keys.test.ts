import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApiKey } from '../src/db/api-keys.ts'
import { allScopes, isScope, type Scope } from '../src/domain/scopes.ts'
import type { ApiKeysPage } from '../src/http/admin/settings/api-keys.ts'
import { signedIn, type Client } from './staff.ts'
import { call, openWorld, type Problem, type World } from './world.ts'

let world: World
let owner: Client

beforeAll(async () => {
  world = await openWorld()
  ;({ client: owner } = await signedIn(world, 'owner'))
}, 60_000)
afterAll(() => world[Symbol.asyncDispose]())

type Described = { paths: Record<string, Record<string, { security?: { key?: string[] }[] }>> }
const routes = async (): Promise<{ method: string; path: string; scope: string | undefined; count: number }[]> => {
  const { body } = await call<Described>(world.url, 'GET', '/v1/openapi.json', undefined, {})
  return Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path,
      scope: security?.[0]?.key?.[0],
      count: security?.[0]?.key?.length ?? 0,
    })),
  )
}
const keyWith = async (...scopes: Scope[]): Promise<string> =>
  (await createApiKey(world.app.db, world.app.account, 'matrix', world.app.now(), { scopes })).secret
const knock = (secret: string, method: string, path: string) =>
  call<Problem>(
    world.url,
    method,
    `/v1${path.replace(/\{\w+\}/g, 'none')}`,
    method === 'GET' || method === 'DELETE' ? undefined : {},
    { authorization: `Bearer ${secret}` },
  )

describe('scopes', () => {
  test('every route in the description names one scope, and every scope opens a route', async () => {
    const all = await routes()
    expect(all.length).toBeGreaterThan(10)
    for (const { method, path, scope, count } of all)
      expect([method, path, count, scope !== undefined && isScope(scope)]).toEqual([method, path, 1, true])
    expect(allScopes.filter((scope) => !all.some((route) => route.scope === scope))).toEqual([])
  })

  test('a key with every scope but the needed one is refused on every route, and one with it alone is not', async () => {
    const [without, alone] = [new Map<string, string>(), new Map<string, string>()]
    for (const scope of allScopes) {
      without.set(scope, await keyWith(...allScopes.filter((one) => one !== scope)))
      alone.set(scope, await keyWith(scope))
    }
    for (const { method, path, scope } of await routes()) {
      const refused = await knock(without.get(scope!)!, method, path)
      expect([method, path, refused.status, refused.body.code]).toEqual([method, path, 403, 'scope_missing'])
      const open = await knock(alone.get(scope!)!, method, path)
      expect([method, path, open.status === 403 || open.status === 401]).toEqual([method, path, false])
    }
  })
})

describe('keys made in the console', () => {
  const make = (body: object = {}) =>
    owner<{ id: string; secret: string } & Problem>('POST', '/settings/api-keys', {
      name: 'Shop',
      scopes: ['payments:read'],
      days: 30,
      ...body,
    })
  const lines = async () => (await owner<ApiKeysPage>('GET', '/settings/api-keys')).body.keys

  test('a key works until it is revoked, and its secret is shown once', async () => {
    const { body } = await make()
    expect((await knock(body.secret, 'GET', '/payments')).status).toBe(200)
    expect(JSON.stringify(await lines())).not.toContain(body.secret)
    expect((await owner('POST', `/settings/api-keys/${body.id}/revoke`, {})).status).toBe(200)
    expect((await knock(body.secret, 'GET', '/payments')).status).toBe(401)
    expect((await lines()).find(({ id }) => id === body.id)?.revoked_at).not.toBeNull()
    expect((await owner('POST', `/settings/api-keys/${body.id}/revoke`, {})).status).toBe(404)
  })

  test('a key that has expired opens nothing', async () => {
    const { body } = await make({ days: 1 })
    world.later(86_401)
    expect((await knock(body.secret, 'GET', '/payments')).status).toBe(401)
  })

  test('no scope, an unknown one and an empty name are refused by field', async () => {
    for (const [body, field] of [
      [{ scopes: [] }, 'scopes'],
      [{ scopes: ['everything'] }, 'scopes'],
      [{ name: '  ' }, 'name'],
      [{ days: 0 }, 'days'],
    ] as const) {
      const answer = await make(body)
      expect([answer.status, answer.body.field]).toEqual([422, field])
    }
  })

  test('only an owner makes and revokes keys', async () => {
    const { client } = await signedIn(world, 'finance')
    for (const path of ['/settings/api-keys', '/settings/api-keys/key_1/revoke'])
      expect((await client('POST', path, {})).body.code).toBe('role_too_low')
  })
})
