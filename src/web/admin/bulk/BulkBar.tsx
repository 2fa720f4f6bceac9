import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import type { BulkLine, BulkList } from '../../../http/admin/bulk.ts'
import { get } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import type { Selection } from './selection.ts'
import { deedWords, doneWords, requestsWord } from './words.ts'

const BulkDialog = lazy(async () => ({ default: (await import('./BulkDialog.tsx')).BulkDialog }))
const deeds = ['approve', 'deny', 'assign', 'snooze', 'note', 'handle'] as const

/** What can be done with the selected rows; below it, what is running. */
export function BulkBar({
  selection,
  shown,
  total,
  view,
}: {
  selection: Selection
  /** How many rows the list shows, and how many the view holds, where that is known. */
  shown: number
  total: number | undefined
  view: Record<string, string | undefined>
}) {
  const [deed, setDeed] = useState<BulkLine['deed']>()
  const [whole, setWhole] = useState(false)
  const count = selection.ids.size
  const everything = whole && count === shown
  if (count === 0) return null
  return (
    <div
      role="toolbar"
      aria-label="What to do with the selected requests"
      className="flex flex-wrap items-center gap-2 border-t border-line bg-surface px-4 py-2.5 shadow-over lg:px-6"
    >
      <span aria-live="polite" className="font-medium">
        {everything ? 'All that match' : requestsWord(count)} selected
      </span>
      {count === shown && !everything && (total === undefined || total > shown) && (
        <Button look="quiet" onClick={() => setWhole(true)}>
          Select all{total === undefined ? '' : ` ${total.toLocaleString('en')}`} that match this filter
        </Button>
      )}
      <span className="flex flex-wrap gap-1.5">
        {deeds.map((name) => (
          <Button key={name} look={name === 'approve' ? 'primary' : 'plain'} onClick={() => setDeed(name)}>
            {deedWords[name]}…
          </Button>
        ))}
      </span>
      <Button look="quiet" onClick={selection.clear}>
        Clear
      </Button>
      {deed && (
        <Suspense>
          <BulkDialog
            deed={deed}
            chosen={everything ? { view } : { requests: [...selection.ids] }}
            count={everything ? total : count}
            close={() => setDeed(undefined)}
          />
        </Suspense>
      )}
    </div>
  )
}

/** A bulk action of mine that is under way: it goes on without this page, and is found again after a reload. */
export function RunningBulk() {
  const { data } = useQuery({
    queryKey: ['bulks'],
    queryFn: () => get<BulkList>('/bulk'),
    refetchInterval: ({ state }) => (state.data?.bulks.some(({ status }) => status === 'running') ? 2_000 : false),
  })
  const running = data?.bulks.filter(({ status }) => status === 'running') ?? []
  return running.map(({ id, deed, done, waiting }) => (
    <p key={id} className="border-t border-line bg-waiting-soft px-4 py-2 lg:px-6">
      {done.toLocaleString('en')} of {requestsWord(done + waiting)} {doneWords[deed]}.{' '}
      <Link to="/bulk/$id" params={{ id }} className="font-medium text-accent underline">
        See how far it is
      </Link>
    </p>
  ))
}
