import { sql } from 'kysely'
import type { PortalLook } from '../domain/portal-look.ts'
import { partOfKey, type WordPart } from '../domain/own-words.ts'
import type { Db, Tx } from './connect.ts'

export type LogoType = 'image/png' | 'image/jpeg' | 'image/webp'
export type Logo = { readonly type: LogoType; readonly bytes: Uint8Array }

export type LookRow = { look: PortalLook; logo_type: LogoType | null; changed_at: Date }

export async function findLook(db: Db, account: string): Promise<LookRow | undefined> {
  const { rows } = await sql<LookRow>`
    select look, logo_type, changed_at from portal_look where account_id = ${account}`.execute(db)
  return rows[0]
}

export async function findLogo(db: Db, account: string): Promise<Logo | undefined> {
  const { rows } = await sql<{ logo: Buffer; logo_type: LogoType }>`
    select logo, logo_type from portal_look where account_id = ${account} and logo is not null`.execute(db)
  return rows[0] && { type: rows[0].logo_type, bytes: rows[0].logo }
}

/** Writes the look. `logo`: undefined leaves it, null takes it away. */
export async function saveLook(
  tx: Tx,
  account: string,
  { look, logo, at }: { readonly look: PortalLook; readonly logo: Logo | null | undefined; readonly at: Date },
): Promise<void> {
  const bytes = logo == null ? null : Buffer.from(logo.bytes)
  const type = logo?.type ?? null
  const keep = logo === undefined
  await sql`
    insert into portal_look (account_id, look, logo, logo_type, changed_at)
    values (${account}, ${JSON.stringify(look)}::jsonb, ${bytes}, ${type}, ${at})
    on conflict (account_id) do update set look = excluded.look, changed_at = excluded.changed_at,
      logo = case when ${keep} then portal_look.logo else excluded.logo end,
      logo_type = case when ${keep} then portal_look.logo_type else excluded.logo_type end`.execute(tx)
}

/** The merchant's own sentences for a part, in a language, by the key that they have in it. */
export async function ownTexts(
  db: Db,
  account: string,
  language: string,
  part: WordPart,
): Promise<Record<string, string>> {
  const { rows } = await sql<{ key: string; text: string }>`
    select key, text from portal_text where account_id = ${account} and language = ${language} order by key`.execute(db)
  return Object.fromEntries(
    rows
      .map(({ key, text }) => ({ ...partOfKey(key), text }))
      .flatMap((own) => (own.part === part ? [[own.key, own.text]] : [])),
  )
}

/** Writes a sentence, or with null goes back to ours. */
export async function saveText(
  tx: Tx,
  account: string,
  { language, key, text }: { readonly language: string; readonly key: string; readonly text: string | null },
): Promise<void> {
  if (text === null)
    await sql`delete from portal_text where account_id = ${account} and language = ${language} and key = ${key}`.execute(
      tx,
    )
  else
    await sql`
      insert into portal_text (account_id, language, key, text) values (${account}, ${language}, ${key}, ${text})
      on conflict (account_id, language, key) do update set text = excluded.text`.execute(tx)
}

/** Notes that alternatives stood beside a refund. */
export async function alternativesShown(
  db: Db,
  account: string,
  payment: string,
  names: readonly string[],
  at: Date,
): Promise<void> {
  await sql`
    insert into portal_alternative (account_id, name, payment_id, shown_at)
    select ${account}, name, ${payment}, ${at} from unnest(${[...names]}::text[]) as name
    on conflict do nothing`.execute(db)
}

/** Notes that one was chosen. False: it had been before. */
export async function alternativeTaken(
  tx: Tx,
  account: string,
  payment: string,
  name: string,
  at: Date,
): Promise<boolean> {
  const { rows } = await sql`
    insert into portal_alternative (account_id, name, payment_id, shown_at, taken_at)
    values (${account}, ${name}, ${payment}, ${at}, ${at})
    on conflict (account_id, name, payment_id) do update set taken_at = excluded.taken_at
    where portal_alternative.taken_at is null returning name`.execute(tx)
  return rows.length === 1
}

export type AlternativeCount = { name: string; shown: number; taken: number; refunded_after: number }

/**
 * How often each was shown and chosen, and how many who chose it got a refund afterwards all the same; of those that were
 * first shown from one instant until before another.
 */
export async function alternativeCounts(
  db: Db,
  account: string,
  { from, to }: { readonly from?: Date; readonly to?: Date } = {},
): Promise<AlternativeCount[]> {
  const { rows } = await sql<AlternativeCount>`
    select name, count(*) as shown, count(taken_at) as taken,
      count(*) filter (where taken_at is not null and exists (
        select from refund f where f.account_id = a.account_id and f.payment_id = a.payment_id and f.created_at > a.taken_at)) as refunded_after
    from portal_alternative a where account_id = ${account}
      and shown_at >= ${from ?? '-infinity'}::timestamptz and shown_at < ${to ?? 'infinity'}::timestamptz
    group by name order by name`.execute(db)
  return rows
}
