import type Stripe from 'stripe'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import type { Db } from './db/connect.ts'
import type { Gate } from './stripe/gate.ts'
import type { Kept } from './stripe/kept.ts'

/** What a flow may reach. Only the entry points build one. */
export type App = {
  readonly db: Db
  /** The Stripe account whose refunds these are, `acct_…`. */
  readonly account: string
  readonly livemode: boolean
  readonly stripe: Stripe
  /** What stands between `stripe` and Stripe, and the client that goes past it to ask whose the key is. */
  readonly line?: { readonly gate: Gate; readonly unguarded: Stripe }
  /** What was pasted or made in the console, where a secret of the installation's own seals it. */
  readonly kept?: Kept
  readonly webhookSecrets: readonly WebhookSecret[]
  readonly config: Config
  /** Signs staff sessions. 32 bytes or more. */
  readonly secret: string
  readonly log: Logger
  now(): Date
  /** Milliseconds on a clock that never jumps: for how long something has taken. */
  elapsed(): number
}

/** What a flow needs that only reads and writes our own books. */
export type Books = Pick<App, 'db' | 'account' | 'now'>
/** A signing secret of the webhook endpoint, and until when it counts: an old one ends by itself. */
export type WebhookSecret = { readonly secret: string; readonly until?: Date }
