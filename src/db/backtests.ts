import { sql } from 'kysely'
import type { Verdict } from '../domain/decision.ts'
import type { Tally } from '../domain/policy/tally.ts'
import type { Db, Tx } from './connect.ts'

export type BacktestRow = {
  id: string
  status: 'waiting' | 'running' | 'done' | 'canceled' | 'failed'
  name: string
  source: string
  draft_id: string | null
  revision: number | null
  kind: 'requests' | 'payments'
  day: number | null
  seed: number | null
  within_days: number | null
  against: number | null
  started_by: string
  created_at: Date
  ended_at: Date | null
  total: number | null
  done: number
  last_id: string
  until_id: string | null
  tally: Tally | null
  customers: number | null
  error: string | null
}

const columns = sql`id, status, name, source, draft_id, revision, kind, day, seed, within_days, against, started_by, created_at,
  ended_at, total, done, last_id, until_id, tally, customers, error`

export type NewBacktest = Pick<
  BacktestRow,
  | 'id'
  | 'name'
  | 'source'
  | 'draft_id'
  | 'revision'
  | 'kind'
  | 'day'
  | 'seed'
  | 'within_days'
  | 'against'
  | 'started_by'
  | 'created_at'
>

export async function insertBacktest(tx: Tx, account: string, row: NewBacktest): Promise<void> {
  await sql`
    insert into backtest (account_id, id, status, name, source, draft_id, revision, kind, day, seed, within_days, against,
      started_by, created_at, next_at)
    values (${account}, ${row.id}, 'waiting', ${row.name}, ${row.source}, ${row.draft_id}, ${row.revision}, ${row.kind},
      ${row.day}, ${row.seed}, ${row.within_days}, ${row.against}, ${row.started_by}, ${row.created_at}, ${row.created_at})`.execute(
    tx,
  )
}

export async function findBacktest(db: Db, account: string, id: string): Promise<BacktestRow | undefined> {
  const { rows } = await sql<BacktestRow>`
    select ${columns} from backtest where account_id = ${account} and id = ${id}`.execute(db)
  return rows[0]
}

/** Backtests without their texts, newest first; of one draft when it is given. */
export async function listBacktests(
  db: Db,
  account: string,
  { draft, limit = 50 }: { draft?: string | undefined; limit?: number } = {},
): Promise<Omit<BacktestRow, 'source'>[]> {
  const { rows } = await sql<Omit<BacktestRow, 'source'>>`
    select id, status, name, draft_id, revision, kind, day, seed, within_days, against, started_by, created_at, ended_at, total,
      done, last_id, until_id, tally, customers, error
    from backtest where account_id = ${account} and (${draft ?? null}::text is null or draft_id = ${draft ?? null})
    order by created_at desc, id desc limit ${limit}`.execute(db)
  return rows
}

/** How many wait or run. Locks the account's row, so that two who start one at once are counted one after the other. */
export async function openBacktests(tx: Tx, account: string): Promise<number> {
  await sql`select id from account where id = ${account} for update`.execute(tx)
  const { rows } = await sql<{ open: number }>`
    select count(*)::int as open from backtest where account_id = ${account} and next_at is not null`.execute(tx)
  return rows[0]!.open
}

/** Counts what there is to go through and draws the line behind which it isn't part of it. */
export async function beginBacktest(
  db: Db,
  account: string,
  { id, kind }: BacktestRow,
): Promise<BacktestRow | undefined> {
  const what =
    kind === 'requests'
      ? sql`select count(*) as counted, max(id) as newest from decision where account_id = ${account} and by = 'policy'`
      : sql`select count(*) as counted, max(id) as newest from payment where account_id = ${account}`
  const { rows } = await sql<BacktestRow>`
    update backtest set status = 'running', total = seen.counted, until_id = coalesce(seen.newest, '')
    from (${what}) seen
    where account_id = ${account} and id = ${id} and status = 'waiting' returning ${columns}`.execute(db)
  return rows[0] ?? findBacktest(db, account, id)
}

export type BacktestChange = {
  readonly id: string
  readonly subject: string
  readonly customer: string | null
  readonly currency: string
  readonly from: { readonly verdict: Verdict; readonly minor: number; readonly rule: string | null }
  readonly to: { readonly verdict: Verdict; readonly minor: number; readonly rule: string }
  readonly weight: number
}

/**
 * Keeps a page of a backtest: its changes, the tally and how far it has come, in one transaction, and the lease goes on. Answers
 * false, and writes nothing, when it was canceled or another process has come further.
 */
export async function keepPage(
  tx: Tx,
  account: string,
  { id, last_id }: Pick<BacktestRow, 'id' | 'last_id'>,
  page: {
    readonly last: string
    readonly count: number
    readonly tally: Tally
    readonly changes: readonly BacktestChange[]
  },
  leaseSeconds: number,
): Promise<boolean> {
  const { rows } = await sql`
    update backtest set last_id = ${page.last}, done = done + ${page.count}, tally = ${JSON.stringify(page.tally)}::jsonb,
      lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
    where account_id = ${account} and id = ${id} and status = 'running' and last_id = ${last_id} returning id`.execute(
    tx,
  )
  if (rows.length === 0) return false
  if (page.changes.length > 0) await insertChanges(tx, account, id, page.changes)
  return true
}

async function insertChanges(
  tx: Tx,
  account: string,
  backtest: string,
  changes: readonly BacktestChange[],
): Promise<void> {
  const column = <T>(read: (change: BacktestChange) => T): T[] => changes.map(read)
  await sql`
    insert into backtest_change (account_id, backtest_id, id, subject_id, customer_id, currency, from_verdict, from_minor, from_rule,
      to_verdict, to_minor, to_rule, weight)
    select ${account}, ${backtest}, each.* from unnest(
      ${column(({ id }) => id)}::text[], ${column(({ subject }) => subject)}::text[], ${column(({ customer }) => customer)}::text[],
      ${column(({ currency }) => currency)}::text[], ${column(({ from }) => from.verdict)}::text[],
      ${column(({ from }) => from.minor)}::bigint[], ${column(({ from }) => from.rule)}::text[],
      ${column(({ to }) => to.verdict)}::text[], ${column(({ to }) => to.minor)}::bigint[], ${column(({ to }) => to.rule)}::text[],
      ${column(({ weight }) => weight)}::bigint[]) as each`.execute(tx)
}

/** Ends a backtest that is not over, once. Whose answers change is counted here, by PostgreSQL. */
export async function endBacktest(
  db: Db | Tx,
  account: string,
  id: string,
  { status, error = null, at }: { status: 'done' | 'canceled' | 'failed'; error?: string | null; at: Date },
): Promise<boolean> {
  const { rows } = await sql`
    update backtest set status = ${status}, ended_at = ${at}, next_at = null, lease_until = null, error = ${error},
      customers = (select count(distinct customer_id) from backtest_change c
        where c.account_id = backtest.account_id and c.backtest_id = backtest.id)
    where account_id = ${account} and id = ${id} and status in ('waiting', 'running') returning id`.execute(db)
  return rows.length > 0
}

export type BacktestExample = {
  id: string
  subject_id: string
  customer_id: string | null
  customer_name: string | null
  currency: string
  from_verdict: Verdict
  from_minor: number
  from_rule: string | null
  to_verdict: Verdict
  to_minor: number
  to_rule: string
}

/** The answers that change, those that move the most money first; of one kind when it is given. */
export async function backtestChanges(
  db: Db,
  account: string,
  id: string,
  {
    from,
    to,
    rule,
    offset,
    limit,
  }: { from?: string | undefined; to?: string | undefined; rule?: string | undefined; offset: number; limit: number },
): Promise<BacktestExample[]> {
  const where = [sql`c.account_id = ${account}`, sql`c.backtest_id = ${id}`]
  if (from !== undefined) where.push(sql`c.from_verdict = ${from}`)
  if (to !== undefined) where.push(sql`c.to_verdict = ${to}`)
  if (rule !== undefined) where.push(sql`(c.to_rule = ${rule} or c.from_rule = ${rule})`)
  const { rows } = await sql<BacktestExample>`
    select c.id, c.subject_id, c.customer_id, coalesce(p.name, p.email) as customer_name, c.currency, c.from_verdict, c.from_minor,
      c.from_rule, c.to_verdict, c.to_minor, c.to_rule
    from backtest_change c left join customer p on p.account_id = c.account_id and p.id = c.customer_id
    where ${sql.join(where, sql` and `)} order by c.weight desc, c.id limit ${limit} offset ${offset}`.execute(db)
  return rows
}
