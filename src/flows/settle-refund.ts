import { sql } from 'kysely'
import type { App } from '../app.ts'
import type { Tx } from '../db/connect.ts'
import { openException, resolveException } from '../db/exceptions.ts'
import { lockPayment, refundableOf } from '../db/payments.ts'
import { lockRequest, moveRequest } from '../db/requests.ts'
import type { RefundRow } from '../db/refunds.ts'
import { follow } from '../domain/machine.ts'
import { requestMachine } from '../domain/request.ts'
import { tell } from './tell.ts'

/**
 * Everything that follows from a refund's change of state, in the same transaction: the request moves, the customer is told,
 * the subscription's end is wished for or taken back, a person is called. `because` is for a refund that Stripe never had.
 */
export async function afterRefundMove(
  app: App,
  tx: Tx,
  before: RefundRow,
  after: RefundRow,
  because?: string,
): Promise<void> {
  if (after.status === 'succeeded') return succeeded(app, tx, after)
  if (after.status === 'failed' || after.status === 'canceled') return failed(app, tx, before, after, because)
  if (after.status === 'requires_action' && after.origin === 'moneyback') {
    const request = await lockRequest(tx, app.account, after.request_id)
    await tell(app, tx, { request, kind: 'needs_bank_details', refund: after })
  }
}

async function succeeded(app: App, tx: Tx, refund: RefundRow): Promise<void> {
  const at = app.now()
  const request = await lockRequest(tx, app.account, refund.request_id)
  if (follow(requestMachine, request.status, 'pay')) await moveRequest(tx, request, { event: 'pay', by: 'stripe', at })
  await resolveException(tx, app.account, { kind: 'refund_failed', subject: request.id, by: 'stripe', at })
  if (refundableOf(await lockPayment(tx, app.account, refund.payment_id)).minor === 0)
    await resolveException(tx, app.account, { kind: 'fraud_warning', subject: refund.payment_id, by: 'stripe', at })
  if (refund.origin === 'stripe') return noteRunningSubscription(app, tx, refund)
  await wishForTheEnd(app, tx, refund)
  await wishForCreditNote(app, tx, refund)
  await tell(app, tx, { request, kind: 'refunded', refund })
}

/** The wish is written here and fulfilled by a job: two calls to Stripe, each with its own retries. */
async function wishForTheEnd(app: App, tx: Tx, refund: RefundRow): Promise<void> {
  if (refund.access === 'keep') return
  const payment = await lockPayment(tx, app.account, refund.payment_id)
  if (payment.subscription_id === null) return
  const change = refund.access === 'now' ? 'cancel_now' : 'cancel_at_period_end'
  await sql`
    insert into subscription_change (account_id, id, change, status, subscription_id, created_at, next_at)
    values (${app.account}, ${refund.id}, ${change}, 'wanted', ${payment.subscription_id}, ${app.now()}, ${app.now()})
    on conflict do nothing`.execute(tx)
}

/** The money has moved; its paper follows by a job, which can fail without touching the money. */
async function wishForCreditNote(app: App, tx: Tx, refund: RefundRow): Promise<void> {
  if (refund.invoice_way !== 'credit_note') return
  const { invoice_id } = await lockPayment(tx, app.account, refund.payment_id)
  await sql`
    insert into credit_note (account_id, id, status, invoice_id, created_at, next_at)
    values (${app.account}, ${refund.id}, 'wanted', ${invoice_id}, ${app.now()}, ${app.now()})
    on conflict do nothing`.execute(tx)
}

const weekMs = 7 * 24 * 60 * 60 * 1000

/** Somebody gave all the money back in Stripe and the subscription goes on: whether that was meant, a person says. */
async function noteRunningSubscription(app: App, tx: Tx, refund: RefundRow): Promise<void> {
  if (refund.access !== 'now' || app.now().getTime() - refund.created_at.getTime() > weekMs) return
  const { rows } = await sql<{ id: string }>`
    select s.id from payment p join subscription s on s.account_id = p.account_id and s.id = p.subscription_id
    where p.account_id = ${app.account} and p.id = ${refund.payment_id} and s.status in ('active', 'past_due', 'trialing')
      and s.cancel_at is null and s.current_period_start = p.period_start`.execute(tx)
  if (!rows[0]) return
  await openException(tx, {
    account: app.account,
    kind: 'subscription_goes_on',
    subject: refund.request_id,
    at: app.now(),
    because: `The payment was refunded in full in Stripe, and its subscription ${rows[0].id} still renews.`,
    cure: 'Cancel the subscription in Stripe, or leave it if the refund was meant that way.',
  })
}

async function failed(
  app: App,
  tx: Tx,
  before: RefundRow,
  refund: RefundRow,
  because = refund.failure_reason ?? 'unknown',
): Promise<void> {
  const at = app.now()
  const request = await lockRequest(tx, app.account, refund.request_id)
  if (follow(requestMachine, request.status, 'fail'))
    await moveRequest(tx, request, { event: 'fail', by: 'stripe', at, because, due_at: at })
  await takeTheWishBack(app, tx, refund)
  await noteCreditedButFailed(app, tx, refund)
  await sql`
    update exception set resolved_at = ${at}, resolved_by = 'stripe'
    where account_id = ${app.account} and kind = 'refunded_elsewhere_too' and subject_id = ${refund.payment_id} and resolved_at is null
      and exists (select from payment where account_id = ${app.account} and id = ${refund.payment_id} and overlap_minor = 0)`.execute(
    tx,
  )
  const bounced = before.status === 'succeeded'
  await openException(tx, {
    account: app.account,
    kind: 'refund_failed',
    subject: request.id,
    owner: 'support',
    at,
    because: bounced
      ? `The bank sent the refund back (${because}). The money is in your Stripe balance again.`
      : `The refund did not go through: ${because}`,
    cure: cureOf(because),
  })
  if (refund.origin === 'moneyback') await tell(app, tx, { request, kind: bounced ? 'bounced' : 'failed', refund })
}

/** What a person can do, by Stripe's failure_reason (docs.stripe.com/refunds). */
function cureOf(because: string): string {
  if (because === 'charge_for_pending_refund_disputed') return 'Do not refund again: answer the dispute in Stripe.'
  if (because === 'insufficient_funds') return 'Top up your Stripe balance, then approve again: a new refund is made.'
  if (because === 'lost_or_stolen_card' || because === 'expired_or_canceled_card') {
    return 'The card can’t take money any more. Ask the customer for another way, pay there, and deny here with a note; or approve again.'
  }
  return 'Ask the customer, then approve again (a new refund is made) or deny with a note.'
}

/** A bounced refund ends nothing: what was wished for is dropped, what was done is undone. */
async function takeTheWishBack(app: App, tx: Tx, refund: RefundRow): Promise<void> {
  const now = app.now()
  await sql`
    update subscription_change set
      status = case status when 'wanted' then 'not_needed' else 'undo_wanted' end,
      next_at = case status when 'wanted' then null else ${now}::timestamptz end
    where account_id = ${app.account} and id = ${refund.id} and status in ('wanted', 'done')`.execute(tx)
}

/** Stripe voids no credit note of a paid invoice, so a person corrects the books. */
async function noteCreditedButFailed(app: App, tx: Tx, refund: RefundRow): Promise<void> {
  if (refund.invoice_way !== 'credit_note') return
  const { rows } = await sql<{ note: string | null }>`
    update credit_note set status = case status when 'wanted' then 'not_needed' else status end, next_at = null
    where account_id = ${app.account} and id = ${refund.id} returning stripe_credit_note_id as note`.execute(tx)
  const note = rows[0]?.note
  if (note == null) return
  await openException(tx, {
    account: app.account,
    kind: 'credit_note_of_failed_refund',
    subject: refund.id,
    owner: 'finance',
    at: app.now(),
    because: `The credit note ${note} says that this refund was paid, and it came back.`,
    cure: 'Pay the customer another way and keep the note, or correct the invoice in your books: Stripe can’t void it.',
  })
}
