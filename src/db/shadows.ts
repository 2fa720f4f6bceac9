import { sql } from 'kysely'
import type { Decision, Verdict } from '../domain/decision.ts'
import type { Db, Tx } from './connect.ts'

export type ShadowRow = {
  id: string
  name: string
  source: string
  draft_id: string | null
  revision: number | null
  started_by: string
  started_at: Date
  ended_by: string | null
  ended_at: Date | null
  seen_until: Date
}

const columns = sql`id, name, source, draft_id, revision, started_by, started_at, ended_by, ended_at, seen_until`

export async function insertShadow(
  tx: Tx,
  account: string,
  row: Pick<ShadowRow, 'id' | 'name' | 'source' | 'draft_id' | 'revision' | 'started_by' | 'started_at'>,
): Promise<void> {
  await sql`
    insert into policy_shadow (account_id, id, name, source, draft_id, revision, started_by, started_at, seen_until, next_at)
    values (${account}, ${row.id}, ${row.name}, ${row.source}, ${row.draft_id}, ${row.revision}, ${row.started_by},
      ${row.started_at}, ${row.started_at}, ${row.started_at})`.execute(tx)
}

export async function findShadow(db: Db, account: string, id: string): Promise<ShadowRow | undefined> {
  const { rows } = await sql<ShadowRow>`
    select ${columns} from policy_shadow where account_id = ${account} and id = ${id}`.execute(db)
  return rows[0]
}

/** Those that run now. Locks the account's row, so that two who start one at once are counted one after the other. */
export async function runningShadows(tx: Tx, account: string): Promise<Pick<ShadowRow, 'id' | 'draft_id'>[]> {
  await sql`select id from account where id = ${account} for update`.execute(tx)
  const { rows } = await sql<Pick<ShadowRow, 'id' | 'draft_id'>>`
    select id, draft_id from policy_shadow where account_id = ${account} and ended_at is null`.execute(tx)
  return rows
}

/** Ends one shadow, or those of a draft. Answers how many ended. What they have found stays. */
export async function endShadowsOf(
  tx: Tx | Db,
  account: string,
  { id, draft, by, at }: { id?: string; draft?: string; by: string; at: Date },
): Promise<number> {
  const { rows } = await sql`
    update policy_shadow set ended_at = ${at}, ended_by = ${by}, next_at = null, lease_until = null
    where account_id = ${account} and ended_at is null and (id = ${id ?? null} or draft_id = ${draft ?? null})
    returning id`.execute(tx)
  return rows.length
}

/** A decision of the live policy that a shadow has not looked at. */
export type LiveDecision = {
  id: string
  request_id: string
  customer_id: string | null
  verdict: Verdict
  amount_minor: number
  currency: string
  rule: string | null
  facts: unknown
  at: Date
}

/**
 * What the live policy decided since the shadow looked last, oldest first. Rows are committed in another order than they are dated,
 * so the last minutes are looked at again; what was answered is left out.
 */
export async function unshadowed(
  db: Db,
  account: string,
  shadow: Pick<ShadowRow, 'id' | 'started_at'>,
  { since, limit }: { since: Date; limit: number },
): Promise<LiveDecision[]> {
  const { rows } = await sql<LiveDecision>`
    select d.id, d.request_id, q.customer_id, d.verdict, d.amount_minor, d.currency, d.rule, d.facts, d.at
    from decision d
    join refund_request q on q.account_id = d.account_id and q.id = d.request_id and q.channel <> 'stripe'
    where d.account_id = ${account} and d.by = 'policy' and d.at >= ${since} and d.at >= ${shadow.started_at}
      and not exists (select from shadow_decision s
        where s.account_id = d.account_id and s.shadow_id = ${shadow.id} and s.decision_id = d.id)
    order by d.at, d.id limit ${limit}`.execute(db)
  return rows
}

export type ShadowAnswer = {
  readonly live: LiveDecision
  readonly decision?: Decision
  readonly error?: string
  readonly differs: boolean
}

/** Keeps what a shadow answered. The same live decision is answered once. */
export async function keepShadowAnswer(
  db: Db,
  account: string,
  shadow: string,
  { live, decision, error, differs }: ShadowAnswer,
  at: Date,
): Promise<void> {
  await sql`
    insert into shadow_decision (account_id, shadow_id, decision_id, request_id, customer_id, currency, live_verdict, live_minor,
      live_rule, verdict, amount_minor, rule, explanation, error, differs, decided_at, at)
    values (${account}, ${shadow}, ${live.id}, ${live.request_id}, ${live.customer_id}, ${live.currency}, ${live.verdict},
      ${live.amount_minor}, ${live.rule}, ${decision?.verdict ?? null}, ${decision?.amount.minor ?? null},
      ${decision?.rule ?? null}, ${decision ? JSON.stringify(decision) : null}, ${error ?? null}, ${differs}, ${live.at}, ${at})
    on conflict do nothing`.execute(db)
}

/** How far a shadow has come, and when it looks again. */
export async function shadowLooked(
  db: Db,
  account: string,
  id: string,
  seen_until: Date,
  next_at: Date,
): Promise<void> {
  await sql`
    update policy_shadow set seen_until = ${seen_until}, next_at = ${next_at}, lease_until = null
    where account_id = ${account} and id = ${id} and ended_at is null`.execute(db)
}
