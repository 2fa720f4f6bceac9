import { sql, type RawBuilder } from 'kysely'
import type { Verdict } from '../domain/decision.ts'
import type { RefundStatus } from '../domain/refund.ts'
import type { RequestStatus } from '../domain/request.ts'
import type { Db } from './connect.ts'
import { hasFew, requestHas } from './search.ts'

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
  const parts = [
    ...own(account, filter),
    ...(await looked(db, account, filter)),
    ...(await answered(db, account, filter)),
  ]
  const { rows } = await sql<RequestListRow>`
    select f.id, f.status, f.created_at, f.decided_at, f.customer_id, c.name as customer_name, c.email as customer_email, p.description,
      coalesce(rf.amount_minor, nullif(d.amount_minor, 0), f.asked_minor, p.captured_minor) as amount_minor, f.currency,
      f.reason, f.channel, d.verdict, d.by as decided_by, s.name as decided_by_name, pd.rule, rf.status as refund_status,
      case when f.channel = 'stripe' then coalesce(pd.verdict = 'approve' and pd.amount_minor >= f.asked_minor, false) end as in_policy
    from (select r.* from refund_request r where ${sql.join(parts, sql` and `)}
      order by r.created_at desc, r.id desc limit ${pageSize + 1}) f
    join payment p on p.account_id = f.account_id and p.id = f.payment_id
    left join customer c on c.account_id = f.account_id and c.id = f.customer_id
    left join lateral (${last(sql`f`)}) d on true
    left join lateral (${last(sql`f`, sql`by = 'policy'`)}) pd on true
    left join lateral (select amount_minor, status from refund
      where account_id = f.account_id and request_id = f.id order by created_at desc limit 1) rf on true
    left join lateral (select name from staff where 'staff:' || staff.id = d.by) s on true
    order by f.created_at desc, f.id desc`.execute(db)
  const page = rows.slice(0, pageSize)
  return { rows: page, next: rows.length > pageSize ? (page.at(-1)?.id ?? null) : null }
}

const last = (request: RawBuilder<unknown>, which: RawBuilder<unknown> = sql`true`): RawBuilder<unknown> => sql`
  select verdict, by, amount_minor, rule from decision
  where account_id = ${request}.account_id and request_id = ${request}.id and ${which} order by at desc, id desc limit 1`

/** What a request's own columns say. */
function own(
  account: string,
  { status, reason, channel, currency, from, to, after }: RequestsFilter,
): RawBuilder<unknown>[] {
  const parts: RawBuilder<unknown>[] = [sql`r.account_id = ${account}`]
  if (status) parts.push(sql`r.status = ${status}`)
  if (reason) parts.push(sql`r.reason = ${reason}`)
  if (channel) parts.push(sql`r.channel = ${channel}`)
  if (currency) parts.push(sql`r.currency = ${currency}`)
  if (from) parts.push(sql`r.created_at >= ${from}`)
  if (to) parts.push(sql`r.created_at < ${to}`)
  if (after) {
    parts.push(
      sql`(r.created_at, r.id) < (select created_at, id from refund_request where account_id = ${account} and id = ${after})`,
    )
  }
  return parts
}

/** Who is looked for: e-mail, name, product, any id, invoice number or the card's last four digits. */
async function looked(db: Db, account: string, { q }: RequestsFilter): Promise<RawBuilder<unknown>[]> {
  const text = q?.trim()
  return text ? [await requestHas(db, account, text)] : []
}

/** Who answered, and by which rule. An answer that few requests have is looked up; of any other the newest requests have enough. */
async function answered(db: Db, account: string, { rule, by, policy }: RequestsFilter): Promise<RawBuilder<unknown>[]> {
  const parts: RawBuilder<unknown>[] = []
  const narrow = async (which: RawBuilder<unknown>, final: RawBuilder<unknown>): Promise<void> => {
    const those = sql`select request_id from decision where account_id = ${account} and ${which}`
    if (await hasFew(db, those)) parts.push(sql`r.id in (${those})`)
    parts.push(final)
  }
  const lastOfPolicy = last(sql`r`, sql`by = 'policy'`)
  if (rule) {
    await narrow(sql`by = 'policy' and rule = ${rule}`, sql`(select l.rule from (${lastOfPolicy}) l) = ${rule}`)
  }
  // What the policy said about a refund of channel `stripe`, which was made before it was asked: src/flows/adopt-refund.ts.
  if (policy) {
    const within = sql`select l.verdict = 'approve' and l.amount_minor >= r.asked_minor from (${lastOfPolicy}) l`
    parts.push(sql`r.channel = 'stripe' and coalesce((${within}), false) = ${policy === 'in'}`)
  }
  const final = (which: RawBuilder<unknown>) => sql`(select ${which} from (${last(sql`r`)}) l)`
  if (by === 'policy') {
    const alone = sql`by = 'policy' and verdict in ('approve', 'deny')`
    await narrow(alone, final(alone))
  }
  if (by === 'person') {
    const person = sql`(by like 'staff:%' or by like 'api\\_key:%')`
    await narrow(person, final(person))
  }
  return parts
}
