// How long the console waits for a first page, at the server, with a million requests in the books.
//   npm run bench:admin-queue -- [--requests 1000000] [--calls 40] [--keep FOLDER] [--only WORD]
// --keep fills the books once in that folder and finds them again. Prints the median and the 95th percentile of every view,
// filter, search and order beside the cheapest question of all, one row by its primary key. Ends with 1 when one p95 is above 200 ms.
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { readConfig } from '../src/config.ts'
import { migrate } from '../src/db/migrate.ts'
import { policyAt } from '../src/db/policies.ts'
import { publishPolicy } from '../src/flows/publish-policy.ts'
import { createStaff } from '../src/http/admin/auth.ts'
import { listen, makeServer } from '../src/http/server.ts'
import { openApp } from '../src/open-app.ts'
import { startEmbeddedPostgres } from '../src/postgres/embedded.ts'
import { startSimulator } from '../stripe-simulator/simulator.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { requests: text, calls: text, keep: text, only: text } })
const requests = Number(values.requests ?? 1_000_000)
const calls = Number(values.calls ?? 40)
const allowedMs = 200
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'moneyback-queue-'))

const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), durable: false })
await migrate(postgres.url)
const simulator = await startSimulator({ data: join(folder, 'stripe'), seed: 1 })
const port = 4900 + (process.pid % 90)
const app = await openApp({
  config: readConfig({ PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}`, LOG_LEVEL: 'error' }),
  databaseUrl: postgres.url,
  stripe: { secretKey: simulator.secretKey, webhookSecrets: [], apiBase: simulator.url },
})
if ((await policyAt(app.db, app.account, app.now())) === undefined) {
  const source = await readFile(new URL('../policies/default.yaml', import.meta.url), 'utf8')
  await publishPolicy(app, { source, comment: 'To measure.', by: 'moneyback', role: 'owner' })
}
const listening = await listen(makeServer(app), { port, host: '127.0.0.1' })
await fillOnce()
const cookie = await signIn()
const slow = await measure()
await listening.close()
await app.db.destroy()
await simulator.close()
await postgres.stop()
if (values.keep === undefined) rmSync(folder, { recursive: true, force: true })
process.exitCode = slow === 0 ? 0 : 1

async function fillOnce(): Promise<void> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from refund_request`.execute(app.db)
  if (rows[0]!.n > 0) return
  const began = performance.now()
  const statements = (await readFile(new URL('fill-books.sql', import.meta.url), 'utf8'))
    .replaceAll(/^--.*$/gm, '')
    .replaceAll('$account', `'${app.account}'`)
    .replaceAll('$requests', String(requests))
  await app.db.connection().execute(async (one) => {
    await sql.raw('set statement_timeout = 0').execute(one)
    // Indexes are made afterwards, at once: that takes a quarter of the time.
    const { rows: indexes } = await sql<{ indexname: string; indexdef: string }>`
      select indexname, indexdef from pg_indexes where schemaname = 'public' and indexdef not like '%UNIQUE%'
        and tablename in ('customer', 'payment', 'refund_request', 'decision', 'refund', 'audit')`.execute(one)
    for (const { indexname } of indexes) await sql.raw(`drop index ${indexname}`).execute(one)
    for (const statement of statements.split(/;\s*\n/).filter((each) => each.trim() !== '')) {
      await sql.raw(statement).execute(one)
      console.error(
        `${((performance.now() - began) / 1000).toFixed(0)} s: ${statement.trim().slice(0, 60).replaceAll('\n', ' ')}`,
      )
    }
    await sql.raw(`set maintenance_work_mem = '512MB'`).execute(one)
    for (const { indexname, indexdef } of indexes) {
      await sql.raw(indexdef).execute(one)
      console.error(`${((performance.now() - began) / 1000).toFixed(0)} s: ${indexname}`)
    }
    await sql.raw('vacuum analyze').execute(one)
  })
  console.error(`filled in ${((performance.now() - began) / 1000).toFixed(0)} s`)
}

async function signIn(): Promise<string> {
  const person = {
    email: 'owner@example.com',
    name: 'Owner',
    role: 'owner',
    password: 'correct horse battery',
  } as const
  await createStaff(app, person)
  const answer = await fetch(`http://127.0.0.1:${port}/admin/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: app.config.publicUrl },
    body: JSON.stringify(person),
  })
  if (!answer.ok) throw new Error(`Signing in was answered ${answer.status}: ${await answer.text()}`)
  return answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
}

/** What staff look at, by name. Everything that is looked for is taken from the books, so that it is found. */
async function questions(): Promise<[string, string][]> {
  const one = async (query: string): Promise<Record<string, string>> =>
    (await sql.raw<Record<string, string>>(query).execute(app.db)).rows[0]!
  const old =
    await one(`select p.id, p.stripe_charge, p.stripe_payment_intent, p.invoice_number, p.card_last4, c.email, c.name, c.id as customer, r.id as request
    from refund_request r join payment p on p.account_id = r.account_id and p.id = r.payment_id join customer c on c.account_id = p.account_id and c.id = p.customer_id
    where c.email like '%-%' order by r.created_at offset (select count(*) / 20 from refund_request) limit 1`)
  const open =
    await one(`select c.email, r.id from refund_request r join customer c on c.account_id = r.account_id and c.id = r.customer_id
    where r.status = 'in_review' order by r.created_at desc limit 1`)
  const searches: [string, string][] = [
    ['a whole e-mail', old['email']!],
    ['a part of an e-mail', old['email']!.slice(3, 14)],
    ['an e-mail domain of few', old['email']!.split('@')[1]!],
    ['an e-mail domain of many', 'mail7.example'],
    ['what nearly all have', 'example'],
    ['a name', old['name']!],
    ['a part of a name', 'kowal'],
    ['two letters', 'xe'],
    ['what nobody has', 'zzyzx@nowhere'],
    ['a product', 'colour'],
    ['the card’s last four', old['card_last4']!],
    ['an invoice number', old['invoice_number']!],
    ['a charge', old['stripe_charge']!],
    ['a payment intent', old['stripe_payment_intent']!],
    ['a payment', old['id']!],
    ['a customer', old['customer']!],
  ]
  const day = (ago: number): string => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
  const payments = (name: string, query: Record<string, string>): [string, string] => [
    `payments: ${name}`,
    `/payments?${new URLSearchParams(query)}`,
  ]
  return [
    ...['all', 'overdue', 'mine', 'unassigned', 'mentions', 'escalated', 'failed', 'customer', 'snoozed'].map(
      (view): [string, string] => [`queue: ${view}, with all counts`, `/queue?view=${view}`],
    ),
    ...['repeat', 'dispute', 'fraud_warning', 'high_value'].map((signal): [string, string] => [
      `queue: signal ${signal}`,
      `/queue?signal=${signal}`,
    ]),
    ['queue: reason', '/queue?reason=duplicate'],
    ['queue: search, an e-mail', `/queue?q=${open['email']}`],
    ['queue: search, a product', '/queue?q=colour'],
    ['queue: search, nobody', '/queue?q=zzyzx'],
    ['a request', `/requests/${open['id']}`],
    ['requests: all', '/requests'],
    ['requests: second page', `/requests?after=${old['request']}`],
    ...['in_review', 'failed', 'denied', 'refunded', 'withdrawn', 'approved'].map((status): [string, string] => [
      `requests: ${status}`,
      `/requests?status=${status}`,
    ]),
    ['requests: reason', '/requests?reason=duplicate'],
    ['requests: channel', '/requests?channel=api'],
    ['requests: channel of none', '/requests?channel=agent'],
    ['requests: currency', '/requests?currency=eur'],
    ['requests: a common rule', '/requests?rule=money-back'],
    ['requests: a rare rule', '/requests?rule=charged-twice'],
    ['requests: a rule of none', '/requests?rule=nothing'],
    ['requests: decided by people', '/requests?by=person'],
    ['requests: decided by the policy', '/requests?by=policy'],
    ['requests: a range, denied, by people', `/requests?from=${day(400)}&to=${day(300)}&status=denied&by=person`],
    ...searches.map(([name, q]): [string, string] => [
      `requests: search, ${name}`,
      `/requests?q=${encodeURIComponent(q)}`,
    ]),
    payments('all', {}),
    payments('of a customer', { customer: old['customer']! }),
    ...searches.map(([name, q]) => payments(`search, ${name}`, { q })),
    payments('search, a common amount', { q: '29.00' }),
    payments('search, a rare amount', { q: '29.50' }),
    ['audit: all', '/audit'],
    ['audit: by people', '/audit?actor=staff'],
    ['audit: by keys', '/audit?actor=api_key'],
    ['audit: an action', '/audit?action=request.denied'],
    ['audit: an action of none', '/audit?action=nothing.done'],
    ['audit: a subject', `/audit?subject=${old['request']}`],
    ['reports: 30 days', `/reports?from=${day(29)}&to=${day(0)}`],
    ['reports: 90 days', `/reports?from=${day(89)}&to=${day(0)}`],
    ['reports: 12 months', `/reports?from=${day(364)}&to=${day(0)}`],
    ['what can be undone', '/undoable'],
    ['saved views', '/views'],
  ]
}

async function measure(): Promise<number> {
  const asked = (await questions()).filter(([name]) => values.only === undefined || name.includes(values.only))
  const { rows } = await sql<{ n: number }>`select count(*) as n from refund_request`.execute(app.db)
  const { rows: ids } = await sql<{
    id: string
  }>`select id from refund_request order by created_at desc limit 1000`.execute(app.db)
  console.log(`${rows[0]!.n} requests; ${calls} calls each, one after the other, over HTTP\n`)
  console.log(line('', ['median ms', 'p95 ms', 'rows', 'kB']))
  const key = await times(async (i) => {
    await sql`select * from refund_request where account_id = ${app.account} and id = ${ids[i % ids.length]!.id}`.execute(
      app.db,
    )
  })
  console.log(line('to compare: one row by its primary key', [ms(key.median), ms(key.p95), '1', '']))
  let slow = 0
  for (const [name, path] of asked) {
    let got = { rows: 0, bytes: 0 }
    const { median, p95 } = await times(async () => {
      got = await call(path)
    })
    if (p95 > allowedMs) slow += 1
    console.log(
      line(`${p95 > allowedMs ? '! ' : ''}${name}`, [
        ms(median),
        ms(p95),
        String(got.rows),
        (got.bytes / 1000).toFixed(0),
      ]),
    )
  }
  console.log(`\n${asked.length - slow} of ${asked.length} within ${allowedMs} ms at the 95th percentile`)
  return slow
}

async function call(path: string): Promise<{ rows: number; bytes: number }> {
  const answer = await fetch(`http://127.0.0.1:${port}/admin/api${path}`, {
    headers: { cookie },
  })
  const said = await answer.text()
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${said}`)
  return { rows: (JSON.parse(said) as { rows?: unknown[] }).rows?.length ?? 1, bytes: said.length }
}

async function times(once: (i: number) => Promise<void>): Promise<{ median: number; p95: number }> {
  await once(0)
  const all: number[] = []
  for (let i = 0; i < calls; i++) {
    const began = performance.now()
    await once(i)
    all.push(performance.now() - began)
    // What is far above is known after a few calls.
    if (i === 4 && Math.min(...all) > 5 * allowedMs) break
  }
  all.sort((a, b) => a - b)
  return {
    median: all[Math.floor(all.length / 2)]!,
    p95: all[Math.min(all.length - 1, Math.ceil(all.length * 0.95) - 1)]!,
  }
}

function ms(value: number): string {
  return value.toFixed(1)
}

function line(name: string, figures: string[]): string {
  return name.padEnd(44) + figures.map((each) => each.padStart(11)).join('')
}
