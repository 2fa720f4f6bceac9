import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Invitation, TeamPage } from '../src/http/admin/settings/team.ts'
import type { MePage, NewTwoFactor } from '../src/http/admin/settings/me.ts'
import { browserAt, codeAt, password, signedIn, type Client } from './staff.ts'
import { openWorld, type World } from './world.ts'

let world: World
let owner: Client
let ownerId: string

beforeAll(async () => {
  world = await openWorld()
}, 60_000)
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(async () => {
  await sql`delete from staff_rate_limit`.execute(world.app.db)
  ;({ client: owner, id: ownerId } = await signedIn(world, 'owner'))
})

const invite = async (email: string, role = 'support'): Promise<Invitation> => {
  const { status, body } = await owner<Invitation>('POST', '/settings/team/invite', { email, role })
  expect(status).toBe(200)
  return body
}
const tokenOf = ({ link }: Invitation): string => link.split('#')[1]!
const joinAs = (client: Client, token: string, name = 'New') =>
  client('POST', '/auth/join', { token, name, password: 'a password of mine' })
const longAgo = () =>
  sql`update staff_session set "createdAt" = now() - interval '1 hour', stepped_up_at = null`.execute(world.app.db)

describe('inviting', () => {
  test('whoever has the link chooses a password and is in, with the role of the invitation', async () => {
    const made = await invite('new@example.com', 'approver')
    expect(made.mail).toBe('no_mail_server')
    const client = browserAt(world)
    expect((await client('POST', '/auth/join/look', { token: tokenOf(made) })).body).toMatchObject({
      email: 'new@example.com',
      role: 'approver',
    })
    expect((await joinAs(client, tokenOf(made))).status).toBe(200)
    expect((await client<{ staff: object }>('GET', '/me')).body.staff).toMatchObject({ name: 'New', role: 'approver' })
  })

  test('a link is good once, for a week, and until the next one', async () => {
    const first = await invite('once@example.com')
    const second = await invite('once@example.com')
    expect((await joinAs(browserAt(world), tokenOf(first))).body.code).toBe('link_invalid')
    await sql`update staff_invitation set expires_at = now() - interval '1 second'`.execute(world.app.db)
    expect((await joinAs(browserAt(world), tokenOf(second))).body.code).toBe('link_invalid')
    const third = await invite('once@example.com')
    const [a, b] = await Promise.all([
      joinAs(browserAt(world), tokenOf(third)),
      joinAs(browserAt(world), tokenOf(third)),
    ])
    expect([a.status, b.status].sort((x, y) => x - y)).toEqual([200, 422])
  })

  test('an invited person can’t sign in before they have joined, and a short password is refused by name', async () => {
    const made = await invite('early@example.com')
    const client = browserAt(world)
    expect((await client('POST', '/auth/sign-in/email', { email: 'early@example.com', password })).status).toBe(401)
    const { status, body } = await client('POST', '/auth/join', { token: tokenOf(made), name: 'E', password: 'short' })
    expect([status, body.field]).toEqual([422, 'password'])
  })

  test('the secret of a link is not in the database', async () => {
    const made = await invite('secret@example.com')
    const rows = await world.rows<{ all: string }>(`select i::text as all from staff_invitation i`)
    expect(rows.some((row) => row.all.includes(tokenOf(made)))).toBe(false)
  })

  test('somebody who works here is not invited again, and an address has to be one', async () => {
    expect((await owner('POST', '/settings/team/invite', { email: 'owner@example.com', role: 'viewer' })).status).toBe(
      409,
    )
    const { status, body } = await owner('POST', '/settings/team/invite', { email: 'no address', role: 'viewer' })
    expect([status, body.field]).toEqual([422, 'email'])
  })
})

describe('roles', () => {
  test('only an owner changes the team', async () => {
    const { client: finance } = await signedIn(world, 'finance')
    for (const [path, body] of [
      ['/settings/team/invite', { email: 'x@example.com', role: 'owner' }],
      [`/settings/team/${ownerId}/role`, { role: 'viewer' }],
      [`/settings/team/${ownerId}/deactivate`, {}],
      [`/settings/team/${ownerId}/sign-out`, {}],
      [`/settings/team/${ownerId}/reset-two-factor`, {}],
      ['/settings/team/two-factor-required', { required: false }],
    ] as const) {
      const answer = await finance('POST', path, body)
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'role_too_low'])
    }
  })

  test('what needs proof asks for it when the last one is older than five minutes', async () => {
    await longAgo()
    const asked = await owner('POST', '/settings/team/invite', { email: 'later@example.com', role: 'viewer' })
    expect([asked.status, asked.body.code]).toEqual([403, 'step_up_needed'])
    expect((await owner('POST', '/settings/me/step-up', { password: 'not it' })).body.field).toBe('password')
    expect((await owner('POST', '/settings/me/step-up', { password })).status).toBe(200)
    await invite('later@example.com')
  })

  test('five wrong proofs end the session', async () => {
    const codes: string[] = []
    for (let round = 0; round < 5; round++)
      codes.push((await owner('POST', '/settings/me/step-up', { password: 'wrong' })).body.code)
    expect(codes).toEqual(['proof_wrong', 'proof_wrong', 'proof_wrong', 'proof_wrong', 'not_signed_in'])
    expect((await owner('GET', '/me')).status).toBe(401)
  })

  test('a lower role counts at once and ends the sessions; a higher one leaves them', async () => {
    const { client: finance, id } = await signedIn(world, 'finance')
    expect((await owner('POST', `/settings/team/${id}/role`, { role: 'owner' })).status).toBe(200)
    expect((await finance<{ staff: { role: string } }>('GET', '/me')).body.staff.role).toBe('owner')
    expect((await owner('POST', `/settings/team/${id}/role`, { role: 'support' })).status).toBe(200)
    expect((await finance('GET', '/me')).status).toBe(401)
  })

  test('the last owner neither leaves nor is lowered, also when two try at the same moment', async () => {
    expect((await owner('POST', `/settings/team/${ownerId}/role`, { role: 'finance' })).status).toBe(409)
    expect((await owner('POST', `/settings/team/${ownerId}/deactivate`, {})).status).toBe(409)
    const { client: second, id: secondId } = await signedIn(world, 'owner', 'second')
    const both = await Promise.all([
      owner('POST', `/settings/team/${secondId}/role`, { role: 'viewer' }),
      second('POST', `/settings/team/${ownerId}/role`, { role: 'viewer' }),
    ])
    expect(both.map(({ status }) => status).sort((x, y) => x - y)).not.toEqual([200, 200])
    const [left] = await world.rows<{ n: number }>(
      `select count(*) as n from staff where role = 'owner' and state = 'active'`,
    )
    expect(left!.n).toBe(1)
    await sql`update staff set role = 'viewer' where id = ${secondId}`.execute(world.app.db)
  })

  test('whoever is deactivated is out at once, can’t sign in, and keeps their name in the records', async () => {
    const { client, id, email } = await signedIn(world, 'support', 'leaving')
    expect((await owner('POST', `/settings/team/${id}/deactivate`, {})).status).toBe(200)
    expect((await client('GET', '/me')).status).toBe(401)
    expect((await client('POST', '/auth/sign-in/email', { email, password })).status).toBe(401)
    const { staff } = (await owner<TeamPage>('GET', '/settings/team')).body
    expect(staff.find((one) => one.id === id)).toMatchObject({ state: 'deactivated', name: 'leaving', ways: [] })
  })
})

describe('the second factor', () => {
  async function withSecondFactor(name: string) {
    const { client, email, id } = await signedIn(world, 'owner', name)
    const { body: made } = await client<NewTwoFactor>('POST', '/settings/me/two-factor/start', { password })
    expect(made.qr).toMatch(/^<svg/)
    expect((await client('POST', '/settings/me/two-factor/confirm', { code: '000000' })).status).toBe(422)
    const { status } = await client('POST', '/settings/me/two-factor/confirm', { code: codeAt(made.secret) })
    expect(status).toBe(200)
    await sql`update staff_two_factor set last_code = null`.execute(world.app.db)
    return { client, email, id, ...made }
  }

  test('signing in asks for the code, and each code is good once', async () => {
    const { email, secret } = await withSecondFactor('twice')
    const client = browserAt(world)
    const { body } = await client<{ twoFactorRedirect?: boolean }>('POST', '/auth/sign-in/email', { email, password })
    expect(body.twoFactorRedirect).toBe(true)
    expect((await client('GET', '/me')).status).toBe(401)
    expect((await client('POST', '/auth/two-factor/verify-totp', { code: '123456' })).status).toBe(401)
    const code = codeAt(secret)
    expect((await client('POST', '/auth/two-factor/verify-totp', { code })).status).toBe(200)
    expect((await client('GET', '/me')).status).toBe(200)
    const thief = browserAt(world)
    await thief('POST', '/auth/sign-in/email', { email, password })
    expect((await thief('POST', '/auth/two-factor/verify-totp', { code })).status).toBe(401)
    expect((await thief('GET', '/me')).status).toBe(401)
  })

  test('a recovery code lets in once', async () => {
    const { email, codes } = await withSecondFactor('recovers')
    for (const expected of [200, 401]) {
      const client = browserAt(world)
      await client('POST', '/auth/sign-in/email', { email, password })
      const { status } = await client('POST', '/auth/two-factor/verify-backup-code', { code: codes[0] })
      expect(status).toBe(expected)
    }
  })

  test('with it, proof is a code; the password is not enough', async () => {
    const { client, secret } = await withSecondFactor('proves')
    expect((await client<MePage>('GET', '/settings/me')).body.proof).toBe('code')
    expect((await client('POST', '/settings/me/step-up', { password })).body.code).toBe('proof_wrong')
    expect((await client('POST', '/settings/me/step-up', { code: codeAt(secret) })).status).toBe(200)
  })

  test('secrets are not in the database as they are', async () => {
    const { secret, codes } = await withSecondFactor('hidden')
    const rows = await world.rows<{ all: string }>(`select t::text as all from staff_two_factor t`)
    for (const { all } of rows) {
      expect(all).not.toContain(secret)
      expect(all).not.toContain(codes[0])
    }
  })

  test('where it is required, nothing opens without it but the page that sets it up', async () => {
    const { client } = await withSecondFactor('requires')
    const { client: plain } = await signedIn(world, 'support', 'plain')
    expect((await owner('POST', '/settings/team/two-factor-required', { required: true })).status).toBe(409)
    expect((await client('POST', '/settings/team/two-factor-required', { required: true })).status).toBe(200)
    expect((await plain('GET', '/queue')).body.code).toBe('two_factor_needed')
    expect((await plain('POST', '/requests/rr_1/deny', { note: 'x' })).body.code).toBe('two_factor_needed')
    expect((await plain<{ two_factor_needed: boolean }>('GET', '/me')).body.two_factor_needed).toBe(true)
    const { body: made } = await plain<NewTwoFactor>('POST', '/settings/me/two-factor/start', { password })
    await plain('POST', '/settings/me/two-factor/confirm', { code: codeAt(made.secret) })
    expect((await plain('GET', '/queue')).status).toBe(200)
    expect((await client('POST', '/settings/team/two-factor-required', { required: false })).status).toBe(200)
  })

  test('an owner resets a lost one, which ends the sessions', async () => {
    const { client, id, email } = await withSecondFactor('lost')
    expect((await owner('POST', `/settings/team/${id}/reset-two-factor`, {})).status).toBe(200)
    expect((await client('GET', '/me')).status).toBe(401)
    const { body } = await client<{ twoFactorRedirect?: boolean }>('POST', '/auth/sign-in/email', { email, password })
    expect(body.twoFactorRedirect).toBeUndefined()
  })
})

describe('sessions', () => {
  test('somebody sees where they are signed in, and ends all others', async () => {
    const { client, email } = await signedIn(world, 'viewer', 'travels')
    const elsewhere = browserAt(world)
    await elsewhere('POST', '/auth/sign-in/email', { email, password })
    const { sessions } = (await client<MePage>('GET', '/settings/me')).body
    expect(sessions.map((session) => Number(session.this)).sort((x, y) => x - y)).toEqual([0, 1])
    await client('POST', '/settings/me/sessions/end-others', {})
    expect((await elsewhere('GET', '/me')).status).toBe(401)
    expect((await client('GET', '/me')).status).toBe(200)
  })

  test('a new password ends the other sessions', async () => {
    const { client, email } = await signedIn(world, 'viewer', 'renews')
    const elsewhere = browserAt(world)
    await elsewhere('POST', '/auth/sign-in/email', { email, password })
    expect((await client('POST', '/settings/me/password', { password: 'another good one' })).status).toBe(200)
    expect((await elsewhere('GET', '/me')).status).toBe(401)
    expect((await elsewhere('POST', '/auth/sign-in/email', { email, password })).status).toBe(401)
  })
})
