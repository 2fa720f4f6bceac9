import { sql } from 'kysely'
import { list } from './admin-request.ts'
import type { Db } from './connect.ts'

export type SettingsFacts = {
  account: {
    id: string
    livemode: boolean
    name: string | null
    sending_stopped_because: string | null
    events_seen_until: string | null
  }
  webhook: { last_received_at: string | null; received_today: number; waiting: number; quarantined: number }
  counts: { payments: number; customers: number; requests: number }
  policy: { version: number; published_at: string } | null
  staff: { id: string; name: string; email: string; role: string; last_seen_at: string | null }[]
  api_keys: { id: string; name: string; created_at: string; last_used_at: string | null; expires_at: string | null }[]
}

/** What is connected and who works here. No secret is ever among it. */
export async function adminSettings(db: Db, account: string): Promise<SettingsFacts> {
  const { rows } = await sql<{ screen: SettingsFacts }>`
    select json_build_object(
      'account', (select json_build_object('id', id, 'livemode', livemode, 'name', name,
        'sending_stopped_because', sending_stopped_because, 'events_seen_until', events_seen_until) from account where id = ${account}),
      'webhook', (select json_build_object('last_received_at', max(received_at),
        'received_today', count(*) filter (where received_at > now() - interval '1 day'),
        'waiting', count(*) filter (where status = 'new'), 'quarantined', count(*) filter (where status = 'quarantined'))
        from stripe_event where account_id = ${account}),
      'counts', json_build_object(
        'payments', (select count(*) from payment where account_id = ${account}),
        'customers', (select count(*) from customer where account_id = ${account}),
        'requests', (select count(*) from refund_request where account_id = ${account})),
      'policy', (select json_build_object('version', version, 'published_at', published_at) from policy_version
        where account_id = ${account} order by version desc limit 1),
      'staff', ${list(sql`select s.id, s.name, s.email, s.role, max(t."updatedAt") as last_seen_at
        from staff s left join staff_session t on t."userId" = s.id group by s.id order by s.name`)},
      'api_keys', ${list(sql`select id, name, created_at, last_used_at, expires_at from api_key
        where account_id = ${account} and revoked_at is null order by created_at`)}
    ) as screen`.execute(db)
  return rows[0]!.screen
}
