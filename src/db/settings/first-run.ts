import { sql } from 'kysely'
import type { Db } from '../connect.ts'

export type FirstRunSteps = {
  connected: boolean
  events: boolean
  imported: boolean
  policy: boolean
  backtested: boolean
  tried: boolean
  team: boolean
}

/** Which of the first steps are done, by what is in the database. */
export async function firstRunSteps(db: Db, account: string): Promise<FirstRunSteps> {
  const { rows } = await sql<FirstRunSteps>`
    select
      exists (select from account where id = ${account} and sending_stopped_because is null) as connected,
      exists (select from stripe_event where account_id = ${account}) as events,
      exists (select from history_import where account_id = ${account} and status = 'done')
        or exists (select from payment where account_id = ${account}) as imported,
      exists (select from policy_version where account_id = ${account} and published_by like 'staff:%') as policy,
      exists (select from backtest where account_id = ${account} and status = 'done') as backtested,
      exists (select from refund_request where account_id = ${account} and channel = 'portal') as tried,
      (select count(*) > 1 from staff where state <> 'deactivated') as team`.execute(db)
  return rows[0]!
}

/** The newest customer who has paid, to look at the portal as. */
export async function someCustomer(db: Db, account: string): Promise<{ id: string; name: string | null } | undefined> {
  const { rows } = await sql<{ id: string; name: string | null }>`
    select c.id, coalesce(c.name, c.email) as name from payment p
    join customer c on c.account_id = p.account_id and c.id = p.customer_id and not c.deleted
    where p.account_id = ${account} and p.captured and p.reserved_minor = 0 order by p.paid_at desc limit 1`.execute(db)
  return rows[0]
}
