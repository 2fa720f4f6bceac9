import type { App } from '../app.ts'
import { inTransaction, type Tx } from '../db/connect.ts'
import { openException, resolveException } from '../db/exceptions.ts'
import { audit } from '../db/journal.ts'
import { findPayment, lockPayment } from '../db/payments.ts'
import {
  findRefund,
  findRefundByStripe,
  linkStripeRefund,
  lockRefund,
  moveRefund,
  writePendingReason,
  writeReference,
  type RefundRow,
} from '../db/refunds.ts'
import { follow } from '../domain/machine.ts'
import { eventOf, holds, refundMachine } from '../domain/refund.ts'
import type { SeenRefund } from '../stripe/refunds.ts'
import { adoptRefund } from './adopt-refund.ts'
import { afterRefundMove } from './settle-refund.ts'

/**
 * Takes in what a refund says at Stripe now, whoever learns it first: the sender, a webhook, or the reconciliation.
 * Ours is recognised by the id in its metadata, then by Stripe's id; any other one is adopted.
 * Does nothing for a payment that isn't known here.
 */
export async function observeRefund(app: App, seen: SeenRefund): Promise<void> {
  const ours =
    (await findRefundByStripe(app.db, app.account, seen.id)) ??
    (seen.ours && (await findRefund(app.db, app.account, seen.ours)))
  if (ours) return recordRefund(app, ours, seen)
  const adopted = await adoptRefund(app, seen)
  if (adopted) return recordRefund(app, adopted, seen)
}

/** Writes Stripe's word into our row: its id once and for all, then the arrow that the status implies, then what follows. */
export async function recordRefund(app: App, { id, payment_id }: RefundRow, seen: SeenRefund): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    await lockPayment(tx, app.account, payment_id)
    const refund = await lockRefund(tx, app.account, id)
    const payment = await findPayment(tx, app.account, payment_id)
    if (await isSomebodyElses(app, tx, refund, seen, payment!)) return
    await linkStripeRefund(tx, refund, seen.id)
    if (refund.pending_reason !== seen.pending_reason) await notePending(app, tx, refund, seen.pending_reason)
    if (seen.reference !== null && refund.reference !== seen.reference) await writeReference(tx, refund, seen.reference)
    await takeArrow(app, tx, { refund, customer: payment!.customer_id }, seen)
  })
}

/** Refunds are paid from the available balance: without it Stripe holds card refunds back until somebody tops it up. */
async function notePending(app: App, tx: Tx, refund: RefundRow, reason: string | null): Promise<void> {
  await writePendingReason(tx, refund, reason)
  const about = { kind: 'balance_too_low', subject: refund.id, at: app.now() }
  if (reason !== 'insufficient_funds') return resolveException(tx, app.account, { ...about, by: 'stripe' })
  await openException(tx, {
    ...about,
    account: app.account,
    owner: 'finance',
    because: `Stripe holds this refund back: the available balance does not cover it.`,
    cure: 'Top up the balance in Stripe. The refund then goes out by itself; if nobody does, it fails in the end.',
  })
}

/** An answer that names our refund but another amount or payment is never booked: a person has to look. */
async function isSomebodyElses(
  app: App,
  tx: Tx,
  refund: RefundRow,
  seen: SeenRefund,
  payment: { stripe_payment_intent: string | null; stripe_charge: string },
): Promise<boolean> {
  const same =
    seen.amount_minor === refund.amount_minor &&
    seen.currency === refund.currency &&
    (seen.payment_intent === null
      ? seen.charge === payment.stripe_charge
      : seen.payment_intent === payment.stripe_payment_intent)
  if (same) return false
  await openException(tx, {
    account: app.account,
    kind: 'refund_differs',
    subject: refund.id,
    owner: 'finance',
    at: app.now(),
    because: `Stripe’s refund ${seen.id} names this refund but is for ${seen.amount_minor} ${seen.currency}, not ${refund.amount_minor} ${refund.currency}, or for another payment.`,
    cure: 'Compare both in Stripe. Nothing was booked here.',
  })
  return true
}

/** `before` is the row as it was before Stripe's id was linked to it. */
async function takeArrow(
  app: App,
  tx: Tx,
  { refund: before, customer }: { refund: RefundRow; customer: string | null },
  seen: SeenRefund,
): Promise<void> {
  const event = eventOf(seen.status)
  if (event === undefined) {
    await openException(tx, {
      account: app.account,
      kind: 'status_unknown',
      subject: before.id,
      owner: 'finance',
      at: app.now(),
      because: `Stripe says "${seen.status}" of ${seen.id}. That is neither success nor failure here.`,
      cure: 'Look the refund up in Stripe. Moneyback goes on when the status is one that it knows.',
    })
    return
  }
  if (follow(refundMachine, 'unconfirmed', event) === before.status) return
  const refund =
    before.status === 'reserved' ? await moveRefund(tx, before, { event: 'send', by: 'stripe', at: app.now() }) : before
  // What Stripe said earlier and arrives late has no arrow from where we are: it changes nothing.
  if (follow(refundMachine, refund.status, event) === undefined) return paidAfterAll(app, tx, refund, seen)
  const because = seen.failure_reason ?? undefined
  const after = await moveRefund(tx, refund, { event, by: 'stripe', at: app.now(), because })
  await audit(tx, {
    account: app.account,
    at: app.now(),
    actor: 'stripe',
    action: `refund.${after.status}`,
    subject: after.id,
    detail: {
      request: after.request_id,
      stripe_refund: seen.id,
      amount_minor: after.amount_minor,
      currency: after.currency,
      because,
      customer,
    },
  })
  await afterRefundMove(app, tx, refund, after)
}

/** Our books say that it never went through, and Stripe has a good refund under our name that we had never seen. */
async function paidAfterAll(app: App, tx: Tx, refund: RefundRow, seen: SeenRefund): Promise<void> {
  if (
    refund.stripe_refund_id !== null ||
    holds(refund.status) ||
    seen.status === 'failed' ||
    seen.status === 'canceled'
  )
    return
  await openException(tx, {
    account: app.account,
    kind: 'paid_after_all',
    subject: refund.id,
    owner: 'finance',
    at: app.now(),
    because: `This refund is ${refund.status} here, and Stripe has ${seen.id} (${seen.status}) for it.`,
    cure: 'Do not refund this payment again before you have compared both.',
  })
}
