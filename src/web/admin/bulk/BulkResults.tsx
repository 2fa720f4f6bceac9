import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { BulkItems, BulkPage } from '../../../http/admin/bulk.ts'
import { refundWords, requestWords } from '../../parts/words.ts'
import { get } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Card, Pick } from '../kit/Page.tsx'
import { Amount, Badge } from '../kit/Show.tsx'
import { Failure, Skeleton } from '../kit/States.tsx'
import { itemStates } from './words.ts'

type Row = BulkItems['rows'][number]

/** What becomes of each request: the result, its reason in words, and the way to it. */
export function BulkResults({
  id,
  bulk,
  only,
  pick,
}: {
  id: string
  bulk: BulkPage
  only: string | undefined
  pick: (only: string | undefined) => void
}) {
  const { data, error, refetch, fetchNextPage, hasNextPage } = useInfiniteQuery({
    queryKey: ['bulk', id, 'items', only],
    queryFn: ({ pageParam }) => get<BulkItems>(`/bulk/${encodeURIComponent(id)}/items`, { only, after: pageParam }),
    initialPageParam: 0,
    getNextPageParam: ({ rows, more }) => (more ? rows.at(-1)?.position : undefined),
    placeholderData: keepPreviousData,
    refetchInterval: bulk.status === 'running' ? 2_000 : false,
  })
  const rows = data?.pages.flatMap((page) => page.rows) ?? []
  const states = [...new Set(bulk.sums.map(({ status }) => status))]
  return (
    <Card
      title="Each request"
      aside={
        states.length > 1 && (
          <Pick
            label="Result"
            value={only}
            choices={states.map((state) => [state, itemStates[state][1]] as const)}
            onPick={pick}
          />
        )
      }
    >
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton lines={6} />
      ) : rows.length === 0 ? (
        <p className="text-quiet">No request has this result.</p>
      ) : (
        <ul aria-label="Results" className="-m-4 divide-y divide-line">
          {rows.map((row) => (
            <li key={row.request_id} className="px-4 py-2.5">
              <Result row={row} money={bulk.deed === 'approve'} />
            </li>
          ))}
        </ul>
      )}
      {hasNextPage && (
        <div className="mt-8 flex justify-center">
          <Button onClick={() => void fetchNextPage()}>More</Button>
        </div>
      )}
    </Card>
  )
}

function Result({ row, money }: { row: Row; money: boolean }) {
  const [tone, word] = itemStates[row.status]
  const now = row.request_status && requestWords[row.request_status as keyof typeof requestWords]
  const refund = row.refund_status && refundWords[row.refund_status as keyof typeof refundWords]
  return (
    <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
      <span className="w-24 shrink-0">
        <Badge tone={tone} word={word} />
      </span>
      <span className="min-w-0 flex-1 basis-60">
        <Link to="/requests/$id" params={{ id: row.request_id }} className="font-medium text-accent underline">
          <bdi>{row.customer_name ?? row.customer_email ?? row.request_id}</bdi>
        </Link>{' '}
        <span className="text-quiet">{row.description}</span>
        {row.because && <span className="block break-words">{row.because}</span>}
      </span>
      {now && (
        <span className="text-small text-quiet">
          now: {now.word.toLowerCase()}
          {refund && row.refund_status !== 'succeeded' && `, ${refund.word.toLowerCase()}`}
        </span>
      )}
      {money && row.amount_minor > 0 && (
        <Amount minor={row.amount_minor} currency={row.currency} className="w-24 text-right font-semibold" />
      )}
    </div>
  )
}
