import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { buildWebWhenStale } from '../scripts/build-web.ts'
import type { App } from './app.ts'
import { ConfigError, readConfig, type Config } from './config.ts'
import { portalKeyCommand } from './cli/portal-key.ts'
import { verifyCommand } from './cli/verify.ts'
import { accountsOf } from './db/accounts.ts'
import { createApiKey } from './db/api-keys.ts'
import { connect } from './db/connect.ts'
import { migrate } from './db/migrate.ts'
import { policyAt } from './db/policies.ts'
import { endAllLeases } from './db/work.ts'
import { roles } from './domain/actor.ts'
import { allScopes, isScope } from './domain/scopes.ts'
import { publishPolicy } from './flows/publish-policy.ts'
import { declareRecovery, recover } from './flows/recover.ts'
import { createStaff } from './http/admin/auth.ts'
import { CannotListen, listen, makeServer } from './http/server.ts'
import { startWorker } from './jobs/work.ts'
import { openApp } from './open-app.ts'
import { CannotStart } from './postgres/cannot-start.ts'

const usage = `Usage: npm start [-- COMMAND]

  (nothing)            everything in one process; without DATABASE_URL and STRIPE_SECRET_KEY the demo
  serve                API, portal, admin console and Stripe's webhook
  work                 the work behind them: refunds, events, mail, reconciliation
  migrate              brings the database to the newest schema
  staff add EMAIL ROLE adds somebody to the staff; the password is read from standard input
  api-key create NAME [SCOPE …]
                       makes an API key and prints it once; without scopes it may do everything
  portal-key add NAME ISSUER [PUBLIC-KEY.pem] | list | revoke ID
                       keys by which your backend signs links into the portal
  recover [--since T]  after a restore: compares Stripe’s refunds since T with the books; until then nothing is sent
  verify [--json]      checks that the books are right; ends with 1 when they are not
  backtest FILE        tries a policy file on all past requests, or on all payments; backtest alone says more
`

/** What must be ended, the last begun first. */
const endings: (() => Promise<unknown>)[] = []

async function main([command, ...rest]: string[]): Promise<void> {
  const config = readConfig()
  switch (command) {
    case undefined:
      return everything(config)
    case 'serve':
      return serveOnly(config)
    case 'work':
      return workOnly(config)
    case 'migrate':
      return migrateOnly(config)
    case 'staff':
      return addStaff(config, rest)
    case 'api-key':
      return addApiKey(config, rest)
    case 'portal-key':
      return portalKeyCommand(await open(config, neededDatabase(config)), rest)
    case 'recover':
      return recoverBooks(config, rest)
    case 'verify':
      return verify(config, rest)
    case 'backtest':
      return backtest(config, rest)
    default:
      throw new ConfigError(`There is no command "${command}".\n\n${usage}`)
  }
}

/** One process for all: on the given PostgreSQL and Stripe, or with its own PostgreSQL and the demo's simulator. */
async function everything(config: Config): Promise<void> {
  if (config.stripe === undefined) {
    const { startDemo } = await import('./demo/start.ts')
    return startDemo(config, endings)
  }
  const [databaseUrl] = await Promise.all([ownOrGivenDatabase(config), buildWebWhenStale()])
  await patiently(() => migrate(databaseUrl))
  const app = await open(config, databaseUrl)
  if (config.databaseUrl === undefined) await endAllLeases(app.db)
  await publishFirstPolicy(app)
  await serveApp(app)
  const worker = startWorker(app)
  endings.push(() => worker.stop())
  ready(app)
}

async function serveOnly(config: Config): Promise<void> {
  await buildWebWhenStale()
  const app = await open(config, neededDatabase(config))
  await publishFirstPolicy(app)
  await serveApp(app)
  ready(app)
}

async function workOnly(config: Config): Promise<void> {
  const app = await open(config, neededDatabase(config))
  const worker = startWorker(app)
  endings.push(() => worker.stop())
  console.log('working')
}

async function migrateOnly(config: Config): Promise<void> {
  await patiently(() => migrate(neededDatabase(config)))
  console.log('The database has the newest schema.')
}

async function addStaff(config: Config, [verb, email = '', role = '']: string[]): Promise<void> {
  const known = roles.find((each) => each === role)
  if (verb !== 'add' || !/^[^@\s]+@[^@\s]+$/.test(email) || known === undefined) {
    throw new ConfigError(
      `Say: npm start -- staff add EMAIL ROLE, with one of the roles ${roles.join(', ')}. The password comes from standard input.`,
    )
  }
  const password = (await text(process.stdin)).trim()
  const app = await open(config, neededDatabase(config))
  await createStaff(app, { email, name: email.split('@')[0]!, role: known, password })
  console.log(`${email} can sign in as ${role}.`)
}

async function addApiKey(config: Config, [verb, name, ...wanted]: string[]): Promise<void> {
  if (verb !== 'create' || !name) throw new ConfigError('Say: npm start -- api-key create NAME [SCOPE …]')
  const unknown = wanted.find((scope) => !isScope(scope))
  if (unknown !== undefined)
    throw new ConfigError(`There is no scope "${unknown}". There are: ${allScopes.join(', ')}.`)
  const app = await open(config, neededDatabase(config))
  const { secret } = await createApiKey(
    app.db,
    app.account,
    name,
    app.now(),
    wanted.length > 0 ? { scopes: wanted.filter(isScope) } : {},
  )
  console.log(`${secret}\nThis is the only time that it is shown.`)
}

/** After a restore that nobody noticed, or to be sure: `--since` is when the copy was made; without it, 35 days. */
async function recoverBooks(config: Config, [flag, since]: string[]): Promise<void> {
  const from = flag === '--since' ? new Date(since ?? '') : new Date(Date.now() - 35 * 24 * 60 * 60 * 1000)
  if ((flag !== undefined && flag !== '--since') || Number.isNaN(from.getTime()))
    throw new ConfigError(
      'Say: npm start -- recover, or with the time of the copy: npm start -- recover --since 2026-11-24T03:00:00Z',
    )
  const app = await open(config, await databaseAtHand(config))
  await declareRecovery(app, from)
  const compared = await recover(app)
  console.log(
    compared === undefined
      ? 'A running worker compares the books already. `npm start -- verify` tells how they stand.'
      : `Compared ${compared.refunds} refunds since ${compared.from.toISOString()}; ${compared.taken_in} were not in these books and are now. Sending goes on.`,
  )
}

/** Works beside a running program and without Stripe: it reads our own books, and the account that they were made for. */
async function verify(config: Config, args: string[]): Promise<void> {
  const db = connect(await databaseAtHand(config), { size: 2 })
  endings.push(() => db.destroy())
  let right = true
  for (const account of await patiently(() => accountsOf(db)))
    right = (await verifyCommand({ db, account, now: () => new Date() }, args)) && right
  if (!right) process.exitCode = 1
}

/** Works like verify beside a running program and without Stripe: it reads our own books. */
async function backtest(config: Config, args: string[]): Promise<void> {
  const { backtestAsked, backtestCommand, backtestUsage } = await import('./cli/backtest.ts')
  const understood = backtestAsked(args)
  if (!understood) throw new ConfigError(backtestUsage)
  const source = await readFile(understood.file, 'utf8').catch((error: Error) => {
    throw new ConfigError(`${understood.file} can't be read: ${error.message}`)
  })
  const db = connect(await databaseAtHand(config), { size: 4 })
  endings.push(() => db.destroy())
  const say = (text: string): void => void process.stdout.write(text)
  const progress = (text: string): void => void process.stderr.write(text)
  let done = true
  for (const account of await patiently(() => accountsOf(db)))
    done =
      (await backtestCommand({ db, account, now: () => new Date() }, { ...understood, source, say, progress })) && done
  if (!done) process.exitCode = 1
}

async function ownOrGivenDatabase(config: Config): Promise<string> {
  if (config.databaseUrl !== undefined) return config.databaseUrl
  const { startEmbeddedPostgres } = await import('./postgres/embedded.ts')
  const postgres = await startEmbeddedPostgres({ folder: `${config.dataFolder}/postgres` })
  endings.push(() => postgres.stop())
  return postgres.url
}

/** The given PostgreSQL, or our own one: beside the program that runs it, else started for as long as this command lasts. */
async function databaseAtHand(config: Config): Promise<string> {
  const { runningPostgres } = await import('./postgres/running.ts')
  return config.databaseUrl ?? (await runningPostgres(`${config.dataFolder}/postgres`)) ?? ownOrGivenDatabase(config)
}

function neededDatabase({ databaseUrl }: Config): string {
  if (databaseUrl !== undefined) return databaseUrl
  throw new ConfigError(
    'DATABASE_URL is missing: this command works on a PostgreSQL that is there already. For example:\n\n  DATABASE_URL=postgres://moneyback:…@db.example.com/moneyback\n',
  )
}

async function open(config: Config, databaseUrl: string): Promise<App> {
  if (config.stripe === undefined)
    throw new ConfigError('STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET are missing: this command needs them.')
  const stripe = config.stripe
  const app = await patiently(() => openApp({ config, databaseUrl, stripe }))
  endings.push(() => app.db.destroy())
  return app
}

/** A new installation answers by the ready-made policy until somebody publishes another one. */
async function publishFirstPolicy(app: App): Promise<void> {
  if ((await policyAt(app.db, app.account, app.now())) !== undefined) return
  const source = await readFile(new URL('../policies/default.yaml', import.meta.url), 'utf8')
  const result = await publishPolicy(app, {
    source,
    comment: 'The policy that Moneyback comes with.',
    by: 'moneyback',
    role: 'owner',
  })
  if (!result.ok) throw new Error('policies/default.yaml can’t be published')
}

async function serveApp(app: App): Promise<void> {
  const listening = await listen(makeServer(app), app.config)
  endings.push(() => listening.close())
}

function ready({ config: { publicUrl } }: App): void {
  console.log(
    `\n  Admin console  ${publicUrl}/admin\n  Portal         ${publicUrl}/portal\n  API            ${publicUrl}/docs\n`,
  )
  console.log(`ready ${JSON.stringify({ admin: `${publicUrl}/admin`, portal: `${publicUrl}/portal`, api: publicUrl })}`)
}

/** PostgreSQL may come up after us: waits a minute for it, saying so. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const { code = '', message } = error as { code?: string; message: string }
      const away =
        /^(ECONN|ENOTFOUND|EAI_AGAIN|57P03|ETIMEDOUT)/.test(code) ||
        message.includes('timeout exceeded when trying to connect')
      if (!away) throw error
      if (attempt === 30)
        throw new ConfigError(
          `PostgreSQL can't be reached (${message || code}). Is DATABASE_URL right, and is the server up?`,
        )
      if (attempt === 1) console.error('PostgreSQL can’t be reached; waiting for it …')
      await new Promise((done) => setTimeout(done, 2_000))
    }
  }
}

let ending: Promise<void> | undefined

/** Ends everything in order, once, however often it is asked for. */
function endAll(code: number): Promise<void> {
  ending ??= (async () => {
    for (const end of endings.reverse()) await end().catch((error: unknown) => console.error(error))
    process.exit(code)
  })()
  return ending
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void endAll(0))

/** Errors that tell their cure are printed as they are; anything else with its stack. */
function tellAndEnd(error: unknown): Promise<void> {
  const known = error instanceof ConfigError || error instanceof CannotStart || error instanceof CannotListen
  console.error(known ? `\n${(error as Error).message}\n` : error)
  return endAll(1)
}

const commandsThatEnd = ['migrate', 'staff', 'api-key', 'portal-key', 'verify', 'backtest', 'recover']
const given = process.argv.slice(2)
main(given).then(
  () => (commandsThatEnd.includes(given[0] ?? '') ? endAll(Number(process.exitCode ?? 0)) : undefined),
  tellAndEnd,
)
