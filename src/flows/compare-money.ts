import { sql } from 'kysely'
import type Stripe from 'stripe'
import type { App } from '../app.ts'
import { openException, resolveException } from '../db/exceptions.ts'
import { audit } from '../db/journal.ts'
import { findRefundByStripe, type RefundRow } from '../db/refunds.ts'
import { allPages, idOf, isCredential } from '../stripe/answers.ts'
import { retrieveRefund } from '../stripe/refunds.ts'
import { observeRefund } from './observe-refund.ts'

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs

/** What refunds do to Stripe's balance: out, and back when a bank returns them. */
const types = ['refund', 'payment_refund', 'refund_failure', 'payment_failure_refund'] as const

type Sums = Record<string, { stripe: number; ours: number; movements: number }>

/**
 * Compares the movements of Stripe's balance with our refunds, one by one and in sum for each currency, from where the last
 * comparison ended less two days. A movement that we don't know is looked at first; what stays different is told to finance.
 * Answers the sums, in minor units; none for a key that may not read the balance, which the owner is told.
 */
export async function compareMoney(app: App): Promise<Sums> {
  const about = { kind: 'balance_not_readable', subject: app.account, at: app.now() }
  try {
    const sums = await compareBalance(app)
    await resolveException(app.db, app.account, { ...about, by: 'stripe' })
    return sums
  } catch (error) {
    if (!isCredential(error) || error.statusCode !== 403) throw error
    await openException(app.db, {
      ...about,
      account: app.account,
      owner: 'owner',
      because: `The key may not read Stripe’s balance, so it is not compared: ${error.message}`,
      cure: 'Give the restricted key the right to read balance transactions. It is tried again every day, and this closes by itself.',
    })
    return {}
  }
}

async function compareBalance(app: App): Promise<Sums> {
  const { rows } = await sql<{ balance_seen_until: Date | null }>`
    select balance_seen_until from account where id = ${app.account}`.execute(app.db)
  const began = app.now()
  const from = new Date((rows[0]?.balance_seen_until?.getTime() ?? began.getTime() - 33 * dayMs) - 2 * dayMs)
  const sums: Sums = {}
  const moved = new Set<string>()
  for (const type of types) {
    const created = { gte: Math.floor(from.getTime() / 1000) }
    for (const movement of await allPages((page) => app.stripe.balanceTransactions.list({ type, created, ...page })))
      moved.add(await compareMovement(app, movement, sums))
  }
  await compareUnmoved(app, moved, from)
  await sql`update account set balance_seen_until = ${began} where id = ${app.account}`.execute(app.db)
  await audit(app.db, {
    account: app.account,
    at: began,
    actor: 'moneyback',
    action: 'balance.compared',
    subject: app.account,
    detail: { from, sums },
  })
  return sums
}

async function compareMovement(app: App, movement: Stripe.BalanceTransaction, sums: Sums): Promise<string> {
  const source = idOf(movement.source) ?? movement.id
  const back = movement.amount > 0
  let refund = await findRefundByStripe(app.db, app.account, source)
  if (refund === undefined || (back && refund.status !== 'failed' && refund.status !== 'canceled')) {
    await observeRefund(app, await retrieveRefund(app.stripe, source))
    refund = await findRefundByStripe(app.db, app.account, source)
  }
  const wrong = whatDiffers(refund, movement, back)
  await tell(app, source, wrong)
  const sum = (sums[movement.currency] ??= { stripe: 0, ours: 0, movements: 0 })
  sum.movements++
  sum.stripe += movement.amount
  sum.ours += refund === undefined ? 0 : back ? refund.amount_minor : -refund.amount_minor
  return source
}

function whatDiffers(
  refund: RefundRow | undefined,
  { currency, amount }: Stripe.BalanceTransaction,
  back: boolean,
): string | undefined {
  if (refund === undefined)
    return `Stripe’s balance moved by ${amount} ${currency}, and these books have no such refund.`
  if (back && refund.status !== 'failed' && refund.status !== 'canceled')
    return `Stripe’s balance has ${amount} ${currency} back, and ${refund.id} is ${refund.status} here.`
  // Another currency than the refund's is the balance's, at the rate of the day.
  if (currency === refund.currency && Math.abs(amount) !== refund.amount_minor)
    return `Stripe’s balance moved by ${amount} ${currency}, and ${refund.id} is over ${refund.amount_minor}.`
  return undefined
}

/** The other way round: what is paid here must have left Stripe's balance. */
async function compareUnmoved(app: App, moved: ReadonlySet<string>, from: Date): Promise<void> {
  const { rows } = await sql<{ stripe_refund_id: string; id: string }>`
    select stripe_refund_id, id from refund
    where account_id = ${app.account} and status = 'succeeded' and stripe_refund_id is not null
      and settled_at between ${new Date(from.getTime() + dayMs)} and ${new Date(app.now().getTime() - hourMs)}`.execute(
    app.db,
  )
  for (const { stripe_refund_id, id } of rows) {
    if (moved.has(stripe_refund_id)) continue
    // It may have left the balance before this window: then the refund itself names the movement.
    const { balance_transaction } = await app.stripe.refunds.retrieve(stripe_refund_id)
    await tell(
      app,
      stripe_refund_id,
      balance_transaction ? undefined : `${id} is paid here, and nothing has left Stripe’s balance for it.`,
    )
  }
}

async function tell(app: App, source: string, wrong: string | undefined): Promise<void> {
  const about = { kind: 'balance_differs', subject: source, at: app.now() }
  if (wrong === undefined) return resolveException(app.db, app.account, { ...about, by: 'moneyback' })
  await openException(app.db, {
    ...about,
    account: app.account,
    owner: 'finance',
    because: `${source}: ${wrong}`,
    cure: 'Compare the refund with the balance in Stripe. It is compared again every day, and this closes when both agree.',
  })
}
