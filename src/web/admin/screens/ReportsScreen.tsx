import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { format, money } from '../../../domain/money.ts'
import type { Headline, ReportsScreen as Report } from '../../../http/admin/screens.ts'
import { buttonLook } from '../kit/Button.tsx'
import { Card, Head } from '../kit/Page.tsx'
import { Empty, Failure, Skeleton } from '../kit/States.tsx'
import { reportsQuery } from '../queries.ts'
import { Alternatives } from '../reports/Alternatives.tsx'
import { ReasonsTable, RulesTable } from '../reports/Tables.tsx'

const ReasonsChart = lazy(() =>
  import('../reports/ReasonsChart.tsx').then(({ ReasonsChart: Chart }) => ({ default: Chart })),
)

const dayMs = 24 * 60 * 60 * 1000
const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10)
const ranges = [
  ['30 days', 30],
  ['90 days', 90],
  ['12 months', 365],
] as const

/** Why people want their money back, how often, and what it costs. */
export function ReportsScreen() {
  const search = useSearch({ from: '/staff/reports' })
  const navigate = useNavigate({ from: '/reports' })
  const today = dateOf(Date.now())
  const range = { from: search.from ?? dateOf(Date.now() - 89 * dayMs), to: search.to ?? today }
  const { data, error, isPending, refetch } = useQuery(reportsQuery(range))
  const set = (change: { from?: string; to?: string }) =>
    void navigate({ search: { ...range, ...change }, replace: true })
  return (
    <div>
      <Head
        title="Reports"
        aside={
          <a
            className={buttonLook()}
            href={`/admin/api/reports/reasons.csv?from=${range.from}&to=${range.to}`}
            download
          >
            <Download size={15} aria-hidden="true" />
            CSV
          </a>
        }
      >
        {ranges.map(([word, days]) => {
          const from = dateOf(Date.now() - (days - 1) * dayMs)
          const on = range.from === from && range.to === today
          return (
            <button
              key={word}
              type="button"
              aria-pressed={on}
              className={`${buttonLook('quiet')} ${on ? 'bg-sunken text-ink!' : ''}`}
              onClick={() => set({ from, to: today })}
            >
              {word}
            </button>
          )
        })}
        <label className="flex items-center gap-1.5 text-quiet">
          from{' '}
          <input
            type="date"
            className="min-h-9 rounded-md border border-edge bg-surface px-2 text-ink"
            value={range.from}
            max={range.to}
            onChange={({ target }) => target.value && set({ from: target.value })}
          />
        </label>
        <label className="flex items-center gap-1.5 text-quiet">
          to{' '}
          <input
            type="date"
            className="min-h-9 rounded-md border border-edge bg-surface px-2 text-ink"
            value={range.to}
            min={range.from}
            onChange={({ target }) => target.value && set({ to: target.value })}
          />
        </label>
      </Head>
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : isPending ? (
        <Skeleton lines={9} tall />
      ) : (
        <div className="space-y-4 p-4 lg:p-6">
          <Figures report={data} range={range} />
          {data.now.requests === 0 ? (
            <Card>
              <Empty title="Nobody asked for money back">
                In this range there are no requests. Choose a longer one, or be glad.
              </Empty>
            </Card>
          ) : (
            <>
              <Card title={`Reasons by ${data.grain}`}>
                <Suspense
                  fallback={
                    <div className="skeleton h-72 rounded bg-sunken" role="status">
                      <span className="sr-only">Loading the chart…</span>
                    </div>
                  }
                >
                  <ReasonsChart report={data} />
                </Suspense>
              </Card>
              <ReasonsTable rows={data.reasons} range={range} />
              <RulesTable rows={data.rules} range={range} />
            </>
          )}
          <Alternatives range={range} />
          <p className="text-small text-quiet">
            Counted by the day of the request, in UTC. Currencies are never converted into each other.
          </p>
        </div>
      )}
    </div>
  )
}

const share = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((part / whole) * 100).toFixed(1).replace(/\.0$/, '')} %`

function length(seconds: number | null): string {
  if (seconds === null) return '–'
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return seconds < 129_600 ? `${Math.round(seconds / 3600)} h` : `${(seconds / 86_400).toFixed(1)} days`
}

function Figures({
  report: { now, before, currencies },
  range,
}: {
  report: Report
  range: { from: string; to: string }
}) {
  const automatic = (headline: Headline) => share(headline.by_policy, headline.decided)
  const figures = [
    { name: 'Requests', value: String(now.requests), before: String(before.requests), search: {} },
    { name: 'Refunded', value: String(now.refunded), before: String(before.refunded), search: { status: 'refunded' } },
    {
      name: 'Answered by the policy alone',
      value: automatic(now),
      before: automatic(before),
      search: { by: 'policy' },
    },
    {
      name: 'Payments with money given back',
      value: share(now.payments_refunded, now.payments),
      before: share(before.payments_refunded, before.payments),
      search: { status: 'refunded' },
    },
    {
      name: 'Median time to the answer',
      value: length(now.to_decision),
      before: length(before.to_decision),
      search: {},
    },
    {
      name: 'Median time to the money',
      value: length(now.to_money),
      before: length(before.to_money),
      search: { status: 'refunded' },
    },
  ]
  return (
    <>
      <ul className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line md:grid-cols-3 2xl:grid-cols-6">
        {figures.map((figure) => (
          <li key={figure.name} className="bg-surface">
            <Link
              to="/requests"
              search={{ ...range, ...figure.search }}
              className="block h-full p-4 outline-offset-[-2px] hover:bg-sunken"
            >
              <span className="block text-small text-quiet">{figure.name}</span>
              <span className="figures block text-figure font-semibold tracking-tight">{figure.value}</span>
              <span className="figures block text-small text-quiet">{figure.before} in the time before</span>
            </Link>
          </li>
        ))}
      </ul>
      <Card title="Money given back">
        <ul className="grid gap-x-8 gap-y-3 sm:grid-cols-2 lg:grid-cols-3">
          {currencies.map((line) => (
            <li key={line.currency}>
              <Link
                to="/requests"
                search={{ ...range, status: 'refunded', currency: line.currency }}
                className="hover:underline"
              >
                <span className="figures text-title font-semibold">
                  {format(money(line.refunded_minor, line.currency))}
                </span>
              </Link>
              <span className="figures block text-small text-quiet">
                {line.refunds} refunds · {share(line.refunded_minor, line.paid_minor)} of{' '}
                {format(money(line.paid_minor, line.currency))} paid
              </span>
            </li>
          ))}
        </ul>
        {now.made_in_stripe > 0 && (
          <p className="mt-3 text-small text-quiet">
            <Link to="/requests" search={{ ...range, channel: 'stripe' }} className="text-accent underline">
              {now.made_in_stripe === 1 ? '1 refund was' : `${now.made_in_stripe} refunds were`} made in Stripe
            </Link>
            {', '}
            <Link
              to="/requests"
              search={{ ...range, channel: 'stripe', policy: 'out' }}
              className="text-accent underline"
            >
              {now.out_of_policy} of them outside the policy
            </Link>
            .
          </p>
        )}
      </Card>
    </>
  )
}
