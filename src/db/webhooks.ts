import { sql } from 'kysely'
import type { Db, Tx } from './connect.ts'

export type EndpointRow = {
  id: string
  url: string
  description: string
  events: string[]
  secret: string
  old_secret: string | null
  old_secret_until: Date | null
  disabled_at: Date | null
  disabled_because: string | null
  failing_since: Date | null
  created_at: Date
}

export async function listEndpoints(db: Db | Tx, account: string): Promise<EndpointRow[]> {
  const { rows } = await sql<EndpointRow>`
    select * from webhook_endpoint where account_id = ${account} and deleted_at is null order by created_at, id`.execute(
    db,
  )
  return rows
}

export async function findEndpoint(db: Db | Tx, account: string, id: string): Promise<EndpointRow | undefined> {
  const { rows } = await sql<EndpointRow>`
    select * from webhook_endpoint where account_id = ${account} and id = ${id} and deleted_at is null`.execute(db)
  return rows[0]
}

export type NewEndpoint = Pick<EndpointRow, 'id' | 'url' | 'description' | 'events' | 'secret'>

export async function insertEndpoint(tx: Tx, account: string, endpoint: NewEndpoint, by: string, at: Date) {
  await sql`
    insert into webhook_endpoint (account_id, id, url, description, events, secret, created_by, created_at)
    values (${account}, ${endpoint.id}, ${endpoint.url}, ${endpoint.description}, ${endpoint.events}::text[], ${endpoint.secret},
      ${by}, ${at})`.execute(tx)
}

/** What changes; a field that is not named stays. */
export async function updateEndpoint(
  tx: Tx | Db,
  account: string,
  id: string,
  change: Partial<EndpointRow & { deleted_at: Date }>,
) {
  for (const [column, value] of Object.entries(change)) {
    await sql`
      update webhook_endpoint set ${sql.ref(column)} = ${value} where account_id = ${account} and id = ${id}`.execute(
      tx,
    )
  }
}

export type OutboxRow = {
  id: number
  kind: 'request' | 'refund' | 'access'
  subject_id: string
  status: string | null
  made: boolean
  at: Date
}

/** Takes a row out, in the transaction that makes events of it. False: another process did. */
export async function takeFromOutbox(tx: Tx, account: string, id: number): Promise<boolean> {
  const { rows } = await sql`delete from outbox where account_id = ${account} and id = ${id} returning id`.execute(tx)
  return rows.length === 1
}

export async function insertEvent(
  tx: Tx,
  account: string,
  { id, type, subject, body, at }: { id: string; type: string; subject: string; body: string; at: Date },
) {
  await sql`
    insert into webhook_event (account_id, id, type, subject_id, body, at)
    values (${account}, ${id}, ${type}, ${subject}, ${body}, ${at})`.execute(tx)
}

export async function insertDelivery(
  tx: Tx,
  account: string,
  { id, endpoint, event, at }: { id: string; endpoint: string; event: string; at: Date },
) {
  await sql`
    insert into webhook_delivery (account_id, id, status, endpoint_id, event_id, created_at, next_at)
    values (${account}, ${id}, 'waiting', ${endpoint}, ${event}, ${at}, ${at})`.execute(tx)
}

export type DeliveryRow = {
  id: string
  status: 'waiting' | 'delivered' | 'failed'
  endpoint_id: string
  event_id: string
  tries: number
  created_at: Date
}

/**
 * Takes deliveries that are due, at most two at a time for an endpoint, in all processes together: one that answers slowly
 * does not hold up the others.
 */
export async function claimDeliveries(
  db: Db,
  account: string,
  { now, limit, leaseSeconds }: { now: Date; limit: number; leaseSeconds: number },
): Promise<DeliveryRow[]> {
  const { rows } = await sql<DeliveryRow>`
    update webhook_delivery set lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
    where (account_id, id) in (
      select account_id, id from webhook_delivery d
      where account_id = ${account} and next_at <= ${now} and (lease_until is null or lease_until < clock_timestamp())
        and (select count(*) from webhook_delivery f where f.account_id = d.account_id and f.endpoint_id = d.endpoint_id
          and f.lease_until > clock_timestamp())
          + (select count(*) from webhook_delivery b where b.account_id = d.account_id and b.endpoint_id = d.endpoint_id
          and b.next_at <= ${now} and (b.lease_until is null or b.lease_until < clock_timestamp())
          and (b.next_at, b.id) < (d.next_at, d.id)) < 2
      order by next_at, id limit ${limit} for update skip locked)
    returning *`.execute(db)
  return rows
}

export type Attempt = {
  readonly number: number
  readonly at: Date
  readonly status: number | null
  readonly ms: number
  readonly error: string | null
  readonly response: string | null
}

/** Writes what came of an attempt, and what is next. */
export async function noteAttempt(
  tx: Tx,
  account: string,
  delivery: string,
  attempt: Attempt,
  { status, next_at }: { status: DeliveryRow['status']; next_at: Date | null },
): Promise<void> {
  await sql`
    insert into webhook_attempt (account_id, delivery_id, number, at, status, ms, error, response)
    select ${account}, ${delivery}, 1 + coalesce(max(number), 0), ${attempt.at}::timestamptz, ${attempt.status}::int, ${attempt.ms}::int,
      ${attempt.error}, ${attempt.response} from webhook_attempt where account_id = ${account} and delivery_id = ${delivery}`.execute(
    tx,
  )
  await sql`
    update webhook_delivery set status = ${status}, tries = ${attempt.number}, next_at = ${next_at}, lease_until = null,
      done_at = ${status === 'waiting' ? null : attempt.at}, last_error = ${attempt.error}
    where account_id = ${account} and id = ${delivery}`.execute(tx)
}

/** Lets the waiting deliveries of an endpoint go: it is disabled or gone. */
export async function dropWaiting(tx: Tx, account: string, endpoint: string, because: string, at: Date): Promise<void> {
  await sql`
    update webhook_delivery set status = 'failed', next_at = null, lease_until = null, done_at = ${at}, last_error = ${because}
    where account_id = ${account} and endpoint_id = ${endpoint} and status = 'waiting'`.execute(tx)
}

export async function findEvent(
  db: Db,
  account: string,
  id: string,
): Promise<{ id: string; type: string; body: string } | undefined> {
  const { rows } = await sql<{ id: string; type: string; body: string }>`
    select id, type, body from webhook_event where account_id = ${account} and id = ${id}`.execute(db)
  return rows[0]
}

/** Puts a delivery in line again, from the first attempt on. False: there is none, it is waiting, or it is older than 30 days. */
export async function replayDelivery(tx: Tx, account: string, id: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update webhook_delivery d set status = 'waiting', tries = 0, next_at = ${now}, done_at = null, last_error = null
    from webhook_endpoint e
    where d.account_id = ${account} and d.id = ${id} and d.status <> 'waiting' and d.created_at > ${new Date(now.getTime() - 30 * 86_400_000)}
      and e.account_id = d.account_id and e.id = d.endpoint_id and e.deleted_at is null and e.disabled_at is null
    returning d.id`.execute(tx)
  return rows.length === 1
}

export type DeliveryLine = {
  id: string
  status: DeliveryRow['status']
  endpoint_id: string
  event_id: string
  type: string
  subject_id: string
  created_at: Date
  done_at: Date | null
  next_at: Date | null
  tries: number
  last_error: string | null
  last_status: number | null
}

/** Deliveries, the newest first. */
export async function listDeliveries(
  db: Db,
  account: string,
  {
    endpoint,
    status,
    after,
    limit,
  }: { endpoint?: string | undefined; status?: string | undefined; after?: string | undefined; limit: number },
): Promise<DeliveryLine[]> {
  const { rows } = await sql<DeliveryLine>`
    select d.id, d.status, d.endpoint_id, d.event_id, e.type, e.subject_id, d.created_at, d.done_at, d.next_at, d.tries, d.last_error,
      (select a.status from webhook_attempt a where a.account_id = d.account_id and a.delivery_id = d.id order by number desc limit 1) as last_status
    from webhook_delivery d join webhook_event e on e.account_id = d.account_id and e.id = d.event_id
    where d.account_id = ${account} and (${endpoint ?? null}::text is null or d.endpoint_id = ${endpoint ?? null})
      and (${status ?? null}::text is null or d.status = ${status ?? null})
      and (${after ?? null}::text is null or d.id < ${after ?? null})
    order by d.id desc limit ${limit}`.execute(db)
  return rows
}

/** One delivery with what was sent and every attempt. */
export async function findDelivery(
  db: Db,
  account: string,
  id: string,
): Promise<(DeliveryLine & { body: string; attempts: Attempt[] }) | undefined> {
  const { rows } = await sql<DeliveryLine & { body: string }>`
    select d.id, d.status, d.endpoint_id, d.event_id, e.type, e.subject_id, d.created_at, d.done_at, d.next_at, d.tries, d.last_error, e.body,
      null::int as last_status
    from webhook_delivery d join webhook_event e on e.account_id = d.account_id and e.id = d.event_id
    where d.account_id = ${account} and d.id = ${id}`.execute(db)
  if (!rows[0]) return undefined
  const { rows: attempts } = await sql<Attempt>`
    select number, at, status, ms, error, response from webhook_attempt
    where account_id = ${account} and delivery_id = ${id} order by number`.execute(db)
  return { ...rows[0], last_status: attempts.at(-1)?.status ?? null, attempts }
}

/** Keeps the newest announced access of a customer. The new version, or undefined when it is what was said last. */
export async function announceAccess(
  tx: Tx,
  account: string,
  customer: string,
  state: string,
): Promise<number | undefined> {
  const { rows } = await sql<{ version: number }>`
    insert into access_announced (account_id, customer_id, version, state) values (${account}, ${customer}, 1, ${state})
    on conflict (account_id, customer_id) do update set version = access_announced.version + 1, state = excluded.state
      where access_announced.state <> excluded.state
    returning version`.execute(tx)
  return rows[0]?.version
}
