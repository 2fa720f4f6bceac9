import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { ArrowRight } from 'lucide-react'
import type { BacktestExample, BacktestScreen } from '../../../http/admin/screens.ts'
import { verdictWords } from '../../parts/words.ts'
import { Button } from '../kit/Button.tsx'
import { Card } from '../kit/Page.tsx'
import { Amount, Badge } from '../kit/Show.tsx'
import { Failure, Skeleton } from '../kit/States.tsx'
import { changesQuery } from './queries.ts'

const pageSize = 25

/** The answers behind the figures, those that move the most money first; each leads to its request or payment. */
export function BacktestChanges({ backtest }: { backtest: BacktestScreen }) {
  const { from, to, rule, page = '0' } = useSearch({ from: '/staff/policy/backtests/$id' })
  const navigate = useNavigate({ from: '/policy/backtests/$id' })
  const at = Number(page) || 0
  const { data, error, refetch } = useQuery(
    changesQuery(backtest.id, {
      from,
      to,
      rule,
      offset: at * pageSize,
      ...(backtest.ended_at === null && { seen: backtest.done }),
    }),
  )
  const filtered = from ?? to ?? rule
  return (
    <Card
      title="Who gets another answer"
      aside={
        filtered && (
          <Link className="underline" to="/policy/backtests/$id" params={{ id: backtest.id }} search={{}}>
            {rule ? `rule ${rule}` : `${from} to ${to}`}: show all
          </Link>
        )
      }
    >
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton lines={5} />
      ) : data.rows.length === 0 ? (
        <p className="text-quiet">{filtered ? 'Nobody of these.' : 'Nobody: every answer stays as it is.'}</p>
      ) : (
        <>
          <ul className="divide-y divide-line">
            {data.rows.map((row) => (
              <li key={row.id}>
                <Change row={row} backtest={backtest} />
              </li>
            ))}
          </ul>
          {(at > 0 || data.more) && (
            <div className="mt-3 flex gap-2">
              <Button
                disabled={at === 0}
                onClick={() => void navigate({ search: (was) => ({ ...was, page: String(at - 1) }) })}
              >
                Earlier
              </Button>
              <Button
                disabled={!data.more}
                onClick={() => void navigate({ search: (was) => ({ ...was, page: String(at + 1) }) })}
              >
                More
              </Button>
            </div>
          )}
        </>
      )}
    </Card>
  )
}

function Change({ row, backtest }: { row: BacktestExample; backtest: BacktestScreen }) {
  const isRequest = row.subject_id.startsWith('rr_')
  const [before, after] = [verdictWords[row.from_verdict], verdictWords[row.to_verdict]]
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
      <Link
        className="min-w-40 flex-1 font-medium underline-offset-2 hover:underline"
        to={isRequest ? '/requests/$id' : '/payments/$id'}
        params={{ id: row.subject_id }}
      >
        <bdi>{row.customer_name ?? row.subject_id}</bdi>
      </Link>
      <span className="flex flex-wrap items-center gap-1.5">
        <Badge tone={before.tone} word={before.word} />
        {row.from_verdict !== 'deny' && <Amount minor={row.from_minor} currency={row.currency} />}
        <ArrowRight size={14} aria-label="becomes" />
        <Badge tone={after.tone} word={after.word} />
        {row.to_verdict !== 'deny' && <Amount minor={row.to_minor} currency={row.currency} />}
      </span>
      <span className="text-small text-quiet">
        <code className="font-mono">{row.from_rule}</code> → <code className="font-mono">{row.to_rule}</code>
      </span>
      {backtest.draft_id && (
        <Link
          className="text-small underline"
          to="/policy/drafts/$id"
          params={{ id: backtest.draft_id }}
          search={{ tab: 'try', try: row.subject_id }}
        >
          Explain
        </Link>
      )}
    </div>
  )
}
