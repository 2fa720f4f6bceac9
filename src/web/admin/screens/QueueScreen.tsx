import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { CheckCheck, ListChecks } from 'lucide-react'
import { useEffect } from 'react'
import type { QueueCounts, QueueView } from '../../../http/admin/screens.ts'
import { BulkBar, RunningBulk } from '../bulk/BulkBar.tsx'
import { useSelection } from '../bulk/selection.ts'
import { useKeys } from '../keys.ts'
import { Head, Pick, SearchBox } from '../kit/Page.tsx'
import { Empty, Failure, Skeleton } from '../kit/States.tsx'
import { SavedViews } from '../SavedViews.tsx'
import { useViewers } from '../presence.ts'
import { queueQuery } from '../queries.ts'
import { Exceptions } from '../request/Exceptions.tsx'
import { QueueList } from '../request/QueueList.tsx'
import { RequestView } from '../request/RequestView.tsx'
import { useReasonChoices } from '../reasons.tsx'
import { signalWords } from '../words.ts'

const views = [
  ['all', 'All'],
  ['overdue', 'Overdue'],
  ['mine', 'Mine'],
  ['unassigned', 'Nobody’s'],
  ['mentions', 'Mentions me'],
  ['escalated', 'Escalated'],
  ['failed', 'Failed refunds'],
  ['customer', 'Waits for customer'],
  ['snoozed', 'Snoozed'],
  ['exceptions', 'Differences'],
] as const

/** What needs a person, the most urgent first; the open request beside it. */
export function QueueScreen() {
  const { open, view = 'all', ...filter } = useSearch({ from: '/staff/queue' })
  const navigate = useNavigate({ from: '/queue' })
  const server = view === 'exceptions' ? filter : { ...filter, ...(view !== 'all' && { view }) }
  const { data, error, isPending, refetch } = useQuery(queueQuery(server))
  const rows = data?.rows ?? []
  const reasons = useReasonChoices({ all: true })
  const viewers = useViewers()
  const selection = useSelection(rows)
  const at = rows.findIndex(({ id }) => id === open)
  const set = (change: Record<string, string | undefined>) =>
    void navigate({ search: (old) => ({ ...old, ...change }), replace: true })
  const go = (step: number) => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))]
    if (next) set({ open: next.id })
  }
  const reach = (step: number) => {
    const from = rows[Math.max(0, at)]
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))]
    if (!from || !next) return
    if (!selection.ids.has(from.id) && at >= 0) selection.reach(from.id)
    selection.reach(next.id)
    set({ open: next.id })
  }
  useKeys({
    x: () => {
      const row = rows[Math.max(0, at)]
      if (row) selection.toggle(row.id)
    },
    J: () => reach(1),
    K: () => reach(-1),
    j: () => go(1),
    ArrowDown: () => go(1),
    k: () => go(at < 0 ? 1 : -1),
    ArrowUp: () => go(at < 0 ? 1 : -1),
    Enter: () => (open ? void navigate({ to: '/requests/$id', params: { id: open } }) : go(1)),
    Escape: () => (selection.ids.size > 0 && open === undefined ? selection.clear() : set({ open: undefined })),
  })
  useEffect(() => {
    document.getElementById(`row-${open}`)?.scrollIntoView({ block: 'nearest' })
  }, [open])
  // What somebody else decided leaves the list; the panel then shows its outcome until the next step.
  const panel = open !== undefined && view !== 'exceptions'
  return (
    <div className="flex h-full">
      <div className={`flex min-w-0 flex-1 flex-col ${panel ? 'hidden lg:flex' : ''}`}>
        <Head title="Queue" aside={<Views view={view} counts={data?.counts} />}>
          {view !== 'exceptions' && (
            <>
              <SearchBox
                value={filter.q ?? ''}
                placeholder="E-mail, name, payment, invoice, last four"
                onSearch={(q) => set({ q: q || undefined })}
              />
              <Pick label="Reason" value={filter.reason} choices={reasons} onPick={(reason) => set({ reason })} />
              <Pick
                label="Signal"
                value={filter.signal}
                choices={Object.entries(signalWords)}
                onPick={(signal) => set({ signal })}
              />
              <SavedViews search={{ ...filter, ...(view !== 'all' && { view }) }} />
            </>
          )}
        </Head>
        <div className="min-h-0 flex-1 overflow-y-auto">
          {error && !data ? (
            <Failure error={error} retry={() => void refetch()} />
          ) : isPending ? (
            <Skeleton lines={7} tall />
          ) : view === 'exceptions' ? (
            <Exceptions rows={data.exceptions} />
          ) : rows.length === 0 ? (
            <Nothing filtered={view !== 'all' || Object.keys(filter).length > 0} />
          ) : (
            <QueueList
              rows={rows}
              viewers={viewers}
              open={open}
              narrow={panel}
              selection={selection}
              onOpen={(id) => set({ open: id })}
            />
          )}
        </div>
        <RunningBulk />
        {view !== 'exceptions' && (
          <BulkBar
            key={JSON.stringify(server)}
            selection={selection}
            shown={rows.length}
            total={
              Object.keys(filter).length === 0
                ? data?.counts[view as QueueView]
                : rows.length < 300
                  ? rows.length
                  : undefined
            }
            view={server}
          />
        )}
      </div>
      {panel && (
        <aside
          aria-label="The open request"
          className="min-w-0 flex-1 border-line lg:max-w-[56%] lg:basis-[56%] lg:border-l"
        >
          <RequestView
            key={open}
            id={open}
            onClose={() => set({ open: undefined })}
            onDecided={() => go(at + 1 < rows.length ? 1 : -1)}
          />
        </aside>
      )}
    </div>
  )
}

function Views({ view, counts }: { view: string; counts: QueueCounts | undefined }) {
  return (
    <nav aria-label="Views of the queue" className="-mx-1 flex max-w-full gap-0.5 overflow-x-auto px-1">
      {views.map(([code, word]) => {
        const count = counts?.[code as QueueView]
        return (
          <Link
            key={code}
            from="/queue"
            to="/queue"
            search={(old) => ({ ...old, view: code === 'all' ? undefined : code, open: undefined })}
            aria-current={view === code ? 'page' : undefined}
            className={`flex min-h-8 items-center gap-1.5 rounded-md px-2.5 whitespace-nowrap ${view === code ? 'bg-sunken font-medium' : 'text-quiet hover:text-ink'}`}
          >
            {word}
            <span
              className={`figures text-small ${(code === 'overdue' || code === 'failed' || code === 'exceptions') && count ? 'font-semibold text-deny' : 'text-quiet'}`}
            >
              {count ?? '–'}
            </span>
          </Link>
        )
      })}
    </nav>
  )
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (!filtered)
    return (
      <Empty icon={CheckCheck} title="Nothing waits for you">
        A request appears here when the policy hands it to a person, or when a refund fails. The policy answers all
        others by itself.
      </Empty>
    )
  return (
    <Empty icon={ListChecks} title="Nothing matches">
      No waiting request fits these filters.{' '}
      <Link className="text-accent underline" to="/queue" search={{}}>
        Show all that wait
      </Link>
    </Empty>
  )
}
