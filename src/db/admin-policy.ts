import { sql } from 'kysely'
import type { Decision, Verdict } from '../domain/decision.ts'
import { stateOf, type VersionState } from '../domain/policy/versions.ts'
import { list, people } from './admin-request.ts'
import { listBacktests, type BacktestRow } from './backtests.ts'
import type { Db } from './connect.ts'
import { policyVersions, type PolicyVersionRow } from './policies.ts'
import { listDrafts, type PolicyDraftRow } from './policy-drafts.ts'
import type { ShadowRow } from './shadows.ts'

/** Rows as they arrive over the wire: every instant a text. */
type Wire<T> = { [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null : T[K] }

export type PolicyVersionLine = Wire<Omit<PolicyVersionRow, 'source'>> & { state: VersionState }
export type PolicyDraftLine = Wire<Omit<PolicyDraftRow, 'source'>>
export type BacktestLine = Wire<Omit<BacktestRow, 'source'>>
export type ShadowLine = Wire<Omit<ShadowRow, 'source'>> & ShadowCounts
export type ShadowCounts = {
  answers: number
  differ: number
  failed: number
  /** By currency, in minor units as decimal texts: what the live policy approved at once, and what the shadow would have. */
  money: { currency: string; live_minor: string; shadow_minor: string }[]
  matrix: { from: Verdict; to: Verdict; count: number }[]
}
type Names = Record<string, string>
export type PolicyScreen = {
  versions: PolicyVersionLine[]
  drafts: PolicyDraftLine[]
  shadows: ShadowLine[]
  backtests: BacktestLine[]
  people: Names
}

/** The whole area at a glance: versions with what became of each, drafts, shadows and backtests. No texts. */
export async function adminPolicy(db: Db, account: string, now: Date) {
  const [all, drafts, shadows, backtests, names] = await Promise.all([
    policyVersions(db, account),
    listDrafts(db, account),
    shadowLines(db, account),
    listBacktests(db, account),
    namesOf(db, account),
  ])
  const versions = all.slice(0, 200).map(({ source: _source, ...row }) => ({ ...row, state: stateOf(row, all, now) }))
  return { versions, drafts, shadows, backtests, people: names }
}

/** Who is behind an actor, by name. */
export async function namesOf(db: Db, account: string): Promise<Names> {
  const { rows } = await sql<{ people: Names }>`select ${people(account)} as people`.execute(db)
  return rows[0]!.people
}

/** Shadows with what they have found, those that run first. One of them when it is named. */
export async function shadowLines(
  db: Db,
  account: string,
  id?: string,
): Promise<(Omit<ShadowRow, 'source'> & ShadowCounts)[]> {
  const of = sql`s.account_id = w.account_id and s.shadow_id = w.id`
  const { rows } = await sql<Omit<ShadowRow, 'source'> & ShadowCounts>`
    select w.id, w.name, w.draft_id, w.revision, w.started_by, w.started_at, w.ended_by, w.ended_at, w.seen_until,
      (select count(*)::int from shadow_decision s where ${of}) as answers,
      (select count(*)::int from shadow_decision s where ${of} and differs) as differ,
      (select count(*)::int from shadow_decision s where ${of} and error is not null) as failed,
      ${list(sql`select currency, coalesce(sum(live_minor) filter (where live_verdict = 'approve'), 0)::text as live_minor,
          coalesce(sum(amount_minor) filter (where verdict = 'approve'), 0)::text as shadow_minor
        from shadow_decision s where ${of} and error is null group by currency order by currency`)} as money,
      ${list(sql`select live_verdict as "from", verdict as "to", count(*)::int as count
        from shadow_decision s where ${of} and error is null group by 1, 2 order by 1, 2`)} as matrix
    from policy_shadow w where w.account_id = ${account} and (${id ?? null}::text is null or w.id = ${id ?? null})
    order by (w.ended_at is null) desc, w.started_at desc limit 50`.execute(db)
  return rows
}

export type ShadowAnswerLine = {
  decision_id: string
  request_id: string
  customer_id: string | null
  customer_name: string | null
  currency: string
  live_verdict: Verdict
  live_minor: number
  live_rule: string | null
  verdict: Verdict | null
  amount_minor: number | null
  rule: string | null
  error: string | null
  differs: boolean
  decided_at: string
}

/** What a shadow answered beside the live policy, newest first; only what differs, or all. */
export async function shadowAnswers(
  db: Db,
  account: string,
  shadow: string,
  { only, offset, limit }: { only?: 'differ' | 'failed' | undefined; offset: number; limit: number },
): Promise<ShadowAnswerLine[]> {
  const which = only === 'differ' ? sql`differs` : only === 'failed' ? sql`error is not null` : sql`true`
  const { rows } = await sql<ShadowAnswerLine>`
    select s.decision_id, s.request_id, s.customer_id, coalesce(p.name, p.email) as customer_name, s.currency, s.live_verdict,
      s.live_minor, s.live_rule, s.verdict, s.amount_minor, s.rule, s.error, s.differs, s.decided_at
    from shadow_decision s left join customer p on p.account_id = s.account_id and p.id = s.customer_id
    where s.account_id = ${account} and s.shadow_id = ${shadow} and ${which}
    order by s.decided_at desc, s.decision_id limit ${limit} offset ${offset}`.execute(db)
  return rows
}

/** The whole answer of a shadow about one request: rule, findings, amount. */
export async function shadowExplanation(
  db: Db,
  account: string,
  shadow: string,
  request: string,
): Promise<{ explanation: Decision | null; error: string | null } | undefined> {
  const { rows } = await sql<{ explanation: Decision | null; error: string | null }>`
    select explanation, error from shadow_decision
    where account_id = ${account} and shadow_id = ${shadow} and request_id = ${request} order by decided_at desc limit 1`.execute(
    db,
  )
  return rows[0]
}

export type PastAsk = {
  id: string
  kind: 'request' | 'payment'
  customer: string | null
  description: string
  minor: number
  currency: string
  verdict: Verdict | null
  at: string
}

/** Requests and payments to try a draft on: found by id, e-mail or name; the newest without a search. */
export async function pastAsks(db: Db, account: string, q: string): Promise<PastAsk[]> {
  const like = `%${q.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`
  const people = sql`(select id from customer where account_id = ${account} and (lower(email) like ${like} or lower(name) like ${like}))`
  const { rows } = await sql<PastAsk>`
    (select q.id, 'request' as kind, coalesce(c.name, c.email) as customer, p.description, coalesce(q.asked_minor, p.captured_minor) as minor,
      q.currency, (select d.verdict from decision d where d.account_id = q.account_id and d.request_id = q.id and d.by = 'policy'
        order by d.at desc limit 1) as verdict, q.created_at as at
    from refund_request q
    join payment p on p.account_id = q.account_id and p.id = q.payment_id
    left join customer c on c.account_id = q.account_id and c.id = q.customer_id
    where q.account_id = ${account} and exists (select from decision d where d.account_id = q.account_id and d.request_id = q.id and d.by = 'policy')
      and (${q} = '' or q.id = ${q} or q.payment_id = ${q} or q.customer_id = ${q} or q.customer_id in ${people})
    order by q.created_at desc limit 12)
    union all
    (select p.id, 'payment', coalesce(c.name, c.email), p.description, p.captured_minor, p.currency, null, p.paid_at
    from payment p left join customer c on c.account_id = p.account_id and c.id = p.customer_id
    where p.account_id = ${account}
      and (${q} = '' or p.id = ${q} or p.stripe_payment_intent = ${q} or p.stripe_charge = ${q} or p.invoice_number = ${q}
        or p.customer_id = ${q} or p.customer_id in ${people})
    order by p.paid_at desc limit 12)`.execute(db)
  return rows
}

/** The facts that the policy was given for a request, and what it answered. */
export async function keptDecision(
  db: Db,
  account: string,
  request: string,
): Promise<{ facts: unknown; explanation: Decision } | undefined> {
  const { rows } = await sql<{ facts: unknown; explanation: Decision }>`
    select facts, explanation from decision where account_id = ${account} and request_id = ${request} and by = 'policy'
    order by at desc, id desc limit 1`.execute(db)
  return rows[0]
}
