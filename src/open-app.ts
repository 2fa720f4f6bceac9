import { hkdfSync } from 'node:crypto'
import { sql } from 'kysely'
import { pino } from 'pino'
import type { App } from './app.ts'
import { ConfigError, parseSecrets, type Config, type StripeConfig } from './config.ts'
import { connect, type Db } from './db/connect.ts'
import { seedReasons } from './db/reasons.ts'
import { seedTemplates } from './db/templates.ts'
import { restrictedAccount } from './flows/check-key.ts'
import { errorLine, isAway, isCredential } from './stripe/answers.ts'
import { unseal } from './sealed.ts'
import { makeStripe } from './stripe/client.ts'
import type { Gate } from './stripe/gate.ts'
import { keptSecrets } from './stripe/kept.ts'
import { onLine } from './stripe/line.ts'
import { lineTo, rateOf } from './stripe/rate.ts'
import { whoseKey } from './stripe/whose-key.ts'

export type Opening = {
  readonly config: Config
  readonly databaseUrl: string
  readonly stripe: StripeConfig
  readonly poolSize?: number
}

/**
 * Builds what flows may reach: PostgreSQL, Stripe, and which account this is. Waits for both when they are away, saying so;
 * an account that was seen once is remembered, so that Stripe need not answer for a later start.
 */
export async function openApp({ config, databaseUrl, stripe: environment, poolSize = 12 }: Opening): Promise<App> {
  const log = pino(
    { level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination(2),
  )
  const db = connect(databaseUrl, { size: poolSize })
  const livemode = /^(sk|rk)_live_/.test(environment.secretKey)
  const stripeConfig = await withKeptKey(db, config, environment, livemode)
  const opened = await askAccount(db, makeStripe(stripeConfig), { livemode, named: stripeConfig.connectedAccount }, log)
  await seedTemplates(db, opened.account, new Date())
  await seedReasons(db, opened.account, new Date())
  const gate: Gate = { shutBecause: undefined }
  const rate = rateOf(stripeConfig, opened.livemode)
  const kept =
    config.secret === undefined
      ? undefined
      : keptSecrets({
          db,
          account: opened.account,
          secret: config.secret,
          environmentKey: environment.secretKey,
        })
  const side = { ...stripeConfig, secretKey: kept?.secretKey ?? stripeConfig.secretKey }
  const stripe = makeStripe(side, onLine(lineTo({ db, account: opened.account, gate, rate })))
  return {
    db,
    ...opened,
    stripe,
    line: { gate, unguarded: makeStripe(side) },
    ...(kept && { kept }),
    log,
    config,
    webhookSecrets: stripeConfig.webhookSecrets.flatMap(
      (each) => parseSecrets(each) ?? parseSecrets(`${each},whsec_unused`)!.slice(0, 1),
    ),
    // Without a secret of its own an installation derives one, the same in each of its processes.
    secret:
      config.secret ??
      Buffer.from(hkdfSync('sha256', environment.secretKey, 'moneyback', 'installation secret', 32)).toString(
        'base64url',
      ),
    now: () => new Date(),
    elapsed: () => performance.now(),
  }
}

/** A key that was pasted into the console goes before the one in the environment, where it can be opened and is for this mode. */
async function withKeptKey(
  db: Db,
  config: Config,
  environment: StripeConfig,
  livemode: boolean,
): Promise<StripeConfig> {
  const { secret } = config
  if (secret === undefined) return environment
  const { rows } = await sql<{ account_id: string; secret_key: string }>`
    select c.account_id, c.secret_key from stripe_credential c join account a on a.id = c.account_id
    where a.livemode = ${livemode}`.execute(db)
  if (rows.length !== 1) return environment
  const account = rows[0]!.account_id
  const secretKey = unseal(secret, rows[0]!.secret_key, { purpose: 'stripe key', account, id: account })
  return secretKey === undefined ? environment : { ...environment, secretKey }
}

type Log = App['log']
type Opened = Pick<App, 'account' | 'livemode'>
type Known = { id: string; livemode: boolean }

/**
 * Which books these are. Stripe says whose key this is; the account that the books are about stays, also when Stripe is away,
 * refuses the key, or names another one: then `checkKey` says so and nothing is sent. Without books we wait for Stripe.
 * `named`: the connected account that the configuration names, whose books these are then.
 */
async function askAccount(
  db: Db,
  stripe: App['stripe'],
  { livemode, named }: { livemode: boolean; named: string | undefined },
  log: Log,
): Promise<Opened> {
  for (;;) {
    const { rows: books } = await sql<Known>`select id, livemode from account order by created_at`.execute(db)
    const ofThisMode = books.filter((each) => each.livemode === livemode && (named ?? each.id) === each.id)
    const known = ofThisMode.length === 1 ? ofThisMode[0] : undefined
    try {
      const key = await whoseKey(stripe)
      const id = key.account ?? restrictedAccount
      const sameBooks = books.find((each) => each.id === id) ?? known
      if (sameBooks !== undefined) return await name(db, sameBooks, key.account === sameBooks.id ? key.name : null)
      await sql`
        insert into account (id, livemode, name, created_at, place) values (${id}, ${livemode}, ${key.name}, ${new Date()}, books_place())
        on conflict (id) do nothing`.execute(db)
      return { account: id, livemode }
    } catch (error) {
      if (isCredential(error) && known === undefined) {
        throw new ConfigError(
          `Stripe does not know STRIPE_SECRET_KEY: ${error.message}\nCopy the key again from Stripe, Developers, API keys.`,
        )
      }
      if (!isAway(error)) throw error
      if (known !== undefined) return { account: known.id, livemode: known.livemode }
      log.warn({ error: errorLine(error) }, 'Stripe can’t be reached; trying again in 2 seconds')
      await new Promise((done) => setTimeout(done, 2_000))
    }
  }
}

async function name(db: Db, { id, livemode }: Known, name: string | null): Promise<Opened> {
  await sql`update account set name = coalesce(${name}, name), place = coalesce(place, books_place()) where id = ${id}`.execute(
    db,
  )
  return { account: id, livemode }
}
