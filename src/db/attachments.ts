import { sql } from 'kysely'
import type { AttachmentType } from '../domain/attachment.ts'
import type { Db, Tx } from './connect.ts'

export type AttachmentRow = {
  account_id: string
  id: string
  customer_id: string
  request_id: string | null
  question_id: string | null
  name: string
  type: AttachmentType
  /** How many bytes are kept. */
  bytes: number
  created_at: Date
  stored_at: Date | null
  deleted_at: Date | null
}

export type NewAttachment = Pick<
  AttachmentRow,
  'account_id' | 'id' | 'customer_id' | 'name' | 'type' | 'bytes' | 'created_at'
> & {
  readonly sent_sha256: string
}

export async function insertAttachment(db: Db, a: NewAttachment): Promise<void> {
  await sql`
    insert into attachment (account_id, id, customer_id, name, type, bytes, sent_sha256, created_at)
    values (${a.account_id}, ${a.id}, ${a.customer_id}, ${a.name}, ${a.type}, ${a.bytes}, ${a.sent_sha256}, ${a.created_at})`.execute(
    db,
  )
}

export async function attachmentStored(db: Db, account: string, id: string, at: Date): Promise<void> {
  await sql`update attachment set stored_at = ${at} where account_id = ${account} and id = ${id}`.execute(db)
}

/** Whose file, where, and how many more there are: what is looked at before another one is taken. */
export async function attachmentsSentBy(
  db: Db,
  account: string,
  customer: string,
  { sha256, since }: { sha256: string; since: Date },
): Promise<{ same: AttachmentRow | undefined; recent: number; loose: number }> {
  const { rows } = await sql<AttachmentRow & { sent_sha256: string }>`
    select * from attachment where account_id = ${account} and customer_id = ${customer} and deleted_at is null
      and (created_at > ${since} or request_id is null)`.execute(db)
  const loose = rows.filter((row) => row.request_id === null && row.stored_at !== null)
  return {
    same: loose.find((row) => row.sent_sha256 === sha256),
    recent: rows.filter((row) => row.created_at > since).length,
    loose: loose.length,
  }
}

/** How many of these files are a customer's, are there, and belong to nothing yet. */
export async function looseAttachments(
  db: Db,
  account: string,
  { ids, senders }: { ids: readonly string[]; senders: readonly string[] },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from attachment where account_id = ${account} and id = any(${[...ids]}) and customer_id = any(${[...senders]})
      and request_id is null and stored_at is not null and deleted_at is null`.execute(db)
  return rows[0]!.count
}

/**
 * Gives files that a customer sent to a request, or to an answer about it. Those that are not this customer's, are
 * gone, or belong to another request are left as they are.
 */
export async function tieAttachments(
  tx: Tx,
  account: string,
  {
    ids,
    senders,
    request,
    question,
  }: { ids: readonly string[]; senders: readonly string[]; request: string; question?: string },
): Promise<void> {
  await sql`
    update attachment set request_id = ${request}, question_id = ${question ?? null}
    where account_id = ${account} and id = any(${[...ids]}) and customer_id = any(${[...senders]})
      and request_id is null and stored_at is not null and deleted_at is null`.execute(tx)
}

/** The files of a request, oldest first, those that are deleted too. */
export async function attachmentsOf(db: Db, account: string, request: string): Promise<AttachmentRow[]> {
  const { rows } = await sql<AttachmentRow>`
    select * from attachment where account_id = ${account} and request_id = ${request} order by created_at, id`.execute(
    db,
  )
  return rows
}

export async function findAttachment(db: Db, account: string, id: string): Promise<AttachmentRow | undefined> {
  const { rows } = await sql<AttachmentRow>`
    select * from attachment where account_id = ${account} and id = ${id} and stored_at is not null and deleted_at is null`.execute(
    db,
  )
  return rows[0]
}

/** Files whose time is over: sent for nothing before `loose`, or of requests that were closed before `closed`. */
export async function attachmentsOver(
  db: Db,
  account: string,
  { loose, closed }: { loose: Date; closed: Date },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select a.id from attachment a left join refund_request r on r.account_id = a.account_id and r.id = a.request_id
    where a.account_id = ${account} and a.deleted_at is null
      and ((a.request_id is null and a.created_at < ${loose}) or r.closed_at < ${closed})
    order by a.created_at limit 500`.execute(db)
  return rows.map(({ id }) => id)
}

/** What is left of a file whose bytes are gone: that there was one. */
export async function attachmentDeleted(db: Db, account: string, id: string, at: Date): Promise<void> {
  await sql`
    update attachment set deleted_at = ${at}, name = '' where account_id = ${account} and id = ${id} and deleted_at is null`.execute(
    db,
  )
}
