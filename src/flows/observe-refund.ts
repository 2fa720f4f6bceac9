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
import { stopSending } from '../db/stops.ts'
import { follow } from '../domain/machine.ts'
import { eventOf, holds, refundMachine } from '../domain/refund.ts'
import type { SeenRefund } from '../stripe/refunds.ts'
import { adoptRefund } from './adopt-refund.ts'
import { afterRefundMove } from './settle-refund.ts'

/**
 * Takes in what a refund says at Stripe now, whoever learns it first: the sender, a webhook, or the reconciliation.
 * Ours is recognised by the id in its metadata, then by Stripe's id; any other one is adopted.
 * One whose payment not even Stripe knows is told to a person.
 */
export async function observeRefund(app: App, seen: SeenRefund): Promise<void> {
  const ours =
    (await findRefundByStripe(app.db, app.account, seen.id)) ??
    (seen.ours && (await findRefund(app.db, app.account, seen.ours)))
  if (ours) return recordRefund(app, ours, seen)
  const adopted = await adoptRefund(app, seen, seen.ours === null ? 'elsewhere' : 'lost')
  if (adopted) return recordRefund(app, adopted, seen)
  await openException(app.db, {
    account: app.account,
    kind: 'refund_without_payment',
    subject: seen.id,
    owner: 'finance',
    at: app.now(),
    because: `Stripe has the refund ${seen.id} over ${seen.amount_minor} ${seen.currency}, and no payment that it belongs to (${seen.payment_intent ?? seen.charge ?? 'none is named'}).`,
    cure: 'Look it up in Stripe. A refund of a customer’s cash balance has no payment and is not kept here: then close this.',
  })
}

/** What came of taking in Stripe's word: booked, or not ours to book as it stands. */
type Taken = 'booked' | 'differs' | 'second' | 'paid_after_all'

/** Writes Stripe's word into our row: its id once and for all, then the arrow that the status implies, then what follows. */
export async function recordRefund(app: App, refund: RefundRow, seen: SeenRefund): Promise<void> {
  const taken = await inTransaction(app.db, (tx) => recordLocked(app, tx, refund, seen))
  if (taken !== 'second' && taken !== 'paid_after_all') return
  // Stripe has it, so it counts, as a refund of its own beside the one whose name it carries.
  const adopted = await adoptRefund(app, seen, taken)
  if (adopted) await inTransaction(app.db, (tx) => recordLocked(app, tx, adopted, seen))
}

async function recordLocked(app: App, tx: Tx, { id, payment_id }: RefundRow, seen: SeenRefund): Promise<Taken> {
  await lockPayment(tx, app.account, payment_id)
  const refund = await lockRefund(tx, app.account, id)
  const payment = await findPayment(tx, app.account, payment_id)
  if (await isSomebodyElses(app, tx, refund, seen, payment!)) return 'differs'
  const good = seen.status !== 'failed' && seen.status !== 'canceled'
  if (refund.stripe_refund_id !== null && refund.stripe_refund_id !== seen.id) return good ? 'second' : 'booked'
  if (refund.stripe_refund_id === null && !holds(refund.status) && good) return 'paid_after_all'
  await linkStripeRefund(tx, refund, seen.id)
  if (refund.pending_reason !== seen.pending_reason) await notePending(app, tx, refund, seen.pending_reason)
  if (seen.reference !== null && refund.reference !== seen.reference) await writeReference(tx, refund, seen.reference)
  await takeArrow(app, tx, { refund, customer: payment!.customer_id }, seen)
  await resolveException(tx, app.account, { kind: 'refusal_is_kept', subject: refund.id, by: 'stripe', at: app.now() })
  return 'booked'
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
    cure: 'Compare both in Stripe. Nothing was booked here, and nothing is sent for this account until this is closed.',
  })
  await stopSending(tx, {
    account: app.account,
    kind: 'differs',
    because: `Stripe’s ${seen.id} names our ${refund.id}, and says another amount or payment.`,
    cure: 'Compare both, then close the difference in the queue: sending goes on.',
    since: app.now(),
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
  // What lay between two looks is taken first: sent before it was answered; given back and asked about before it was canceled.
  const between =
    before.status === 'reserved'
      ? 'send'
      : before.status === 'succeeded' && event === 'cancel'
        ? 'require_action'
        : undefined
  const refund = between ? await moveRefund(tx, before, { event: between, by: 'stripe', at: app.now() }) : before
  // What Stripe said earlier and arrives late has no arrow from where we are: it changes nothing.
  if (follow(refundMachine, refund.status, event) === undefined) return
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
