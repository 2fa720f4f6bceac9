import { sql } from 'kysely'
import type { App } from '../app.ts'
import { inTransaction, type Tx } from '../db/connect.ts'
import { insertDecision } from '../db/decisions.ts'
import { openException } from '../db/exceptions.ts'
import { audit } from '../db/journal.ts'
import { findPayment, lockPayment, type PaymentRow } from '../db/payments.ts'
import { findReason } from '../db/reasons.ts'
import {
  adopt,
  findRefund,
  findRefundByStripe,
  moveRefund,
  refundsOfPayment,
  refundsOfRequest,
  type RefundRow,
} from '../db/refunds.ts'
import { findRequest, insertRequest, lockRequest, moveRequest, type RequestRow } from '../db/requests.ts'
import { stopSending } from '../db/stops.ts'
import { isId, newId } from '../domain/ids.ts'
import { follow } from '../domain/machine.ts'
import { money } from '../domain/money.ts'
import type { FirstReason } from '../domain/reasons.ts'
import { holds } from '../domain/refund.ts'
import { requestMachine } from '../domain/request.ts'
import type { SeenRefund } from '../stripe/refunds.ts'
import { judge } from './judge.ts'
import { observePayment } from './observe-payment.ts'
import { afterRefundMove } from './settle-refund.ts'

/**
 * Why a refund that Stripe has gets a row now: somebody made it elsewhere; we made it and the row was lost (a restored
 * backup); ours counts as failed and Stripe has it after all; or a second one carries the name of one that we know.
 */
export type Adoption = 'elsewhere' | 'lost' | 'paid_after_all' | 'second'

/**
 * Takes in a refund that has no row: made in Stripe's dashboard or by another program, or ours and lost. It gets a request of
 * its own (channel `stripe`), is judged by the policy after the fact, and counts in the reports; one of ours that was lost
 * goes to the request that it was for. Our own refunds that hold the same money and were not sent yet give way.
 * Undefined: the payment isn't known, not even to Stripe.
 */
export async function adoptRefund(app: App, seen: SeenRefund, adoption: Adoption): Promise<RefundRow | undefined> {
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
    const id = adoption === 'lost' && isId('rf', seen.ours) ? seen.ours : newId('rf')
    const lost = adoption === 'lost' ? await requestItWasFor(app, tx, payment, seen) : undefined
    const request = lost ? await approveLost(app, tx, payment, lost, seen) : await writeCase(app, tx, payment, seen)
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
        adoption,
        in_policy: request.in_policy,
      },
    })
    if (overlap > 0) await giveWay(app, tx, payment)
    if (adoption !== 'elsewhere') await callSomebody(app, tx, id, seen, adoption)
    return findRefund(tx, app.account, id)
  })
}

type Case = {
  readonly id: string
  readonly decision: string
  readonly access: 'now' | 'keep'
  /** Whether the policy would have approved it, and so much. Undefined: it was not asked. */
  readonly in_policy?: boolean
}

/** The request that a lost refund was for, as older books have it: a yes of ours that is not in them must not be given twice. */
async function requestItWasFor(
  app: App,
  tx: Tx,
  payment: PaymentRow,
  { metadata }: SeenRefund,
): Promise<RequestRow | undefined> {
  const named = metadata['moneyback_request']
  const known = named === undefined ? undefined : await findRequest(tx, app.account, named)
  if (known?.payment_id !== payment.id) return undefined
  for (const refund of await refundsOfRequest(tx, app.account, known.id)) {
    if (refund.status === 'reserved')
      await yieldTo(app, tx, refund, 'This request was paid before the database was restored.')
    else if (holds(refund.status)) return undefined
  }
  const request = await lockRequest(tx, app.account, known.id)
  return follow(requestMachine, request.status, 'approve') === undefined ? undefined : request
}

async function approveLost(
  app: App,
  tx: Tx,
  payment: PaymentRow,
  request: RequestRow,
  seen: SeenRefund,
): Promise<Case> {
  const access = accessAfter(payment, seen)
  const because = 'It was approved before the database was restored, and Stripe has the refund.'
  const decision = await insertDecision(tx, {
    account: app.account,
    request: request.id,
    verdict: 'approve',
    by: 'stripe',
    amount: money(seen.amount_minor, seen.currency),
    access,
    at: seen.created,
    note: because,
  })
  await moveRequest(tx, request, { event: 'approve', by: 'stripe', at: app.now(), because })
  return { id: request.id, decision, access }
}

/** Who gives all the money back ends what it paid for; a part says nothing about access. */
const accessAfter = (payment: PaymentRow, seen: SeenRefund): 'now' | 'keep' =>
  seen.amount_minor >= payment.captured_minor ? 'now' : 'keep'

const fromStripe: Readonly<Record<string, FirstReason>> = { duplicate: 'duplicate', fraudulent: 'fraudulent' }

/** The reason that was chosen elsewhere: our own code in the metadata (`reason`), or what Stripe's three can say. */
async function reasonOf(app: App, tx: Tx, { reason, metadata }: SeenRefund): Promise<string> {
  const told = metadata['reason']
  if (told !== undefined && (await findReason(tx, app.account, told))) return told
  return fromStripe[reason ?? ''] ?? 'other'
}

async function writeCase(app: App, tx: Tx, payment: PaymentRow, seen: SeenRefund): Promise<Case> {
  const id = newId('rr')
  const reason = await reasonOf(app, tx, seen)
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
  const access = accessAfter(payment, seen)
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
  const in_policy = decision.verdict === 'approve' && decision.amount.minor >= seen.amount_minor
  return { id, decision: approval, access, in_policy }
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
    await yieldTo(app, tx, refund, 'Somebody refunded this payment in Stripe in the meantime.')
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

async function yieldTo(app: App, tx: Tx, refund: RefundRow, because: string): Promise<void> {
  const after = await moveRefund(tx, refund, { event: 'cancel', by: 'moneyback', at: app.now(), because })
  await audit(tx, {
    account: app.account,
    at: app.now(),
    actor: 'moneyback',
    action: 'refund.canceled',
    subject: refund.id,
    detail: { request: refund.request_id, because },
  })
  await afterRefundMove(app, tx, refund, after, because)
}

const kinds = {
  lost: {
    kind: 'our_row_was_lost',
    because: ({ id, ours }: SeenRefund) =>
      `Stripe’s ${id} carries our id ${ours}, which was not in these books. Was the database restored from an older copy?`,
    cure: 'Compare with the backup’s time. The refund is booked here now; nothing more was sent. Notes and approvals since the backup are gone.',
  },
  paid_after_all: {
    kind: 'paid_after_all',
    because: ({ id, ours, status }: SeenRefund) =>
      `Our ${ours} has ended without money here, and Stripe has ${id} (${status}) for it. It is booked now.`,
    cure: 'Was the request approved again in the meantime? Then the customer may have been paid twice: compare both.',
  },
  second: {
    kind: 'paid_twice',
    because: ({ id, ours }: SeenRefund) =>
      `Stripe has a second refund under the name of our ${ours}: ${id}. It is booked, and nothing more is sent for this account.`,
    cure: 'Find out who made it: a copied metadata field, or a bug of ours (then report it). Closing this lets sending go on.',
  },
} as const

async function callSomebody(
  app: App,
  tx: Tx,
  id: string,
  seen: SeenRefund,
  adoption: Exclude<Adoption, 'elsewhere'>,
): Promise<void> {
  const { kind, because, cure } = kinds[adoption]
  const said = { account: app.account, because: because(seen), cure }
  await openException(tx, { ...said, kind, subject: id, owner: 'finance', at: app.now() })
  if (adoption === 'second') await stopSending(tx, { ...said, kind: 'differs', since: app.now() })
}
