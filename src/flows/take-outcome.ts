import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { openException } from '../db/exceptions.ts'
import { audit } from '../db/journal.ts'
import { findPayment, lockPayment } from '../db/payments.ts'
import { findRefund, lockRefund, moveRefund, writeOutcome, type RefundRow } from '../db/refunds.ts'
import { stopsOf } from '../db/stops.ts'
import type { SendOutcome } from '../stripe/refunds.ts'
import { checkKey, keyIsGood, keyIsRefused } from './check-key.ts'
import { lookClosely } from './look-closely.ts'
import { recordRefund } from './observe-refund.ts'
import { afterRefundMove } from './settle-refund.ts'

const hourMs = 60 * 60_000

/** Does what each kind of answer asks for: docs/exactly-once.md has the table. */
export async function takeOutcome(app: App, refund: RefundRow, outcome: SendOutcome): Promise<void> {
  if (outcome.kind === 'answered') {
    await recordRefund(app, refund, outcome.refund)
    return keyIsGood(app)
  }
  app.log.warn(
    { refund: refund.id, outcome: outcome.kind, message: outcome.message },
    'Stripe did not confirm a refund',
  )
  const later = (ms: number): Date => new Date(app.now().getTime() + ms)
  switch (outcome.kind) {
    case 'refused':
      // A no about the refund is a yes to the key.
      if (!outcome.missing) await keyIsGood(app)
      return refusedByStripe(app, refund, outcome)
    case 'not_now':
      return writeOutcome(app.db, refund, {
        outcome: outcome.message,
        next_at: later(outcome.wait_ms ?? backoffMs(0)),
        counts: false,
      })
    case 'credential':
      await keyIsRefused(app, outcome.message)
      return writeOutcome(app.db, refund, { outcome: outcome.message, next_at: later(30_000), counts: false })
    case 'kept_no':
      return waitForNewKeyLife(app, refund, outcome.message)
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
async function refusedByStripe(
  app: App,
  refund: RefundRow,
  { code, message, missing }: Extract<SendOutcome, { kind: 'refused' }>,
): Promise<void> {
  const payment = await findPayment(app.db, app.account, refund.payment_id)
  const looked = await lookClosely(app, payment!.stripe_charge)
  const now = await findRefund(app.db, app.account, refund.id)
  if (now?.status !== 'unconfirmed') return
  if (missing) {
    // "No such payment" may only mean that this is somebody else's key: then nothing is burned.
    await checkKey(app)
    const stops = await stopsOf(app.db, app.account)
    if (looked === undefined || stops.some(({ kind }) => kind === 'wrong_account' || kind === 'wrong_mode'))
      return writeOutcome(app.db, refund, {
        outcome: message,
        next_at: new Date(app.now().getTime() + hourMs),
        counts: false,
      })
  }
  await refuse(app, refund, code === 'refused' ? message : `${code}: ${message}`)
}

/** Nothing was or will be sent under this key: the refund ends and its room is free. */
export async function refuse(app: App, { id, payment_id }: RefundRow, because: string): Promise<void> {
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

// Stripe forgets a key after a day; an hour more, for clocks that differ.
const keyForgottenMs = 25 * hourMs

/**
 * The key was wrong when this was sent first, and Stripe has kept that answer: right again does not help until it has
 * forgotten. It waits, looks, and sends under its own key; a second key would be the danger.
 */
async function waitForNewKeyLife(app: App, refund: RefundRow, message: string): Promise<void> {
  const first = refund.last_sent_at ?? app.now()
  await writeOutcome(app.db, refund, {
    outcome: `Stripe has kept its refusal under this refund’s key: ${message}`,
    next_at: new Date(first.getTime() + keyForgottenMs),
    counts: false,
  })
  await openException(app.db, {
    account: app.account,
    kind: 'refusal_is_kept',
    subject: refund.id,
    owner: 'finance',
    at: app.now(),
    because: `Stripe repeats what it said when the key was wrong: ${message}`,
    cure: 'Nothing to do: it is looked for and sent again a day after it was sent. Closes by itself.',
  })
}

// After a 500 the list is asked at these ages; the answer kept under the key can't be trusted (docs.stripe.com/error-low-level).
const afterA500Ms = [30_000, 5 * 60_000, hourMs, 24 * hourMs]
export const callAPersonAfterMs = 72 * hourMs

/** The list was complete and does not have it. Stripe may still finish what it began, so the money stays set aside. */
export async function waitForStripe(app: App, refund: RefundRow): Promise<void> {
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
    cure: 'Ask Stripe’s support with the request id. The money stays set aside until then. If Stripe says that it was never made, close this: the refund ends as failed, and somebody else may approve again.',
  })
}

/** 1, 2, 4 … 300 seconds. */
export function backoffMs(tries: number): number {
  return Math.min(300, 2 ** tries) * 1000
}
