import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { requestWords } from '../../parts/words.ts'
import { buttonLook } from '../kit/Button.tsx'
import { Head, Pick, SearchBox } from '../kit/Page.tsx'
import { Amount, Badge, Time } from '../kit/Show.tsx'
import { Empty, Failure, Skeleton } from '../kit/States.tsx'
import { requestsQuery } from '../queries.ts'
import { ReasonName, useReasonChoices } from '../reasons.tsx'
import { channelWords } from '../words.ts'
import type { RequestListRow } from '../../../http/admin/screens.ts'

const statuses = Object.entries(requestWords).map(([code, { word }]) => [code, word] as const)

/** All requests, newest first. Every number of the reports leads here. */
export function RequestsScreen() {
  const filter = useSearch({ from: '/staff/requests' })
  const navigate = useNavigate({ from: '/requests' })
  const { data, error, isPending, refetch } = useQuery(requestsQuery(filter))
  const set = (change: Record<string, string | undefined>) =>
    void navigate({ search: (old) => ({ ...old, after: undefined, ...change }), replace: true })
  const range = filter.from || filter.to
  const reasons = useReasonChoices({ all: true })
  return (
    <div>
      <Head title="Requests">
        <SearchBox
          value={filter.q ?? ''}
          placeholder="E-mail, name, payment, invoice, last four"
          onSearch={(q) => set({ q: q || undefined })}
        />
        <Pick label="Status" value={filter.status} choices={statuses} onPick={(status) => set({ status })} />
        <Pick label="Reason" value={filter.reason} choices={reasons} onPick={(reason) => set({ reason })} />
        <Pick
          label="Decided by"
          value={filter.by}
          choices={[
            ['policy', 'the policy'],
            ['person', 'a person'],
          ]}
          onPick={(by) => set({ by })}
        />
        <Pick
          label="Channel"
          value={filter.channel}
          choices={Object.entries(channelWords)}
          onPick={(channel) => set({ channel })}
        />
        {(filter.channel === 'stripe' || filter.policy) && (
          <Pick
            label="Policy"
            value={filter.policy}
            choices={[
              ['in', 'inside'],
              ['out', 'outside'],
            ]}
            onPick={(policy) => set({ policy })}
          />
        )}
        {(range || filter.rule || filter.currency) && (
          <button
            type="button"
            className={buttonLook('quiet')}
            onClick={() => set({ from: undefined, to: undefined, rule: undefined, currency: undefined })}
          >
            {[
              range && `${filter.from ?? '…'} to ${filter.to ?? 'today'}`,
              filter.rule && `rule ${filter.rule}`,
              filter.currency?.toUpperCase(),
            ]
              .filter(Boolean)
              .join(' · ')}{' '}
            ✕<span className="sr-only"> remove</span>
          </button>
        )}
      </Head>
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : isPending ? (
        <Skeleton lines={10} />
      ) : data.rows.length === 0 ? (
        <Empty title="No requests here">
          {Object.keys(filter).length > 0 ? (
            <>
              Nothing fits these filters.{' '}
              <Link className="text-accent underline" to="/requests" search={{}}>
                Show all requests
              </Link>
            </>
          ) : (
            'A request appears here as soon as a customer asks in the portal, staff open a refund, or your app asks over the API.'
          )}
        </Empty>
      ) : (
        <Table rows={data.rows} />
      )}
      {data && (data.next || filter.after) && (
        <div className="flex justify-center gap-2 p-4">
          {filter.after && (
            <button type="button" className={buttonLook()} onClick={() => set({})}>
              Newest
            </button>
          )}
          {data.next && (
            <button type="button" className={buttonLook()} onClick={() => set({ after: data.next! })}>
              Older
            </button>
          )}
        </div>
      )}
    </div>
  )
}

function decider({ decided_by, decided_by_name, verdict }: RequestListRow): string {
  if (decided_by === null) return '–'
  if (decided_by === 'policy') return verdict === 'review' ? 'nobody yet' : 'the policy'
  return decided_by_name ?? (decided_by === 'stripe' ? 'in Stripe' : decided_by.startsWith('api_key') ? 'API' : 'staff')
}

function Table({ rows }: { rows: RequestListRow[] }) {
  return (
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Requests">
      <table className="w-full min-w-[44rem] text-left">
        <thead className="text-small text-quiet">
          <tr className="border-b border-line [&>th]:px-3 [&>th]:py-2 [&>th]:font-medium [&>th:first-child]:pl-6 [&>th:last-child]:pr-6">
            <th>Customer</th>
            <th>Status</th>
            <th>Reason</th>
            <th>Decided by</th>
            <th className="text-right">Amount</th>
            <th className="text-right">Asked</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={row.id}
              className="relative border-b border-line bg-surface hover:bg-sunken [&>td]:px-3 [&>td]:py-2.5"
            >
              <td className="max-w-64 pl-6!">
                <Link
                  to="/requests/$id"
                  params={{ id: row.id }}
                  className="block truncate font-medium after:absolute after:inset-0"
                >
                  <bdi>{row.customer_name ?? row.customer_email ?? 'Unknown customer'}</bdi>
                </Link>
                <span className="block truncate text-small text-quiet">{row.description}</span>
              </td>
              <td>
                <Badge {...requestWords[row.status]} />
              </td>
              <td className="max-w-56 truncate">
                <ReasonName code={row.reason} />
              </td>
              <td className="max-w-40 truncate text-quiet">
                {decider(row)}
                {row.in_policy !== null && (
                  <span className={`block text-small ${row.in_policy ? '' : 'text-deny'}`}>
                    {row.in_policy ? 'inside the policy' : 'outside the policy'}
                  </span>
                )}
              </td>
              <td className="text-right">
                <Amount minor={row.amount_minor} currency={row.currency} />
              </td>
              <td className="pr-6! text-right text-quiet">
                <Time at={row.created_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
