import { readFile } from 'node:fs/promises'
import Stripe from 'stripe'
import { sql } from 'kysely'
import { startSimulator, type Simulator } from '../stripe-simulator/simulator.ts'
import type { App } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { findPayment } from '../src/db/payments.ts'
import { createPortalLink, type NewLink } from '../src/flows/open-portal.ts'
import { observePayment } from '../src/flows/observe-payment.ts'
import { publishPolicy } from '../src/flows/publish-policy.ts'
import { putFacts } from '../src/flows/put-facts.ts'
import { workOnce } from '../src/jobs/work.ts'
import { openApp } from '../src/open-app.ts'
import { freshDatabase } from './postgres.ts'

export type PortalWorld = {
  readonly app: App
  readonly simulator: Simulator
  /** A customer with one payment, whose use of the product the merchant has told; how long ago in days. */
  pays(as: {
    readonly name: string
    readonly amount?: number
    readonly used?: number
    readonly daysAgo?: number
    /** Pays once more instead of being somebody new. */
    readonly customer?: string
    /** Without a customer in Stripe, known by this address alone. */
    readonly guest?: string
    /** Another address than the one made of the name. */
    readonly email?: string
  }): Promise<{ customer: string; payment: string }>
  /** A link into the portal, and the token in it. */
  link(link: Omit<NewLink, 'by'>): Promise<{ url: string; token: string }>
  /** Works until nothing is due. */
  work(): Promise<void>
  /** Moves the program's clock; Stripe's stays. */
  later(ms: number): void
  close(): Promise<void>
}

const day = 86_400_000

/** A program on a database of its own and a simulated Stripe, with the policy that Moneyback comes with. */
export async function portalWorld({
  port = 3000,
  env = {},
}: { port?: number; env?: Record<string, string> } = {}): Promise<PortalWorld> {
  const [database, simulator] = await Promise.all([freshDatabase(), startSimulator({ port: 0, seed: 1 })])
  const config = { ...readConfig({ LOG_LEVEL: 'silent', PORT: String(port), ...env }) }
  const opened = await openApp({
    config,
    databaseUrl: database.url,
    stripe: { secretKey: simulator.secretKey, webhookSecrets: ['whsec_test'], apiBase: simulator.url },
  })
  let ahead = 0
  const app: App = { ...opened, now: () => new Date(Date.now() + ahead) }
  const stripe = new Stripe(simulator.secretKey, {
    host: '127.0.0.1',
    port: simulator.port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  })
  const source = await readFile(new URL('../policies/default.yaml', import.meta.url), 'utf8')
  await publishPolicy(app, { source, comment: 'first', by: 'moneyback', role: 'owner' })
  return {
    app,
    simulator,
    pays: async ({
      name,
      amount = 4900,
      used = 0.05,
      daysAgo = 1,
      customer: known,
      guest,
      email = `${name.toLowerCase()}@example.com`,
    }) => {
      const newcomer = known === undefined && guest === undefined
      const customer = newcomer
        ? await stripe.customers.create({ name, email })
        : known === undefined
          ? undefined
          : { id: known }
      const paid = await stripe.paymentIntents.create({
        amount,
        currency: 'eur',
        ...(customer ? { customer: customer.id } : { receipt_email: guest! }),
        payment_method: 'pm_card_visa',
        confirm: true,
        description: 'Field guide',
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      })
      const payment = (await observePayment(app, paid.id))!.id
      // Long ago is written down here: the simulator has one clock for all.
      await sql`update payment set paid_at = ${new Date(Date.now() - daysAgo * day)} where id = ${payment}`.execute(
        app.db,
      )
      await putFacts(app, { subject: payment, facts: { 'usage.share': used }, by: 'api_key:test' })
      return { customer: customer?.id ?? (await findPayment(app.db, app.account, payment))!.owner_id!, payment }
    },
    link: async (link) => {
      const made = await createPortalLink(app, { ...link, by: 'api_key:test' })
      if (!made.ok) throw new Error(made.no.code)
      return { url: made.value.url, token: made.value.url.split('#t=')[1]! }
    },
    work: async () => {
      while ((await workOnce(app)) > 0);
    },
    later: (ms) => void (ahead += ms),
    close: async () => {
      await app.db.destroy()
      await Promise.all([simulator.close(), database.drop()])
    },
  }
}
