import { hkdfSync } from 'node:crypto'
import { sql } from 'kysely'
import { pino } from 'pino'
import type { App } from './app.ts'
import { ConfigError, type Config, type StripeConfig } from './config.ts'
import { connect, type Db } from './db/connect.ts'
import { seedTemplates } from './db/templates.ts'
import { errorLine, isAway, isCredential, isMissing } from './stripe/answers.ts'
import { makeStripe } from './stripe/client.ts'

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
export async function openApp({ config, databaseUrl, stripe: stripeConfig, poolSize = 12 }: Opening): Promise<App> {
  const log = pino(
    { level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination(2),
  )
  const db = connect(databaseUrl, { size: poolSize })
  const stripe = makeStripe(stripeConfig)
  const livemode = /^(sk|rk)_live_/.test(stripeConfig.secretKey)
  const account = await askAccount(db, stripe, livemode, log)
  await seedTemplates(db, account, new Date())
  return {
    db,
    account,
    livemode,
    stripe,
    log,
    config,
    webhookSecrets: stripeConfig.webhookSecrets,
    // Without a secret of its own an installation derives one, the same in each of its processes.
    secret:
      config.secret ??
      Buffer.from(hkdfSync('sha256', stripeConfig.secretKey, 'moneyback', 'installation secret', 32)).toString(
        'base64url',
      ),
    now: () => new Date(),
    elapsed: () => performance.now(),
  }
}

/** The account of this mode that was seen before, when there is just one. */
async function knownAccount(db: Db, livemode: boolean): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`select id from account where livemode = ${livemode}`.execute(db)
  return rows.length === 1 ? rows[0]!.id : undefined
}

type Log = App['log']

/** Stripe says whose key this is; with Stripe away the account that was seen before goes on, and without one we wait. */
async function askAccount(db: Db, stripe: App['stripe'], livemode: boolean, log: Log): Promise<string> {
  for (;;) {
    try {
      const { id, name } = await nameOfAccount(stripe)
      await sql`
        insert into account (id, livemode, name, created_at) values (${id}, ${livemode}, ${name}, ${new Date()})
        on conflict (id) do update set name = coalesce(excluded.name, account.name)`.execute(db)
      return id
    } catch (error) {
      if (isCredential(error) && error.statusCode === 401) {
        throw new ConfigError(
          `Stripe does not know STRIPE_SECRET_KEY: ${error.message}\nCopy the key again from Stripe, Developers, API keys.`,
        )
      }
      if (!isAway(error)) throw error
      const known = await knownAccount(db, livemode)
      if (known !== undefined) return known
      log.warn({ error: errorLine(error) }, 'Stripe can’t be reached; trying again in 2 seconds')
      await new Promise((done) => setTimeout(done, 2_000))
    }
  }
}

/** A restricted key may not read its own account; everything else works without its id. */
async function nameOfAccount(stripe: App['stripe']): Promise<{ id: string; name: string | null }> {
  try {
    const account = await stripe.accounts.retrieveCurrent({}, { timeout: 5_000 })
    return { id: account.id, name: account.business_profile?.name ?? account.settings?.dashboard.display_name ?? null }
  } catch (error) {
    if ((isCredential(error) && error.statusCode === 403) || isMissing(error)) return { id: 'acct_own', name: null }
    throw error
  }
}
