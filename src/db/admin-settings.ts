import { sql } from 'kysely'
import { list } from './admin-request.ts'
import type { Db } from './connect.ts'

export type InstallationFacts = {
  policy: { version: number; published_at: string } | null
  staff: { id: string; name: string }[]
}

/** What several screens need to know about this installation: the policy in force, and the names behind `staff:` ids. */
export async function installationFacts(db: Db, account: string): Promise<InstallationFacts> {
  const { rows } = await sql<{ facts: InstallationFacts }>`
    select json_build_object(
      'policy', (select json_build_object('version', version, 'published_at', published_at) from policy_version
        where account_id = ${account} order by version desc limit 1),
      'staff', ${list(sql`select id, name from staff order by name`)}) as facts`.execute(db)
  return rows[0]!.facts
}
