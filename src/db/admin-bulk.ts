import { sql } from 'kysely'
import type { BulkDeed, BulkWords, Sum } from '../domain/bulk.ts'
import { bulkSums, type BulkItemStatus, type BulkStatus } from './bulks.ts'
import type { Db } from './connect.ts'

export type BulkLine = {
  id: string
  status: BulkStatus
  deed: BulkDeed
  created_by: string
  created_at: string
  waiting: number
  done: number
}

/** The newest bulk actions of somebody that have not ended, and the last ones that have. */
export async function bulkLines(db: Db, account: string, by: string): Promise<BulkLine[]> {
  const { rows } = await sql<BulkLine>`
    select b.id, b.status, b.deed, b.created_by, b.created_at,
      (select count(*)::int from bulk_item i where i.account_id = b.account_id and i.bulk_id = b.id and i.status = 'waiting') as waiting,
      (select count(*)::int from bulk_item i where i.account_id = b.account_id and i.bulk_id = b.id and i.status = 'done') as done
    from bulk b where b.account_id = ${account} and b.created_by = ${by} and b.status <> 'draft'
    order by b.created_at desc, b.id desc limit 5`.execute(db)
  return rows
}

export type BulkPage = {
  id: string
  status: BulkStatus
  deed: BulkDeed
  words: BulkWords
  created_by: string
  created_by_name: string | null
  /** The colleague whom the requests are given to. */
  to_name: string | null
  template_name: string | null
  created_at: string
  started_at: string | null
  done_at: string | null
  sums: (Sum & { status: BulkItemStatus })[]
  left_out: { because: string; count: number }[]
  /** How many of those that are planned or done wait for a second person then. */
  second_person: number
  /** How many answers can still be taken back, by the server's clock. */
  undoable: number
}

/** One bulk action, whole: the dry run before it begins, the progress while it runs, the result afterwards. */
export async function bulkPage(db: Db, account: string, id: string, now: Date): Promise<BulkPage | undefined> {
  const { rows } = await sql<Omit<BulkPage, 'sums'>>`
    select b.id, b.status, b.deed, b.words, b.created_by, s.name as created_by_name, t.name as to_name, r.name as template_name,
      b.created_at, b.started_at, b.done_at,
      coalesce((select json_agg(x order by x.count desc, x.because) from (
        select because, count(*)::int as count from bulk_item i
        where i.account_id = b.account_id and i.bulk_id = b.id and i.status in ('excluded', 'refused') group by because) x), '[]') as left_out,
      (select count(*)::int from bulk_item i where i.account_id = b.account_id and i.bulk_id = b.id
        and i.status in ('waiting', 'done') and i.because is not null) as second_person,
      (select count(*)::int from bulk_item i
        join refund_request q on q.account_id = i.account_id and q.id = i.request_id
        where i.account_id = b.account_id and i.bulk_id = b.id and i.status = 'done' and (
          (b.deed = 'deny' and q.status = 'denied' and i.at > ${now}::timestamptz - interval '10 seconds')
          or (b.deed = 'approve' and exists (select from refund f where f.account_id = i.account_id and f.request_id = i.request_id
            and f.status = 'reserved' and f.undo_until > ${now}::timestamptz)))) as undoable
    from bulk b
    left join staff s on 'staff:' || s.id = b.created_by
    left join staff t on 'staff:' || t.id = b.words ->> 'to'
    left join reply_template r on r.account_id = b.account_id and r.id = b.words ->> 'template'
    where b.account_id = ${account} and b.id = ${id}`.execute(db)
  return rows[0] && { ...rows[0], sums: await bulkSums(db, account, id) }
}

export type BulkItemLine = {
  position: number
  request_id: string
  status: BulkItemStatus
  customer_name: string | null
  customer_email: string | null
  description: string | null
  amount_minor: number
  currency: string
  because: string | null
  /** How the request stands now. */
  request_status: string | null
  refund_status: string | null
  at: Date | null
}

/** What became of each request, in the order in which they are done, behind `after`. */
export async function bulkItems(
  db: Db,
  account: string,
  id: string,
  { only, after = 0, limit }: { only?: BulkItemStatus | undefined; after?: number | undefined; limit: number },
): Promise<BulkItemLine[]> {
  const { rows } = await sql<BulkItemLine>`
    select i.position, i.request_id, i.status, c.name as customer_name, coalesce(c.email, p.receipt_email) as customer_email, p.description,
      i.amount_minor, i.currency, i.because, q.status as request_status, f.status as refund_status, i.at
    from bulk_item i
    left join refund_request q on q.account_id = i.account_id and q.id = i.request_id
    left join payment p on p.account_id = q.account_id and p.id = q.payment_id
    left join customer c on c.account_id = q.account_id and c.id = q.customer_id
    left join lateral (select status from refund f where f.account_id = i.account_id and f.request_id = i.request_id
      order by created_at desc limit 1) f on true
    where i.account_id = ${account} and i.bulk_id = ${id} and i.position > ${after} and (${only ?? null}::text is null or i.status = ${only ?? null})
    order by i.position limit ${limit}`.execute(db)
  return rows
}
