import type { Books } from '../app.ts'
import { findBacktest, type BacktestRow } from '../db/backtests.ts'
import type { Tally } from '../domain/policy/tally.ts'
import { format, money } from '../domain/money.ts'
import { explainRefusal } from '../domain/refusal.ts'
import { runBacktest } from '../flows/run-backtest.ts'
import { startBacktest, type BacktestAsked } from '../flows/start-backtest.ts'

const verdicts = ['approve', 'review', 'deny'] as const

export const backtestUsage = `Usage: npm start -- backtest FILE [--payments --day N | --payments --seed N [--within DAYS]] [--against VERSION] [--json]

  FILE              a policy file, tried on all past requests with the facts as they were
  --payments        on all past payments instead, as if everybody had asked …
  --day N           … N days after paying
  --seed N          … on a random day of the first 60 (--within DAYS); the same seed gives the same days
  --against VERSION for payments: the version to compare with; the one in force without it
  --json            prints the result as JSON
`

/** What the arguments ask for; undefined when they can't be understood. */
export function backtestAsked(
  args: readonly string[],
): { file: string; json: boolean; asked: Omit<BacktestAsked, 'source'> } | undefined {
  const rest = [...args]
  const flag = (name: string): boolean => {
    const at = rest.indexOf(name)
    return at >= 0 && rest.splice(at, 1).length > 0
  }
  let wrong = false
  const number = (name: string): number | undefined => {
    const at = rest.indexOf(name)
    if (at < 0) return undefined
    const [, text = ''] = rest.splice(at, 2)
    if (!/^\d{1,10}$/.test(text)) wrong = true
    return Number(text)
  }
  const json = flag('--json')
  const over = flag('--payments') ? ('payments' as const) : ('requests' as const)
  const asked = {
    over,
    day: number('--day'),
    seed: number('--seed'),
    within_days: number('--within'),
    against: number('--against'),
  }
  const [file, ...more] = rest
  return wrong || file === undefined || more.length > 0 || file.startsWith('--') ? undefined : { file, json, asked }
}

/**
 * Runs a backtest in this process and says what it has found. The row is the same as one of the console: it can be looked at and canceled
 * there. Answers whether it came to its end.
 */
export async function backtestCommand(
  app: Books,
  {
    source,
    asked,
    json,
    say,
    progress,
  }: {
    source: string
    asked: Omit<BacktestAsked, 'source'>
    json: boolean
    say: (text: string) => void
    progress: (text: string) => void
  },
): Promise<boolean> {
  const started = await startBacktest(app, { ...asked, source, by: 'moneyback', role: 'owner' })
  if (!started.ok) {
    say(`${explainRefusal(started.no)}\n`)
    return false
  }
  const { id } = started.value
  const timer = setInterval(() => void tellProgress(app, id, progress), 1_000)
  try {
    // Where a worker runs as well, one of the two takes it: pages are kept under the row's own lock, and the other one stops.
    await runBacktest(app, id)
    while (!(await isOver(app, id))) await new Promise((done) => setTimeout(done, 250))
  } finally {
    clearInterval(timer)
  }
  const row = await findBacktest(app.db, app.account, id)
  say(json ? `${JSON.stringify(row && withoutText(row))}\n` : wordsOf(row!))
  return row?.status === 'done'
}

const isOver = async (app: Books, id: string): Promise<boolean> => {
  const row = await findBacktest(app.db, app.account, id)
  return row === undefined || row.ended_at !== null
}

async function tellProgress(app: Books, id: string, progress: (text: string) => void): Promise<void> {
  const row = await findBacktest(app.db, app.account, id).catch(() => undefined)
  if (row?.total) progress(`${row.done.toLocaleString('en')} of ${row.total.toLocaleString('en')}\n`)
}

const withoutText = ({ source: _source, last_id: _last, until_id: _until, ...row }: BacktestRow) => row

function wordsOf({ id, status, name, done, tally, customers, error, created_at, ended_at }: BacktestRow): string {
  if (!tally) return `${name}: ${status}, there was nothing to go through${error ? `: ${error}` : ''}.\n`
  const seconds = ((ended_at!.getTime() - created_at.getTime()) / 1000).toFixed(1)
  const lines = [
    `${name}: ${status}, ${done.toLocaleString('en')} in ${seconds} s (${id})${error ? `: ${error}` : ''}`,
    `${tally.changed.toLocaleString('en')} answers change, of ${(customers ?? 0).toLocaleString('en')} customers; ${tally.same.toLocaleString('en')} stay`,
    '',
    ...matrixLines(tally),
    '',
    ...Object.entries(tally.money).map(([currency, sums]) => moneyLine(currency, sums)),
    '',
    ...Object.entries(tally.rules).map(
      ([rule, { before, after }]) => `  ${rule.padEnd(32)} ${String(before).padStart(10)} → ${after}`,
    ),
    ...Object.entries(tally.skipped).map(([why, count]) => `  left out, ${why.replaceAll('_', ' ')}: ${count}`),
  ]
  return `${lines.join('\n')}\n`
}

function matrixLines({ matrix }: Tally): string[] {
  const head = `  ${'then \\ now'.padEnd(12)}${verdicts.map((verdict) => verdict.padStart(12)).join('')}`
  return [
    head,
    ...verdicts.map(
      (from) => `  ${from.padEnd(12)}${verdicts.map((to) => String(matrix[from][to]).padStart(12)).join('')}`,
    ),
  ]
}

function moneyLine(currency: string, sums: Tally['money'][string]): string {
  const words = (minor: string): string =>
    Number.isSafeInteger(Number(minor)) ? format(money(Number(minor), currency)) : `${minor} minor units ${currency}`
  return `  ${currency}: approved at once ${words(sums.approved_before)} → ${words(sums.approved_after)}; to a person ${words(sums.review_before)} → ${words(sums.review_after)}`
}
