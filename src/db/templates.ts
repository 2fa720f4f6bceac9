import { sql } from 'kysely'
import { newId } from '../domain/ids.ts'
import { firstReplies, type ReplyUse } from '../domain/reply-template.ts'
import type { Db, Tx } from './connect.ts'

export type TemplateRow = {
  id: string
  name: string
  use: ReplyUse
  /** By language. */
  words: Record<string, string>
  position: number
  archived_at: Date | null
}

/** The replies, in the order in which staff put them; archived ones only when they are asked for. */
export async function listTemplates(
  db: Db,
  account: string,
  { use, archived = false }: { use?: ReplyUse | undefined; archived?: boolean } = {},
): Promise<TemplateRow[]> {
  const { rows } = await sql<TemplateRow>`
    select id, name, use, words, position, archived_at from reply_template
    where account_id = ${account} and (${use ?? null}::text is null or use = ${use ?? null})
      and (${archived} or archived_at is null)
    order by use, archived_at is not null, position, id`.execute(db)
  return rows
}

export type NewTemplate = Pick<TemplateRow, 'name' | 'use' | 'words'>

export async function insertTemplate(
  tx: Tx | Db,
  account: string,
  { name, use, words }: NewTemplate,
  at: Date,
): Promise<string> {
  const id = newId('tpl')
  await sql`
    insert into reply_template (account_id, id, name, use, words, position, created_at)
    select ${account}, ${id}, ${name}, ${use}, ${JSON.stringify(words)}::jsonb,
      1 + (select coalesce(max(position), 0) from reply_template where account_id = ${account}), ${at}::timestamptz`.execute(
    tx,
  )
  return id
}

/** False: there is no such reply. */
export async function updateTemplate(
  tx: Tx,
  account: string,
  id: string,
  { name, words, archived_at }: Partial<Pick<TemplateRow, 'name' | 'words' | 'archived_at'>>,
): Promise<boolean> {
  const { rows } = await sql`
    update reply_template set name = coalesce(${name ?? null}, name),
      words = coalesce(${words ? JSON.stringify(words) : null}::jsonb, words),
      archived_at = ${archived_at === undefined ? sql`archived_at` : sql`${archived_at}::timestamptz`}
    where account_id = ${account} and id = ${id} returning id`.execute(tx)
  return rows.length === 1
}

/** Puts the replies into this order; those that are not named follow. */
export async function orderTemplates(tx: Tx, account: string, ids: readonly string[]): Promise<void> {
  await sql`
    update reply_template t set position = o.position
    from unnest(${ids}::text[]) with ordinality as o(id, position)
    where t.account_id = ${account} and t.id = o.id`.execute(tx)
}

/** Gives a new installation something to begin with. Does nothing where there is or was a reply. */
export async function seedTemplates(db: Db, account: string, at: Date): Promise<void> {
  const { rows } = await sql`select from reply_template where account_id = ${account} limit 1`.execute(db)
  if (rows.length > 0) return
  for (const reply of firstReplies) await insertTemplate(db, account, reply, at)
}
