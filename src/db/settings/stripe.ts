import { sql } from 'kysely'
import { list } from '../admin-request.ts'
import type { Db } from '../connect.ts'

export type StripeFacts = {
  account: {
    id: string
    livemode: boolean
    name: string | null
    sending_stopped_because: string | null
    events_seen_until: string | null
  }
  webhook: {
    last_received_at: string | null
    received_today: number
    waiting: number
    quarantined: number
    recent: { id: string; type: string; status: string; received_at: string }[]
  }
  counts: { payments: number; customers: number; requests: number }
}

/** The account as it was seen last, what its webhook brought, and how much is known. */
export async function stripeFacts(db: Db, account: string): Promise<StripeFacts> {
  const { rows } = await sql<{ facts: StripeFacts }>`
    select json_build_object(
      'account', (select json_build_object('id', id, 'livemode', livemode, 'name', name,
        'sending_stopped_because', sending_stopped_because, 'events_seen_until', events_seen_until) from account where id = ${account}),
      'webhook', (select json_build_object('last_received_at', max(received_at),
        'received_today', count(*) filter (where received_at > now() - interval '1 day'),
        'waiting', count(*) filter (where status = 'new'), 'quarantined', count(*) filter (where status = 'quarantined'),
        'recent', ${list(sql`select id, type, status, received_at from stripe_event where account_id = ${account} order by received_at desc, id limit 10`)})
        from stripe_event where account_id = ${account}),
      'counts', json_build_object(
        'payments', (select count(*) from payment where account_id = ${account}),
        'customers', (select count(*) from customer where account_id = ${account}),
        'requests', (select count(*) from refund_request where account_id = ${account}))) as facts`.execute(db)
  return rows[0]!.facts
}
