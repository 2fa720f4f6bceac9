import { sql } from 'kysely'
import type { App } from '../app.ts'
import { openException, resolveException } from '../db/exceptions.ts'
import { liftStop, stopSending, type StopKind } from '../db/stops.ts'
import { isCredential } from '../stripe/answers.ts'
import { hasCharge, whoseKey } from '../stripe/whose-key.ts'

type Wrong = {
  readonly kind: Extract<StopKind, 'wrong_account' | 'wrong_mode'>
  readonly because: string
  readonly cure: string
}

/**
 * Asks Stripe whose key this is. A key of another account or of the other mode shuts the gate: nothing is asked and nothing is
 * sent, nothing is burned, and the console says what to do. A right key opens it again. Throws when Stripe can't be asked.
 */
export async function checkKey(app: App): Promise<void> {
  if (app.line === undefined) return
  let wrong: Wrong | undefined
  try {
    wrong = await whatIsWrong(app, app.line.unguarded)
  } catch (error) {
    if (isCredential(error)) await keyIsRefused(app, error.message)
    throw error
  }
  app.line.gate.shutBecause = wrong && `${wrong.because} ${wrong.cure}`
  // The key is taken; whether it has the right to refund, the next refund finds out.
  for (const kind of ['key', 'wrong_account', 'wrong_mode'] as const) if (wrong?.kind !== kind) await right(app, kind)
  if (wrong !== undefined) await stop(app, wrong)
}

async function whatIsWrong(app: App, stripe: App['stripe']): Promise<Wrong | undefined> {
  const { account, livemode } = await whoseKey(stripe)
  const mode = app.livemode ? 'live' : 'test'
  if (livemode !== undefined && livemode !== app.livemode)
    return {
      kind: 'wrong_mode',
      because: `The key is of the ${livemode ? 'live' : 'test'} mode, and these books are of the ${mode} mode.`,
      cure: `Set STRIPE_SECRET_KEY to a ${mode} key of this account (sk_${mode}_… or rk_${mode}_…), and start again.`,
    }
  const other =
    account !== undefined && app.account !== restrictedAccount
      ? account !== app.account
      : await knowsNoPayment(app, stripe)
  if (!other) return undefined
  return {
    kind: 'wrong_account',
    because: `The key is of ${account ?? 'another account'}, and these books are of ${app.account === restrictedAccount ? 'another one' : app.account}.`,
    cure: `Set STRIPE_SECRET_KEY to a key of ${app.account === restrictedAccount ? 'the account that these payments are in' : app.account}, and start again. For another account use another database.`,
  }
}

/** The name of an account whose key may not read it. */
export const restrictedAccount = 'acct_own'

/** A restricted key does not say whose it is: whether it finds a payment that we know does. */
async function knowsNoPayment({ db, account }: App, stripe: App['stripe']): Promise<boolean> {
  const { rows } = await sql<{ stripe_charge: string }>`
    select stripe_charge from payment where account_id = ${account} order by paid_at desc, id limit 1`.execute(db)
  return rows[0] !== undefined && (await hasCharge(stripe, rows[0].stripe_charge)) === 'missing'
}

async function stop(app: App, { kind, because, cure }: Wrong): Promise<void> {
  await stopSending(app.db, { account: app.account, kind, because, cure, since: app.now() })
  await openException(app.db, {
    account: app.account,
    kind,
    subject: app.account,
    because,
    cure,
    owner: 'owner',
    at: app.now(),
  })
}

async function right(app: App, kind: StopKind): Promise<void> {
  if (!(await liftStop(app.db, app.account, kind))) return
  const exception = kind === 'key' ? 'stripe_key' : kind
  await resolveException(app.db, app.account, { kind: exception, subject: app.account, by: 'moneyback', at: app.now() })
}

/** Stripe does not take the key, or it lacks a right: sending waits, and one refund tries every 30 s. */
export async function keyIsRefused(app: App, message: string): Promise<void> {
  const said = {
    because: `Stripe refuses the key: ${message}`,
    cure: 'Set STRIPE_SECRET_KEY to a key of this account with the permission that is named and start again, or paste one in Settings, Stripe account. Everything that waits goes on by itself.',
  }
  await stopSending(app.db, { account: app.account, kind: 'key', ...said, since: app.now() })
  await openException(app.db, {
    account: app.account,
    kind: 'stripe_key',
    subject: app.account,
    ...said,
    owner: 'owner',
    at: app.now(),
  })
}

/** A refund has gone through: the key is good again. */
export const keyIsGood = (app: App): Promise<void> => right(app, 'key')
