import type Stripe from 'stripe'
import type { App } from '../../app.ts'
import { inTransaction } from '../../db/connect.ts'
import { cancelImport, importFailed, importWentOn, insertImport, type ImportRow } from '../../db/imports.ts'
import { audit } from '../../db/journal.ts'
import type { Actor } from '../../domain/actor.ts'
import { newId } from '../../domain/ids.ts'
import { no, ok, type Result } from '../../domain/refusal.ts'
import { dateOf, errorLine, expectObject, idOf } from '../../stripe/answers.ts'
import { refundsOfPaymentAtStripe } from '../../stripe/refunds.ts'
import { observePayment } from '../observe-payment.ts'
import { observeRefund } from '../observe-refund.ts'

/** Begins to read payments and their refunds of so many months. Refuses: setting_invalid, setting_refused (one is running). */
export async function startImport(
  app: App,
  { months, by }: { months: number; by: Actor },
): Promise<Result<{ id: string }>> {
  if (!Number.isInteger(months) || months < 1 || months > 120)
    return no({ code: 'setting_invalid', field: 'months', because: 'Import 1 to 120 months.' })
  const id = newId('imp')
  const at = app.now()
  const from = new Date(at)
  from.setUTCMonth(from.getUTCMonth() - months)
  return inTransaction(app.db, async (tx) => {
    if (!(await insertImport(tx, app.account, { id, from, by, at })))
      return no({ code: 'setting_refused', because: 'An import is running already.' })
    await audit(tx, { account: app.account, at, actor: by, action: 'import.started', subject: id, detail: { months } })
    return ok({ id })
  })
}

/** Ends it; what was taken in stays. Refuses: setting_refused. */
export async function endImport(app: App, { by }: { by: Actor }): Promise<Result<{ id: string }>> {
  return inTransaction(app.db, async (tx) => {
    const id = await cancelImport(tx, app.account, app.now())
    if (id === undefined) return no({ code: 'setting_refused', because: 'No import is running.' })
    await audit(tx, { account: app.account, at: app.now(), actor: by, action: 'import.canceled', subject: id })
    return ok({ id })
  })
}

const pageSize = 50
const atOnce = 3
const triesMax = 20

/**
 * One page, the newest payments first. The cursor is written after the page, so a process that dies repeats a page, and what was taken
 * in twice is one. How fast Stripe is asked is kept by the line in front of it (stripe/line.ts).
 */
export async function runImport(app: App, row: ImportRow): Promise<void> {
  try {
    const page = expectObject(
      await app.stripe.charges.list({
        limit: pageSize,
        created: { gte: Math.floor(row.from_at.getTime() / 1000) },
        ...(row.cursor && { starting_after: row.cursor }),
      }),
      'list',
    )
    const paid = page.data.filter(({ status }) => status === 'succeeded')
    const waiting = [...paid]
    let refunds = 0
    const next = async (): Promise<void> => {
      for (let charge = waiting.shift(); charge; charge = waiting.shift()) refunds += await takeIn(app, charge)
    }
    await Promise.all(Array.from({ length: atOnce }, next))
    const last = page.data.at(-1)
    const over = !page.has_more || last === undefined
    const at = app.now()
    await importWentOn(app.db, app.account, row.id, {
      cursor: last?.id ?? null,
      reached_at: over ? row.from_at : dateOf(last.created),
      payments: paid.length,
      refunds,
      skipped: page.data.length - paid.length,
      over,
      at,
    })
    await audit(app.db, {
      account: app.account,
      at,
      actor: 'moneyback',
      action: over ? 'import.done' : 'import.went_on',
      subject: row.id,
    })
  } catch (error) {
    const at = app.now()
    const wait = Math.min(300_000, 2 ** row.tries * 2_000)
    await importFailed(app.db, app.account, row.id, {
      error: errorLine(error),
      at,
      next_at: row.tries + 1 >= triesMax ? null : new Date(at.getTime() + wait),
    })
  }
}

async function takeIn(app: App, charge: Stripe.Charge): Promise<number> {
  const payment_intent = idOf(charge.payment_intent)
  await observePayment(app, payment_intent ?? charge.id)
  if (charge.amount_refunded === 0) return 0
  const refunds = await refundsOfPaymentAtStripe(app.stripe, { payment_intent, charge: charge.id })
  for (const refund of refunds) await observeRefund(app, refund)
  return refunds.length
}
