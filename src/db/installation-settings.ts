import { sql } from 'kysely'
import type { Db, Tx } from './connect.ts'

/** What an owner can set for the whole installation, and what is so until they do. */
const defaults = {
  /** Whoever signs in with a password needs a second factor. */
  two_factor_required: false,
  /** The guide for a new installation was put away. */
  first_run_dismissed: false,
} as const
type Widened<T> = T extends boolean ? boolean : T
export type InstallationSettings = { -readonly [Name in keyof typeof defaults]: Widened<(typeof defaults)[Name]> }

export async function installationSettings(db: Db, account: string): Promise<InstallationSettings> {
  const { rows } = await sql<{ name: string; value: unknown }>`
    select name, value from installation_setting where account_id = ${account}`.execute(db)
  return { ...defaults, ...Object.fromEntries(rows.map(({ name, value }) => [name, value])) }
}

export async function saveInstallationSetting<Name extends keyof InstallationSettings>(
  tx: Tx,
  account: string,
  name: Name,
  value: InstallationSettings[Name],
  { by, at }: { by: string; at: Date },
): Promise<void> {
  await sql`
    insert into installation_setting (account_id, name, value, changed_by, changed_at)
    values (${account}, ${name}, ${JSON.stringify(value)}::jsonb, ${by}, ${at})
    on conflict (account_id, name) do update set value = excluded.value, changed_by = excluded.changed_by,
      changed_at = excluded.changed_at`.execute(tx)
}
