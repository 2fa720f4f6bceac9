import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { ReportsScreen } from '../../../http/admin/screens.ts'
import { reasonsQuery } from '../queries.ts'
import { useReasonName } from '../reasons.tsx'

const colours = 10
const dayMs = 24 * 60 * 60 * 1000

type Row = { bucket: string } & Record<string, number | string>

/** One row for each day, week or month of the range, the empty ones too. */
function rowsOf({ over_time, from, to, grain }: ReportsScreen): Row[] {
  const rows = new Map<string, Row>()
  for (let at = new Date(from); at < new Date(to);) {
    const start = startOf(at, grain)
    rows.set(start, { bucket: start })
    at =
      grain === 'month'
        ? new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1))
        : new Date(new Date(start).getTime() + (grain === 'week' ? 7 : 1) * dayMs)
  }
  for (const { bucket, reason, requests } of over_time) {
    const row: Row = rows.get(bucket) ?? { bucket }
    row[reason] = requests
    rows.set(bucket, row)
  }
  return [...rows.values()].sort((a, b) => a.bucket.localeCompare(b.bucket))
}

function startOf(at: Date, grain: ReportsScreen['grain']): string {
  if (grain === 'month') return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1)).toISOString().slice(0, 10)
  if (grain === 'day') return at.toISOString().slice(0, 10)
  return new Date(at.getTime() - ((at.getUTCDay() + 6) % 7) * dayMs).toISOString().slice(0, 10)
}

const tick = (grain: ReportsScreen['grain']) => (bucket: string) =>
  new Intl.DateTimeFormat(
    'en-GB',
    grain === 'month'
      ? { month: 'short', year: '2-digit', timeZone: 'UTC' }
      : { day: 'numeric', month: 'short', timeZone: 'UTC' },
  ).format(new Date(bucket))

/** Stacked bars of requests by reason. A bar leads to its requests; the table below says the same in numbers. */
export function ReasonsChart({ report }: { report: ReportsScreen }) {
  const navigate = useNavigate()
  const rows = rowsOf(report)
  const name = useReasonName()
  const { data } = useQuery(reasonsQuery)
  const seen = [...new Set(report.over_time.map(({ reason }) => reason))]
  // By code, so that a reason keeps its colour when the order of the list changes.
  const codes = [...new Set([...(data?.reasons ?? []).map(({ code }) => code), ...seen])].sort()
  const colour = (code: string) => `var(--series-${(codes.indexOf(code) % colours) + 1})`
  const used = codes.filter((code) => seen.includes(code))
  const open = (reason: string, bucket: string) => {
    const start = new Date(bucket)
    const end =
      report.grain === 'month'
        ? new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0))
        : new Date(start.getTime() + (report.grain === 'week' ? 6 : 0) * dayMs)
    void navigate({ to: '/requests', search: { reason, from: bucket, to: end.toISOString().slice(0, 10) } })
  }
  return (
    <div aria-hidden="true" className="h-80 text-small">
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={rows} accessibilityLayer={false} margin={{ top: 4, right: 4, bottom: 0, left: -18 }}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="bucket"
            tickFormatter={tick(report.grain)}
            stroke="var(--quiet)"
            tickLine={false}
            axisLine={false}
            minTickGap={12}
          />
          <YAxis allowDecimals={false} stroke="var(--quiet)" tickLine={false} axisLine={false} />
          <Tooltip
            cursor={{ fill: 'var(--sunken)' }}
            labelFormatter={(bucket) => tick(report.grain)(String(bucket))}
            contentStyle={{
              background: 'var(--surface)',
              border: '1px solid var(--line)',
              borderRadius: 8,
              color: 'var(--ink)',
            }}
            itemStyle={{ padding: 0 }}
          />
          <Legend
            formatter={(word: string) => <span className="text-ink">{word}</span>}
            iconType="circle"
            iconSize={8}
          />
          {used.map((code) => (
            <Bar
              key={code}
              dataKey={code}
              name={name(code)}
              stackId="all"
              fill={colour(code)}
              isAnimationActive={false}
              maxBarSize={44}
              className="cursor-pointer"
              onClick={(bar) => open(code, (bar.payload as Row).bucket)}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  )
}
