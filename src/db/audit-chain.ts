import { sql, type RawBuilder } from 'kysely'
import type { Db } from './connect.ts'

/** Puts rows of the audit trail that are in no doubt any more into the hash chain, `most` at a time. Answers how many. */
export async function linkAudit(db: Db, account: string, most = 1_000): Promise<number> {
  const { rows } = await sql<{ count: number }>`select link_audit(${account}, ${most}) as count`.execute(db)
  return rows[0]!.count
}

/**
 * Every row with which the chain does not hold, first one first: `number` in the chain (null: it is in none), `seq` in the trail,
 * and what is wrong. After an altered row those behind it hold again: each is checked against the hash that is written before it.
 */
export const brokenLinks = (account: string): RawBuilder<{ number: number | null; seq: number; what: string }> => sql`
  select number, seq, what from (
    select l.number, l.seq, case
        when l.number <> coalesce(lag(l.number) over w, 0) + 1 then format('link %s is missing before it', l.number - 1)
        when a.seq is null then 'the row was deleted'
        when l.hash <> audit_hash(lag(l.hash) over w, audit_content(l.number, a)) then 'the row or its place was altered'
        when l.tx <> a.tx then 'the row was written again'
      end as what
    from audit_link l left join audit a on a.account_id = l.account_id and a.seq = l.seq
    where l.account_id = ${account} window w as (order by l.number)) checked
  where what is not null
  union all
  select null, a.seq, 'the row was inserted past the program, after the chain had gone by' from audit a
  cross join lateral (select tx from audit_link where account_id = a.account_id order by number desc limit 1) last
  where a.account_id = ${account} and a.tx < last.tx and last.tx < pg_snapshot_xmin(pg_current_snapshot())
    and not exists (select from audit_link l where l.account_id = a.account_id and l.seq = a.seq)`

export type AuditChain = {
  /** Rows that are in the chain. */
  links: number
  /** Rows of the last moments, which are not in it yet. */
  waiting: number
  /** When the first and the last row of the chain were written. */
  since: string | null
  until: string | null
  /** What an auditor notes down: number and hash of the last row. */
  head: { number: number; seq: number; hash: string } | null
  /** How many rows are wrong, and the first of them. */
  broken: number
  first_broken: { number: number | null; seq: number; what: string } | null
}

/** Reads the whole chain, every row of it, and says how far it holds. */
export async function verifyChain(db: Db, account: string): Promise<AuditChain> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      await sql`set local statement_timeout = '10min'`.execute(tx)
      const { rows } = await sql<{ chain: AuditChain }>`
        with broken as materialized (${brokenLinks(account)}),
        head as (select number, seq, hash from audit_link where account_id = ${account} order by number desc limit 1)
        select json_build_object(
          'links', (select count(*) from audit_link where account_id = ${account}),
          'waiting', (select count(*) from audit a where a.account_id = ${account}
            and not exists (select from audit_link l where l.account_id = a.account_id and l.seq = a.seq)),
          'since', (select a.at from audit_link l join audit a using (account_id, seq) where l.account_id = ${account} order by l.number limit 1),
          'until', (select a.at from audit_link l join audit a using (account_id, seq) where l.account_id = ${account} order by l.number desc limit 1),
          'head', (select row_to_json(head) from head),
          'broken', (select count(*) from broken),
          'first_broken', (select row_to_json(b) from (select number, seq, what from broken order by seq, number limit 1) b)) as chain`.execute(
        tx,
      )
      return rows[0]!.chain
    })
}
