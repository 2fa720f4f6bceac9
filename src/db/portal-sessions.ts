import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { sessionIdleMs, sessionLastsMs } from '../domain/portal-link.ts'
import type { Db, Tx } from './connect.ts'

/** A secret of 256 random bits, as text for a link or a cookie. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

// A secret with 256 random bits can't be guessed from its hash, so a fast hash is enough and a slow one would only cost time.
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

export type NewPortalLink = {
  readonly account: string
  readonly token: string
  readonly customer: string
  /** Other customers in Stripe who are the same person. */
  readonly also?: readonly string[]
  /** The payment that the portal opens with. */
  readonly payment: string | null
  readonly return_url: string | null
  readonly expires_at: Date
  readonly reusable: boolean
}

export async function insertPortalLink(tx: Tx, link: NewPortalLink): Promise<void> {
  await sql`
    insert into portal_link (account_id, hash, customer_id, also, payment_id, return_url, expires_at, reusable)
    values (${link.account}, ${hashOf(link.token)}, ${link.customer}, ${link.also ?? []}, ${link.payment}, ${link.return_url},
            ${link.expires_at}, ${link.reusable})`.execute(tx)
}

/** Writes the link of a letter, once. Answers false when the request is about a payment of nobody whom it could let in. */
export async function insertStatusLink(
  db: Db,
  link: { readonly account: string; readonly token: string; readonly request: string; readonly expires_at: Date },
): Promise<boolean> {
  const { rows } = await sql`
    insert into portal_link (account_id, hash, customer_id, request_id, expires_at, reusable)
    select r.account_id, ${hashOf(link.token)}, p.owner_id, r.id, ${link.expires_at}, true
    from refund_request r join payment p on p.account_id = r.account_id and p.id = r.payment_id
    where r.account_id = ${link.account} and r.id = ${link.request} and p.owner_id is not null
    on conflict (account_id, hash) do update set expires_at = excluded.expires_at returning hash`.execute(db)
  return rows.length === 1
}

export type PortalLinkRow = {
  customer_id: string
  also: readonly string[]
  payment_id: string | null
  /** Opens this request and nothing else. */
  request_id: string | null
  return_url: string | null
  expires_at: Date
  used_at: Date | null
  reusable: boolean
}

/** Uses a link up. Undefined when it is unknown, over, or used already; of two at the same time one gets it. */
export async function takePortalLink(
  tx: Tx,
  account: string,
  token: string,
  now: Date,
): Promise<PortalLinkRow | undefined> {
  const { rows } = await sql<PortalLinkRow>`
    update portal_link set used_at = ${now}
    where account_id = ${account} and hash = ${hashOf(token)} and expires_at > ${now} and (used_at is null or reusable)
    returning customer_id, also, payment_id, request_id, return_url, expires_at, used_at, reusable`.execute(tx)
  return rows[0]
}

export async function findPortalLink(db: Db, account: string, token: string): Promise<PortalLinkRow | undefined> {
  const { rows } = await sql<PortalLinkRow>`
    select customer_id, also, payment_id, request_id, return_url, expires_at, used_at, reusable from portal_link
    where account_id = ${account} and hash = ${hashOf(token)}`.execute(db)
  return rows[0]
}

export type PortalSession = {
  readonly customer: string
  /** Whose payments it shows: the customer, and who else in Stripe is the same person. */
  readonly owners: readonly string[]
  readonly return_url: string | null
  /** The only request that may be seen; null: everything that is the customer's. */
  readonly request: string | null
}

type NewPortalSession = {
  readonly account: string
  readonly secret: string
  readonly link: Pick<PortalLinkRow, 'customer_id' | 'also' | 'payment_id' | 'request_id' | 'return_url'>
  readonly now: Date
}

export async function insertPortalSession(tx: Tx, { account, secret, link, now }: NewPortalSession): Promise<void> {
  await sql`
    insert into portal_session (account_id, hash, customer_id, also, payment_id, request_id, return_url, created_at, seen_at)
    values (${account}, ${hashOf(secret)}, ${link.customer_id}, ${link.also}, ${link.payment_id}, ${link.request_id}, ${link.return_url}, ${now}, ${now})`.execute(
    tx,
  )
}

const before = (now: Date, ms: number): Date => new Date(now.getTime() - ms)

/** The session behind a cookie, which it keeps alive; undefined when it is unknown or over. */
export async function usePortalSession(
  db: Db,
  account: string,
  secret: string,
  now: Date,
): Promise<PortalSession | undefined> {
  const { rows } = await sql<{
    customer_id: string
    also: string[]
    return_url: string | null
    request_id: string | null
  }>`
    update portal_session set seen_at = greatest(seen_at, ${now}::timestamptz)
    where account_id = ${account} and hash = ${hashOf(secret)}
      and seen_at > ${before(now, sessionIdleMs)} and created_at > ${before(now, sessionLastsMs)}
    returning customer_id, also, return_url, request_id`.execute(db)
  const found = rows[0]
  return (
    found && {
      customer: found.customer_id,
      owners: [found.customer_id, ...found.also],
      return_url: found.return_url,
      request: found.request_id,
    }
  )
}

export async function endPortalSession(db: Db, account: string, secret: string): Promise<void> {
  await sql`delete from portal_session where account_id = ${account} and hash = ${hashOf(secret)}`.execute(db)
}

/** Deletes sessions that are over, and links that have been for a week: until then they can still be told apart from invented ones. */
export async function forgetPortalEntries(tx: Tx, account: string, now: Date): Promise<void> {
  const week = 7 * 24 * sessionLastsMs
  await sql`
    with gone as (delete from portal_link where account_id = ${account} and expires_at < ${before(now, week)})
    delete from portal_session where account_id = ${account} and created_at < ${before(now, sessionLastsMs)}`.execute(
    tx,
  )
}
