import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { exact } from '../../parts/time.ts'
import { buttonLook } from '../kit/Button.tsx'
import { Head, Pick, SearchBox } from '../kit/Page.tsx'
import { Empty, Failure, Skeleton } from '../kit/States.tsx'
import { auditQuery } from '../queries.ts'
import { actorWord } from '../words.ts'

const actors = [
  ['staff', 'staff'],
  ['customer', 'customers'],
  ['policy', 'the policy'],
  ['api_key', 'API keys'],
  ['stripe', 'Stripe'],
  ['moneyback', 'Moneyback'],
] as const
const actionWord = (action: string) => action.replaceAll('_', ' ').replace('.', ' ')

function detailWords(detail: Record<string, unknown>): string {
  return Object.entries(detail)
    .filter(([, value]) => value !== null && value !== '')
    .map(
      ([name, value]) =>
        `${name.replaceAll('_', ' ')}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
    )
    .join(' · ')
}

/** Who did what. Rows are only ever added. */
export function AuditScreen() {
  const filter = useSearch({ from: '/staff/audit' })
  const navigate = useNavigate({ from: '/audit' })
  const { data, error, isPending, refetch } = useQuery(auditQuery(filter))
  const set = (change: Record<string, string | undefined>) =>
    void navigate({ search: (old) => ({ ...old, before: undefined, ...change }), replace: true })
  return (
    <div>
      <Head title="Audit">
        <SearchBox
          value={filter.subject ?? ''}
          placeholder="What it is about: rr_…, rf_…, pay_…"
          onSearch={(subject) => set({ subject: subject || undefined })}
        />
        <Pick label="Who" value={filter.actor} choices={actors} onPick={(actor) => set({ actor })} />
        <Pick
          label="What"
          value={filter.action}
          choices={(data?.actions ?? []).map((action) => [action, actionWord(action)] as const)}
          onPick={(action) => set({ action })}
        />
      </Head>
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : isPending ? (
        <Skeleton lines={12} />
      ) : data.rows.length === 0 ? (
        <Empty title="Nothing here">
          {Object.keys(filter).length > 0
            ? 'Nothing fits these filters.'
            : 'Everything that people, the policy and Stripe do is written down here.'}
        </Empty>
      ) : (
        <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Audit trail">
          <table className="w-full min-w-[44rem] text-left">
            <thead className="text-small text-quiet">
              <tr className="border-b border-line [&>th]:px-3 [&>th]:py-2 [&>th]:font-medium [&>th:first-child]:pl-6 [&>th:last-child]:pr-6">
                <th>When</th>
                <th>Who</th>
                <th>What</th>
                <th>About</th>
                <th>Detail</th>
              </tr>
            </thead>
            <tbody>
              {data.rows.map((row) => (
                <tr key={row.seq} className="border-b border-line bg-surface align-top [&>td]:px-3 [&>td]:py-2">
                  <td className="figures pl-6! text-small whitespace-nowrap text-quiet">{exact(row.at)}</td>
                  <td className="whitespace-nowrap">{actorWord(row.actor, data.people)}</td>
                  <td className="whitespace-nowrap">{actionWord(row.action)}</td>
                  <td>
                    {row.subject_id.startsWith('rr_') ? (
                      <Link
                        className="font-mono text-[0.75rem] text-accent underline"
                        to="/requests/$id"
                        params={{ id: row.subject_id }}
                      >
                        {row.subject_id.slice(0, 14)}…
                      </Link>
                    ) : (
                      <span className="font-mono text-[0.75rem]" title={row.subject_id}>
                        {row.subject_id.slice(0, 18)}
                      </span>
                    )}
                  </td>
                  <td className="max-w-md truncate text-small text-quiet" title={detailWords(row.detail)}>
                    {detailWords(row.detail)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {data && (data.next || filter.before) && (
        <div className="flex justify-center gap-2 p-4">
          {filter.before && (
            <button type="button" className={buttonLook()} onClick={() => set({})}>
              Newest
            </button>
          )}
          {data.next && (
            <button type="button" className={buttonLook()} onClick={() => set({ before: String(data.next) })}>
              Older
            </button>
          )}
        </div>
      )}
    </div>
  )
}
