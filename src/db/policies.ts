import { sql } from 'kysely'
import type { Db, Tx } from './connect.ts'

export type PolicyVersionRow = {
  version: number
  source: string
  comment: string
  published_by: string
  published_at: Date
  effective_from: Date
}

/**
 * The version in force at an instant: the newest one that was effective then. Before the first one there was none, so a
 * payment that is older than the installation is judged by the first.
 */
export async function policyAt(db: Db, account: string, at: Date): Promise<PolicyVersionRow | undefined> {
  const { rows } = await sql<PolicyVersionRow>`
    select version, source, comment, published_by, published_at, effective_from from policy_version
    where account_id = ${account}
    order by (effective_from <= ${at}) desc, case when effective_from <= ${at} then -version else version end
    limit 1`.execute(db)
  return rows[0]
}

/** Every version, newest first. */
export async function policyVersions(db: Db, account: string): Promise<PolicyVersionRow[]> {
  const { rows } = await sql<PolicyVersionRow>`
    select version, source, comment, published_by, published_at, effective_from from policy_version
    where account_id = ${account} order by version desc`.execute(db)
  return rows
}

/** Adds the next version and returns its number. Two who publish at once get two numbers. */
export async function insertPolicyVersion(
  tx: Tx,
  account: string,
  { source, comment, published_by, published_at, effective_from }: Omit<PolicyVersionRow, 'version'>,
): Promise<number> {
  await sql`select id from account where id = ${account} for update`.execute(tx)
  const { rows } = await sql<{ version: number }>`
    insert into policy_version (account_id, version, source, comment, published_by, published_at, effective_from)
    select ${account}, 1 + coalesce(max(version), 0), ${source}, ${comment}, ${published_by}, ${published_at}::timestamptz,
           ${effective_from}::timestamptz
    from policy_version where account_id = ${account} returning version`.execute(tx)
  return rows[0]!.version
}
