import { sql } from 'kysely'
import type { Actor, Role } from '../domain/actor.ts'
import type { RequestId } from '../domain/ids.ts'
import { follow } from '../domain/machine.ts'
import { Bug } from '../domain/refusal.ts'
import { requestMachine, type RequestEvent, type RequestStatus } from '../domain/request.ts'
import type { Db, Tx } from './connect.ts'
import { writeMove } from './journal.ts'

export type RequestRow = {
  account_id: string
  id: RequestId
  status: RequestStatus
  payment_id: string
  customer_id: string | null
  asked_minor: number | null
  currency: string
  reason: string
  comment: string | null
  channel: 'portal' | 'admin' | 'api' | 'agent' | 'stripe' | 'fraud_warning' | 'withdrawal'
  created_by: Actor
  /** What it was asked for together with; null for one that stands alone. */
  bundle_id: string | null
  locale: string | null
  attempt: number
  assignee: string | null
  due_at: Date | null
  /** Since when it waits for the customer's answer. */
  asked_at: Date | null
  /** Out of the queue until then. */
  snoozed_until: Date | null
  /** The role that should decide, where somebody passed it on. */
  escalated_to: Role | null
  /** The request in which a merged one goes on. */
  merged_into: RequestId | null
  created_at: Date
  decided_at: Date | null
  /** A person's answer can be taken back until then, and customers don't see it before. */
  undo_until: Date | null
  closed_at: Date | null
  next_at: Date | null
  tries: number
  last_error: string | null
}

/** A request, with whose payment it is about: a customer's, or that of a guest who has no customer object in Stripe. */
export async function findRequest(
  db: Db,
  account: string,
  id: string,
): Promise<(RequestRow & { owner_id: string | null }) | undefined> {
  const { rows } = await sql<RequestRow & { owner_id: string | null }>`
    select r.*, p.owner_id from refund_request r join payment p on p.account_id = r.account_id and p.id = r.payment_id
    where r.account_id = ${account} and r.id = ${id}`.execute(db)
  return rows[0]
}

/** Reads a request for changing it. The payment's lock comes first, always, so that two stories can't wait for each other. */
export async function lockRequest(tx: Tx, account: string, id: string): Promise<RequestRow> {
  const { rows } = await sql<RequestRow>`
    select * from refund_request where account_id = ${account} and id = ${id} for update`.execute(tx)
  if (!rows[0]) throw new Bug(`request ${id} vanished`)
  return rows[0]
}

/** The request that holds a payment. A failed one can stand beside a newer one, which then goes before it. */
export async function findOpenRequest(db: Db, account: string, payment: string): Promise<RequestRow | undefined> {
  const { rows } = await sql<RequestRow>`
    select * from refund_request where account_id = ${account} and payment_id = ${payment} and channel <> 'stripe'
      and status in ('submitted', 'in_review', 'approved', 'failed')
    order by status = 'failed', created_at desc, id desc limit 1`.execute(db)
  return rows[0]
}

export async function requestsOfPayment(db: Db, account: string, payment: string): Promise<RequestRow[]> {
  const { rows } = await sql<RequestRow>`
    select * from refund_request where account_id = ${account} and payment_id = ${payment}
    order by created_at desc, id desc`.execute(db)
  return rows
}

export type NewRequest = Pick<
  RequestRow,
  | 'account_id'
  | 'id'
  | 'payment_id'
  | 'customer_id'
  | 'asked_minor'
  | 'currency'
  | 'reason'
  | 'comment'
  | 'channel'
  | 'created_by'
  | 'locale'
  | 'created_at'
  | 'next_at'
> & { readonly bundle_id?: string | null }

/**
 * Writes a request as submitted, unless the payment has an open one, or this very request was written before: then nothing
 * is written and the answer is false.
 */
export async function insertRequest(tx: Tx, request: NewRequest): Promise<boolean> {
  const { rows } = await sql`
    insert into refund_request (account_id, id, status, payment_id, customer_id, asked_minor, currency, reason, comment,
      channel, created_by, locale, bundle_id, created_at, next_at, attempt)
    select ${request.account_id}, ${request.id}, ${requestMachine.initial}, ${request.payment_id}, ${request.customer_id},
      ${request.asked_minor}, ${request.currency}, ${request.reason}, ${request.comment}, ${request.channel},
      ${request.created_by}, ${request.locale}, ${request.bundle_id ?? null}::text, ${request.created_at}::timestamptz, ${request.next_at}::timestamptz,
      1 + (select count(*) from refund_request where account_id = ${request.account_id} and payment_id = ${request.payment_id})
    where ${request.channel}::text = 'stripe' or not exists (
      select from refund_request where account_id = ${request.account_id} and payment_id = ${request.payment_id}
        and status = 'failed' and channel <> 'stripe')
    on conflict do nothing returning id`.execute(tx)
  return rows.length === 1
}

export type RequestMove = {
  readonly event: RequestEvent
  readonly by: Actor
  readonly at: Date
  readonly because?: string | undefined
  readonly due_at?: Date | null
  readonly merged_into?: RequestId
  /** Of a person's answer that can be taken back: until when. */
  readonly undo_until?: Date | undefined
}

// Only a decision that closes the case, or settles it, has an end.
const closed: readonly RequestStatus[] = ['refunded', 'denied', 'withdrawn', 'handled', 'merged']
const decided: readonly RequestStatus[] = ['approved', 'denied']

/**
 * Takes an arrow, writes it into the journal, and returns where it led. The request must be locked.
 * Throws a Bug when there is no such arrow: whether there is one is asked before.
 */
export async function moveRequest(
  tx: Tx,
  request: RequestRow,
  { event, by, at, because, due_at = null, merged_into, undo_until }: RequestMove,
): Promise<RequestStatus> {
  const to = follow(requestMachine, request.status, event)
  if (to === undefined) throw new Bug(`request ${request.id} can't ${event} from ${request.status}`)
  await writeMove(tx, {
    account: request.account_id,
    machine: 'request',
    subject: request.id,
    from: request.status,
    event,
    to,
    by,
    because,
    at,
  })
  await sql`
    update refund_request set status = ${to}, next_at = null, lease_until = null, last_error = null, due_at = ${due_at}, asked_at = null,
      snoozed_until = null, escalated_to = null, merged_into = ${merged_into ?? null}, undo_until = ${undo_until ?? null},
      decided_at = ${decided.includes(to) ? sql`${at}::timestamptz` : sql`decided_at`},
      closed_at = ${closed.includes(to) ? at : null}
    where account_id = ${request.account_id} and id = ${request.id} and status = ${request.status}`.execute(tx)
  await sql`
    update question set closed_at = ${at}
    where account_id = ${request.account_id} and request_id = ${request.id} and answered_at is null and closed_at is null`.execute(
    tx,
  )
  return to
}
