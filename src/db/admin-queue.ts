import { sql, type RawBuilder } from 'kysely'
import type { Db } from './connect.ts'
import { requestHas } from './search.ts'

/** What makes a request worth a second look. A signal never accuses: each one comes with its fact. */
export type Signal = 'repeat' | 'dispute' | 'fraud_warning' | 'high_value'
export type QueueView =
  | 'all'
  | 'overdue'
  | 'mine'
  | 'unassigned'
  | 'mentions'
  | 'escalated'
  | 'failed'
  | 'customer'
  | 'snoozed'

export type QueueRow = {
  id: string
  status: 'in_review' | 'failed'
  due_at: string | null
  created_at: string
  customer_id: string | null
  customer_name: string | null
  customer_email: string | null
  description: string
  amount_minor: number
  currency: string
  reason: string
  channel: string
  comment: string | null
  /** What the policy said: the first unmet condition in words; for a failed refund, why it failed. */
  because: string
  approvers: { role: string; count: number } | null
  /** How many have approved already, where more than one must. */
  approvals: number
  signals: Signal[]
  earlier: number
  asked_at: string | null
  snoozed_until: string | null
  escalated_to: string | null
  assignee: string | null
  assignee_name: string | null
}

export type QueueCounts = Record<QueueView, number> & { exceptions: number }

export type OpenException = {
  id: string
  kind: string
  subject_id: string
  because: string
  cure: string
  owner_role: string
  opened_at: string
  due_at: string
  request_id: string | null
  /** The payment that it is about, where it is about none of its refunds. */
  payment_id?: string | null
}

export type QueueScreen = {
  rows: QueueRow[]
  counts: QueueCounts
  exceptions: OpenException[]
  /** Why nothing is sent to Stripe at the moment, with the cure. */
  sending_stopped: string | null
}

export type QueueFilter = {
  readonly view: QueueView
  readonly reason?: string | undefined
  readonly signal?: Signal | undefined
  readonly q?: string | undefined
  /** Who asks, `staff:…`: for "mine". */
  readonly me: string
  readonly now: Date
}

/** Everything that needs a person, the most urgent first, with the counters of all views. At most 300 rows. */
export async function adminQueue(db: Db, account: string, filter: QueueFilter): Promise<QueueScreen> {
  const { rows } = await sql<{ screen: QueueScreen }>`
    with usual as materialized (${usualPayment(account)}),
    page as materialized (${page(account, await where(db, account, filter))}), waiting as (${waiting(account)}),
    open as (
      select r.status, r.due_at, r.assignee, r.escalated_to, r.asked_at is not null as asked, r.snoozed_until > ${filter.now} as snoozed,
        r.asked_at is null and coalesce(r.snoozed_until <= ${filter.now}, true) as active,
        exists (select from mention m where m.account_id = r.account_id and m.staff_id = ${filter.me.replace('staff:', '')} and m.request_id = r.id) as named
      from refund_request r where r.account_id = ${account} and r.status in ('in_review', 'failed'))
    select json_build_object(
      'sending_stopped', (select sending_stopped_because from account where id = ${account}),
      'rows', coalesce((
        select json_agg(shown order by shown.due_at nulls last, shown.created_at, shown.id)
        from waiting shown), '[]'),
      'counts', (
        select json_build_object(
          'all', count(*) filter (where active), 'failed', count(*) filter (where active and status = 'failed'),
          'overdue', count(*) filter (where active and due_at < ${filter.now}),
          'mine', count(*) filter (where active and assignee = ${filter.me}),
          'unassigned', count(*) filter (where active and assignee is null),
          'mentions', count(*) filter (where named), 'escalated', count(*) filter (where active and escalated_to is not null),
          'customer', count(*) filter (where asked), 'snoozed', count(*) filter (where snoozed),
          'exceptions', (select count(*) from exception where account_id = ${account} and resolved_at is null))
        from open),
      'exceptions', coalesce((select json_agg(open order by open.due_at) from (${exceptions(account)}) open), '[]')
    ) as screen`.execute(db)
  return rows[0]!.screen
}

/** The ids of what a view of the queue holds, the most urgent first: all of it, and not only what a screen shows. */
export async function queueIds(db: Db, account: string, filter: QueueFilter, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with usual as materialized (${usualPayment(account)})
    ${page(account, await where(db, account, filter), limit)}`.execute(db)
  return rows.map(({ id }) => id)
}

// Three times the middle one of the last thousand payments in a currency is a lot, whatever the merchant sells.
const usualPayment = (account: string): RawBuilder<unknown> => sql`
  select currency, percentile_cont(0.5) within group (order by captured_minor) as minor
  from (select currency, captured_minor from payment where account_id = ${account} order by paid_at desc, id desc limit 1000) newest
  group by currency`

/** Which requests are shown: found by as little as the question needs, because so much more is told of each. */
const page = (account: string, where: RawBuilder<unknown>, limit = 300): RawBuilder<unknown> => sql`
  select r.id from refund_request r
  where r.account_id = ${account} and r.status in ('in_review', 'failed') and ${where}
  order by r.due_at nulls last, r.created_at, r.id limit ${limit}`

const waiting = (account: string): RawBuilder<unknown> => sql`
  select r.id, r.status, r.due_at, r.created_at, r.customer_id, c.name as customer_name, c.email as customer_email,
    p.description, coalesce(nullif(d.amount_minor, 0), r.asked_minor, greatest(p.captured_minor - p.reserved_minor, 0)) as amount_minor,
    r.currency, r.reason, r.channel, left(r.comment, 280) as comment,
    case when r.status = 'failed' then 'The refund failed' || coalesce(': ' || replace(f.failure_reason, '_', ' '), '') || '.'
         else coalesce(d.explanation ->> 'because', 'Waits for a person.') end as because,
    d.explanation -> 'approvers' as approvers,
    (select count(*) from decision a where a.account_id = r.account_id and a.request_id = r.id
      and a.verdict = 'approve' and a.at >= d.at and a.by <> 'policy') as approvals,
    array_remove(array[
      case when ${repeat} then 'repeat' end, case when ${disputed} then 'dispute' end,
      case when p.fraud_warning then 'fraud_warning' end, case when ${valuable} then 'high_value' end], null) as signals,
    (select count(*) from (${earlier}) e) as earlier,
    r.asked_at, r.snoozed_until, r.escalated_to, r.assignee, s.name as assignee_name
  from page
  join refund_request r on r.account_id = ${account} and r.id = page.id
  join payment p on p.account_id = r.account_id and p.id = r.payment_id
  left join customer c on c.account_id = r.account_id and c.id = r.customer_id
  left join staff s on 'staff:' || s.id = r.assignee
  left join lateral (
    select explanation, amount_minor, at from decision
    where account_id = r.account_id and request_id = r.id and by = 'policy' order by at desc, id desc limit 1) d on true
  left join lateral (
    select failure_reason from refund where account_id = r.account_id and request_id = r.id order by created_at desc limit 1) f on true`

// The signals of a request (r) and its payment (p).
const earlier = sql`select from refund_request e where e.account_id = r.account_id and e.customer_id = r.customer_id
  and e.id <> r.id and e.created_at > r.created_at - interval '365 days' and e.created_at < r.created_at`
const repeat = sql`exists (${earlier})`
const disputed = sql`(p.dispute <> 'none' or exists (select from payment e where e.account_id = r.account_id
  and e.customer_id = r.customer_id and e.dispute <> 'none'))`
const valuable = sql`coalesce(p.captured_minor >= 3 * (select minor from usual u where u.currency = p.currency), false)`

function has(signal: Signal): RawBuilder<unknown> {
  if (signal === 'repeat') return repeat
  const about = { dispute: disputed, fraud_warning: sql`p.fraud_warning`, high_value: valuable }[signal]
  // A question about one row: there are few waiting requests beside all payments.
  return sql`(select ${about} from payment p where p.account_id = r.account_id and p.id = r.payment_id)`
}

const exceptions = (account: string): RawBuilder<unknown> => sql`
  select e.id, e.kind, e.subject_id, e.because, e.cure, e.owner_role, e.opened_at, e.due_at,
    case when e.subject_id like 'rr\\_%' then e.subject_id
         else (select request_id from refund where account_id = e.account_id and id = e.subject_id) end as request_id,
    case when e.subject_id like 'pay\\_%' then e.subject_id end as payment_id
  from exception e where e.account_id = ${account} and e.resolved_at is null order by e.due_at limit 200`

async function where(
  db: Db,
  account: string,
  { view, reason, signal, q, me, now }: QueueFilter,
): Promise<RawBuilder<unknown>> {
  const active = sql`r.asked_at is null and (r.snoozed_until is null or r.snoozed_until <= ${now})`
  const views: Record<QueueView, RawBuilder<unknown>> = {
    all: active,
    failed: sql`${active} and r.status = 'failed'`,
    overdue: sql`${active} and r.due_at < ${now}`,
    mine: sql`${active} and r.assignee = ${me}`,
    unassigned: sql`${active} and r.assignee is null`,
    escalated: sql`${active} and r.escalated_to is not null`,
    mentions: sql`r.id in (select request_id from mention where staff_id = ${me.replace('staff:', '')})`,
    customer: sql`r.asked_at is not null`,
    snoozed: sql`r.snoozed_until > ${now}`,
  }
  // Who looks for something finds it, whoever it waits for.
  const parts: RawBuilder<unknown>[] = [q && view === 'all' ? sql`true` : views[view]]
  if (reason) parts.push(sql`r.reason = ${reason}`)
  if (signal) parts.push(has(signal))
  if (q?.trim()) parts.push(await requestHas(db, account, q.trim()))
  return sql.join(parts, sql` and `)
}
