import { sql } from 'kysely'
import type { AccessChoice } from '../domain/decision.ts'
import type { IncidentAmount, IncidentPayment, IncidentSum, IncidentWho } from '../domain/incident.ts'
import type { Actor } from '../domain/actor.ts'
import type { Db, Tx } from './connect.ts'

export type IncidentStatus = 'draft' | 'confirmed' | 'running' | 'paused' | 'canceled' | 'done'
export type IncidentRow = {
  id: string
  status: IncidentStatus
  name: string
  who: IncidentWho
  amount: IncidentAmount
  reason: string
  say: string
  access: AccessChoice
  again: boolean
  created_by: Actor
  created_at: Date
  confirmed_by: Actor | null
  confirmed_at: Date | null
  started_by: Actor | null
  started_at: Date | null
  done_at: Date | null
}

export async function lockIncident(tx: Tx, account: string, id: string): Promise<IncidentRow | undefined> {
  const { rows } = await sql<IncidentRow>`
    select * from incident where account_id = ${account} and id = ${id} for update`.execute(tx)
  return rows[0]
}

export type NewIncident = Pick<
  IncidentRow,
  'id' | 'name' | 'who' | 'amount' | 'reason' | 'say' | 'access' | 'again' | 'created_by'
>

export async function insertIncident(tx: Tx, account: string, one: NewIncident, at: Date): Promise<void> {
  await sql`
    insert into incident (account_id, id, status, name, who, amount, reason, say, access, again, created_by, created_at)
    values (${account}, ${one.id}, 'draft', ${one.name}, ${JSON.stringify(one.who)}::jsonb, ${JSON.stringify(one.amount)}::jsonb,
      ${one.reason}, ${one.say}, ${one.access}, ${one.again}, ${one.created_by}, ${at})`.execute(tx)
}

export type FoundPayment = IncidentPayment & { id: string; reference: string; customer: string }

const payments = (where: ReturnType<typeof sql>, reference: ReturnType<typeof sql>) => sql<FoundPayment>`
  select p.id, ${reference} as reference, p.captured_minor, p.captured_minor - p.reserved_minor as left_minor, p.currency, p.captured, p.dispute,
    coalesce(p.customer_id, p.receipt_email, p.id) as customer,
    exists (select from refund_request r where r.account_id = p.account_id and r.payment_id = p.id and r.channel <> 'stripe'
      and r.status not in ('refunded', 'denied', 'withdrawn')) as open_request,
    (select i.name from incident_line l join incident i on i.account_id = l.account_id and i.id = l.incident_id
      where l.account_id = p.account_id and l.payment_id = p.id and l.status = 'done' limit 1) as earlier
  from payment p ${where}`

/** The payments that a question finds, oldest first. `to` is the last day. */
export async function paymentsOfQuery(
  db: Db,
  account: string,
  { product, from, to, currency, q }: Extract<IncidentWho, { kind: 'query' }>,
  limit: number,
): Promise<FoundPayment[]> {
  const like = (text: string | undefined) => (text ? `%${text.replace(/[\\%_]/g, '\\$&')}%` : null)
  const { rows } = await payments(
    sql`left join customer c on c.account_id = p.account_id and c.id = p.customer_id
      where p.account_id = ${account}
        and (${product ?? null}::text is null or p.product_id = ${product ?? null} or p.product_name ilike ${like(product)})
        and (${from ?? null}::date is null or p.paid_at >= ${from ?? null}::date)
        and (${to ?? null}::date is null or p.paid_at < ${to ?? null}::date + 1)
        and (${currency ?? null}::text is null or p.currency = ${currency ?? null})
        and (${like(q)}::text is null or p.description ilike ${like(q)} or c.email ilike ${like(q)} or p.invoice_number ilike ${like(q)})
      order by p.paid_at, p.id limit ${limit}`,
    sql`p.id`,
  ).execute(db)
  return rows
}

/** The payments of a list, by any of their ids; those that are not known are missing from the answer. */
export async function paymentsOfList(db: Db, account: string, ids: readonly string[]): Promise<FoundPayment[]> {
  const { rows } = await payments(
    sql`join unnest(${ids}::text[]) with ordinality as g(reference, place)
        on g.reference in (p.id, p.stripe_payment_intent, p.stripe_charge)
      where p.account_id = ${account} order by g.place`,
    sql`g.reference`,
  ).execute(db)
  return rows
}

/** One payment as it is now; for the look under its lock. */
export async function paymentNow(tx: Tx, account: string, id: string): Promise<FoundPayment | undefined> {
  const { rows } = await payments(sql`where p.account_id = ${account} and p.id = ${id}`, sql`p.id`).execute(tx)
  return rows[0]
}

export type NewLine = {
  payment: string
  reference: string
  customer: string
  minor: number
  currency: string
  because: string | null
}

export async function insertLines(tx: Tx, account: string, incident: string, lines: readonly NewLine[]): Promise<void> {
  await sql`
    insert into incident_line (account_id, incident_id, payment_id, reference, customer, status, amount_minor, currency, because)
    select ${account}, ${incident}, payment, reference, customer, case when because is null then 'waiting' else 'excluded' end,
      minor, currency, because
    from json_to_recordset(${JSON.stringify(lines)}::json)
      as l(payment text, reference text, customer text, minor bigint, currency text, because text)
    on conflict do nothing`.execute(tx)
}

export type LineRow = { payment_id: string; customer: string; amount_minor: number; currency: string }

/** The lines of the next customers: whole customers, so that each is told once, until there are `limit` lines. */
export async function nextLines(db: Db, account: string, incident: string, limit: number): Promise<LineRow[]> {
  const { rows } = await sql<LineRow>`
    select payment_id, customer, amount_minor, currency from incident_line
    where account_id = ${account} and incident_id = ${incident} and status = 'waiting' and customer in (
      select customer from incident_line where account_id = ${account} and incident_id = ${incident} and status = 'waiting'
      order by customer limit ${limit})
    order by customer, payment_id`.execute(db)
  return rows
}

export async function lockLine(
  tx: Tx,
  account: string,
  incident: string,
  payment: string,
): Promise<LineRow | undefined> {
  const { rows } = await sql<LineRow>`
    select payment_id, customer, amount_minor, currency from incident_line
    where account_id = ${account} and incident_id = ${incident} and payment_id = ${payment} and status = 'waiting' for update`.execute(
    tx,
  )
  return rows[0]
}

export async function settleLine(
  tx: Tx,
  account: string,
  incident: string,
  payment: string,
  { request, minor, because, at }: { request?: string; minor?: number; because?: string; at: Date },
): Promise<void> {
  await sql`
    update incident_line set status = ${request ? 'done' : 'excluded'}, request_id = ${request ?? null}, because = ${because ?? null},
      amount_minor = coalesce(${minor ?? null}, amount_minor), at = ${at}
    where account_id = ${account} and incident_id = ${incident} and payment_id = ${payment}`.execute(tx)
}

export async function setIncident(
  tx: Tx | Db,
  account: string,
  id: string,
  change: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const [column, value] of Object.entries(change))
    await sql`update incident set ${sql.ref(column)} = ${value} where account_id = ${account} and id = ${id}`.execute(
      tx,
    )
}

export async function cancelLines(tx: Tx, account: string, incident: string, at: Date): Promise<void> {
  await sql`
    update incident_line set status = 'canceled', at = ${at}
    where account_id = ${account} and incident_id = ${incident} and status = 'waiting'`.execute(tx)
}

/** What waits and what is done, by currency. */
export async function incidentSums(
  db: Db | Tx,
  account: string,
  incident: string,
): Promise<(IncidentSum & { status: string })[]> {
  const { rows } = await sql<IncidentSum & { status: string }>`
    select status, currency, sum(amount_minor)::bigint as minor, count(*) as count from incident_line
    where account_id = ${account} and incident_id = ${incident} group by status, currency order by currency`.execute(db)
  return rows
}

/** What incidents that somebody has begun are still going to give back, by currency. */
export async function incidentsUnderWay(db: Db, account: string, by: Actor): Promise<IncidentSum[]> {
  const { rows } = await sql<IncidentSum>`
    select l.currency, sum(l.amount_minor)::bigint as minor, count(*) as count
    from incident i join incident_line l on l.account_id = i.account_id and l.incident_id = i.id and l.status = 'waiting'
    where i.account_id = ${account} and i.started_by = ${by} and i.status in ('running', 'paused') group by l.currency`.execute(
    db,
  )
  return rows
}

/** Whether the request was made by an incident: its customer is told once for all of their payments. */
export async function isOfIncident(db: Db | Tx, account: string, request: string): Promise<boolean> {
  const { rows } = await sql`
    select from incident_line where account_id = ${account} and request_id = ${request}`.execute(db)
  return rows.length > 0
}
