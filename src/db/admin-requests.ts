import { sql, type RawBuilder } from 'kysely'
import type { Verdict } from '../domain/decision.ts'
import type { RefundStatus } from '../domain/refund.ts'
import type { RequestStatus } from '../domain/request.ts'
import { matches } from './admin-queue.ts'
import type { Db } from './connect.ts'

export type RequestListRow = {
  id: string
  status: RequestStatus
  created_at: string
  decided_at: string | null
  customer_id: string | null
  customer_name: string | null
  customer_email: string | null
  description: string
  amount_minor: number
  currency: string
  reason: string
  channel: string
  verdict: Verdict | null
  /** Who gave the last answer: `policy`, `staff:…`, `api_key:…`, `stripe`. */
  decided_by: string | null
  decided_by_name: string | null
  rule: string | null
  refund_status: RefundStatus | null
  /** Of a refund that somebody made in Stripe: whether the policy would have approved it, and so much. Null for all others. */
  in_policy: boolean | null
}

export type RequestsScreen = { rows: RequestListRow[]; next: string | null }

export type RequestsFilter = {
  readonly status?: string | undefined
  readonly reason?: string | undefined
  readonly channel?: string | undefined
  readonly rule?: string | undefined
  /** Who decided: `policy` or `person`. */
  readonly by?: string | undefined
  readonly currency?: string | undefined
  /** Made in Stripe, `in` the policy or `out` of it. */
  readonly policy?: 'in' | 'out' | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  readonly q?: string | undefined
  /** Continue after this request. */
  readonly after?: string | undefined
}

const pageSize = 50

/** All requests, newest first, a page of fifty at a time. */
export async function adminRequests(db: Db, account: string, filter: RequestsFilter): Promise<RequestsScreen> {
  const {
    rows: [answer],
  } = await sql<{ rows: RequestListRow[] }>`
    with found as (
      select r.*, c.name as customer_name, c.email as customer_email, p.description, p.card_last4, p.invoice_number,
        p.stripe_payment_intent, p.stripe_charge, p.captured_minor
      from refund_request r
      join payment p on p.account_id = r.account_id and p.id = r.payment_id
      left join customer c on c.account_id = r.account_id and c.id = r.customer_id
      where r.account_id = ${account})
    select coalesce(json_agg(line), '[]') as rows from (select f.id, f.status, f.created_at, f.decided_at, f.customer_id, f.customer_name, f.customer_email, f.description,
      coalesce(rf.amount_minor, nullif(d.amount_minor, 0), f.asked_minor, f.captured_minor) as amount_minor, f.currency,
      f.reason, f.channel, d.verdict, d.by as decided_by, s.name as decided_by_name, pd.rule, rf.status as refund_status,
      ${inPolicy} as in_policy
    from found f
    left join lateral (select verdict, by, amount_minor from decision
      where account_id = f.account_id and request_id = f.id order by at desc, id desc limit 1) d on true
    left join lateral (select rule, verdict, amount_minor from decision
      where account_id = f.account_id and request_id = f.id and by = 'policy' order by at desc, id desc limit 1) pd on true
    left join lateral (select amount_minor, status from refund
      where account_id = f.account_id and request_id = f.id order by created_at desc limit 1) rf on true
    left join lateral (select name from staff where 'staff:' || staff.id = d.by) s on true
    where ${where(account, filter)}
    order by f.created_at desc, f.id desc limit ${pageSize + 1}) line`.execute(db)
  const rows = answer!.rows
  const page = rows.slice(0, pageSize)
  return { rows: page, next: rows.length > pageSize ? (page.at(-1)?.id ?? null) : null }
}

/** What the policy said about a refund of channel `stripe`, which was made before it was asked: src/flows/adopt-refund.ts. */
const inPolicy = sql`case when f.channel = 'stripe' then coalesce(pd.verdict = 'approve' and pd.amount_minor >= f.asked_minor, false) end`

function where(
  account: string,
  { status, reason, channel, rule, by, currency, policy, from, to, q, after }: RequestsFilter,
): RawBuilder<unknown> {
  const parts: RawBuilder<unknown>[] = [sql`true`]
  if (status) parts.push(sql`f.status = ${status}`)
  if (reason) parts.push(sql`f.reason = ${reason}`)
  if (channel) parts.push(sql`f.channel = ${channel}`)
  if (rule) parts.push(sql`pd.rule = ${rule}`)
  if (by === 'policy') parts.push(sql`d.by = 'policy' and d.verdict <> 'review'`)
  if (by === 'person') parts.push(sql`(d.by like 'staff:%' or d.by like 'api\\_key:%')`)
  if (policy) parts.push(sql`${inPolicy} = ${policy === 'in'}`)
  if (currency) parts.push(sql`f.currency = ${currency}`)
  if (from) parts.push(sql`f.created_at >= ${from}`)
  if (to) parts.push(sql`f.created_at < ${to}`)
  if (q) parts.push(matches(q))
  if (after) {
    parts.push(
      sql`(f.created_at, f.id) < (select created_at, id from refund_request where account_id = ${account} and id = ${after})`,
    )
  }
  return sql.join(parts, sql` and `)
}
