import { sql } from 'kysely'
import type { IncidentAmount, IncidentSum, IncidentWho } from '../../domain/incident.ts'
import type { Db } from '../connect.ts'
import { incidentSums, type IncidentStatus } from '../incidents.ts'

export type IncidentListLine = {
  id: string
  name: string
  status: IncidentStatus
  created_at: string
  created_by: string
  done: number
  waiting: number
}

/** The incidents, the newest first, with how far each is. */
export async function incidentLines(db: Db, account: string): Promise<IncidentListLine[]> {
  const { rows } = await sql<IncidentListLine>`
    select i.id, i.name, i.status, i.created_at, coalesce(s.name, i.created_by) as created_by,
      (select count(*)::int from incident_line l where l.account_id = i.account_id and l.incident_id = i.id and l.status = 'done') as done,
      (select count(*)::int from incident_line l where l.account_id = i.account_id and l.incident_id = i.id and l.status = 'waiting') as waiting
    from incident i left join staff s on i.created_by = 'staff:' || s.id
    where i.account_id = ${account} order by i.created_at desc, i.id desc limit 100`.execute(db)
  return rows
}

export type IncidentPage = {
  id: string
  name: string
  status: IncidentStatus
  who: IncidentWho
  amount: IncidentAmount
  reason: string
  say: string
  access: string
  created_by: string
  confirmed_by: string | null
  started_by: string | null
  created_at: string
  started_at: string | null
  done_at: string | null
  /** By whom, as an id: who planned it is not its second person. */
  people: string[]
  sums: (IncidentSum & { status: string })[]
  customers: number
  left_out: { because: string; count: number; examples: string[] }[]
  refunds: { status: string; count: number }[]
  /** Whether whoever looks needs a second person for it. */
  needs_two: boolean
}

/** One incident, whole: the dry run before it begins, the progress while it runs, the report afterwards. */
export async function incidentPage(
  db: Db,
  account: string,
  id: string,
): Promise<Omit<IncidentPage, 'needs_two'> | undefined> {
  const { rows } = await sql<Omit<IncidentPage, 'sums' | 'needs_two'>>`
    select i.id, i.name, i.status, i.who, i.amount, i.reason, i.say, i.access, i.created_at, i.started_at, i.done_at,
      coalesce(a.name, i.created_by) as created_by, coalesce(b.name, i.confirmed_by) as confirmed_by,
      coalesce(c.name, i.started_by) as started_by, array_remove(array[i.created_by, i.confirmed_by], null) as people,
      (select count(distinct customer)::int from incident_line l where l.account_id = i.account_id and l.incident_id = i.id
        and l.status in ('waiting', 'done')) as customers,
      coalesce((select json_agg(x order by x.count desc) from (
        select because, count(*)::int as count, (array_agg(reference order by reference))[1:5] as examples from incident_line l
        where l.account_id = i.account_id and l.incident_id = i.id and l.status = 'excluded' group by because) x), '[]') as left_out,
      coalesce((select json_agg(x) from (
        select f.status, count(*)::int as count from incident_line l
        join refund f on f.account_id = l.account_id and f.request_id = l.request_id
        where l.account_id = i.account_id and l.incident_id = i.id group by f.status order by f.status) x), '[]') as refunds
    from incident i
    left join staff a on i.created_by = 'staff:' || a.id
    left join staff b on i.confirmed_by = 'staff:' || b.id
    left join staff c on i.started_by = 'staff:' || c.id
    where i.account_id = ${account} and i.id = ${id}`.execute(db)
  if (!rows[0]) return undefined
  return { ...rows[0], sums: await incidentSums(db, account, id) }
}

export type ReportLine = {
  reference: string
  payment_id: string
  customer: string | null
  email: string | null
  status: string
  amount_minor: number
  currency: string
  because: string | null
  request_id: string | null
  refund_status: string | null
  at: Date | null
}

/** Every line of an incident, for the report. */
export async function reportLines(db: Db, account: string, id: string): Promise<ReportLine[]> {
  const { rows } = await sql<ReportLine>`
    select l.reference, l.payment_id, c.name as customer, coalesce(c.email, p.receipt_email) as email, l.status, l.amount_minor,
      l.currency, l.because, l.request_id, f.status as refund_status, l.at
    from incident_line l
    left join payment p on p.account_id = l.account_id and p.id = l.payment_id
    left join customer c on c.account_id = p.account_id and c.id = p.customer_id
    left join lateral (select status from refund f where f.account_id = l.account_id and f.request_id = l.request_id
      order by created_at desc limit 1) f on true
    where l.account_id = ${account} and l.incident_id = ${id} order by l.status, l.customer, l.payment_id`.execute(db)
  return rows
}
