// Refunds per second of the Stripe simulator, in a process of its own, asked over HTTP by this one.
//   npm run bench:simulator -- [--refunds 30000] [--at-once 32] [--least 0]
// With --least N it ends with 1 when fewer than N per second were made.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { refunds: { type: 'string' }, 'at-once': { type: 'string' }, least: { type: 'string' } },
})
const refunds = Number(values.refunds ?? 30_000)
const atOnce = Number(values['at-once'] ?? 32)

const simulator = spawn(
  process.execPath,
  [new URL('../stripe-simulator/main.ts', import.meta.url).pathname, '--port', '0'],
  { stdio: ['ignore', 'pipe', 'inherit'] },
)
const [greeting] = (await once(simulator.stdout, 'data')) as [Buffer]
const url = /http:\/\/\S+/.exec(greeting.toString())?.[0] ?? ''
const agent = new Agent({ keepAlive: true, maxSockets: atOnce })

function ask(method: string, path: string, body: string, type: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: 'Bearer sk_test_bench',
      'content-type': type,
      'content-length': Buffer.byteLength(body),
    }
    const outgoing = request(`${url}${path}`, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

const form = (path: string, body: string) => ask('POST', path, body, 'application/x-www-form-urlencoded')
const control = (path: string, input: object) => ask('POST', path, JSON.stringify(input), 'application/json')

/** Runs `count` requests, `atOnce` of them at any time, and says how many were done in a second. */
async function rate(
  count: number,
  send: (i: number) => Promise<{ status: number; text: string }>,
): Promise<{ perSecond: number; p50: number; p99: number }> {
  const times: number[] = []
  let next = 0
  const begun = performance.now()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) {
        const i = next++
        const started = performance.now()
        const { status, text } = await send(i)
        if (status !== 200) throw new Error(`${status} ${text}`)
        times.push(performance.now() - started)
      }
    }),
  )
  const seconds = (performance.now() - begun) / 1000
  times.sort((a, b) => a - b)
  return {
    perSecond: Math.round(count / seconds),
    p50: times[Math.floor(count / 2)] ?? 0,
    p99: times[Math.floor(count * 0.99)] ?? 0,
  }
}

const payments: string[] = []
for (let made = 0; made < refunds; made += 5000) {
  const steps = Array.from({ length: Math.min(5000, refunds - made) }, () => ({
    path: '/v1/payment_intents',
    params: { amount: 1000, currency: 'usd', payment_method: 'pm_card_visa', confirm: true },
  }))
  const { text } = await control('/_control/import', { steps })
  for (const { id } of (JSON.parse(text) as { answers: { id: string }[] }).answers) payments.push(id)
}

const plain = await rate(Math.min(refunds, 20_000), () => ask('GET', '/v1/account', '', 'text/plain'))
const made = await rate(refunds, (i) =>
  form('/v1/refunds', `payment_intent=${payments[i]}&amount=700&reason=requested_by_customer&metadata[case]=${i}`),
)
const audit = JSON.parse((await ask('GET', '/_control/audit', '', 'text/plain')).text) as { faults: string[] }

const show = (name: string, { perSecond, p50, p99 }: typeof made) =>
  `${name.padEnd(44)} ${String(perSecond).padStart(7)} /s   p50 ${p50.toFixed(1)} ms   p99 ${p99.toFixed(1)} ms\n`
process.stdout.write(show('baseline: GET /v1/account', plain))
process.stdout.write(show(`POST /v1/refunds (${refunds}, ${atOnce} at once)`, made))
process.stdout.write(
  `${cpus().length} cores; books ${audit.faults.length === 0 ? 'balance' : `do not balance: ${audit.faults[0]}`}\n`,
)
agent.destroy()
simulator.kill('SIGTERM')
await once(simulator, 'exit')
process.exitCode = audit.faults.length > 0 || made.perSecond < Number(values.least ?? 0) ? 1 : 0
