import { sql } from 'kysely'
import type { App } from '../app.ts'
import { crashPoint } from '../crash-point.ts'
import { inTransaction } from '../db/connect.ts'
import { openException } from '../db/exceptions.ts'
import { findPayment, lockPayment, type PaymentRow } from '../db/payments.ts'
import {
  anotherIsInFlight,
  findRefund,
  lockRefund,
  moveRefund,
  writeOutcome,
  writeResend,
  type RefundRow,
} from '../db/refunds.ts'
import { maySend } from '../db/stops.ts'
import { nextStep } from '../domain/refund.ts'
import { Bug } from '../domain/refusal.ts'
import { errorLine, isAway, isCredential } from '../stripe/answers.ts'
import { inLane, withLastWord } from '../stripe/line.ts'
import { createRefund } from '../stripe/refunds.ts'
import { checkKey, keyIsRefused } from './check-key.ts'
import { glance, lookClosely } from './look-closely.ts'
import { noticeRestore } from './recover.ts'
import { backoffMs, refuse, takeOutcome, waitForStripe } from './take-outcome.ts'

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
    await inLane(refund.lane, () => issue(app, refund, { claimedAt, began: app.now() }))
  } catch (error) {
    if (!isAway(error)) throw error
    // Nothing was sent: a look that failed is not an empty look.
    if (isCredential(error)) await keyIsRefused(app, error.message)
    const wait = isCredential(error) ? 30_000 : backoffMs(refund.tries)
    await writeOutcome(app.db, refund, { outcome: errorLine(error), next_at: new Date(app.now().getTime() + wait) })
  }
}

type Claim = { readonly claimedAt: number; readonly began: Date }

async function issue(app: App, refund: RefundRow, claim: Claim): Promise<void> {
  const { id } = refund
  const step = nextStep(refund, app.now())
  if (step.do === 'nothing') return
  const known = (await findPayment(app.db, app.account, refund.payment_id))!
  const payment = refund.status === 'reserved' ? await glance(app, known) : await lookClosely(app, known.stripe_charge)
  crashPoint('after-look')
  const now = await findRefund(app.db, app.account, id)
  if (payment === undefined) return notAtStripe(app, refund, known)
  // The look may have found it already, or made room for somebody else's refund.
  if (now === undefined || (now.status !== 'reserved' && now.status !== 'unconfirmed')) return
  if (now.status === 'reserved' && (await mustNotBeSent(app, now, payment))) return
  if (step.do === 'look_first' && now.saw_500) return waitForStripe(app, now)
  if (!(await writeIntent(app, now))) return
  crashPoint('after-intent')
  // Asked once more when the bytes leave, by two clocks: one that jumps with the wall, one that stands while a machine sleeps.
  const stillOurs = (): boolean =>
    app.elapsed() - claim.claimedAt <= sendWithinMs && app.now().getTime() - claim.began.getTime() <= sendWithinMs
  if (!stillOurs()) return
  const outcome = await withLastWord(stillOurs, () => createRefund(app.stripe, now.body!, now.idempotency_key!))
  crashPoint('after-send')
  await takeOutcome(app, now, outcome)
  crashPoint('after-record')
}

export const isDisputed = (dispute: PaymentRow['dispute']): boolean => dispute === 'open' || dispute === 'lost'

/** What may have changed since the approval: a dispute would pay the customer twice. */
async function mustNotBeSent(app: App, refund: RefundRow, payment: PaymentRow): Promise<boolean> {
  if (!isDisputed(payment.dispute)) return false
  await refuse(app, refund, 'charge_for_pending_refund_disputed')
  return true
}

/** A payment that we know and Stripe does not: the key is of somebody else, or somebody deleted test data. Nothing is sent. */
async function notAtStripe(app: App, refund: RefundRow, { stripe_charge }: PaymentRow): Promise<void> {
  await checkKey(app)
  await openException(app.db, {
    account: app.account,
    kind: 'payment_not_at_stripe',
    subject: refund.id,
    owner: 'owner',
    at: app.now(),
    because: `Stripe does not know ${stripe_charge}, which this refund is for. Nothing was sent.`,
    cure: 'Is STRIPE_SECRET_KEY of the right account and mode? Was test data deleted? It is tried again every hour.',
  })
  await writeOutcome(app.db, refund, {
    outcome: `Stripe does not know ${stripe_charge}.`,
    next_at: new Date(app.now().getTime() + 3_600_000),
    counts: false,
  })
}

/**
 * Commits "from here on we do not know what Stripe knows" before the first byte leaves, and only where nothing is in the way:
 * books that moved, a stop, a dispute, another refund of the same payment on its way. False: it is not sent now.
 */
async function writeIntent(app: App, { id, payment_id }: RefundRow): Promise<boolean> {
  crashPoint('before-intent')
  const intent = await inTransaction(app.db, async (tx) => {
    const may = await maySend(tx, app.account)
    if (may !== 'yes') return may
    const { dispute } = await lockPayment(tx, app.account, payment_id)
    const refund = await lockRefund(tx, app.account, id)
    // A dispute that was learnt of since the look: the next turn ends the refund.
    if (refund.status === 'reserved' && isDisputed(dispute)) return 'wait'
    if (await anotherIsInFlight(tx, refund)) return 'wait'
    if (refund.status === 'unconfirmed') return (await writeResend(tx, refund, app.now())) ? 'written' : 'answered'
    if (refund.status !== 'reserved') return 'answered'
    await moveRefund(tx, refund, { event: 'send', by: 'moneyback', at: app.now() })
    return 'written'
  })
  if (intent === 'moved') await noticeRestore(app)
  if (intent === 'moved' || intent === 'stopped' || intent === 'wait') await comeAgain(app, id)
  return intent === 'written'
}

/** Not now, and nothing happened: again in a second, without counting as a try. */
async function comeAgain(app: App, id: string): Promise<void> {
  await sql`
    update refund set next_at = ${new Date(app.now().getTime() + 1_000)}, lease_until = null
    where account_id = ${app.account} and id = ${id} and next_at is not null`.execute(app.db)
}
