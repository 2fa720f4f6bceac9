import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { sql } from 'kysely'
import { buildWebWhenStale } from '../../scripts/build-web.ts'
import { startSimulator, type Simulator } from '../../stripe-simulator/simulator.ts'
import type { App } from '../app.ts'
import type { Config } from '../config.ts'
import { migrate } from '../db/migrate.ts'
import { endAllLeases } from '../db/work.ts'
import type { Role } from '../domain/actor.ts'
import { createPortalLink } from '../flows/open-portal.ts'
import { listen, makeServer } from '../http/server.ts'
import { startWorker } from '../jobs/work.ts'
import { openApp } from '../open-app.ts'
import { CannotStart } from '../postgres/cannot-start.ts'
import { startEmbeddedPostgres } from '../postgres/embedded.ts'
import { historySeconds, seed, type Seeded } from './seed.ts'
import { stories } from './stories.ts'

/** What the demo must know again at its next start. Kept in the data folder, readable by its owner alone. */
type Memory = {
  webhookSecret: string
  endpoint: string
  staff: { email: string; name: string; role: Role; password: string }[]
  seeded?: Seeded
}

type Endings = (() => Promise<unknown>)[]

/**
 * Brings everything up on a machine that has nothing: PostgreSQL, the Stripe simulator, 13 months of history, five stories.
 * Prints the ways in. Only the demo prints secrets and has accounts of its own.
 */
export async function startDemo(given: Config, endings: Endings): Promise<void> {
  const config = { ...given, ...(await fixPort(given)) }
  const say = (line: string): void => console.log(line)
  say('Starting Moneyback’s demo …')
  await writableFolder(config.dataFolder)
  const memory = await recall(config)
  const [databaseUrl, simulator] = await Promise.all([
    database(config, endings),
    stripe(config, endings),
    buildWebWhenStale(),
  ])
  await migrate(databaseUrl)
  const webhookUrl = `http://127.0.0.1:${config.port}/webhooks/stripe`
  await pointWebhooksHere(simulator, memory, webhookUrl)
  await remember(config, memory)
  const app = await openApp({
    config,
    databaseUrl,
    poolSize: 20,
    stripe: { secretKey: simulator.secretKey, webhookSecrets: [memory.webhookSecret], apiBase: simulator.url },
  })
  endings.push(() => app.db.destroy())
  if (given.databaseUrl === undefined) await endAllLeases(app.db)
  const listening = await listen(makeServer(app), config)
  endings.push(() => listening.close())
  const worker = startWorker(app, { reconcile: memory.seeded !== undefined })
  endings.push(() => worker.stop())
  if (memory.seeded === undefined) {
    say('Making 13 months of history, once …')
    memory.seeded = await seed(app, simulator, memory.staff)
    await remember(config, memory)
  }
  await ready(app, simulator, memory.staff, memory.seeded)
}

/** PORT=0 takes any free port; it is fixed here, because links are made of it. */
async function fixPort({ port, host, publicUrl }: Config): Promise<Pick<Config, 'port' | 'publicUrl'>> {
  if (port !== 0) return { port, publicUrl }
  const free = await new Promise<number>((done, failed) => {
    const probe = createServer()
      .once('error', failed)
      .listen(0, host, () => {
        const address = probe.address()
        probe.close(() => done(typeof address === 'object' && address !== null ? address.port : 0))
      })
  })
  return { port: free, publicUrl: publicUrl.replace(/:0$/, `:${free}`) }
}

async function writableFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(`${folder}/.writable`, '')
  } catch (error) {
    throw new CannotStart(
      `The folder ${folder} is not writable (${(error as { code?: string }).code}). Choose another one: DATA_DIR=~/moneyback npm start`,
    )
  }
}

async function database(config: Config, endings: Endings): Promise<string> {
  if (config.databaseUrl !== undefined) return config.databaseUrl
  const postgres = await startEmbeddedPostgres({ folder: `${config.dataFolder}/postgres` })
  endings.push(() => postgres.stop())
  return postgres.url
}

/** On the port after ours, so that the address stays; on any free one when that is taken. */
async function stripe(config: Config, endings: Endings): Promise<Simulator> {
  const start = (port: number): Promise<Simulator> =>
    startSimulator({ port, data: `${config.dataFolder}/stripe`, seed: 1 })
  const simulator = await start(config.port + 1).catch((error: { code?: string }) => {
    if (error.code !== 'EADDRINUSE') throw error
    return start(0)
  })
  endings.push(() => simulator.close())
  return simulator
}

const memoryFile = (config: Config): string => `${config.dataFolder}/demo.json`

async function recall(config: Config): Promise<Memory> {
  const text = await readFile(memoryFile(config), 'utf8').catch(() => undefined)
  const known = text === undefined ? undefined : (JSON.parse(text) as Memory)
  if (known?.seeded) return known
  // A first start that was cut off left half a history: it is made again from nothing. A given database is never touched.
  if (known && config.databaseUrl === undefined) {
    for (const half of ['postgres', 'stripe'])
      await rm(`${config.dataFolder}/${half}`, { recursive: true, force: true })
  }
  const password = (): string => randomBytes(9).toString('base64url')
  return {
    webhookSecret: '',
    endpoint: '',
    staff: [
      { email: 'owner@example.com', name: 'Olga Owner', role: 'owner', password: password() },
      { email: 'finance@example.com', name: 'Finn Finance', role: 'finance', password: password() },
      { email: 'support@example.com', name: 'Sam Support', role: 'support', password: password() },
      { email: 'viewer@example.com', name: 'Vic Viewer', role: 'viewer', password: password() },
    ],
  }
}

async function remember(config: Config, memory: Memory): Promise<void> {
  await writeFile(memoryFile(config), JSON.stringify(memory, null, 2), { mode: 0o600 })
}

/** The endpoint's secret is told only when it is made, so it is remembered; its address follows our port. */
async function pointWebhooksHere(simulator: Simulator, memory: Memory, url: string): Promise<void> {
  const { makeStripe } = await import('../stripe/client.ts')
  const { eventTypes } = await import('../flows/observe-events.ts')
  const client = makeStripe({ secretKey: simulator.secretKey, apiBase: simulator.url })
  if (memory.endpoint !== '') {
    await client.webhookEndpoints.update(memory.endpoint, { url })
    return
  }
  // The history begins before everything else that Stripe knows.
  await simulator.control('POST', '/_control/clock', {
    mode: 'simulated',
    set: Math.floor(Date.now() / 1000) - historySeconds,
  })
  // Customers have cards of their own, or all of them would be linked by one card.
  await simulator.control('POST', '/_control/settings', { visaPerCustomer: true })
  const endpoint = await client.webhookEndpoints.create({ url, enabled_events: eventTypes })
  memory.endpoint = endpoint.id
  memory.webhookSecret = endpoint.secret!
}

const linkLastsSeconds = 24 * 60 * 60

async function ready(app: App, simulator: Simulator, staff: Memory['staff'], seeded: Seeded): Promise<void> {
  const { publicUrl } = app.config
  const links = []
  for (const { as, name, story } of stories) {
    const customer = seeded.customers[as]!
    const link = await createPortalLink(app, {
      customer,
      by: 'moneyback',
      valid_for_seconds: linkLastsSeconds,
      reusable: true,
    })
    if (link.ok) links.push({ customer, name, story, url: link.value.url })
  }
  const { rows } = await sql<{ payments: number; customers: number }>`
    select (select count(*) from payment)::int as payments, (select count(*) from customer)::int as customers`.execute(
    app.db,
  )
  const lines = [
    '',
    `  Admin console     ${publicUrl}/admin`,
    ...staff.map(({ email, password }) => `                    ${email.padEnd(22)} ${password}`),
    `  API               ${publicUrl}/docs`,
    `                    Authorization: Bearer ${seeded.apiKey}`,
    `  Stripe simulator  ${simulator.url}`,
    `                    ${rows[0]!.payments} payments of ${rows[0]!.customers} customers`,
    '',
    '  Be a customer:',
    ...links.flatMap(({ name, story, url }) => [`  ${name}: ${story}`, `    ${url}`]),
    '',
    '  Ctrl-C ends everything; the next start finds it again.',
    '',
  ]
  console.log(lines.join('\n'))
  console.log(
    `ready ${JSON.stringify({
      admin: `${publicUrl}/admin`,
      portal: `${publicUrl}/portal`,
      api: publicUrl,
      api_key: seeded.apiKey,
      staff: staff.map(({ email, password, role }) => ({ email, password, role })),
      portal_links: links,
      stripe_simulator: { url: simulator.url, key: simulator.secretKey },
    })}`,
  )
}
