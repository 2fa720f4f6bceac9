import { sql } from 'kysely'
import type { Actor } from '../domain/actor.ts'
import type { Mentionable } from '../domain/mentions.ts'
import type { Db, Tx } from './connect.ts'

/** Everybody who can be named in a note. */
export async function mentionable(db: Db): Promise<Mentionable[]> {
  const { rows } = await sql<Mentionable>`
    select id, name, email from staff s where coalesce(to_jsonb(s) ->> 'state', 'active') = 'active' order by id`.execute(
    db,
  )
  return rows
}

/** Remembers who was named, so that they find the request; again when they are named again. */
export async function writeMentions(
  tx: Tx,
  account: string,
  { request, people, by, at }: { request: string; people: readonly string[]; by: Actor; at: Date },
): Promise<void> {
  if (people.length === 0) return
  await sql`
    insert into mention (account_id, request_id, staff_id, by, at)
    select ${account}, ${request}, person, ${by}, ${at} from unnest(${[...people]}::text[]) person
    on conflict (account_id, staff_id, request_id) do update set by = excluded.by, at = excluded.at, seen_at = null`.execute(
    tx,
  )
}

/** The reader has seen the note that names them. */
export async function seeMention(
  db: Db,
  account: string,
  { request, person, at }: { request: string; person: string; at: Date },
): Promise<void> {
  await sql`
    update mention set seen_at = ${at}
    where account_id = ${account} and request_id = ${request} and staff_id = ${person} and seen_at is null`.execute(db)
}
