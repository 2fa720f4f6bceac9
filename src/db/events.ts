import { sql } from 'kysely'
import type { Db, Tx } from './connect.ts'

export type StripeEventRow = {
  account_id: string
  id: string
  type: string
  object_id: string | null
  payload: string
  tries: number
}

export type NewStripeEvent = {
  readonly account: string
  readonly id: string
  readonly type: string
  readonly object_id: string | null
  readonly livemode: boolean
  readonly api_version: string | null
  readonly payload: string
  readonly created_at: Date
  readonly received_at: Date
  readonly via: 'webhook' | 'list'
}

/** Keeps an event before it is acknowledged. The same one again changes nothing; the answer says whether it was new. */
export async function keepEvent(db: Db, event: NewStripeEvent): Promise<boolean> {
  const { rows } = await sql`
    insert into stripe_event (account_id, id, status, type, object_id, livemode, api_version, payload, created_at, received_at, next_at, via)
    values (${event.account}, ${event.id}, 'new', ${event.type}, ${event.object_id}, ${event.livemode}, ${event.api_version},
            ${event.payload}, ${event.created_at}, ${event.received_at}, ${event.received_at}, ${event.via})
    on conflict do nothing returning id`.execute(db)
  return rows.length === 1
}

/** Closes an event after what it pointed at was looked at. */
export async function closeEvents(
  db: Tx | Db,
  account: string,
  ids: readonly string[],
  status: 'done' | 'ignored',
  at: Date,
): Promise<void> {
  await sql`
    update stripe_event set status = ${status}, done_at = ${at}, next_at = null, lease_until = null, last_error = null
    where account_id = ${account} and id = any(${ids})`.execute(db)
}

/** Puts an event back for a later try, or aside for a person when it failed too often. */
export async function postponeEvents(
  db: Db,
  account: string,
  ids: readonly string[],
  { error, next_at }: { error: string; next_at: Date | null },
): Promise<void> {
  await sql`
    update stripe_event set status = ${next_at === null ? 'quarantined' : 'new'}, next_at = ${next_at}, lease_until = null,
      tries = tries + 1, last_error = ${error.slice(0, 500)}
    where account_id = ${account} and id = any(${ids}) and status = 'new'`.execute(db)
}
