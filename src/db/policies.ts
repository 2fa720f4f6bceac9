import { sql } from 'kysely'
import type { Db, Tx } from './connect.ts'

export type PolicyVersionRow = {
  version: number
  source: string
  comment: string
  published_by: string
  published_at: Date
  effective_from: Date
  /** Who wrote the text last before it was published; null when nobody but the publisher did. */
  proposed_by: string | null
  draft_id: string | null
  /** The older version whose text this one brings back. */
  brings_back: number | null
}

const columns = sql`version, source, comment, published_by, published_at, effective_from, proposed_by, draft_id, brings_back`

/**
 * The version in force at an instant: the one that came into force last, and of two at one instant the one published later.
 * Before the first one there was none, so a payment that is older than the installation is judged by the first.
 */
export async function policyAt(db: Db, account: string, at: Date): Promise<PolicyVersionRow | undefined> {
  const { rows } = await sql<PolicyVersionRow>`
    (select ${columns} from policy_version where account_id = ${account} and effective_from <= ${at}
     order by effective_from desc, version desc limit 1)
    union all
    (select ${columns} from policy_version where account_id = ${account}
     order by effective_from, version desc limit 1)
    limit 1`.execute(db)
  return rows[0]
}

/** One version; nothing when there is none of this number. */
export async function policyVersion(db: Db, account: string, version: number): Promise<PolicyVersionRow | undefined> {
  const { rows } = await sql<PolicyVersionRow>`
    select ${columns} from policy_version where account_id = ${account} and version = ${version}`.execute(db)
  return rows[0]
}

/** Every version, newest first. */
export async function policyVersions(db: Db, account: string): Promise<PolicyVersionRow[]> {
  const { rows } = await sql<PolicyVersionRow>`
    select ${columns} from policy_version where account_id = ${account} order by version desc`.execute(db)
  return rows
}

/** Adds the next version and returns its number. Two who publish at once get two numbers. */
export async function insertPolicyVersion(
  tx: Tx,
  account: string,
  row: Omit<PolicyVersionRow, 'version'>,
): Promise<number> {
  await sql`select id from account where id = ${account} for update`.execute(tx)
  const { rows } = await sql<{ version: number }>`
    insert into policy_version (account_id, version, source, comment, published_by, published_at, effective_from,
      proposed_by, draft_id, brings_back)
    select ${account}, 1 + coalesce(max(version), 0), ${row.source}, ${row.comment}, ${row.published_by},
      ${row.published_at}::timestamptz, ${row.effective_from}::timestamptz, ${row.proposed_by}, ${row.draft_id},
      ${row.brings_back}::integer
    from policy_version where account_id = ${account} returning version`.execute(tx)
  return rows[0]!.version
}
