import { sql } from 'kysely'
import type { Db } from './connect.ts'

/** What somebody should know before they decide, and did not see yet. */
export type Change = { action: string; by: string; name: string | null; at: Date }

// Who looks after a request changes nothing about the answer.
const beside = ['request.assigned', 'request.snoozed', 'request.woken', 'request.reminded']

/** A mark of the state of a request that decides: another mark, another state. Made of its audit trail and its payment. */
export async function revisionOf(db: Db, account: string, request: string): Promise<string> {
  const { rows } = await sql<{ revision: string }>`
    select coalesce((select max(seq) from audit where account_id = r.account_id and subject_id = r.id
        and action <> all(${beside})), 0) || '.' || p.reserved_minor || '.' || p.dispute || case when p.fraud_warning then '.w' else '' end
      as revision
    from refund_request r join payment p on p.account_id = r.account_id and p.id = r.payment_id
    where r.account_id = ${account} and r.id = ${request}`.execute(db)
  return rows[0]?.revision ?? ''
}

/** What happened to a request since a revision, oldest first. */
export async function changesSince(db: Db, account: string, request: string, revision: string): Promise<Change[]> {
  const seq = Number.parseInt(revision, 10)
  const { rows } = await sql<Change>`
    select a.action, a.actor as by, s.name, a.at from audit a left join staff s on 'staff:' || s.id = a.actor
    where a.account_id = ${account} and a.subject_id = ${request} and a.seq > ${Number.isSafeInteger(seq) ? seq : 0}
      and a.action <> all(${beside}) order by a.seq`.execute(db)
  return rows
}
