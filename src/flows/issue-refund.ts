import { sql } from 'kysely'
import type { App } from '../app.ts'
import { crashPoint } from '../crash-point.ts'
import { inTransaction } from '../db/connect.ts'
import { openException, resolveException } from '../db/exceptions.ts'
import { audit } from '../db/journal.ts'
import { findPayment, lockPayment, type PaymentRow } from '../db/payments.ts'
import { findRefund, lockRefund, moveRefund, writeOutcome, writeResend, type RefundRow } from '../db/refunds.ts'
import { nextStep } from '../domain/refund.ts'
import { Bug } from '../domain/refusal.ts'
import { errorLine, isAway, isCredential } from '../stripe/answers.ts'
import { createRefund, type SendOutcome } from '../stripe/refunds.ts'
import { lookClosely } from './look-closely.ts'
import { recordRefund } from './observe-refund.ts'
import { afterRefundMove } from './settle-refund.ts'

/** A worker that was frozen between its claim and its send must not send any more: the lease is 60 s, Stripe's time-out 25 s. */
const sendWithinMs = 20_000

/**
 * Brings one refund a step further: look, write the intent, send, record. Safe to run twice and to die on any line: each
 * step is decided again from what was written down, and the key under which it is sent never changes.
 * `claimedAt` is `app.elapsed()` when the lease was taken.
 */
export async function issueRefund(app: App, id: string, claimedAt: number): Promise<void> {
  const refund = await findRefund(app.db, app.account, id)
  if (refund === undefined) throw new Bug(`refund ${id} vanished`)
  crashPoint('after-claim')
  try {
    await issue(app, refund, claimedAt)
  } catch (error) {
    if (!isAway(error)) throw error
    // Nothing was sent: a look that failed is not an empty look.
    if (isCredential(error)) await stop(app, error.message)
    const wait = isCredential(error) ? 30_000 : backoffMs(refund.tries)
    await writeOutcome(app.db, refund, { outcome: errorLine(error), next_at: new Date(app.now().getTime() + wait) })
  }
}

async function issue(app: App, refund: RefundRow, claimedAt: number): Promise<void> {
  const { id } = refund
  const step = nextStep(refund, app.now())
  if (step.do === 'nothing') return
  const payment = await lookClosely(app, (await findPayment(app.db, app.account, refund.payment_id))!.stripe_charge)
  crashPoint('after-look')
  const now = await findRefund(app.db, app.account, id)
  // The look may have found it already, or made room for somebody else's refund.
  if (payment === undefined || now === undefined || (now.status !== 'reserved' && now.status !== 'unconfirmed')) return
  if (now.status === 'reserved' && (await mustNotBeSent(app, now, payment))) return
  if (step.do === 'look_first' && now.saw_500) return waitForStripe(app, now)
  if (!(await writeIntent(app, now))) return
  crashPoint('after-intent')
  if (app.elapsed() - claimedAt > sendWithinMs) return
  const outcome = await createRefund(app.stripe, now.body!, now.idempotency_key!)
  crashPoint('after-send')
  await takeOutcome(app, now, outcome)
  crashPoint('after-record')
}

const isDisputed = (dispute: PaymentRow['dispute']): boolean => dispute === 'open' || dispute === 'lost'

/** What may have changed since the approval: a dispute would pay the customer twice. */
async function mustNotBeSent(app: App, refund: RefundRow, payment: PaymentRow): Promise<boolean> {
  if (!isDisputed(payment.dispute)) return false
  await refuse(app, refund, 'charge_for_pending_refund_disputed')
  return true
}

/** Nothing was or will be sent under this key: the refund ends and its room is free. */
async function refuse(app: App, { id, payment_id }: RefundRow, because: string): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const { customer_id: customer } = await lockPayment(tx, app.account, payment_id)
    const refund = await lockRefund(tx, app.account, id)
    if (refund.status !== 'reserved' && refund.status !== 'unconfirmed') return
    const after = await moveRefund(tx, refund, { event: 'fail', by: 'stripe', at: app.now(), because })
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: 'stripe',
      action: 'refund.failed',
      subject: id,
      detail: { request: refund.request_id, because, customer },
    })
    await afterRefundMove(app, tx, refund, after, because)
  })
}

/** Commits "from here on we do not know what Stripe knows" before the first byte leaves. False: it was answered already. */
async function writeIntent(app: App, { id, payment_id }: RefundRow): Promise<boolean> {
  crashPoint('before-intent')
  return inTransaction(app.db, async (tx) => {
    const { dispute } = await lockPayment(tx, app.account, payment_id)
    const refund = await lockRefund(tx, app.account, id)
    // A dispute that was learnt of since the look: the next turn ends the refund.
    if (refund.status === 'reserved' && isDisputed(dispute)) return false
    if (refund.status === 'unconfirmed') return writeResend(tx, refund, app.now())
    if (refund.status !== 'reserved') return false
    await moveRefund(tx, refund, { event: 'send', by: 'moneyback', at: app.now() })
    return true
  })
}

async function takeOutcome(app: App, refund: RefundRow, outcome: SendOutcome): Promise<void> {
  if (outcome.kind === 'answered') {
    await recordRefund(app, refund, outcome.refund)
    return goOn(app)
  }
  app.log.warn(
    { refund: refund.id, outcome: outcome.kind, message: outcome.message },
    'Stripe did not confirm a refund',
  )
  const later = (ms: number): Date => new Date(app.now().getTime() + ms)
  switch (outcome.kind) {
    case 'refused':
      return refusedByStripe(app, refund, outcome.code, outcome.message)
    case 'not_now':
      return writeOutcome(app.db, refund, {
        outcome: outcome.message,
        next_at: later(outcome.wait_ms ?? backoffMs(0)),
        counts: false,
      })
    case 'credential':
      await stop(app, outcome.message)
      return writeOutcome(app.db, refund, { outcome: outcome.message, next_at: later(30_000), counts: false })
    case 'indeterminate':
      return writeOutcome(app.db, refund, { outcome: outcome.message, next_at: later(30_000), saw_500: true })
    case 'unknown':
      return writeOutcome(app.db, refund, { outcome: outcome.message, next_at: later(backoffMs(refund.tries)) })
    case 'bug':
      await openException(app.db, {
        account: app.account,
        kind: 'parameters_differ',
        subject: refund.id,
        owner: 'owner',
        at: app.now(),
        because: `Stripe saw other parameters under the key of this refund: ${outcome.message}`,
        cure: 'This is a bug in Moneyback. Nothing is sent for this refund until somebody has looked.',
      })
      return writeOutcome(app.db, refund, { outcome: outcome.message, next_at: null })
  }
}

/** Stripe's no may be about our own lost success ("already refunded"): a last look decides whose it was. */
async function refusedByStripe(app: App, refund: RefundRow, code: string, message: string): Promise<void> {
  const payment = await findPayment(app.db, app.account, refund.payment_id)
  await lookClosely(app, payment!.stripe_charge)
  const now = await findRefund(app.db, app.account, refund.id)
  if (now?.status !== 'unconfirmed') return
  await refuse(app, refund, code === 'refused' ? message : `${code}: ${message}`)
}

// After a 500 the list is asked at these ages; the answer kept under the key can't be trusted (docs.stripe.com/error-low-level).
const afterA500Ms = [30_000, 5 * 60_000, 60 * 60_000, 24 * 60 * 60_000]
const callAPersonAfterMs = 72 * 60 * 60_000

/** The list was complete and does not have it. Stripe may still finish what it began, so the money stays set aside. */
async function waitForStripe(app: App, refund: RefundRow): Promise<void> {
  const now = app.now().getTime()
  const age = now - refund.first_sent_at!.getTime()
  const next = afterA500Ms[Math.min(refund.tries, afterA500Ms.length - 1)]!
  await writeOutcome(app.db, refund, {
    outcome: 'Stripe answered with an error of its own and does not list the refund yet.',
    next_at: new Date(now + next),
  })
  if (age < callAPersonAfterMs) return
  await openException(app.db, {
    account: app.account,
    kind: 'never_confirmed',
    subject: refund.request_id,
    owner: 'finance',
    at: app.now(),
    because: 'Stripe answered with an error of its own three days ago and lists no such refund since.',
    cure: 'Ask Stripe’s support with the request id. The money stays set aside until then.',
  })
}

/** 1, 2, 4 … 300 seconds. */
function backoffMs(tries: number): number {
  return Math.min(300, 2 ** tries) * 1000
}

/** Nothing more is sent for this account until the key is right again; nothing is burned. */
async function stop(app: App, message: string): Promise<void> {
  await sql`update account set sending_stopped_because = ${message} where id = ${app.account}`.execute(app.db)
  await openException(app.db, {
    account: app.account,
    kind: 'stripe_key',
    subject: app.account,
    owner: 'owner',
    at: app.now(),
    because: `Stripe refuses the key: ${message}`,
    cure: 'Set STRIPE_SECRET_KEY to a key of this account with the permission that is named, and start again. Everything that waits goes on by itself.',
  })
}

async function goOn(app: App): Promise<void> {
  const { numAffectedRows } = await sql`
    update account set sending_stopped_because = null where id = ${app.account} and sending_stopped_because is not null`.execute(
    app.db,
  )
  if (numAffectedRows)
    await resolveException(app.db, app.account, {
      kind: 'stripe_key',
      subject: app.account,
      by: 'moneyback',
      at: app.now(),
    })
}
