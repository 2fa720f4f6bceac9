import { sql } from 'kysely'
import { defaultDesk, type Desk } from '../domain/desk.ts'
import type { Db, Tx } from './connect.ts'

/** What an owner sets; what they have not set has its default. */
export async function deskOf(db: Db, account: string): Promise<Desk> {
  const { rows } = await sql<{ settings: Partial<Desk> | null; currency: string | null }>`
    select (select settings from desk where account_id = ${account}) as settings, (
      select currency from (
        select currency from payment where account_id = ${account} order by paid_at desc, id desc limit 200) newest
      group by currency order by count(*) desc, currency limit 1) as currency`.execute(db)
  const set = rows[0]?.settings ?? {}
  const standard = defaultDesk(set.currency ?? rows[0]?.currency ?? 'usd')
  return { ...standard, ...set, limits: { ...standard.limits, ...set.limits } }
}

export async function saveDesk(
  tx: Tx,
  account: string,
  settings: Desk,
  { by, at }: { by: string; at: Date },
): Promise<void> {
  await sql`
    insert into desk (account_id, settings, changed_by, changed_at)
    values (${account}, ${JSON.stringify(settings)}::jsonb, ${by}, ${at})
    on conflict (account_id) do update set settings = excluded.settings, changed_by = excluded.changed_by,
      changed_at = excluded.changed_at`.execute(tx)
}
