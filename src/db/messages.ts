import { sql } from 'kysely'
import { newId } from '../domain/ids.ts'
import type { Letter } from '../mail/letter.ts'
import type { Db, Tx } from './connect.ts'

export type MessageRow = {
  account_id: string
  id: string
  status: 'queued' | 'sent' | 'kept' | 'failed'
  kind: string
  request_id: string | null
  withdrawal_id: string | null
  recipient: string
  locale: string
  subject: string
  body: string
  letter: Letter | null
  created_at: Date
  tries: number
}

export type NewMessage = {
  readonly account: string
  readonly kind: string
  readonly about: { readonly request: string } | { readonly withdrawal: string }
  readonly recipient: string | null
  readonly locale: string
  readonly letter: Letter
  /** The letter as text: what staff read, and what a mail's text part begins as. */
  readonly body: string
  /** Whether it is sent; else it is kept and shown. */
  readonly sendable: boolean
  readonly at: Date
  /** It is not sent before: what it tells can still be undone. */
  readonly not_before?: Date | undefined
}

/** Writes a message into the outbox. It is sent when the transaction that it tells of has been committed. */
export async function insertMessage(tx: Tx, message: NewMessage): Promise<string> {
  const { about, letter, at } = message
  const id = newId('msg')
  const queued = message.sendable && message.recipient !== null
  await sql`
    insert into message (account_id, id, status, kind, request_id, withdrawal_id, recipient, locale, subject, body, letter, created_at, next_at)
    values (${message.account}, ${id}, ${queued ? 'queued' : 'kept'}, ${message.kind},
            ${'request' in about ? about.request : null}, ${'withdrawal' in about ? about.withdrawal : null},
            ${message.recipient}, ${message.locale}, ${letter.subject}, ${message.body}, ${JSON.stringify(letter)}::jsonb,
            ${at}, ${queued ? (message.not_before ?? at) : null})`.execute(tx)
  return id
}

/** The ids of the messages about the same case that went out before one, oldest first: a thread in the reader's mailbox. */
export async function sentBefore(db: Db, account: string, message: MessageRow): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from message where account_id = ${account} and status = 'sent' and created_at <= ${message.created_at} and id <> ${message.id}
      and (request_id = ${message.request_id} or withdrawal_id = ${message.withdrawal_id})
    order by created_at, id limit 20`.execute(db)
  return rows.map(({ id }) => id)
}

export async function messageSent(db: Db, account: string, id: string, at: Date): Promise<void> {
  await sql`
    update message set status = 'sent', sent_at = ${at}, next_at = null, lease_until = null, last_error = null
    where account_id = ${account} and id = ${id}`.execute(db)
}

export async function messageDelayed(
  db: Db,
  account: string,
  id: string,
  { next, error }: { next: Date; error: string },
): Promise<void> {
  await sql`
    update message set tries = tries + 1, next_at = ${next}, lease_until = null, last_error = ${error}
    where account_id = ${account} and id = ${id} and status = 'queued'`.execute(db)
}

/** It will never arrive. Answers what it was, or undefined when that was written down before. */
export async function messageFailed(
  tx: Tx,
  account: string,
  id: string,
  { error, bouncedAt }: { error: string; bouncedAt: Date | null },
): Promise<MessageRow | undefined> {
  const { rows } = await sql<MessageRow>`
    update message set status = 'failed', tries = tries + 1, next_at = null, lease_until = null, last_error = ${error},
      bounced_at = ${bouncedAt}
    where account_id = ${account} and id = ${id} and status <> 'failed' returning *`.execute(tx)
  return rows[0]
}
