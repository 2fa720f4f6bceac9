import { sql } from 'kysely'
import { factsFromKept } from '../domain/kept-facts.ts'
import type { ApprovalPicture } from '../domain/since-approval.ts'
import type { Db, Tx } from './connect.ts'

/** Keeps what stood behind an approval that another one has to follow. */
export async function keepPicture(tx: Tx, account: string, decision: string, picture: ApprovalPicture): Promise<void> {
  await sql`
    insert into approval_picture (account_id, decision_id, picture)
    values (${account}, ${decision}, ${JSON.stringify(picture)}::jsonb)`.execute(tx)
}

/** What stood behind an approval; undefined where it was the only one that it took. */
export async function pictureOf(db: Db, account: string, decision: string): Promise<ApprovalPicture | undefined> {
  const { rows } = await sql<{ picture: ApprovalPicture }>`
    select picture from approval_picture where account_id = ${account} and decision_id = ${decision}`.execute(db)
  const kept = rows[0]?.picture
  return kept && { ...kept, facts: factsFromKept(kept.facts) }
}
