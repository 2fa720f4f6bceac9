import { sql } from 'kysely'
import type { App } from '../src/app.ts'
import { inTransaction } from '../src/db/connect.ts'
import { insertDecision } from '../src/db/decisions.ts'
import { lockPayment } from '../src/db/payments.ts'
import { insertRequest, lockRequest } from '../src/db/requests.ts'
import { newId } from '../src/domain/ids.ts'
import { money } from '../src/domain/money.ts'
import { reserveRefund } from '../src/flows/reserve-refund.ts'

/**
 * One payment, and so many requests approved at the same moment, each through the production's own reservation. Answers how
 * many got their part, and what the payment says is set aside.
 */
export async function raceForPayment(
  app: App,
  { captured, amount, atOnce }: { captured: number; amount: number; atOnce: number },
): Promise<{ succeeded: number; reserved: number }> {
  const payment = await aPayment(app, captured)
  const cases = await Promise.all(Array.from({ length: atOnce }, () => aRequest(app, payment, amount)))
  const outcomes = await Promise.all(cases.map((request) => approveOne(app, payment, request, amount)))
  const { rows } = await sql<{ reserved_minor: number }>`
    select reserved_minor from payment where account_id = ${app.account} and id = ${payment}`.execute(app.db)
  return { succeeded: outcomes.filter(Boolean).length, reserved: rows[0]!.reserved_minor }
}

async function aPayment(app: App, captured: number): Promise<string> {
  const id = newId('pay')
  await sql`
    insert into payment (account_id, id, description, captured_minor, currency, paid_at, captured, stripe_charge, seen_at)
    values (${app.account}, ${id}, 'A race', ${captured}, 'usd', ${app.now()}, true, ${`ch_${id}`}, ${app.now()})`.execute(
    app.db,
  )
  return id
}

function aRequest(app: App, payment: string, amount: number): Promise<string> {
  return inTransaction(app.db, async (tx) => {
    const id = newId('rr')
    // The channel stripe may have several requests for one payment open: here the wall of one open request is not what is tried.
    await insertRequest(tx, {
      account_id: app.account,
      id,
      payment_id: payment,
      customer_id: null,
      asked_minor: amount,
      currency: 'usd',
      reason: 'other',
      comment: null,
      channel: 'stripe',
      created_by: 'stripe',
      locale: null,
      created_at: app.now(),
      next_at: null,
    })
    return id
  })
}

async function approveOne(app: App, payment: string, request: string, amount: number): Promise<boolean> {
  try {
    await inTransaction(app.db, async (tx) => {
      const decision = await insertDecision(tx, {
        account: app.account,
        request,
        verdict: 'approve',
        by: 'api_key:race',
        amount: money(amount, 'usd'),
        access: 'keep',
        at: app.now(),
      })
      const locked = await lockPayment(tx, app.account, payment)
      await reserveRefund(app, tx, {
        request: await lockRequest(tx, app.account, request),
        payment: locked,
        decision,
        amount: money(amount, 'usd'),
        access: 'keep',
      })
    })
    return true
  } catch (error) {
    if ((error as Error).message.startsWith('no room for')) return false
    throw error
  }
}
