import { sql } from 'kysely'
import type { Db } from './connect.ts'

export type ReasonLine = {
  reason: string
  /** In English, as it is called now. */
  reason_name: string
  currency: string
  requests: number
  refunds: number
  refunded_minor: string
  automatic: number
}

/**
 * Why money was asked back, by reason and currency, for requests made in [from, to). Amounts are what refunds hold or have
 * taken, as text, because a sum may be larger than a JSON number can say exactly.
 */
export async function reasonsReport(
  db: Db,
  account: string,
  { from, to }: { from: Date; to: Date },
): Promise<ReasonLine[]> {
  const { rows } = await sql<ReasonLine>`
    select q.reason, coalesce((select labels ->> 'en' from reason n where n.account_id = ${account} and n.code = q.reason), q.reason) as reason_name, q.currency, count(*)::int as requests, count(r.id)::int as refunds,
      coalesce(sum(r.amount_minor), 0)::text as refunded_minor,
      count(*) filter (where d.by = 'policy')::int as automatic
    from refund_request q
    left join refund r on r.account_id = q.account_id and r.request_id = q.id
      and r.status in ('reserved', 'unconfirmed', 'pending', 'requires_action', 'succeeded')
    left join decision d on d.account_id = r.account_id and d.id = r.decision_id
    where q.account_id = ${account} and q.created_at >= ${from} and q.created_at < ${to}
    group by q.reason, q.currency order by sum(r.amount_minor) desc nulls last, q.reason`.execute(db)
  return rows
}

/** What was captured in [from, to), by currency, as text: the denominator of the refund rate. */
export async function capturedReport(
  db: Db,
  account: string,
  { from, to }: { from: Date; to: Date },
): Promise<{ currency: string; captured_minor: string; payments: number }[]> {
  const { rows } = await sql<{ currency: string; captured_minor: string; payments: number }>`
    select currency, sum(captured_minor)::text as captured_minor, count(*)::int as payments from payment
    where account_id = ${account} and captured and paid_at >= ${from} and paid_at < ${to}
    group by currency order by currency`.execute(db)
  return rows
}
