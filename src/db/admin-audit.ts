import { sql, type RawBuilder } from 'kysely'
import { list, people } from './admin-request.ts'
import type { Db } from './connect.ts'

export type AuditLine = {
  seq: number
  at: string
  actor: string
  action: string
  subject_id: string
  detail: Record<string, unknown>
}
export type AuditScreen = { rows: AuditLine[]; next: number | null; actions: string[]; people: Record<string, string> }

export type AuditFilter = {
  /** The kind of actor: staff, api_key, customer, policy, stripe, moneyback; or one actor in full. */
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly subject?: string | undefined
  /** At or after this instant, and before that one. */
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  /** Continue before this line. */
  readonly before?: number | undefined
}

const pageSize = 100

/** Who did what, newest first, a page of a hundred at a time. */
export async function adminAudit(db: Db, account: string, filter: AuditFilter): Promise<AuditScreen> {
  const { rows } = await sql<{ screen: Omit<AuditScreen, 'next'> }>`
    select json_build_object(
      'rows', ${list(sql`select seq, at, actor, action, subject_id, detail from audit where ${where(account, filter)}
        order by seq desc limit ${pageSize + 1}`)},
      'actions', (select coalesce(json_agg(action order by action), '[]') from (
        select distinct action from (select action from audit where account_id = ${account} order by seq desc limit 20000) newest) known),
      'people', ${people(account)}) as screen`.execute(db)
  const screen = rows[0]!.screen
  const page = screen.rows.slice(0, pageSize)
  return { ...screen, rows: page, next: screen.rows.length > pageSize ? (page.at(-1)?.seq ?? null) : null }
}

function where(account: string, { actor, action, subject, from, to, before }: AuditFilter): RawBuilder<unknown> {
  const parts: RawBuilder<unknown>[] = [sql`account_id = ${account}`]
  if (actor) parts.push(actor.includes(':') ? sql`actor = ${actor}` : sql`split_part(actor, ':', 1) = ${actor}`)
  if (action) parts.push(sql`action = ${action}`)
  // With a request, what happened to its refunds.
  if (subject)
    parts.push(
      sql`subject_id = any(array(select ${subject}::text union all select id from refund where account_id = ${account} and request_id = ${subject}))`,
    )
  if (from) parts.push(sql`at >= ${from}`)
  if (to) parts.push(sql`at < ${to}`)
  if (before) parts.push(sql`seq < ${before}`)
  return sql.join(parts, sql` and `)
}

export type AuditExportLine = {
  /** Place in the chain; null for a row of the last moments. */
  number: number | null
  seq: number
  at: Date
  actor: string
  name: string | null
  action: string
  subject_id: string
  detail: string
  /** The text that is hashed behind the hash of the row before. */
  content: string | null
  hash: string | null
}

/** The next rows of the chain for the export, behind link `after`. */
export async function auditExport(
  db: Db,
  account: string,
  filter: AuditFilter,
  { after, limit }: { after: number; limit: number },
): Promise<AuditExportLine[]> {
  const { rows } = await sql<AuditExportLine>`
    select l.number, a.seq, a.at, a.actor, s.name, a.action, a.subject_id, a.detail::text as detail, audit_content(l.number, a) as content, l.hash
    from audit_link l join (select * from audit where ${where(account, filter)}) a on a.account_id = l.account_id and a.seq = l.seq
    left join staff s on 'staff:' || s.id = a.actor
    where l.account_id = ${account} and l.number > ${after} order by l.number limit ${limit}`.execute(db)
  return rows
}

/** Rows that are in no chain: those of the last moments, and what was written past the program. */
export async function auditUnlinked(db: Db, account: string, filter: AuditFilter): Promise<AuditExportLine[]> {
  const { rows } = await sql<AuditExportLine>`
    select null as number, a.seq, a.at, a.actor, s.name, a.action, a.subject_id, a.detail::text as detail, null as content, null as hash
    from (select * from audit where ${where(account, filter)}) a left join staff s on 'staff:' || s.id = a.actor
    where not exists (select from audit_link l where l.account_id = a.account_id and l.seq = a.seq)
    order by a.seq limit 10000`.execute(db)
  return rows
}
