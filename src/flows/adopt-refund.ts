import { sql } from 'kysely'
import type { App } from '../app.ts'
import { inTransaction, type Tx } from '../db/connect.ts'
import { insertDecision } from '../db/decisions.ts'
import { openException } from '../db/exceptions.ts'
import { audit } from '../db/journal.ts'
import { findPayment, lockPayment, type PaymentRow } from '../db/payments.ts'
import { adopt, findRefund, findRefundByStripe, moveRefund, refundsOfPayment, type RefundRow } from '../db/refunds.ts'
import { insertRequest, lockRequest, moveRequest } from '../db/requests.ts'
import { newId } from '../domain/ids.ts'
import { money } from '../domain/money.ts'
import { isReason, type Reason } from '../domain/reasons.ts'
import type { SeenRefund } from '../stripe/refunds.ts'
import { judge } from './judge.ts'
import { observePayment } from './observe-payment.ts'
import { afterRefundMove } from './settle-refund.ts'

/**
 * Takes in a refund that was made elsewhere: in Stripe's dashboard or by another program. It gets a request of its own
 * (channel `stripe`), is judged by the policy after the fact, and counts in the reports. Our own refunds that hold the same
 * money and were not sent yet give way. Undefined: the payment isn't known, not even to Stripe.
 */
export async function adoptRefund(app: App, seen: SeenRefund): Promise<RefundRow | undefined> {
  const reference = seen.payment_intent ?? seen.charge
  const known =
    reference === null
      ? undefined
      : ((await findPayment(app.db, app.account, reference)) ?? (await observePayment(app, reference)))
  if (known === undefined) return undefined
  return inTransaction(app.db, async (tx) => {
    const payment = await lockPayment(tx, app.account, known.id)
    const already = await findRefundByStripe(tx, app.account, seen.id)
    if (already) return already
    const id = newId('rf')
    const request = await writeCase(app, tx, payment, seen)
    const overlap = await adopt(tx, {
      account: app.account,
      id,
      payment: payment.id,
      request: request.id,
      decision: request.decision,
      amount: money(seen.amount_minor, seen.currency),
      access: request.access,
      at: seen.created,
      stripe_refund: seen.id,
    })
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: 'stripe',
      action: 'refund.adopted',
      subject: id,
      detail: {
        request: request.id,
        stripe_refund: seen.id,
        amount_minor: seen.amount_minor,
        currency: seen.currency,
        verdict: request.verdict,
      },
    })
    if (overlap > 0) await giveWay(app, tx, payment)
    if (seen.ours !== null) await callForLostRow(app, tx, id, seen)
    return findRefund(tx, app.account, id)
  })
}

const fromStripe: Readonly<Record<string, Reason>> = { duplicate: 'duplicate', fraudulent: 'fraudulent' }

/** The reason that was chosen elsewhere: our own code in the metadata (`reason`), or what Stripe's three can say. */
function reasonOf({ reason, metadata }: SeenRefund): Reason {
  const told = metadata['reason']
  if (told !== undefined && isReason(told)) return told
  return fromStripe[reason ?? ''] ?? 'other'
}

async function writeCase(app: App, tx: Tx, payment: PaymentRow, seen: SeenRefund) {
  const id = newId('rr')
  const reason = reasonOf(seen)
  await insertRequest(tx, {
    account_id: app.account,
    id,
    payment_id: payment.id,
    customer_id: payment.customer_id,
    asked_minor: seen.amount_minor,
    currency: seen.currency,
    reason,
    comment: null,
    channel: 'stripe',
    created_by: 'stripe',
    locale: null,
    created_at: seen.created,
    next_at: null,
  })
  const request = await lockRequest(tx, app.account, id)
  const { decision, facts } = await judge(
    app,
    payment,
    {
      amount_minor: seen.amount_minor,
      reason,
      channel: 'stripe',
      comment_length: 0,
      attempt: request.attempt,
      at: seen.created,
    },
    tx,
  )
  await insertDecision(tx, {
    account: app.account,
    request: id,
    verdict: decision.verdict,
    by: 'policy',
    amount: decision.amount,
    access: decision.access,
    at: seen.created,
    explanation: decision,
    facts,
  })
  // Who gives all the money back ends what it paid for; a part says nothing about access.
  const access = seen.amount_minor >= payment.captured_minor ? 'now' : 'keep'
  const approval = await insertDecision(tx, {
    account: app.account,
    request: id,
    verdict: 'approve',
    by: 'stripe',
    amount: money(seen.amount_minor, seen.currency),
    access,
    at: seen.created,
  })
  await moveRequest(tx, request, { event: 'approve', by: 'stripe', at: seen.created })
  return { id, decision: approval, access, verdict: decision.verdict } as const
}

/** What we had set aside and not sent makes room for what has really happened. */
async function giveWay(app: App, tx: Tx, payment: PaymentRow): Promise<void> {
  const waiting = (await refundsOfPayment(tx, app.account, payment.id))
    .filter(({ status }) => status === 'reserved')
    .reverse()
  for (const refund of waiting) {
    const { rows } = await sql<{ overlap_minor: number }>`
      select overlap_minor from payment where account_id = ${app.account} and id = ${payment.id}`.execute(tx)
    if (rows[0]?.overlap_minor === 0) break
    const because = 'Somebody refunded this payment in Stripe in the meantime.'
    const after = await moveRefund(tx, refund, { event: 'cancel', by: 'moneyback', at: app.now(), because })
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: 'moneyback',
      action: 'refund.canceled',
      subject: refund.id,
      detail: { request: refund.request_id, because, customer: payment.customer_id },
    })
    await afterRefundMove(app, tx, refund, after, because)
  }
  const { overlap_minor } = await lockPayment(tx, app.account, payment.id)
  if (overlap_minor === 0) return
  await openException(tx, {
    account: app.account,
    kind: 'refunded_elsewhere_too',
    subject: payment.id,
    owner: 'finance',
    at: app.now(),
    because: `Somebody refunded this payment in Stripe while our own refund was on its way: ${overlap_minor} minor units are claimed twice.`,
    cure: 'Wait for Stripe’s answer to our refund: Stripe refuses what exceeds the payment, and this closes by itself.',
  })
}

async function callForLostRow(app: App, tx: Tx, id: string, seen: SeenRefund): Promise<void> {
  await openException(tx, {
    account: app.account,
    kind: 'our_row_was_lost',
    subject: id,
    owner: 'finance',
    at: app.now(),
    because: `Stripe’s ${seen.id} carries our id ${seen.ours}, which is not in these books. Was the database restored from an older copy?`,
    cure: 'Compare with the backup’s time. The refund is booked here now; nothing more was sent.',
  })
}
