import { sql } from 'kysely'
import type { App } from '../app.ts'
import { findSubscription } from '../db/customers.ts'
import { openException, resolveException } from '../db/exceptions.ts'
import { observeSubscription } from './observe-payment.ts'

type Wished = { id: string; request_id: string; subscription_id: string; refund_status: string; change_status: string }

const hourMs = 60 * 60 * 1000

/**
 * Compares what refunds of the last 35 days wanted of subscriptions with what Stripe has: an ended one that runs again, a
 * taken back end that is still there. Looks at up to 50, those that nobody looked at for six hours.
 */
export async function compareAccess(app: App): Promise<number> {
  const now = app.now().getTime()
  const { rows } = await sql<Wished>`
    select c.id, r.request_id, c.subscription_id, r.status as refund_status, c.status as change_status
    from subscription_change c
    join refund r on r.account_id = c.account_id and r.id = c.id
    join subscription s on s.account_id = c.account_id and s.id = c.subscription_id
    where c.account_id = ${app.account} and c.status in ('done', 'undone') and c.created_at > ${new Date(now - 35 * 24 * hourMs)}
      and s.seen_at < ${new Date(now - 6 * hourMs)}
    order by s.seen_at limit 50`.execute(app.db)
  for (const wished of rows) {
    await observeSubscription(app, wished.subscription_id)
    await compare(app, wished)
  }
  return rows.length
}

async function compare(app: App, { request_id, subscription_id, change_status }: Wished): Promise<void> {
  const subscription = await findSubscription(app.db, app.account, subscription_id)
  if (subscription === undefined) return
  const over = subscription.ended_at !== null || subscription.status === 'canceled'
  const ending = over || subscription.cancel_at !== null
  const about = { kind: 'access_differs', subject: request_id, at: app.now() }
  if (ending === (change_status === 'done')) return resolveException(app.db, app.account, { ...about, by: 'stripe' })
  await openException(app.db, {
    ...about,
    account: app.account,
    because: ending
      ? `The refund came back and the end of ${subscription_id} was taken back, and Stripe ends it all the same.`
      : `The refund ended ${subscription_id}, and it goes on in Stripe.`,
    cure: 'Did somebody change it in Stripe, or did the customer? Leave it if that was meant, else change it there. Closes when both agree.',
  })
}
