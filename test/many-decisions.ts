import { sql } from 'kysely'
import type { App } from '../src/app.ts'

/**
 * Fills the books with past requests that the policy has decided, each a copy of one that is there with a payment date, a usage and an
 * amount of its own. Only for measuring and for backtests: the copies have no refunds.
 */
export async function manyDecisions({ app }: { app: Pick<App, 'db' | 'account'> }, count: number): Promise<void> {
  const step = 50_000
  for (let from = 0; from < count; from += step) {
    const to = Math.min(count, from + step) - 1
    await sql`
      insert into decision (account_id, id, request_id, verdict, by, amount_minor, currency, rule, policy_version, access, explanation,
        facts, at)
      select d.account_id, 'dec_z' || lpad(n::text, 31, '0'), d.request_id, d.verdict, 'policy', d.amount_minor, d.currency, d.rule,
        d.policy_version, d.access, d.explanation,
        d.facts || jsonb_build_object(
          'payment', (d.facts -> 'payment') || jsonb_build_object('paid_at',
            to_char(((d.facts ->> 'now')::timestamptz - make_interval(secs => (n % 61) * 86400 + 1)) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
          'customer', (d.facts -> 'customer') || jsonb_build_object('id', 'cus_many' || (n % (${count}::int / 3 + 1))),
          'merchant', jsonb_build_object('usage.share', jsonb_build_object('value', (n % 97) / 100.0, 'as_of', d.facts ->> 'now'))),
        d.at
      from generate_series(${from}::int, ${to}::int) n
      join lateral (select * from decision where account_id = ${app.account} and by = 'policy' and id < 'dec_z' and verdict <> 'deny'
        order by id limit 1 offset n % 3) d on true`.execute(app.db)
  }
}
