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
  /** Continue before this line. */
  readonly before?: number | undefined
}

const pageSize = 100

/** Who did what, newest first, a page of a hundred at a time. */
export async function adminAudit(
  db: Db,
  account: string,
  { actor, action, subject, before }: AuditFilter,
): Promise<AuditScreen> {
  const parts: RawBuilder<unknown>[] = [sql`account_id = ${account}`]
  if (actor) parts.push(sql`(actor = ${actor} or starts_with(actor, ${`${actor}:`}))`)
  if (action) parts.push(sql`action = ${action}`)
  if (subject) parts.push(sql`subject_id = ${subject}`)
  if (before) parts.push(sql`seq < ${before}`)
  const { rows } = await sql<{ screen: Omit<AuditScreen, 'next'> }>`
    select json_build_object(
      'rows', ${list(sql`select seq, at, actor, action, subject_id, detail from audit where ${sql.join(parts, sql` and `)}
        order by seq desc limit ${pageSize + 1}`)},
      'actions', (select coalesce(json_agg(action order by action), '[]') from (
        select distinct action from (select action from audit where account_id = ${account} order by seq desc limit 20000) newest) known),
      'people', ${people(account)}) as screen`.execute(db)
  const screen = rows[0]!.screen
  const page = screen.rows.slice(0, pageSize)
  return { ...screen, rows: page, next: screen.rows.length > pageSize ? (page.at(-1)?.seq ?? null) : null }
}
