import { sql } from 'kysely'
import { undoMs } from '../domain/undo.ts'
import type { Db } from './connect.ts'

export type Undoable = {
  request: string
  verdict: 'approve' | 'deny'
  customer: string | null
  amount_minor: number
  currency: string
  /** Until it is sent, by the server's clock. */
  left_ms: number
}

/** What somebody has just decided and can still take back, the newest first. */
export async function undoable(db: Db, account: string, { by, now }: { by: string; now: Date }): Promise<Undoable[]> {
  const { rows } = await sql<Undoable>`
    select d.request_id as request, d.verdict, coalesce(c.name, c.email) as customer, d.amount_minor, d.currency,
      greatest(0, round(extract(epoch from until - ${now}::timestamptz) * 1000))::int as left_ms
    from (
      select d.*, f.undo_until as until from refund f join decision d on d.account_id = f.account_id and d.id = f.decision_id
      where f.account_id = ${account} and f.status = 'reserved' and f.next_at > ${now} and f.undo_until > ${now} and d.by = ${by}
      union all
      select d.*, d.at + ${undoMs} * interval '1 millisecond' from decision d
      where d.account_id = ${account} and d.by = ${by} and d.verdict = 'deny'
        and d.at > ${new Date(now.getTime() - undoMs)}) d
    join refund_request r on r.account_id = d.account_id and r.id = d.request_id and r.status in ('approved', 'denied')
    left join customer c on c.account_id = r.account_id and c.id = r.customer_id
    order by until desc limit 50`.execute(db)
  return rows
}
