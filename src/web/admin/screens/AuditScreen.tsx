import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { exact } from '../../parts/time.ts'
import { buttonLook } from '../kit/Button.tsx'
import { Head, Pick, SearchBox } from '../kit/Page.tsx'
import { Empty, Failure, Skeleton } from '../kit/States.tsx'
import { auditQuery, meQuery } from '../queries.ts'
import { mayAs } from '../../../domain/actor.ts'
import { StepUp } from '../settings/StepUp.tsx'
import { actorWord } from '../words.ts'
import { AuditChain } from './AuditChain.tsx'
import { Subject } from './Subject.tsx'

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
  const { data: me } = useQuery(meQuery)
  const { data, error, isPending, refetch } = useQuery(auditQuery(filter))
  const set = (change: Record<string, string | undefined>) =>
    void navigate({ search: (old) => ({ ...old, before: undefined, ...change }), replace: true })
  const colleagues = Object.entries(data?.people ?? {}).map(
    ([actor]) => [actor, actorWord(actor, data!.people)] as const,
  )
  const unknown = filter.actor && ![...actors, ...colleagues].some(([code]) => code === filter.actor)
  const who = [
    ...actors,
    ...colleagues.toSorted(([, a], [, b]) => a.localeCompare(b)),
    ...(unknown ? [[filter.actor!, actorWord(filter.actor!, {})] as const] : []),
  ]
  return (
    <div>
      <Head title="Audit">
        <SearchBox
          value={filter.subject ?? ''}
          placeholder="What it is about: rr_…, rf_…, pay_…"
          onSearch={(subject) => set({ subject: subject || undefined })}
        />
        <Pick label="Who" value={filter.actor} choices={who} onPick={(actor) => set({ actor })} />
        <Pick
          label="What"
          value={filter.action}
          choices={(data?.actions ?? []).map((action) => [action, actionWord(action)] as const)}
          onPick={(action) => set({ action })}
        />
        <Day label="From" value={filter.from} onPick={(from) => set({ from })} />
        <Day label="To" value={filter.to} onPick={(to) => set({ to })} />
        {me && mayAs(me.staff.role, 'finance') && <AuditChain filter={filter} />}
        <StepUp />
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
                  <td className="whitespace-nowrap">
                    <Narrow to={{ actor: row.actor }} set={set}>
                      {actorWord(row.actor, data.people)}
                    </Narrow>
                  </td>
                  <td className="whitespace-nowrap">
                    <Narrow to={{ action: row.action }} set={set}>
                      {actionWord(row.action)}
                    </Narrow>
                  </td>
                  <td>
                    <Subject id={row.subject_id} request={row.detail['request']} />
                  </td>
                  <td className="max-w-md text-small text-quiet">
                    <Detail words={detailWords(row.detail)} />
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

/** One click on a cell shows only what is like it. */
function Narrow({
  to,
  set,
  children,
}: {
  to: Record<string, string>
  set: (change: Record<string, string>) => void
  children: string
}) {
  return (
    <button type="button" title="Show only these" className="rounded text-left hover:underline" onClick={() => set(to)}>
      {children}
    </button>
  )
}

function Day({
  label,
  value,
  onPick,
}: {
  label: string
  value: string | undefined
  onPick: (value: string | undefined) => void
}) {
  return (
    <label className="inline-flex items-center gap-1.5 text-small text-quiet">
      {label}
      <input
        type="date"
        value={value ?? ''}
        onChange={({ target }) => onPick(target.value || undefined)}
        className="min-h-9 rounded-md border border-edge bg-surface px-2 text-body text-ink"
      />
    </label>
  )
}

/** What is short stands there; what is long opens. */
function Detail({ words }: { words: string }) {
  if (words.length <= 90) return <span className="break-words">{words}</span>
  return (
    <details>
      <summary className="cursor-pointer">{words.slice(0, 80)}…</summary>
      <p className="mt-1 break-words whitespace-pre-wrap">{words}</p>
    </details>
  )
}
