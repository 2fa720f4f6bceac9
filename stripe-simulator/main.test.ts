import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Stripe } from 'stripe'
import { afterEach, expect, test, vi } from 'vitest'

// Processes of their own start slowly on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const main = new URL('./main.ts', import.meta.url).pathname
const started: ChildProcess[] = []
const folders: string[] = []

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function start(...options: string[]): Promise<{ child: ChildProcess; stripe: Stripe; greeting: string }> {
  const child = spawn(process.execPath, [main, '--port', '0', ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  const [bytes] = (await once(child.stdout, 'data')) as [Buffer]
  const greeting = bytes.toString()
  const { port } = new URL(/http:\S+/.exec(greeting)?.[0] ?? '')
  const stripe = new Stripe('sk_test_simulator', {
    host: '127.0.0.1',
    port: Number(port),
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
  })
  return { child, stripe, greeting }
}

async function ends(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'exit')) as [number | null]
  return code
}

test('it says where it listens and which key to use, and ends when it is told to', async () => {
  const { child, stripe, greeting } = await start()
  expect(greeting).toMatch(/http:\/\/127\.0\.0\.1:\d+[\s\S]*sk_test_simulator[\s\S]*_control/)
  expect((await stripe.accounts.retrieveCurrent()).id).toBe('acct_1SimulatedShop0')
  child.kill('SIGTERM')
  expect(await ends(child)).toBe(0)
})

test.each([
  [['--port', 'eighty'], '--port must be a whole number'],
  [['--seed', '-1'], '--seed'],
  [['--colour', 'red'], 'Unknown option'],
  [['--host', '203.0.113.1'], 'could not start'],
])('%j is refused in words', async (options, message) => {
  const child = spawn(process.execPath, [main, ...options], { stdio: ['ignore', 'ignore', 'pipe'] })
  started.push(child)
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  expect(await ends(child)).toBeGreaterThan(0)
  expect(said).toContain(message)
})

test('killed in the middle of its work, it remembers each refund that it had answered', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'))
  folders.push(folder)
  const first = await start('--data', folder)
  const answered: string[] = []
  const work = Array.from({ length: 200 }, async () => {
    const intent = await first.stripe.paymentIntents.create({
      amount: 1000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
    })
    answered.push((await first.stripe.refunds.create({ payment_intent: intent.id, amount: 400 })).id)
    if (answered.length === 60) first.child.kill('SIGKILL')
  })
  await Promise.allSettled(work)
  expect(answered.length).toBeGreaterThanOrEqual(60)
  const second = await start('--data', folder)
  const kept = await second.stripe.refunds.list({ limit: 100 }).autoPagingToArray({ limit: 1000 })
  expect(answered.filter((id) => !kept.some((refund) => refund.id === id))).toEqual([])
  const made = await second.stripe.refunds.create({ charge: String(kept[0]?.charge), amount: 100 })
  expect(kept.map(({ id }) => id)).not.toContain(made.id)
})
