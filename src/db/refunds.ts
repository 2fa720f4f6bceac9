import { sql } from 'kysely'
import type { Actor } from '../domain/actor.ts'
import type { AccessChoice } from '../domain/decision.ts'
import type { RefundId } from '../domain/ids.ts'
import type { InvoiceWay } from '../domain/invoice-way.ts'
import { follow } from '../domain/machine.ts'
import { holding, holds, refundMachine, type RefundEvent, type RefundStatus } from '../domain/refund.ts'
import { Bug } from '../domain/refusal.ts'
import type { Money } from '../domain/money.ts'
import type { Db, Tx } from './connect.ts'
import { writeMove } from './journal.ts'

export type RefundRow = {
  account_id: string
  id: RefundId
  status: RefundStatus
  payment_id: string
  request_id: string
  decision_id: string
  amount_minor: number
  currency: string
  access: AccessChoice
  origin: 'moneyback' | 'stripe'
  stripe_refund_id: string | null
  failure_reason: string | null
  pending_reason: string | null
  invoice_way: InvoiceWay | null
  reference: string | null
  idempotency_key: string | null
  body: string | null
  first_sent_at: Date | null
  last_sent_at: Date | null
  send_count: number
  saw_500: boolean
  last_outcome: string | null
  created_at: Date
  settled_at: Date | null
  /** Until then a person can take the approval back, and nothing is sent. */
  undo_until: Date | null
  next_at: Date | null
  lease_until: Date | null
  tries: number
  approved_by: string | null
  lane: 'urgent' | 'bulk'
}

export type NewRefund = {
  readonly account: string
  readonly id: RefundId
  readonly payment: string
  readonly request: string
  readonly decision: string
  readonly amount: Money
  readonly access: AccessChoice
  /** Everything that is needed to repeat the call byte for byte. */
  readonly key: string
  readonly body: string
  /** How it is booked on its invoice; null for a payment without one. */
  readonly invoice_way: InvoiceWay | null
  /** Nothing is sent before; nothing: at once. */
  readonly undo_until?: Date | undefined
  readonly at: Date
}

/** What one approver has waiting beyond so many is a burst, and goes through the lane of bursts. */
const burstFrom = 20

/** Sets the amount aside on the payment and writes the refund, in one statement, or does neither. */
export async function reserve(tx: Tx, refund: NewRefund): Promise<boolean> {
  const { rows } = await sql`
    with room as (
      update payment set reserved_minor = reserved_minor + ${refund.amount.minor}
      where account_id = ${refund.account} and id = ${refund.payment} and currency = ${refund.amount.currency}
        and captured and overlap_minor = 0 and reserved_minor + ${refund.amount.minor} <= captured_minor
      returning account_id, id
    )
    insert into refund (account_id, id, status, payment_id, request_id, decision_id, amount_minor, currency, access, origin,
      idempotency_key, body, invoice_way, created_at, undo_until, next_at, approved_by, lane)
    select room.account_id, ${refund.id}, ${refundMachine.initial}, room.id, ${refund.request}, ${refund.decision},
      ${refund.amount.minor}::bigint, ${refund.amount.currency}, ${refund.access}, 'moneyback', ${refund.key}, ${refund.body},
      ${refund.invoice_way}, ${refund.at}::timestamptz, ${refund.undo_until ?? null}::timestamptz, ${refund.undo_until ?? refund.at}::timestamptz, d.by,
      case when (select count(*) from (
        select from refund w where w.account_id = room.account_id and w.approved_by = d.by and w.next_at is not null
        limit ${burstFrom}) waiting) >= ${burstFrom} then 'bulk' else 'urgent' end
    from room join decision d on d.account_id = room.account_id and d.id = ${refund.decision} returning id`.execute(tx)
  return rows.length === 1
}

export type AdoptedRefund = Omit<NewRefund, 'key' | 'body' | 'invoice_way' | 'undo_until'> & {
  readonly stripe_refund: string
}

/**
 * Takes in a refund that was made outside of us. Stripe has it, so it is written even where we had set the same money
 * aside: what no longer fits is said in `overlap_minor`, and returned in minor units.
 */
export async function adopt(tx: Tx, refund: AdoptedRefund): Promise<number> {
  const { rows } = await sql<{ overlap_minor: number }>`
    update payment set reserved_minor = reserved_minor + ${refund.amount.minor},
      overlap_minor = greatest(0, reserved_minor + ${refund.amount.minor} - captured_minor)
    where account_id = ${refund.account} and id = ${refund.payment} returning overlap_minor`.execute(tx)
  await sql`
    insert into refund (account_id, id, status, payment_id, request_id, decision_id, amount_minor, currency, access, origin,
      stripe_refund_id, created_at)
    values (${refund.account}, ${refund.id}, 'unconfirmed', ${refund.payment}, ${refund.request}, ${refund.decision},
      ${refund.amount.minor}, ${refund.amount.currency}, ${refund.access}, 'stripe', ${refund.stripe_refund}, ${refund.at})`.execute(
    tx,
  )
  return rows[0]?.overlap_minor ?? 0
}

export async function findRefund(db: Db, account: string, id: string): Promise<RefundRow | undefined> {
  const { rows } = await sql<RefundRow>`
    select * from refund where account_id = ${account} and id = ${id}`.execute(db)
  return rows[0]
}

export async function findRefundByStripe(
  db: Db,
  account: string,
  stripeRefund: string,
): Promise<RefundRow | undefined> {
  const { rows } = await sql<RefundRow>`
    select * from refund where account_id = ${account} and stripe_refund_id = ${stripeRefund}`.execute(db)
  return rows[0]
}

/** Reads a refund for changing it; the payment's lock comes first. */
export async function lockRefund(tx: Tx, account: string, id: string): Promise<RefundRow> {
  const { rows } = await sql<RefundRow>`
    select * from refund where account_id = ${account} and id = ${id} for update`.execute(tx)
  if (!rows[0]) throw new Bug(`refund ${id} vanished`)
  return rows[0]
}

/** The refunds of a request, oldest first: a second one exists only after the first let go of its money. */
export async function refundsOfRequest(db: Db, account: string, request: string): Promise<RefundRow[]> {
  const { rows } = await sql<RefundRow>`
    select * from refund where account_id = ${account} and request_id = ${request} order by created_at, id`.execute(db)
  return rows
}

export async function refundsOfPayment(db: Db, account: string, payment: string): Promise<RefundRow[]> {
  const { rows } = await sql<RefundRow>`
    select * from refund where account_id = ${account} and payment_id = ${payment} order by created_at, id`.execute(db)
  return rows
}

/** How the refunds of an invoice that hold money are booked on it, oldest first. The payments of one invoice are few. */
export async function waysOfInvoice(db: Db, account: string, invoice: string): Promise<(InvoiceWay | null)[]> {
  const { rows } = await sql<{ invoice_way: InvoiceWay | null }>`
    select r.invoice_way from refund r join payment p on p.account_id = r.account_id and p.id = r.payment_id
    where r.account_id = ${account} and p.invoice_id = ${invoice} and r.status = any(${[...holding]})
    order by r.created_at, r.id`.execute(db)
  return rows.map(({ invoice_way }) => invoice_way)
}

/** All refunds of a customer, for what follows from them together. */
export async function refundsOfCustomer(db: Db, account: string, customer: string): Promise<RefundRow[]> {
  const { rows } = await sql<RefundRow>`
    select r.* from refund r join payment p on p.account_id = r.account_id and p.id = r.payment_id
    where r.account_id = ${account} and p.customer_id = ${customer} order by r.created_at, r.id`.execute(db)
  return rows
}

export type RefundMove = {
  readonly event: RefundEvent
  readonly by: Actor
  readonly at: Date
  readonly because?: string | undefined
}

const ended: readonly RefundStatus[] = ['succeeded', 'failed', 'canceled']

/**
 * Takes an arrow, writes it into the journal, and gives the room back when the refund lets go of it. Payment and refund
 * must be locked. Throws a Bug when there is no such arrow: whether there is one is asked before.
 */
export async function moveRefund(
  tx: Tx,
  refund: RefundRow,
  { event, by, at, because }: RefundMove,
): Promise<RefundRow> {
  const to = follow(refundMachine, refund.status, event)
  if (to === undefined) throw new Bug(`refund ${refund.id} can't ${event} from ${refund.status}`)
  await writeMove(tx, {
    account: refund.account_id,
    machine: 'refund',
    subject: refund.id,
    from: refund.status,
    event,
    to,
    by,
    because,
    at,
  })
  const settled = ended.includes(to) ? at : null
  const sent = event === 'send'
  await sql`
    update refund set status = ${to}, settled_at = ${settled}, failure_reason = ${to === 'failed' ? (because ?? null) : null},
      first_sent_at = ${sent ? sql`coalesce(first_sent_at, ${at}::timestamptz)` : sql`first_sent_at`},
      last_sent_at = ${sent ? sql`${at}::timestamptz` : sql`last_sent_at`},
      send_count = send_count + ${sent ? 1 : 0},
      next_at = ${to === 'unconfirmed' ? sql`next_at` : sql`null`},
      lease_until = ${to === 'unconfirmed' ? sql`lease_until` : sql`null`}
    where account_id = ${refund.account_id} and id = ${refund.id}`.execute(tx)
  if (holds(refund.status) && !holds(to)) {
    await sql`
      update payment set reserved_minor = reserved_minor - ${refund.amount_minor},
        overlap_minor = greatest(0, reserved_minor - ${refund.amount_minor} - captured_minor)
      where account_id = ${refund.account_id} and id = ${refund.payment_id}`.execute(tx)
  }
  return lockRefund(tx, refund.account_id, refund.id)
}

/** Commits "we may have sent it again" before a resend. False when it has been answered in the meantime. */
export async function writeResend(tx: Tx, refund: RefundRow, at: Date): Promise<boolean> {
  const { rows } = await sql`
    update refund set last_sent_at = ${at}, send_count = send_count + 1
    where account_id = ${refund.account_id} and id = ${refund.id} and status = 'unconfirmed' and stripe_refund_id is null
    returning id`.execute(tx)
  return rows.length === 1
}

/** Whether another refund of this payment is being sent right now: Stripe would answer with a lock. The payment is locked. */
export async function anotherIsInFlight(tx: Tx, refund: RefundRow): Promise<boolean> {
  const { rows } = await sql`
    select from refund where account_id = ${refund.account_id} and payment_id = ${refund.payment_id} and id <> ${refund.id}
      and status = 'unconfirmed' and origin = 'moneyback' and lease_until > clock_timestamp() limit 1`.execute(tx)
  return rows.length > 0
}

/** Notes what came of a send that settled nothing, and when to come back. */
export async function writeOutcome(
  db: Db,
  refund: RefundRow,
  {
    outcome,
    next_at,
    saw_500 = false,
    counts = true,
  }: { outcome: string; next_at: Date | null; saw_500?: boolean; counts?: boolean },
): Promise<void> {
  await sql`
    update refund set last_outcome = ${outcome}, next_at = ${next_at}, lease_until = null,
      saw_500 = saw_500 or ${saw_500}, tries = tries + ${counts ? 1 : 0}
    where account_id = ${refund.account_id} and id = ${refund.id} and status in ('reserved', 'unconfirmed')`.execute(db)
}

/** Remembers which Stripe refund this is: set once, by whoever learns it first. A second, different one is a Bug. */
export async function linkStripeRefund(tx: Tx, refund: RefundRow, stripeRefund: string): Promise<void> {
  if (refund.stripe_refund_id === stripeRefund) return
  if (refund.stripe_refund_id !== null) {
    throw new Bug(`refund ${refund.id} is ${refund.stripe_refund_id} at Stripe, and now ${stripeRefund} says the same`)
  }
  await sql`
    update refund set stripe_refund_id = ${stripeRefund}
    where account_id = ${refund.account_id} and id = ${refund.id}`.execute(tx)
}

/** Keeps why Stripe has not sent it yet, or that it has. */
export async function writePendingReason(tx: Tx, refund: RefundRow, reason: string | null): Promise<void> {
  await sql`
    update refund set pending_reason = ${reason}
    where account_id = ${refund.account_id} and id = ${refund.id}`.execute(tx)
}

/** Keeps the number that the customer can quote to the bank, once Stripe knows it. */
export async function writeReference(tx: Tx, refund: RefundRow, reference: string): Promise<void> {
  await sql`
    update refund set reference = ${reference}
    where account_id = ${refund.account_id} and id = ${refund.id}`.execute(tx)
}
