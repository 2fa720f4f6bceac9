import { Link } from '@tanstack/react-router'
import { format, money } from '../../../domain/money.ts'
import type { ReasonLine, RuleLine } from '../../../http/admin/screens.ts'
import { Card } from '../kit/Page.tsx'
import { ReasonName } from '../reasons.tsx'

type Range = { from: string; to: string }
const table =
  'w-full min-w-[34rem] text-left [&_td]:py-1.5 [&_td]:pr-4 [&_th]:py-1.5 [&_th]:pr-4 [&_th]:font-medium [&_tr]:border-b [&_tr]:border-line'
const number = 'figures text-right'

/** The numbers behind the chart. Each leads to the requests that it counts. */
export function ReasonsTable({ rows, range }: { rows: ReasonLine[]; range: Range }) {
  return (
    <Card title="The numbers by reason">
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="The numbers by reason">
        <table className={table}>
          <thead className="text-small text-quiet">
            <tr>
              <th>Reason</th>
              <th>Currency</th>
              <th className="text-right">Requests</th>
              <th className="text-right">Approved</th>
              <th className="text-right">Denied</th>
              <th className="text-right">Waiting</th>
              <th className="text-right">Refunded</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const search = { ...range, reason: row.reason, currency: row.currency }
              return (
                <tr key={`${row.reason}${row.currency}`}>
                  <td>
                    <Link className="hover:underline" to="/requests" search={search}>
                      <ReasonName code={row.reason} />
                    </Link>
                  </td>
                  <td className="uppercase">{row.currency}</td>
                  <td className={number}>
                    <Link className="text-accent underline" to="/requests" search={search}>
                      {row.requests}
                    </Link>
                  </td>
                  <td className={number}>{row.approved}</td>
                  <td className={number}>
                    {row.denied > 0 ? (
                      <Link className="text-accent underline" to="/requests" search={{ ...search, status: 'denied' }}>
                        {row.denied}
                      </Link>
                    ) : (
                      0
                    )}
                  </td>
                  <td className={number}>{row.waiting}</td>
                  <td className={number}>{format(money(row.refunded_minor, row.currency))}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

export function RulesTable({ rows, range }: { rows: RuleLine[]; range: Range }) {
  return (
    <Card title="Rule by rule">
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Rule by rule">
        <table className={table}>
          <thead className="text-small text-quiet">
            <tr>
              <th>Rule that decided</th>
              <th className="text-right">Approved</th>
              <th className="text-right">To a person</th>
              <th className="text-right">Denied</th>
              <th className="text-right">Denied, then approved by a person</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.rule}>
                <td>
                  <Link
                    className="font-mono text-[0.75rem] text-accent underline"
                    to="/requests"
                    search={{ ...range, rule: row.rule }}
                  >
                    {row.rule}
                  </Link>
                </td>
                <td className={number}>{row.approved}</td>
                <td className={number}>{row.reviewed}</td>
                <td className={number}>{row.denied}</td>
                <td className={number}>{row.overturned}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
