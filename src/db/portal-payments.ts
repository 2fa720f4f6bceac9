import { sql } from 'kysely'
import { openStatuses, type RequestStatus } from '../domain/request.ts'
import type { Db } from './connect.ts'
import type { PaymentRow } from './payments.ts'

/** A payment with its newest request, and the newest that was not withdrawn. */
export type PortalPaymentRow = PaymentRow & {
  newest_request: string | null
  request_id: string | null
  request_status: RequestStatus | null
  request_undo_until: Date | null
}

export const isOpen = (status: RequestStatus): boolean => (openStatuses as readonly RequestStatus[]).includes(status)

/** What a list of these owners shows, newest first; with `payment` that one only. Of somebody else's payment there is no row. */
export async function portalPayments(
  db: Db,
  account: string,
  owners: readonly string[],
  payment?: string,
): Promise<PortalPaymentRow[]> {
  const one = payment === undefined ? sql`` : sql`and p.id = ${payment}`
  const { rows } = await sql<PortalPaymentRow>`
    select p.*, newest.id as newest_request, standing.id as request_id, standing.status as request_status,
      standing.undo_until as request_undo_until
    from payment p
    left join lateral (
      select id from refund_request r where r.account_id = p.account_id and r.payment_id = p.id
      order by created_at desc, id desc limit 1
    ) newest on true
    left join lateral (
      select id, status, undo_until from refund_request r where r.account_id = p.account_id and r.payment_id = p.id and status <> 'withdrawn'
      order by created_at desc, id desc limit 1
    ) standing on true
    where p.account_id = ${account} and p.owner_id = any(${owners}::text[]) ${one}
    order by p.paid_at desc, p.id desc
    limit 200`.execute(db)
  return rows
}

/**
 * The request on a payment that came after another one: what became of a request that was sent and not heard of.
 * Undefined when none did. A refund made in Stripe is nobody's request, so it takes nobody's place.
 */
export async function requestAfter(
  db: Db,
  account: string,
  payment: string,
  after: string | null,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from refund_request r where account_id = ${account} and payment_id = ${payment} and channel <> 'stripe'
      and (${after}::text is null or (created_at, id) > (
        select created_at, id from refund_request where account_id = ${account} and payment_id = ${payment} and id = ${after}))
    order by created_at, id limit 1`.execute(db)
  return rows[0]?.id
}

// Longer than any request is worked on; whoever held it then has died.
const claimLasts = sql`interval '30 seconds'`

/**
 * Claims a payment's next request, so that of two taps at the same time one asks. False: somebody else is asking right now.
 * `next` names the request: the payment and the one that it comes after.
 */
export async function claimNextRequest(
  db: Db,
  account: string,
  principal: string,
  next: string,
  now: Date,
): Promise<boolean> {
  const { rows } = await sql`
    insert into idempotent_answer (account_id, principal, key, fingerprint, created_at)
    values (${account}, ${principal}, ${next}, '', ${now})
    on conflict (account_id, principal, key) do update set created_at = excluded.created_at
    where idempotent_answer.created_at < ${now}::timestamptz - ${claimLasts}
    returning key`.execute(db)
  return rows.length === 1
}

export async function releaseNextRequest(db: Db, account: string, principal: string, next: string): Promise<void> {
  await sql`delete from idempotent_answer where account_id = ${account} and principal = ${principal} and key = ${next}`.execute(
    db,
  )
}
