import { sql, type RawBuilder } from 'kysely'
import { list } from './admin-request.ts'
import type { Db } from './connect.ts'

export type Grain = 'day' | 'week' | 'month'

export type Headline = {
  requests: number
  /** Requests that have an answer, and how many of them the policy answered alone. */
  decided: number
  by_policy: number
  refunded: number
  /** Payments made in the range, and how many of those have had money given back. */
  payments: number
  payments_refunded: number
  /** Medians in seconds, from the request; null when there is nothing to measure. */
  to_decision: number | null
  to_money: number | null
  waiting: number
  /** Refunds that somebody made in Stripe, and how many of those the policy would not have made so. */
  made_in_stripe: number
  out_of_policy: number
}

export type CurrencyLine = { currency: string; refunded_minor: number; paid_minor: number; refunds: number }
export type ReasonLine = {
  reason: string
  /** In English, as it is called now. */
  reason_name: string
  currency: string
  requests: number
  approved: number
  denied: number
  waiting: number
  refunded_minor: number
}
export type ReasonPoint = { bucket: string; reason: string; requests: number }
export type RuleLine = { rule: string; approved: number; reviewed: number; denied: number; overturned: number }

export type ReportsScreen = {
  from: string
  to: string
  grain: Grain
  now: Headline
  /** The range of the same length just before. */
  before: Headline
  currencies: CurrencyLine[]
  reasons: ReasonLine[]
  over_time: ReasonPoint[]
  rules: RuleLine[]
}

const dayMs = 24 * 60 * 60 * 1000

/** Days up to five weeks, weeks up to seven months, then months. */
export function grainOf(from: Date, to: Date): Grain {
  const days = (to.getTime() - from.getTime()) / dayMs
  if (days <= 35) return 'day'
  return days <= 215 ? 'week' : 'month'
}

/**
 * What was asked for in a range and what became of it. Everything is counted by the day of the request (UTC), so that each
 * number leads to exactly the requests behind it. Nothing is converted between currencies.
 */
export async function adminReports(
  db: Db,
  account: string,
  { from, to }: { from: Date; to: Date },
): Promise<ReportsScreen> {
  const grain = grainOf(from, to)
  const earlier = new Date(from.getTime() - (to.getTime() - from.getTime()))
  const { rows } = await sql<{ screen: Omit<ReportsScreen, 'from' | 'to' | 'grain'> }>`
    with asked as (${asked(account, from, to)})
    select json_build_object(
      'now', (${headline(account, from, to)}), 'before', (${headline(account, earlier, from)}),
      'currencies', ${list(currencies(account, from, to))},
      'reasons', ${list(sql`select reason, ${nameOfReason(account)} as reason_name, currency, count(*) as requests,
          count(*) filter (where status in ('approved', 'refunded', 'failed')) as approved,
          count(*) filter (where status = 'denied') as denied,
          count(*) filter (where status in ('submitted', 'in_review')) as waiting, sum(paid_minor)::bigint as refunded_minor
        from asked group by reason, currency order by count(*) desc, reason, currency`)},
      'over_time', ${list(sql`select to_char(date_trunc(${grain}, created_at, 'UTC') at time zone 'UTC', 'YYYY-MM-DD') as bucket, reason, count(*) as requests
        from asked group by 1, 2 order by 1, 2`)},
      'rules', ${list(sql`select rule, count(*) filter (where verdict = 'approve') as approved,
          count(*) filter (where verdict = 'review') as reviewed, count(*) filter (where verdict = 'deny') as denied,
          count(*) filter (where verdict = 'deny' and status in ('approved', 'refunded')) as overturned
        from asked where rule is not null group by rule order by count(*) desc, rule`)}
    ) as screen`.execute(db)
  return { from: from.toISOString(), to: to.toISOString(), grain, ...rows[0]!.screen }
}

// What it is called now, in English. The code stands where a restored database has lost the name.
const nameOfReason = (account: string): RawBuilder<unknown> => sql`
  coalesce((select labels ->> 'en' from reason where account_id = ${account} and code = asked.reason), reason)`

const asked = (account: string, from: Date, to: Date): RawBuilder<unknown> => sql`
  select r.id, r.status, r.reason, r.currency, r.created_at, r.decided_at, d.rule, d.verdict, f.paid_minor, f.paid_at, r.channel,
    coalesce(d.verdict = 'approve' and d.amount_minor >= r.asked_minor, false) as in_policy,
    (select by from decision l where l.account_id = r.account_id and l.request_id = r.id order by at desc, id desc limit 1) as last_by
  from refund_request r
  left join lateral (select rule, verdict, amount_minor from decision
    where account_id = r.account_id and request_id = r.id and by = 'policy' order by at desc, id desc limit 1) d on true
  left join lateral (select coalesce(sum(amount_minor), 0) as paid_minor, max(settled_at) as paid_at from refund
    where account_id = r.account_id and request_id = r.id and status = 'succeeded') f on true
  where r.account_id = ${account} and r.created_at >= ${from} and r.created_at < ${to}`

const headline = (account: string, from: Date, to: Date): RawBuilder<unknown> => sql`
  select json_build_object(
    'requests', count(*), 'waiting', count(*) filter (where status in ('submitted', 'in_review')),
    'decided', count(*) filter (where decided_at is not null and last_by <> 'stripe'),
    'by_policy', count(*) filter (where decided_at is not null and last_by = 'policy'),
    'refunded', count(*) filter (where status = 'refunded'),
    'made_in_stripe', count(*) filter (where channel = 'stripe'),
    'out_of_policy', count(*) filter (where channel = 'stripe' and not in_policy),
    'to_decision', percentile_cont(0.5) within group (order by extract(epoch from decided_at - created_at))
      filter (where decided_at is not null and last_by <> 'stripe'),
    'to_money', percentile_cont(0.5) within group (order by extract(epoch from paid_at - created_at))
      filter (where paid_at is not null and last_by <> 'stripe'),
    'payments', (select count(*) from payment where account_id = ${account} and paid_at >= ${from} and paid_at < ${to}),
    'payments_refunded', (select count(*) from payment
      where account_id = ${account} and paid_at >= ${from} and paid_at < ${to} and reserved_minor > 0))
  from (${asked(account, from, to)}) one`

const currencies = (account: string, from: Date, to: Date): RawBuilder<unknown> => sql`
  select coalesce(a.currency, p.currency) as currency, coalesce(a.refunded_minor, 0) as refunded_minor,
    coalesce(a.refunds, 0) as refunds, coalesce(p.paid_minor, 0) as paid_minor
  from (select currency, sum(paid_minor)::bigint as refunded_minor, count(*) filter (where paid_minor > 0) as refunds
        from asked group by currency) a
  full join (select currency, sum(captured_minor)::bigint as paid_minor from payment
        where account_id = ${account} and paid_at >= ${from} and paid_at < ${to} group by currency) p on p.currency = a.currency
  order by 4 desc`
