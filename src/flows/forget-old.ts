import { sql } from 'kysely'
import { forgetSignIns } from '../db/portal-sign-ins.ts'
import type { App } from '../app.ts'
import { forgetAttachments } from './forget-attachments.ts'

const dayMs = 24 * 60 * 60 * 1000

/** Deletes what is kept only for a while: answers to an Idempotency-Key after 30 days, what Stripe's webhooks said after 35, backtests after 90. */
export async function forgetOld(app: App): Promise<void> {
  await forgetAttachments(app)
  await forgetSignIns(app.db, app.account, new Date(app.now().getTime() - dayMs))
  const before = (days: number): Date => new Date(app.now().getTime() - days * dayMs)
  await sql`delete from idempotent_answer where account_id = ${app.account} and created_at < ${before(30)}`.execute(
    app.db,
  )
  await sql`
    delete from stripe_event where account_id = ${app.account} and received_at < ${before(35)} and status in ('done', 'ignored')`.execute(
    app.db,
  )
  // With the answers that it found to change; drafts, versions and shadows stay for ever.
  await sql`
    delete from backtest where account_id = ${app.account} and ended_at < ${before(90)}`.execute(app.db)
}
