import { createHmac, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto'
import { sql } from 'kysely'
import { Hono } from 'hono'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addPortalKey, endPortalKey } from '../src/flows/portal-keys.ts'
import { createPortalLink } from '../src/flows/open-portal.ts'
import { portalRoutes } from '../src/http/portal/routes.ts'
import { openMailbox, type Mailbox } from './mailbox.ts'
import { portalWorld, type PortalWorld } from './portal-world.ts'

const origin = 'https://refunds.example.com'
let world: PortalWorld
let mailbox: Mailbox
let server: Hono
let ada: { customer: string; payment: string }
let ben: { customer: string; payment: string }
let ed: { id: string; key: KeyObject }
let hs: { id: string; secret: Buffer }
const issuer = 'https://shop.example.com'

beforeAll(async () => {
  mailbox = await openMailbox()
  world = await portalWorld({
    env: { PUBLIC_URL: 'https://desk.example.com', PORTAL_URL: origin, SMTP_URL: mailbox.url, TRUSTED_PROXIES: '1' },
  })
  server = new Hono().route('/portal', portalRoutes(world.app))
  ;[ada, ben] = await Promise.all([world.pays({ name: 'Ada' }), world.pays({ name: 'Ben' })])
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const [made, symmetric] = await Promise.all([
    addPortalKey(world.app, { name: 'app', issuer, public_key: pem, by: 'staff:sam' }),
    addPortalKey(world.app, { name: 'old app', issuer, by: 'staff:sam' }),
  ])
  if (!made.ok || !symmetric.ok) throw new Error('no keys')
  ed = { id: made.value.id, key: privateKey }
  hs = { id: symmetric.value.id, secret: Buffer.from(symmetric.value.secret!, 'base64url') }
}, 60_000)
afterAll(async () => {
  await world.close()
  await mailbox.close()
})

let place = 0
beforeEach(() => void place++)

type Call = { cookie?: string; headers?: Record<string, string>; from?: string; authorization?: string }

async function call(method: 'GET' | 'POST', path: string, body?: unknown, { cookie, headers = {}, from }: Call = {}) {
  const answer = await server.request(`${origin}/portal${path}`, {
    method,
    headers: {
      origin,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/json',
      // Each test from a place of its own, so that one test's attempts don't use up another one's.
      'x-forwarded-for': `203.0.113.9, ${from ?? `192.0.2.${place}`}`,
      ...(cookie && { cookie }),
      ...headers,
    },
    ...(method === 'POST' && { body: typeof body === 'string' ? body : JSON.stringify(body ?? {}) }),
  })
  const text = await answer.text()
  // oxlint-disable-next-line typescript/no-explicit-any -- what came is what is tested
  const json: any = text.startsWith('{') ? JSON.parse(text) : undefined
  const cookies = answer.headers.getSetCookie()
  return {
    status: answer.status,
    json,
    text,
    cookies,
    cookie: cookies.map((each) => each.split(';')[0]).join('; '),
    answer,
  }
}

const b64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const now = () => Math.floor(world.app.now().getTime() / 1000)

type Over = { header?: Record<string, unknown>; claims?: Record<string, unknown>; mend?: (jwt: string) => string }

function claims(over: Record<string, unknown> = {}) {
  const all = { iss: issuer, aud: origin, sub: ada.customer, iat: now(), exp: now() + 300, jti: randomUUID(), ...over }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

function byEd({ header = {}, claims: over = {}, mend = (jwt) => jwt }: Over = {}): string {
  const signed = `${b64({ alg: 'EdDSA', kid: ed.id, ...header })}.${b64(claims(over))}`
  return mend(`${signed}.${sign(null, Buffer.from(signed), ed.key).toString('base64url')}`)
}

function byHs({ header = {}, claims: over = {} }: Over = {}, secret: Buffer | string = hs.secret): string {
  const signed = `${b64({ alg: 'HS256', kid: hs.id, ...header })}.${b64(claims(over))}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

const enter = (jwt: string, over: Call = {}) => call('POST', '/api/enter', { jwt }, over)
const seen = async (cookie: string): Promise<string[]> =>
  ((await call('GET', '/api/payments', undefined, { cookie })).json?.payments ?? []).map(
    (each: { id: string }) => each.id,
  )

describe('a token that the merchant’s backend has signed', () => {
  test.each([
    ['EdDSA', () => byEd()],
    ['HS256', () => byHs()],
    ['EdDSA with typ JWT', () => byEd({ header: { typ: 'JWT' } })],
    ['a clock that is half a minute fast', () => byEd({ claims: { iat: now() + 30, exp: now() + 330 } })],
  ])('lets its customer in and shows what is theirs alone (%s)', async (_, make) => {
    const { status, cookie, cookies } = await enter(make())
    expect(status).toBe(200)
    expect(cookies[0]).toMatch(/^__Secure-portal=.+; Path=\/portal; HttpOnly; Secure; SameSite=Lax$/)
    expect(await seen(cookie)).toEqual([ada.payment])
    expect((await call('GET', `/api/payments/${ben.payment}`, undefined, { cookie })).status).toBe(404)
  })

  test('opens with the payment that it names, where that is the customer’s own', async () => {
    expect((await enter(byEd({ claims: { payment: ada.payment } }))).json.payment).toBe(ada.payment)
    expect((await enter(byEd({ claims: { payment: ben.payment } }))).json.payment).toBeNull()
  })

  test('lets in by e-mail somebody who has no customer in Stripe', async () => {
    const guest = await world.pays({ name: 'Guest', guest: 'Gus@Example.com' })
    const { cookie } = await enter(byEd({ claims: { sub: 'gus@example.com' } }))
    expect(await seen(cookie)).toEqual([guest.payment])
  })

  const refusals: [name: string, make: () => string][] = [
    ['alg none', () => byEd({ header: { alg: 'none' }, mend: (jwt) => `${jwt.split('.').slice(0, 2).join('.')}.` })],
    ['alg None', () => byEd({ header: { alg: 'None' } })],
    ['HS256 with the public key as its secret', () => byHs({ header: { kid: ed.id } }, 'anything')],
    ['HS256 named for an EdDSA key', () => byEd({ header: { alg: 'HS256' } })],
    ['EdDSA named for an HS256 key', () => byEd({ header: { kid: hs.id } })],
    ['HS384', () => byHs({ header: { alg: 'HS384' } })],
    ['HS512', () => byHs({ header: { alg: 'HS512' } })],
    ['RS256', () => byEd({ header: { alg: 'RS256' } })],
    ['an empty secret', () => byHs({}, '')],
    ['another secret', () => byHs({}, 'x'.repeat(32))],
    ['a signature from another key', () => byEd({ mend: (jwt) => `${jwt.slice(0, -6)}AAAAAA` })],
    ['a signature that was cut off', () => byEd({ mend: (jwt) => jwt.slice(0, -10) })],
    ['no signature', () => byEd({ mend: (jwt) => jwt.slice(0, jwt.lastIndexOf('.')) })],
    [
      'an altered customer',
      () => byEd({ mend: (jwt) => jwt.replace(/\.(.+)\./, `.${b64(claims({ sub: ben.customer }))}.`) }),
    ],
    [
      'an altered header',
      () => byEd({ mend: (jwt) => jwt.replace(/^[^.]+/, b64({ alg: 'EdDSA', kid: ed.id, x: 1 })) }),
    ],
    ['a header with jku', () => byEd({ header: { jku: 'https://evil.example/keys' } })],
    ['a header with jwk', () => byEd({ header: { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AA' } } })],
    ['a header with x5u', () => byEd({ header: { x5u: 'https://evil.example/cert' } })],
    ['a header with x5c', () => byEd({ header: { x5c: ['AA'] } })],
    ['a header with crit', () => byEd({ header: { crit: ['exp'] } })],
    ['a header with b64', () => byEd({ header: { b64: false } })],
    ['no kid', () => byEd({ header: { kid: undefined } })],
    ['an unknown kid', () => byEd({ header: { kid: 'pk_0' } })],
    ['a kid that is a path', () => byEd({ header: { kid: '../../etc/passwd' } })],
    ['a kid that is SQL', () => byEd({ header: { kid: `x' or '1'='1` } })],
    ['a kid with a NUL', () => byEd({ header: { kid: `${ed.id}\0` } })],
    ['a kid that is a number', () => byEd({ header: { kid: 1 } })],
    ['a kid that is a list', () => byEd({ header: { kid: [ed.id] } })],
    ['another typ', () => byEd({ header: { typ: 'at+jwt' } })],
    ['another issuer', () => byEd({ claims: { iss: 'https://evil.example' } })],
    ['no issuer', () => byEd({ claims: { iss: undefined } })],
    ['another audience', () => byEd({ claims: { aud: 'https://desk.example.com' } })],
    ['several audiences', () => byEd({ claims: { aud: [origin, 'https://other.example'] } })],
    ['no audience', () => byEd({ claims: { aud: undefined } })],
    ['no subject', () => byEd({ claims: { sub: undefined } })],
    ['an unknown customer', () => byEd({ claims: { sub: 'cus_nobody' } })],
    ['an address that nobody has paid with', () => byEd({ claims: { sub: 'nobody@example.com' } })],
    ['a subject that is a list', () => byEd({ claims: { sub: [ada.customer] } })],
    ['no expiry', () => byEd({ claims: { exp: undefined } })],
    ['an expiry that is a text', () => byEd({ claims: { exp: '9999999999' } })],
    ['an hour of life', () => byEd({ claims: { exp: now() + 3600 } })],
    ['eleven minutes of life', () => byEd({ claims: { exp: now() + 661 } })],
    ['expired', () => byEd({ claims: { iat: now() - 700, exp: now() - 120 } })],
    ['no time of issue', () => byEd({ claims: { iat: undefined } })],
    ['issued in the future', () => byEd({ claims: { iat: now() + 200, exp: now() + 400 } })],
    ['not valid yet', () => byEd({ claims: { nbf: now() + 200 } })],
    ['expires before it was issued', () => byEd({ claims: { iat: now() + 30, exp: now() + 20 } })],
    ['no jti', () => byEd({ claims: { jti: undefined } })],
    ['a jti that is too short to be one', () => byEd({ claims: { jti: '1' } })],
    ['a jti that is too long', () => byEd({ claims: { jti: 'x'.repeat(201) } })],
    ['a way back to a script', () => byEd({ claims: { return_url: 'javascript:alert(1)' } })],
    ['a way back over http', () => byEd({ claims: { return_url: 'http://shop.example.com' } })],
    ['five parts, as if encrypted', () => `${byEd()}.AAAA.AAAA`],
    ['one part', () => 'eyJhbGciOiJub25lIn0'],
    ['not base64', () => '!!!.???.***'],
    ['more than four thousand characters', () => byEd({ claims: { more: 'x'.repeat(5000) } })],
  ]
  test.each(refusals)('is refused: %s', async (_, make) => {
    const { status, json, cookies } = await enter(make())
    expect({ status, code: json.code }).toEqual({ status: 422, code: 'link_invalid' })
    expect(cookies).toEqual([])
  })

  test('works once; of twenty at the same time one is let in', async () => {
    const jwt = byEd()
    const all = await Promise.all(Array.from({ length: 20 }, () => enter(jwt)))
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(all.find(({ status }) => status !== 200)!.json).toMatchObject({ code: 'link_invalid', fault: 'used' })
  })

  test('used again in the visit that it opened is a reload, and in somebody else’s visit it is refused', async () => {
    const jwt = byEd()
    const { cookie } = await enter(jwt)
    expect((await enter(jwt, { cookie })).status).toBe(200)
    const other = await enter(byEd({ claims: { sub: ben.customer } }))
    expect((await enter(jwt, { cookie: other.cookie })).json.fault).toBe('used')
  })

  test('opens nothing once its key was revoked', async () => {
    const made = await addPortalKey(world.app, { name: 'short', issuer, by: 'staff:sam' })
    if (!made.ok) throw new Error('no key')
    const secret = Buffer.from(made.value.secret!, 'base64url')
    expect((await enter(byHs({ header: { kid: made.value.id } }, secret))).status).toBe(200)
    await endPortalKey(world.app, { id: made.value.id, by: 'staff:sam' })
    expect((await enter(byHs({ header: { kid: made.value.id } }, secret))).status).toBe(422)
  })

  test.each([
    [
      'a private key',
      () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
    [
      'an RSA key',
      () =>
        generateKeyPairSync('rsa', { modulusLength: 2048 })
          .publicKey.export({ type: 'spki', format: 'pem' })
          .toString(),
    ],
    ['a secret', () => 'correct horse battery staple'],
  ])('a key that is %s is not taken', async (_, pem) => {
    const made = await addPortalKey(world.app, { name: 'bad', issuer, public_key: pem(), by: 'staff:sam' })
    expect(made).toMatchObject({ ok: false, no: { code: 'setting_invalid', field: 'public_key' } })
  })
})

describe('a link by e-mail', () => {
  const ask = (email: string, over: Call & { number?: string } = {}) =>
    call('POST', '/api/sign-in', { email, ...(over.number && { number: over.number }) }, over)
  const open = (token: string, over: Call & { code?: string } = {}) =>
    call('POST', '/api/sign-in/open', { token, ...(over.code && { code: over.code }) }, over)

  /** The mails that came since, after all work is done. */
  async function mailed<T>(deed: () => Promise<T>): Promise<{ mails: Mailbox['mails']; answer: T; token: string }> {
    const before = mailbox.mails.length
    const answer = await deed()
    await world.work()
    const mails = mailbox.mails.slice(before)
    return { mails, answer, token: /#m=([\w-]+)/.exec(mails[0]?.text ?? '')?.[1] ?? '' }
  }
  let names = 0
  const newcomer = async () => {
    const name = `Mail${names++}`
    return { ...(await world.pays({ name })), email: `${name.toLowerCase()}@example.com` }
  }

  test('comes to an address that is known, in the reader’s language, and opens their payments in the browser that asked', async () => {
    const who = await newcomer()
    const { mails, answer, token } = await mailed(() => ask(who.email, { headers: { 'accept-language': 'fr-CA' } }))
    expect(answer.status).toBe(202)
    expect(mails.map(({ to }) => to)).toEqual([[who.email]])
    expect(mails[0]!.headers['content-language']).toBe('fr')
    expect(mails[0]!.text).toContain(`${origin}/portal/enter?lang=fr#m=`)
    const { status, cookie } = await open(token, { cookie: answer.cookie })
    expect(status).toBe(200)
    expect(await seen(cookie)).toEqual([who.payment])
  })

  test('shows all that was paid with the address: by several customers in Stripe, and by none', async () => {
    const email = 'many@example.com'
    const paid = [
      await world.pays({ name: 'One', email }),
      await world.pays({ name: 'Two', email: 'MANY@example.com' }),
      await world.pays({ name: 'Three', guest: 'Many@Example.com' }),
    ]
    const { answer, token } = await mailed(() => ask(email))
    const { cookie } = await open(token, { cookie: answer.cookie })
    expect((await seen(cookie)).sort()).toEqual(paid.map(({ payment }) => payment).sort())
    // Each of them can be asked for, in the name of whoever paid it.
    for (const { payment } of paid) {
      const preview = (await call('POST', `/api/payments/${payment}/preview`, { reason: 'other' }, { cookie })).json
      const body = { payment, reason: 'other', shown: preview.shown, after: null }
      const made = await call('POST', '/api/requests', body, { cookie })
      expect(made.status).toBe(201)
      expect((await call('GET', `/api/requests/${made.json.id}`, undefined, { cookie })).json.status).toBe('approved')
    }
  })

  test('says the same, as fast, for an address that nobody knows, and sends nothing', async () => {
    const who = await newcomer()
    const known = await mailed(() => ask(who.email))
    const unknown = await mailed(() => ask('nobody-at-all@example.com'))
    expect(unknown.mails).toEqual([])
    expect(unknown.answer.status).toBe(known.answer.status)
    expect(Object.keys(unknown.answer.json)).toEqual(Object.keys(known.answer.json))
    expect(unknown.answer.cookies.length).toBe(known.answer.cookies.length)
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] }
    for (let round = 0; round < 40; round++) {
      const kind = round % 2 === 0 ? ('known' as const) : ('unknown' as const)
      // Asked again under the limit for one address: a tag after + is another address, and a place is used once.
      await sql`delete from rate_limit`.execute(world.app.db)
      const started = performance.now()
      await ask(kind === 'known' ? who.email : 'nobody-at-all@example.com', { from: `198.51.100.${round}` })
      times[kind].push(performance.now() - started)
    }
    const median = (all: number[]) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)]!
    // On a machine that is busy with other tests everything takes longer, for both alike.
    const [known_ms, unknown_ms] = [median(times.known), median(times.unknown)]
    expect(Math.abs(known_ms - unknown_ms)).toBeLessThan(Math.max(5, 0.5 * unknown_ms))
    await sql`delete from portal_sign_in`.execute(world.app.db)
    await sql`delete from rate_limit`.execute(world.app.db)
  })

  test('is not used up by a scanner that opens it', async () => {
    const who = await newcomer()
    const { answer, token } = await mailed(() => ask(who.email))
    for (const method of ['GET', 'HEAD'])
      await server.request(`${origin}/portal/enter?lang=en`, { method, headers: { 'user-agent': 'scanner' } })
    await server.request(`${origin}/portal/api/sign-in/open`, { method: 'GET' })
    expect((await open(token, { cookie: answer.cookie })).status).toBe(200)
  })

  test('elsewhere asks for the six digits, opens with them, and with nothing else', async () => {
    const who = await newcomer()
    const { answer, token } = await mailed(() => ask(who.email))
    const code: string = answer.json.code
    expect(code).toMatch(/^\d{6}$/)
    expect((await open(token)).json.code).toBe('code_needed')
    expect((await open(token, { cookie: '__Secure-portal_browser=stolen' })).json.code).toBe('code_needed')
    const wrong = code === '000000' ? '000001' : '000000'
    expect((await open(token, { code: wrong })).json.code).toBe('code_wrong')
    const { status, cookie } = await open(token, { code })
    expect(status).toBe(200)
    expect(await seen(cookie)).toEqual([who.payment])
  })

  test('dies after five wrong numbers, for the right browser too', async () => {
    const who = await newcomer()
    const { answer, token } = await mailed(() => ask(who.email))
    const wrong = answer.json.code === '000000' ? '000001' : '000000'
    for (let n = 0; n < 5; n++) expect((await open(token, { code: wrong })).json.code).toBe('code_wrong')
    expect((await open(token, { code: answer.json.code })).json).toMatchObject({
      code: 'link_invalid',
      fault: 'expired',
    })
    expect((await open(token, { cookie: answer.cookie })).json.fault).toBe('expired')
  })

  test('works once; of ten at the same time one is let in', async () => {
    const who = await newcomer()
    const { answer, token } = await mailed(() => ask(who.email))
    const all = await Promise.all(Array.from({ length: 10 }, () => open(token, { cookie: answer.cookie })))
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await open(token, { cookie: answer.cookie })).json.fault).toBe('used')
  })

  test.each([
    ['an invented token', () => 'A'.repeat(43)],
    ['an empty token', () => ''],
    ['a token that was cut off', (token: string) => token.slice(1)],
    ['a token with a tail', (token: string) => `${token}x`],
    ['the token of a link of another kind', () => 'link'],
  ])('is refused: %s', async (name, change) => {
    const who = await newcomer()
    const { answer, token } = await mailed(() => ask(who.email))
    const other = name.includes('another kind') ? (await world.link({ customer: ada.customer })).token : change(token)
    expect((await open(other, { cookie: answer.cookie })).status).toBe(422)
    expect((await call('POST', '/api/enter', { token })).status).toBe(422)
  })

  test('is over after ten minutes', async () => {
    const who = await newcomer()
    const { answer, token } = await mailed(() => ask(who.email))
    world.later(10 * 60_000 + 1)
    expect((await open(token, { cookie: answer.cookie })).json.fault).toBe('expired')
  })

  test('by a number comes to the address on file, for that customer’s payments alone', async () => {
    const email = 'number@example.com'
    const [first, second] = [await world.pays({ name: 'N1', email }), await world.pays({ name: 'N2', email })]
    await sql`update payment set invoice_number = 'INV-0042' where id = ${first.payment}`.execute(world.app.db)
    await sql`update payment set receipt_number = '2519-8802' where id = ${second.payment}`.execute(world.app.db)
    const byInvoice = await mailed(() => ask(email, { number: ' inv-0042 ' }))
    expect(await seen((await open(byInvoice.token, { cookie: byInvoice.answer.cookie })).cookie)).toEqual([
      first.payment,
    ])
    const byReceipt = await mailed(() => ask(email, { number: '2519-8802' }))
    expect(await seen((await open(byReceipt.token, { cookie: byReceipt.answer.cookie })).cookie)).toEqual([
      second.payment,
    ])
    const mismatch = await mailed(() => ask('ada@example.com', { number: 'INV-0042' }))
    expect(mismatch.mails).toEqual([])
    expect(mismatch.answer.status).toBe(202)
    expect(Object.keys(mismatch.answer.json)).toEqual(['code'])
  })

  test.each([
    '',
    'ada',
    'ada@',
    '@example.com',
    'ada@example',
    'ada@example.com, eve@evil.example',
    'ada@example.com\r\nBcc: eve@evil.example',
    'Ada <ada@example.com>',
    '"a b"@example.com',
    `${'a'.repeat(250)}@example.com`,
    { address: 'ada@example.com' },
    ['ada@example.com'],
  ])('is not sent to %j', async (email) => {
    const { mails, answer } = await mailed(() => call('POST', '/api/sign-in', { email }))
    expect({ status: answer.status, mails }).toEqual({ status: 422, mails: [] })
  })

  test('goes to one address three times in ten minutes, in whatever case it is written, and from one place ten times in an hour', async () => {
    for (const email of ['limit@example.com', 'Limit@example.com', 'LIMIT@EXAMPLE.COM'])
      expect((await ask(email)).status).toBe(202)
    const fourth = await ask('limit@example.com')
    expect(fourth.status).toBe(429)
    expect(Number(fourth.answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(fourth.json.detail).toMatch(/Try again in \d+ minutes/)
    const more = await Promise.all(Array.from({ length: 10 }, (_, n) => ask(`place${n}@example.com`)))
    expect(more.filter(({ status }) => status === 429)).toHaveLength(4)
    expect((await ask('elsewhere@example.com', { from: '198.51.100.200' })).status).toBe(202)
  })

  test('leads to our own address, whatever a request calls us', async () => {
    const who = await newcomer()
    const { mails } = await mailed(() =>
      ask(who.email, {
        headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' },
      }),
    )
    expect(mails[0]!.raw).not.toContain('evil.example')
    expect(mails[0]!.text).toContain(`${origin}/portal/enter`)
  })

  test('is not in the database: neither the token nor the digits can be read there', async () => {
    const who = await newcomer()
    const { answer, token } = await mailed(() => ask(who.email))
    const { rows } = await sql<{ all: string }>`
      select string_agg(s::text, ' ') || (select coalesce(string_agg(m::text, ' '), '') from message m) as all from portal_sign_in s`.execute(
      world.app.db,
    )
    expect(rows[0]!.all).not.toContain(token)
    expect(rows[0]!.all).not.toMatch(new RegExp(`\\b${answer.json.code}\\b`))
  })

  test('that the mail server does not take at once is sent with a new token a little later', async () => {
    const who = await newcomer()
    mailbox.refusals.push({ code: 451, words: 'Not now' })
    const { mails } = await mailed(() => ask(who.email))
    expect(mails).toEqual([])
    const again = await mailed(async () => world.later(60_000))
    expect(again.mails).toHaveLength(1)
  })
})

describe('each way in', () => {
  test.each([
    ['another site’s form', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 403],
    ['a form', { 'content-type': 'text/plain' }, 415],
    ['a sandboxed frame', { origin: 'null' }, 403],
  ])('is closed to %s', async (_, headers, status) => {
    for (const path of ['/api/enter', '/api/sign-in', '/api/sign-in/open'])
      expect(
        (await call('POST', path, { jwt: byEd(), email: 'ada@example.com', token: 'x' }, { headers })).status,
      ).toBe(status)
  })

  test('takes one thing at a time, and nothing that is not asked for', async () => {
    const { token } = await world.link({ customer: ada.customer })
    expect((await call('POST', '/api/enter', { token, jwt: byEd() })).status).toBe(422)
    expect((await call('POST', '/api/enter', { token, customer: ben.customer })).status).toBe(422)
    expect((await call('POST', '/api/enter', '{')).status).toBe(422)
    expect((await call('POST', '/api/enter', { token })).status).toBe(200)
  })

  test('slows down somebody who tries tokens, with a message that says until when', async () => {
    const all = await Promise.all(Array.from({ length: 62 }, () => enter('nonsense')))
    const refused = all.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(2)
    expect(refused[0]!.json).toMatchObject({ code: 'too_often', retry_after_seconds: expect.any(Number) })
  })

  test('in a frame keeps no cookie: the page holds the visit and sends it with each call', async () => {
    const framed = await enter(byEd(), { headers: { 'x-portal-frame': '1' } })
    expect(framed.cookies).toEqual([])
    const secret: string = framed.json.session
    const payments = await call('GET', '/api/payments', undefined, { headers: { authorization: `Portal ${secret}` } })
    expect(payments.json.payments).toHaveLength(1)
    expect(
      (await call('GET', '/api/payments', undefined, { headers: { authorization: `Bearer ${secret}` } })).status,
    ).toBe(401)
    await call('POST', '/api/leave', {}, { headers: { authorization: `Portal ${secret}` } })
    expect(
      (await call('GET', '/api/payments', undefined, { headers: { authorization: `Portal ${secret}` } })).status,
    ).toBe(401)
  })

  test('from the backend needs only the payment: a guest’s is enough', async () => {
    const guest = await world.pays({ name: 'Gone', guest: 'gone@example.com' })
    const { token } = await world.link({ payment: guest.payment })
    const { cookie } = await call('POST', '/api/enter', { token })
    expect(await seen(cookie)).toEqual([guest.payment])
    const foreign = await createPortalLink(world.app, {
      customer: ada.customer,
      payment: ben.payment,
      by: 'api_key:test',
    })
    expect(foreign).toMatchObject({ ok: false, no: { code: 'payment_not_found' } })
    expect(await createPortalLink(world.app, { by: 'api_key:test' })).toMatchObject({ ok: false })
  })
})
