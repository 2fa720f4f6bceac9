import { Link } from '@tanstack/react-router'
import type { Verdict } from '../../../domain/decision.ts'
import { format, money } from '../../../domain/money.ts'
import type { BacktestScreen, Tally } from '../../../http/admin/screens.ts'
import { verdictWords } from '../../parts/words.ts'
import { Card } from '../kit/Page.tsx'

const verdicts = ['approve', 'review', 'deny'] as const

/** An amount from minor units of any size. */
export function wide(minor: string | bigint, currency: string): string {
  const value = BigInt(minor)
  const safe = value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= -BigInt(Number.MAX_SAFE_INTEGER)
  return safe
    ? format(money(Number(value), currency))
    : `${value.toLocaleString('en')} minor units of ${currency.toUpperCase()}`
}

const signed = (value: bigint, currency: string): string => `${value > 0n ? '+' : ''}${wide(value, currency)}`

/** What changes, how much money, who: three figures, the table of verdicts, and rule by rule. */
export function BacktestResult({ backtest, tally }: { backtest: BacktestScreen; tally: Tally }) {
  const asked = tally.changed + tally.same
  const share = asked === 0 ? 0 : (100 * tally.changed) / asked
  return (
    <>
      <div className="grid items-start gap-4 sm:grid-cols-3">
        <Figure title="Answers that change" figure={tally.changed.toLocaleString('en')}>
          of {asked.toLocaleString('en')} ({share < 10 && share > 0 ? share.toFixed(1) : Math.round(share)} %)
        </Figure>
        <Figure title="Customers" figure={backtest.customers === null ? '…' : backtest.customers.toLocaleString('en')}>
          {backtest.customers === null ? 'counted at the end' : 'get another answer'}
        </Figure>
        <Money tally={tally} />
      </div>
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <Matrix backtest={backtest} tally={tally} />
        <Rules backtest={backtest} tally={tally} />
      </div>
    </>
  )
}

function Figure({ title, figure, children }: { title: string; figure: string; children: React.ReactNode }) {
  return (
    <section className="rounded-lg border border-line bg-surface p-4">
      <h2 className="text-small text-quiet">{title}</h2>
      <p className="figures text-figure font-semibold">{figure}</p>
      <p className="text-small text-quiet">{children}</p>
    </section>
  )
}

function Money({ tally }: { tally: Tally }) {
  const rows = Object.entries(tally.money)
  return (
    <section className="rounded-lg border border-line bg-surface p-4">
      <h2 className="text-small text-quiet">Paid at once, more or less</h2>
      {rows.length === 0 && <p className="text-figure font-semibold">–</p>}
      <ul>
        {rows.map(([currency, sums]) => (
          <li key={currency} className="mt-1">
            <span className={`figures font-semibold ${rows.length === 1 ? 'text-figure' : 'text-title'}`}>
              {signed(BigInt(sums.approved_after) - BigInt(sums.approved_before), currency)}
            </span>
            <span className="figures block text-small text-quiet">
              {wide(sums.approved_before, currency)} → {wide(sums.approved_after, currency)}; to a person{' '}
              {wide(sums.review_before, currency)} → {wide(sums.review_after, currency)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Matrix({ backtest, tally }: { backtest: BacktestScreen; tally: Tally }) {
  return (
    <Card title="From one answer to another">
      <table className="w-full text-right">
        <caption className="sr-only">How many answers go from which verdict to which</caption>
        <thead>
          <tr className="text-small text-quiet">
            <th scope="col" className="py-1 text-left font-normal">
              {backtest.kind === 'requests' ? 'Then' : 'Now'} ↓ with the draft →
            </th>
            {verdicts.map((to) => (
              <th key={to} scope="col" className="py-1 font-medium">
                {verdictWords[to].word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {verdicts.map((from) => (
            <tr key={from} className="border-t border-line">
              <th scope="row" className="py-2 text-left font-medium">
                {verdictWords[from].word}
              </th>
              {verdicts.map((to) => (
                <td key={to} className="figures py-2">
                  <Cell from={from} to={to} count={tally.matrix[from][to]} id={backtest.id} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {Object.entries(tally.skipped).map(([why, count]) => (
        <p key={why} className="mt-2 text-small text-quiet">
          {count.toLocaleString('en')} left out:{' '}
          {why === 'day_to_come' ? 'their day has not come yet' : 'their facts can’t be read any more'}.
        </p>
      ))}
    </Card>
  )
}

function Cell({ from, to, count, id }: { from: Verdict; to: Verdict; count: number; id: string }) {
  if (from === to || count === 0)
    return <span className={count === 0 ? 'text-quiet' : ''}>{count.toLocaleString('en')}</span>
  return (
    <Link
      to="/policy/backtests/$id"
      params={{ id }}
      search={{ from, to }}
      aria-label={`${count} from ${from} to ${to}: show them`}
      className="rounded bg-accent-soft px-2 py-0.5 font-semibold text-accent underline-offset-2 hover:underline"
    >
      {count.toLocaleString('en')}
    </Link>
  )
}

function Rules({ backtest, tally }: { backtest: BacktestScreen; tally: Tally }) {
  const rows = Object.entries(tally.rules).toSorted(
    ([, a], [, b]) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before) || b.after - a.after,
  )
  return (
    <Card title="Rule by rule">
      <div className="max-h-96 overflow-y-auto" tabIndex={0} role="region" aria-label="Rules">
        <table className="w-full text-right">
          <caption className="sr-only">How often each rule decides</caption>
          <thead>
            <tr className="text-small text-quiet">
              <th scope="col" className="py-1 text-left font-normal">
                Rule
              </th>
              <th scope="col" className="py-1 font-normal">
                {backtest.kind === 'requests' ? 'Then' : 'Now'}
              </th>
              <th scope="col" className="py-1 font-normal">
                Draft
              </th>
              <th scope="col" className="py-1 font-normal">
                Change
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([rule, { before, after }]) => (
              <tr key={rule} className="border-t border-line">
                <th scope="row" className="py-1.5 text-left font-normal break-all">
                  <Link
                    className="font-mono text-[0.78rem] underline-offset-2 hover:underline"
                    to="/policy/backtests/$id"
                    params={{ id: backtest.id }}
                    search={{ rule }}
                  >
                    {rule || 'unknown'}
                  </Link>
                </th>
                <td className="figures py-1.5">{before.toLocaleString('en')}</td>
                <td className="figures py-1.5">{after.toLocaleString('en')}</td>
                <td className={`figures py-1.5 ${after === before ? 'text-quiet' : 'font-semibold'}`}>
                  {after > before ? '+' : ''}
                  {(after - before).toLocaleString('en')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
