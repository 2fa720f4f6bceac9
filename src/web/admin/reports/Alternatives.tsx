import { useQuery } from '@tanstack/react-query'
import type { AlternativeCount } from '../../../http/admin/screens.ts'
import { get } from '../api.ts'
import { Card } from '../kit/Page.tsx'

const number = 'figures text-right'

/** What stood beside refunds, how often it was chosen instead, and how many got their money back afterwards all the same. */
export function Alternatives({ range: { from, to } }: { range: { from: string; to: string } }) {
  const { data } = useQuery({
    queryKey: ['reports', 'alternatives', from, to],
    queryFn: () => get<{ counts: AlternativeCount[] }>(`/reports/alternatives?from=${from}&to=${to}`),
  })
  // Whoever offers none is told nothing about them.
  if (data === undefined || data.counts.length === 0) return null
  return (
    <Card title="Alternatives beside a refund">
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Alternatives beside a refund">
        <table className="w-full min-w-[34rem] text-left [&_td]:py-1.5 [&_td]:pr-4 [&_th]:py-1.5 [&_th]:pr-4 [&_th]:font-medium [&_tr]:border-b [&_tr]:border-line">
          <thead className="text-small text-quiet">
            <tr>
              <th>Name</th>
              <th className="text-right">Shown beside</th>
              <th className="text-right">Chosen</th>
              <th className="text-right">Share</th>
              <th className="text-right">Refunded after all</th>
            </tr>
          </thead>
          <tbody>
            {data.counts.map(({ name, shown, taken, refunded_after }) => (
              <tr key={name}>
                <td>{name}</td>
                <td className={number}>{shown}</td>
                <td className={number}>{taken}</td>
                <td className={number}>{Math.round((taken / shown) * 100)} %</td>
                <td className={number}>{refunded_after}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="mt-3 text-small text-quiet">Counted by the day on which one was first shown beside a payment.</p>
    </Card>
  )
}
