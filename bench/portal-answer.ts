// How long a customer waits at the server for the answer of the policy, from the tap to the answer, without Stripe's own time.
//   npm run bench:answer -- [--answers 200] [--stripe-ms 80]
// Each is a new customer in the portal over HTTP, within the rules: asked, approved, the money set aside, the refund on its way.
// What passes while a call to Stripe is on its way (--stripe-ms longer than the simulator takes by itself) is not ours, and is
// subtracted; it is printed beside. Ends with 1 when the 95th percentile of ours is above 300 ms.
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, request as ask } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readConfig } from '../src/config.ts'
import { migrate } from '../src/db/migrate.ts'
import { observePayment } from '../src/flows/observe-payment.ts'
import { createPortalLink } from '../src/flows/open-portal.ts'
import { publishPolicy } from '../src/flows/publish-policy.ts'
import { putFacts } from '../src/flows/put-facts.ts'
import { listen, makeServer } from '../src/http/server.ts'
import { openApp } from '../src/open-app.ts'
import { startEmbeddedPostgres } from '../src/postgres/embedded.ts'
import { makeStripe } from '../src/stripe/client.ts'
import { startSimulator } from '../stripe-simulator/simulator.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { answers: text, 'stripe-ms': text } })
const answers = Number(values.answers ?? 200)
const stripeMs = Number(values['stripe-ms'] ?? 80)
const allowedMs = 300

const folder = mkdtempSync(join(tmpdir(), 'moneyback-answer-'))
const postgres = await startEmbeddedPostgres({ folder })
await migrate(postgres.url)
const simulator = await startSimulator({ seed: 1 })
const stripe = await slowStripe()
const port = 4800 + (process.pid % 90)
const url = `http://127.0.0.1:${port}`
const app = await openApp({
  config: readConfig({ PORT: String(port), PUBLIC_URL: url, LOG_LEVEL: 'error' }),
  databaseUrl: postgres.url,
  stripe: { secretKey: simulator.secretKey, webhookSecrets: ['whsec_bench'], apiBase: stripe.url },
})
const shop = makeStripe({ secretKey: simulator.secretKey, apiBase: simulator.url })
const source = await readFile(new URL('../policies/default.yaml', import.meta.url), 'utf8')
await publishPolicy(app, { source, comment: 'To measure.', by: 'moneyback', role: 'owner' })
const listening = await listen(makeServer(app), { port, host: '127.0.0.1' })

const ours: number[] = []
const theirs: number[] = []
for (let i = -5; i < answers; i++) {
  const { whole, away } = await answerOne(i)
  // The first few warm the program up.
  if (i < 0) continue
  ours.push(whole - away)
  theirs.push(away)
}
await listening.close()
await app.db.destroy()
stripe.close()
await simulator.close()
await postgres.stop()
rmSync(folder, { recursive: true, force: true })
console.log(
  `answer answers=${answers} ours_median_ms=${at(ours, 0.5)} ours_p95_ms=${at(ours, 0.95)} ours_max_ms=${at(ours, 1)} stripe_median_ms=${at(theirs, 0.5)} stripe_calls=${(stripe.calls() / (answers + 5)).toFixed(1)} allowed_p95_ms=${allowedMs}`,
)
process.exitCode = at(ours, 0.95) > allowedMs ? 1 : 0

/** Somebody new pays, opens the portal, sees what will happen and agrees; only the last is measured. */
async function answerOne(i: number): Promise<{ whole: number; away: number }> {
  const customer = await shop.customers.create({ name: `Number ${i}`, email: `number${i}@example.com` })
  const paid = await shop.paymentIntents.create({
    amount: 4900,
    currency: 'eur',
    customer: customer.id,
    payment_method: 'pm_card_visa',
    confirm: true,
    description: 'Field guide',
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
  const payment = (await observePayment(app, paid.id))!.id
  await putFacts(app, { subject: payment, facts: { 'usage.share': 0.05 }, by: 'api_key:bench' })
  const link = await createPortalLink(app, { customer: customer.id, by: 'api_key:bench' })
  if (!link.ok) throw new Error(link.no.code)
  const opened = await call('/enter', { token: link.value.url.split('#t=')[1] })
  const cookie = opened.headers.get('set-cookie')!.split(';')[0]!
  const preview = (await (await call(`/payments/${payment}/preview`, { reason: 'changed_mind' }, cookie)).json()) as {
    verdict: string
    shown: string
    payment: { after: string | null }
  }
  if (preview.verdict !== 'approve') throw new Error(`The policy says ${preview.verdict}.`)
  const body = { payment, reason: 'changed_mind', shown: preview.shown, after: preview.payment.after }
  const before = stripe.away()
  const began = performance.now()
  const made = await call('/requests', body, cookie)
  const whole = performance.now() - began
  const away = stripe.away() - before
  const { id } = (await made.json()) as { id: string }
  const status = (await (await fetch(`${url}/portal/api/requests/${id}`, { headers: { cookie } })).json()) as {
    status: string
  }
  if (status.status !== 'approved') throw new Error(`The answer is ${status.status}.`)
  return { whole, away }
}

async function call(path: string, body: object, cookie?: string): Promise<Response> {
  const answer = await fetch(`${url}/portal/api${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, ...(cookie && { cookie }) },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`)
  return answer
}

/** The simulator behind a line that takes its time, and knows for how long at least one call was on its way. */
async function slowStripe(): Promise<{ url: string; away(): number; calls(): number; close(): void }> {
  let [calls, open, since, sum] = [0, 0, 0, 0]
  const server = createServer((near, answer) => {
    calls++
    if (open++ === 0) since = performance.now()
    answer.once('close', () => {
      if (--open === 0) sum += performance.now() - since
    })
    const far = ask(
      { host: '127.0.0.1', port: simulator.port, path: near.url, method: near.method, headers: near.headers },
      (got) =>
        void setTimeout(() => {
          answer.writeHead(got.statusCode!, got.headers)
          got.pipe(answer)
        }, stripeMs),
    )
    far.on('error', () => answer.destroy())
    near.pipe(far)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    away: () => sum,
    calls: () => calls,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function at(all: number[], share: number): number {
  const sorted = all.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))]! * 10) / 10
}
