import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { mayAs } from '../../../domain/actor.ts'
import type { BacktestScreen as Screen } from '../../../http/admin/screens.ts'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Head } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Empty, Failure, Refused, Skeleton } from '../kit/States.tsx'
import { client, meQuery } from '../queries.ts'
import { actorWord } from '../words.ts'
import { BacktestChanges } from './BacktestChanges.tsx'
import { BacktestResult } from './BacktestResult.tsx'
import { backtestQuery } from './queries.ts'
import { backtestOver, backtestWords } from './words.ts'

/** A backtest while it runs, and its result to be read in one look. A reload finds it where it is. */
export function BacktestScreen() {
  const { id } = useParams({ from: '/staff/policy/backtests/$id' })
  const { data, error, isPending, refetch } = useQuery(backtestQuery(id))
  if (isPending) return <Skeleton alone lines={10} />
  if (!data) return <Failure alone error={error} retry={() => void refetch()} />
  const { word, tone } = backtestWords[data.status]
  return (
    <div className="flex h-full flex-col">
      <Head
        title={`Backtest: ${data.name}`}
        aside={
          data.draft_id && (
            <Link
              className="underline"
              to="/policy/drafts/$id"
              params={{ id: data.draft_id }}
              search={{ tab: 'backtest' }}
            >
              To the draft
            </Link>
          )
        }
      >
        <Badge tone={tone} word={word} />
        <span className="text-quiet">
          Over {backtestOver(data)}. {actorWord(data.started_by, data.people)} started it <Time at={data.created_at} />
          {data.ended_at && <>, in {seconds(data)} s</>}.
        </span>
      </Head>
      <div className="flex-1 space-y-4 overflow-y-auto p-4 lg:px-6">
        {data.ended_at === null && <Progress backtest={data} />}
        {data.status === 'failed' && (
          <p role="alert" className="rounded-md border border-deny bg-deny-soft p-3">
            It could not go on: {data.error}. What was counted until then stands below.
          </p>
        )}
        {data.status === 'canceled' && (
          <p className="rounded-md bg-sunken p-3">It was canceled. What was counted until then stands below.</p>
        )}
        {data.tally && data.done > 0 ? (
          <>
            <BacktestResult backtest={data} tally={data.tally} />
            <BacktestChanges backtest={data} />
          </>
        ) : data.ended_at !== null ? (
          <Empty title="There was nothing to go through">
            {data.kind === 'requests' ? 'No request was decided by the policy yet.' : 'There is no payment yet.'}
          </Empty>
        ) : (
          <Skeleton lines={8} />
        )}
      </div>
    </div>
  )
}

const seconds = ({ created_at, ended_at }: Screen): string =>
  ((new Date(ended_at ?? created_at).getTime() - new Date(created_at).getTime()) / 1000).toFixed(1)

function Progress({ backtest: { id, done, total, status } }: { backtest: Screen }) {
  const { data: me } = useQuery(meQuery)
  const cancel = useMutation({
    mutationFn: () => post(`/policy/backtests/${id}/cancel`),
    onSettled: () => client.invalidateQueries({ queryKey: ['backtest', id] }),
  })
  const share = total ? Math.floor((100 * done) / total) : 0
  return (
    <section aria-label="Progress" className="rounded-lg border border-line bg-surface p-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p role="status" className="figures font-medium">
          {status === 'waiting' || total === null
            ? 'Waiting for the worker'
            : `${done.toLocaleString('en')} of ${total.toLocaleString('en')} (${share} %)`}
        </p>
        {me && mayAs(me.staff.role, 'finance') && (
          <Button disabled={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel
          </Button>
        )}
      </div>
      <progress aria-label="How far it is" className="mt-2 h-2 w-full accent-accent" max={total ?? 1} value={done} />
      <Refused error={cancel.error} />
      <p className="mt-1 text-small text-quiet">You can leave this page; it goes on and is here when you come back.</p>
    </section>
  )
}
