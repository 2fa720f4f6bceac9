import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Ghost } from 'lucide-react'
import type { PolicyDraftScreen, ShadowLine } from '../../../http/admin/screens.ts'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Card } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Empty, Failure, Refused, Skeleton } from '../kit/States.tsx'
import { client } from '../queries.ts'
import { policyQuery } from './queries.ts'

/** Puts a draft beside the live policy, without effect, and shows what it would have answered. */
export function ShadowPanel({ draft, mayStart }: { draft: PolicyDraftScreen; mayStart: boolean }) {
  const { data, error, refetch } = useQuery({ ...policyQuery, refetchInterval: 5_000 })
  const rows = data?.shadows.filter(({ draft_id }) => draft_id === draft.id)
  const running = rows?.find(({ ended_at }) => ended_at === null)
  const start = useMutation({
    mutationFn: () => post<{ id: string }>(`/policy/drafts/${draft.id}/shadow`),
    onSettled: () => client.invalidateQueries({ queryKey: ['policy'] }),
  })
  return (
    <div className="grid flex-1 grid-cols-[minmax(0,1fr)] content-start gap-4 overflow-y-auto p-4 lg:grid-cols-[24rem_minmax(0,1fr)] lg:px-6">
      <Card title="In shadow" className="self-start">
        <p>
          The draft is asked about every new request, beside the policy in force, and does nothing. Its answers are kept
          with their explanation.
        </p>
        {running && running.revision !== draft.revision && (
          <p className="mt-2 text-small text-quiet">
            The draft was changed since it was put in shadow: what runs is the text of then.
          </p>
        )}
        <div className="mt-3 space-y-2">
          <Refused error={start.error} />
          {!running && (
            <Button look="primary" disabled={!mayStart || start.isPending} onClick={() => start.mutate()}>
              Put in shadow
            </Button>
          )}
          {running && <End shadow={running} />}
          {!mayStart && <p className="text-small text-quiet">Finance and owners do this, while the draft is open.</p>}
        </div>
      </Card>
      <Card title="What it answered">
        {error && !data ? (
          <Failure error={error} retry={() => void refetch()} />
        ) : !rows ? (
          <Skeleton lines={3} />
        ) : rows.length === 0 ? (
          <Empty icon={Ghost} title="Not in shadow yet">
            Put it in shadow and its answers to new requests appear here, beside the real ones.
          </Empty>
        ) : (
          <ShadowList rows={rows} />
        )}
      </Card>
    </div>
  )
}

/** Ends a shadow; what it has found stays. */
export function End({ shadow }: { shadow: Pick<ShadowLine, 'id'> }) {
  const end = useMutation({
    mutationFn: () => post(`/policy/shadows/${shadow.id}/end`),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ['policy'] })
      await client.invalidateQueries({ queryKey: ['shadow', shadow.id] })
    },
  })
  return (
    <>
      <Button disabled={end.isPending} onClick={() => end.mutate()}>
        End the shadow
      </Button>
      <Refused error={end.error} />
    </>
  )
}

export function ShadowList({ rows }: { rows: readonly ShadowLine[] }) {
  return (
    <ul className="divide-y divide-line">
      {rows.map((row) => (
        <li key={row.id}>
          <Link
            to="/policy/shadows/$id"
            params={{ id: row.id }}
            search={{}}
            className="block rounded-md px-2 py-2 hover:bg-sunken"
          >
            <span className="flex flex-wrap items-center justify-between gap-2">
              <span className="flex items-center gap-2">
                {row.ended_at === null ? <Badge tone="waiting" word="Running" /> : <Badge tone="quiet" word="Ended" />}
                <span className="font-medium">
                  {row.differ.toLocaleString('en')} of {row.answers.toLocaleString('en')} differ
                </span>
                {row.failed > 0 && <Badge tone="deny" word={`${row.failed} failed`} />}
              </span>
              <span className="text-small text-quiet">
                since <Time at={row.started_at} />
              </span>
            </span>
            <span className="block text-small text-quiet">{row.name}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
