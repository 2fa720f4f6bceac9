import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ConfigError, parseSecrets, readConfig } from '../src/config.ts'
import { startSimulator, type Simulator } from '../stripe-simulator/simulator.ts'
import { until } from './holding.ts'
import { freshDatabase } from './postgres.ts'
import { lineTo, startProgram } from './program.ts'
import { call, freePort } from './world.ts'

const stripeEnv = { STRIPE_SECRET_KEY: 'sk_test_simulator', STRIPE_WEBHOOK_SECRET: 'whsec_test' }

async function own<T extends { close(): unknown }>(made: Promise<T>): Promise<T> {
  const it = await made
  onTestFinished(async () => void (await it.close()))
  return it
}

const simulate = (port = 0): Promise<Simulator> => own(startSimulator({ port }))

async function database(): Promise<string> {
  const { url, drop } = await freshDatabase()
  onTestFinished(drop)
  return url
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'moneyback config '))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

describe('the environment', () => {
  test.each([
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['PORT', '3000.5'],
    ['PUBLIC_URL', 'refunds.example.com'],
    ['PUBLIC_URL', 'javascript:alert(1)'],
    ['DATABASE_URL', 'mysql://localhost/x'],
    ['STRIPE_SECRET_KEY', 'pk_live_123'],
    ['STRIPE_SECRET_KEY', 'secret'],
    ['STRIPE_WEBHOOK_SECRET', 'secret'],
    ['STRIPE_API_BASE', 'localhost:12111'],
    ['SMTP_URL', 'mail.example.com'],
    ['LOG_LEVEL', 'loud'],
    ['MONEYBACK_SECRET', 'short'],
  ])('%s=%s is refused with its name, what it is for and a line to paste', (name, value) => {
    expect(() => readConfig({ ...stripeEnv, [name]: value })).toThrow(ConfigError)
    expect(() => readConfig({ ...stripeEnv, [name]: value })).toThrow(
      new RegExp(`^${name} .*For example:\n\n  ${name}=`, 's'),
    )
  })

  test.each([
    ['STRIPE_WEBHOOK_SECRET', { STRIPE_SECRET_KEY: 'sk_live_1' }],
    ['STRIPE_SECRET_KEY', { STRIPE_WEBHOOK_SECRET: 'whsec_1' }],
    ['STRIPE_SECRET_KEY', { STRIPE_API_BASE: 'http://localhost:1' }],
  ])('half of the Stripe variables is refused: %s is missing', (name, env) => {
    expect(() => readConfig(env)).toThrow(new RegExp(`^${name} is missing`))
  })

  test('nothing set is the demo; what is blank counts as not set', () => {
    expect(readConfig({ PORT: ' ', DATABASE_URL: '' })).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      publicUrl: 'http://localhost:3000',
      stripe: undefined,
      databaseUrl: undefined,
    })
  })

  test('two webhook secrets while one is rolled', () => {
    expect(readConfig({ ...stripeEnv, STRIPE_WEBHOOK_SECRET: 'whsec_1,whsec_2' }).stripe!.webhookSecrets).toEqual([
      'whsec_1',
      'whsec_2',
    ])
  })

  test.each([
    'whsec_1,whsec_2@soon',
    'whsec_1@2026-13-45T00:00:00Z',
    'whsec_1@2026-12-31T00:00:00Z',
    'whsec_1,whsec_2,whsec_3,whsec_4',
    'whsec_1,,whsec_2',
    'sk_test_1',
  ])('the webhook secret %s is explained: a date that is none, none that lasts, too many', (text) => {
    expect(() => readConfig({ ...stripeEnv, STRIPE_WEBHOOK_SECRET: text })).toThrow(
      /STRIPE_WEBHOOK_SECRET can't be used as it is[\s\S]*STRIPE_WEBHOOK_SECRET=whsec_new,whsec_old@2026-12-31T00:00:00Z/,
    )
  })

  test('a secret that is rolled out ends at its time', () => {
    expect(parseSecrets('whsec_new, whsec_old@2026-12-31T00:00:00Z')).toEqual([
      { secret: 'whsec_new' },
      { secret: 'whsec_old', until: new Date('2026-12-31T00:00:00Z') },
    ])
  })
})

describe('the program', () => {
  test.each([
    ['a value that can’t be used', { PORT: 'http' }, [], /^\s*PORT can't be used as it is/],
    ['a command that does not exist', {}, ['dance'], /There is no command "dance"[\s\S]*Usage: npm start/],
    ['a command that needs a database', stripeEnv, ['work'], /DATABASE_URL is missing[\s\S]*DATABASE_URL=postgres:/],
  ])('ends with a clear text and no stack at %s', async (_, env, args, text) => {
    const { code, said } = await startProgram({ DATA_DIR: folder(), ...env }, { args }).ended
    expect([code, said]).toEqual([1, expect.stringMatching(text)])
    expect(said).not.toMatch(/^\s+at .*\.ts:/m)
  })

  test('a port that is taken: says so and names another', async () => {
    const [simulator, url] = [await simulate(), await database()]
    const port = await freePort()
    const taken = createServer()
    await new Promise<void>((done) => taken.listen(port, '127.0.0.1', done))
    onTestFinished(() => void taken.close())
    const { code, said } = await startProgram({
      ...stripeEnv,
      STRIPE_API_BASE: simulator.url,
      DATABASE_URL: url,
      PORT: String(port),
    }).ended
    expect([code, said]).toEqual([
      1,
      expect.stringContaining(
        `Port ${port} is taken by another program. Stop it, or choose another port: PORT=${port + 1}`,
      ),
    ])
  })

  test.each([
    ['with Stripe', stripeEnv],
    ['as the demo', {}],
  ])('a data folder that is not writable, %s: says which and what to do', async (_, env) => {
    const path = folder()
    chmodSync(path, 0o555)
    const uid = process.getuid?.() === 0 ? 65_534 : undefined
    const { code, said } = await startProgram({ ...env, DATA_DIR: path, PORT: String(await freePort()) }, { uid }).ended
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(/folder .*moneyback config .* is not writable.*Choose another/s),
    ])
  })

  test('a second program on the same data folder is refused and harms nothing; Ctrl-C ends the first one', async () => {
    const simulator = await simulate()
    const env = async () => ({
      ...stripeEnv,
      STRIPE_API_BASE: simulator.url,
      DATA_DIR: path,
      PORT: String(await freePort()),
    })
    const path = folder()
    const settings = await env()
    const first = startProgram(settings)
    await first.ready
    const { code, said } = await startProgram(await env()).ended
    expect([code, said]).toEqual([1, expect.stringMatching(/data folder .* is in use by another process \(pid \d+\)/)])
    expect((await call(`http://127.0.0.1:${settings.PORT}`, 'GET', '/health', undefined, {})).body).toMatchObject({
      ok: true,
    })
    first.process.kill('SIGINT')
    expect(await first.ended).toMatchObject({ code: 0 })
  })

  test('Stripe away at the first start: waits, says so, and goes on when it is there', async () => {
    const [url, stripePort] = [await database(), await freePort()]
    const program = startProgram({
      ...stripeEnv,
      STRIPE_API_BASE: `http://127.0.0.1:${stripePort}`,
      DATABASE_URL: url,
      PORT: String(await freePort()),
    })
    await until('it says that it waits', () => program.said().includes('Stripe can’t be reached'))
    await simulate(stripePort)
    await program.ready
  })

  test('a key that Stripe does not know: says so, and where to get the right one', async () => {
    const [simulator, url] = [await simulate(), await database()]
    await simulator.control('POST', '/_control/settings', { strictKeys: true })
    const { code, said } = await startProgram({
      ...stripeEnv,
      STRIPE_SECRET_KEY: 'sk_test_wrong',
      STRIPE_API_BASE: simulator.url,
      DATABASE_URL: url,
      PORT: String(await freePort()),
    }).ended
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(/Stripe does not know STRIPE_SECRET_KEY[\s\S]*Copy the key again/),
    ])
  })

  test('PostgreSQL away at the start and in mid-flight: waits, answers 503 with a reason, and goes on when it is back', async () => {
    const simulator = await simulate()
    const direct = new URL(await database())
    const line = await own(lineTo(direct, { open: false }))
    const url = new URL(direct)
    url.port = String(line.port)
    url.hostname = '127.0.0.1'
    const port = await freePort()
    const program = startProgram({
      ...stripeEnv,
      STRIPE_API_BASE: simulator.url,
      DATABASE_URL: url.href,
      PORT: String(port),
    })
    await until('it says that it waits', () => program.said().includes('PostgreSQL can’t be reached'))
    await line.mend()
    await program.ready
    const get = (path: string) =>
      call<{ code?: string; ok?: boolean; detail?: string }>(`http://127.0.0.1:${port}`, 'GET', path, undefined, {
        authorization: `Bearer mb_${'a'.repeat(43)}`,
      })
    expect((await get('/v1/payments')).status).toBe(401)
    line.cut()
    expect(await get('/v1/payments')).toMatchObject({
      status: 503,
      body: { code: 'database_away', detail: expect.stringContaining('try again') },
    })
    expect(await get('/health')).toMatchObject({ status: 503, body: { ok: false } })
    await line.mend()
    await until('it answers again', async () => (await get('/health')).status === 200)
    expect((await get('/v1/payments')).status).toBe(401)
    program.process.kill('SIGTERM')
    expect(await program.ended).toMatchObject({ code: 0 })
  })

  test('a database that does not exist is named', async () => {
    const url = new URL(await database())
    url.pathname = '/nowhere'
    const { code, said } = await startProgram({
      ...stripeEnv,
      STRIPE_API_BASE: 'http://127.0.0.1:1',
      DATABASE_URL: url.href,
      PORT: String(await freePort()),
    }).ended
    expect([code, said]).toEqual([1, expect.stringMatching(/"nowhere" does not exist/)])
  })
})
