import { sql } from 'kysely'
import type { Db } from './connect.ts'

/** How many calls may go at once after a quiet time, in seconds of the rate. */
const burstSeconds = 0.2
const growsBackSeconds = 60

/**
 * Takes the next free moment in each bucket (name: calls in a second), by PostgreSQL's clock, so that all processes take
 * turns. Answers how many milliseconds to wait for the latest of them. Turns are handed out in the order of asking.
 */
export async function takeTurn(db: Db, account: string, buckets: Readonly<Record<string, number>>): Promise<number> {
  const names = Object.keys(buckets).sort()
  const { rows } = await sql<{ wait_ms: number }>`
    with asked as (select * from unnest(${names}::text[], ${names.map((name) => buckets[name]!)}::float8[]) as a (bucket, rate)),
    turn as (
      insert into stripe_rate as b (account_id, bucket, per_second, slowed_to, slowed_at, next_free)
      select ${account}, bucket, rate, rate, clock_timestamp() - make_interval(secs => ${growsBackSeconds}), clock_timestamp() - make_interval(secs => ${burstSeconds}) from asked order by bucket
      on conflict (account_id, bucket) do update set per_second = excluded.per_second,
        next_free = greatest(b.next_free, clock_timestamp() - make_interval(secs => ${burstSeconds}))
          + make_interval(secs => 1 / least(excluded.per_second, b.slowed_to
              + excluded.per_second * extract(epoch from clock_timestamp() - b.slowed_at) / ${growsBackSeconds}))
      returning next_free)
    select greatest(0, extract(epoch from max(next_free) - clock_timestamp()) * 1000)::float8 as wait_ms from turn`.execute(
    db,
  )
  return rows[0]!.wait_ms
}

/** Stripe said 429: half as fast from now, for everybody, and nothing at all for a second. */
export async function slowDown(db: Db, account: string, bucket: string): Promise<void> {
  await sql`
    update stripe_rate set
      slowed_to = greatest(1, least(per_second, slowed_to + per_second * extract(epoch from clock_timestamp() - slowed_at) / ${growsBackSeconds}) / 2),
      slowed_at = clock_timestamp(), next_free = greatest(next_free, clock_timestamp() + interval '1 second')
    where account_id = ${account} and bucket = ${bucket} and slowed_at < clock_timestamp() - interval '1 second'`.execute(
    db,
  )
}
