import type { Books } from '../app.ts'
import { crashPoint } from '../crash-point.ts'
import { decidedPage, paymentPage } from '../db/backtest-pages.ts'
import {
  beginBacktest,
  endBacktest,
  findBacktest,
  keepPage,
  type BacktestChange,
  type BacktestRow,
} from '../db/backtests.ts'
import { inTransaction } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { policyVersion } from '../db/policies.ts'
import type { Facts } from '../domain/facts.ts'
import { factsFromKept } from '../domain/kept-facts.ts'
import { askedAfter, type AskedWhen } from '../domain/policy/asked-when.ts'
import { judge } from '../domain/policy/judge.ts'
import { parsePolicy, type Policy } from '../domain/policy/parse.ts'
import { countOn, difference, emptyTally, isChange, type Counted, type Counting } from '../domain/policy/tally.ts'
import { Bug } from '../domain/refusal.ts'
import { errorLine } from '../stripe/answers.ts'
import { factsOnDays } from './backtest-facts.ts'
import { readVersion } from './judge.ts'

/** Rows in one page: small enough that a page takes some tens of milliseconds between which the process does other work. */
const pageSize = 1_000
export const backtestLeaseSeconds = 60

/** One row gone through: what was answered, what would be, and where it leads. */
type Line = { id: string; subject: string; customer: string | null; currency: string; before: Counted; after: Counted }
type Page = { readonly last: string; readonly count: number; judged(counting: Counting): Line[] }
type Source = (after: string) => Promise<Page | undefined>

/**
 * Goes through everything that a backtest asks about, page by page, from where it was left. Each page is kept with its tally, so the process
 * can die anywhere and another one goes on; one that was canceled, or that another process has taken over, is left alone.
 */
export async function runBacktest(app: Books, id: string): Promise<void> {
  const found = await findBacktest(app.db, app.account, id)
  const row = found?.status === 'waiting' ? await beginBacktest(app.db, app.account, found) : found
  if (row?.status !== 'running') return
  try {
    if (await goThrough(app, row)) await finish(app, id, { status: 'done' })
  } catch (error) {
    // What PostgreSQL refuses may be over in a moment: the lease ends and it goes on.
    if ((error as { code?: string }).code !== undefined) throw error
    await finish(app, id, { status: 'failed', error: errorLine(error).slice(0, 500) })
  }
}

async function goThrough(app: Books, row: BacktestRow): Promise<boolean> {
  const draft = parsePolicy(row.source)
  if (!draft.ok) throw new Bug(`This text doesn't parse any more: ${draft.problems[0]?.message}`)
  const source =
    row.kind === 'requests' ? requestSource(app, row, draft.policy) : await paymentSource(app, row, draft.policy)
  let { last_id } = row
  let counting = countOn(row.tally ?? emptyTally())
  let coming = source(last_id)
  for (;;) {
    const page = await coming
    if (page === undefined) return true
    // PostgreSQL reads the next page while this one is judged.
    coming = source(page.last)
    coming.catch(() => undefined)
    const changes = page.judged(counting).flatMap(changeOf)
    const tally = counting.result()
    const kept = await inTransaction(app.db, (tx) =>
      keepPage(tx, app.account, { id: row.id, last_id }, { ...page, tally, changes }, backtestLeaseSeconds),
    )
    if (!kept) return false
    crashPoint('after-backtest-page')
    last_id = page.last
    counting = countOn(tally)
  }
}

function changeOf({ before, after, ...line }: Line): BacktestChange[] {
  if (!isChange(before, after)) return []
  const weight = Math.max(Math.abs(difference(before, after)), Math.abs(before.minor - after.minor))
  return [{ ...line, from: before, to: after, weight }]
}

const counted = (policy: Policy, facts: Facts): Counted => {
  const { verdict, amount, guard, rule } = judge(policy, facts)
  return { verdict, minor: amount.minor, rule: guard ? guard.id : rule.id }
}

/** What was asked for, with the facts as they were when it was decided. */
function requestSource(app: Books, { until_id }: BacktestRow, draft: Policy): Source {
  return async (after) => {
    const rows = await decidedPage(app.db, app.account, { after, until: until_id ?? '', limit: pageSize })
    if (rows.length === 0) return undefined
    const judged = (counting: Counting): Line[] =>
      rows.flatMap((row) => {
        try {
          const facts = factsFromKept(row.facts)
          const before = { verdict: row.verdict, minor: row.amount_minor, rule: row.rule ?? '' }
          const after = counted(draft, facts)
          counting.add(row.currency, before, after)
          return [
            {
              id: row.id,
              subject: row.request_id,
              customer: facts.customer.id || null,
              currency: row.currency,
              before,
              after,
            },
          ]
        } catch {
          counting.skip('facts_unreadable')
          return []
        }
      })
    return { last: rows.at(-1)!.id, count: rows.length, judged }
  }
}

/** Every payment, had its owner asked on that day, by the draft and by the version that it is compared with. */
async function paymentSource(app: Books, row: BacktestRow, draft: Policy): Promise<Source> {
  const version = await policyVersion(app.db, app.account, row.against ?? 0)
  if (!version) throw new Bug(`version ${row.against} is not there`)
  const published = readVersion(app, version)
  const when: AskedWhen =
    row.day === null ? { seed: row.seed ?? 0, within_days: row.within_days ?? 1 } : { day: row.day }
  return async (after) => {
    const rows = await paymentPage(app.db, app.account, { after, until: row.until_id ?? '', limit: pageSize })
    if (rows.length === 0) return undefined
    const dated = rows.map((each) => ({ row: each, at: new Date(each.paid_at.getTime() + askedAfter(each.id, when)) }))
    const past = dated.filter(({ at }) => at <= app.now())
    const facts = await factsOnDays(app, past)
    const judged = (counting: Counting): Line[] => {
      for (let young = past.length; young < rows.length; young += 1) counting.skip('day_to_come')
      return facts.map((each, at) => {
        const { id, customer_id, currency } = past[at]!.row
        const [before, after] = [counted(published, each), counted(draft, each)]
        counting.add(currency, before, after)
        return { id, subject: id, customer: customer_id, currency, before, after }
      })
    }
    return { last: rows.at(-1)!.id, count: rows.length, judged }
  }
}

async function finish(app: Books, id: string, how: { status: 'done' | 'failed'; error?: string }): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    if (!(await endBacktest(tx, app.account, id, { ...how, at: app.now() }))) return
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: 'moneyback',
      action: `policy.backtest_${how.status}`,
      subject: id,
    })
  })
}
