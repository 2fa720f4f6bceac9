import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { format, money } from '../../../domain/money.ts'
import type { BulkPage } from '../../../http/admin/bulk.ts'
import { get } from '../api.ts'
import { Button, buttonLook } from '../kit/Button.tsx'
import { Card, Head } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Failure, Refused, Skeleton } from '../kit/States.tsx'
import { TypedConfirm, type Typed } from '../kit/TypedConfirm.tsx'
import { client, meQuery } from '../queries.ts'
import { Facts } from '../request/Cards.tsx'
import { send } from '../settings/send.ts'
import { StepUp } from '../settings/StepUp.tsx'
import { exact } from '../../parts/time.ts'
import { BulkResults } from './BulkResults.tsx'
import { bulkStates, deedWords, doneWords, requestsWord } from './words.ts'

const of = (bulk: BulkPage, ...statuses: string[]) => bulk.sums.filter(({ status }) => statuses.includes(status))
const count = (sums: BulkPage['sums']) => sums.reduce((all, one) => all + one.count, 0)
const total = (sums: BulkPage['sums']) =>
  sums.map(({ minor, currency }) => format(money(minor, currency))).join(' and ')

/** The dry run before it begins, the progress while it runs, the result afterwards: one address for all three. */
export function BulkScreen() {
  const { id } = useParams({ from: '/staff/bulk/$id' })
  const { only } = useSearch({ from: '/staff/bulk/$id' })
  const navigate = useNavigate({ from: '/bulk/$id' })
  const { data, error, refetch } = useQuery({
    queryKey: ['bulk', id],
    queryFn: () => get<BulkPage>(`/bulk/${encodeURIComponent(id)}`),
    refetchInterval: ({ state }) => (state.data?.status === 'running' || state.data?.undoable ? 1_000 : false),
  })
  return (
    <div>
      <StepUp />
      <Head
        title={data ? `${deedWords[data.deed]}: ${requestsWord(count(data.sums))}` : 'Bulk action'}
        aside={
          <Link to="/queue" className={buttonLook('quiet')}>
            Back to the queue
          </Link>
        }
      />
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton lines={8} />
      ) : (
        <div className="mx-auto max-w-5xl space-y-4 p-4 lg:p-6">
          <Bulk bulk={data} />
          <BulkResults
            id={id}
            bulk={data}
            only={only}
            pick={(value) => void navigate({ search: value ? { only: value } : {}, replace: true })}
          />
        </div>
      )}
    </div>
  )
}

function Bulk({ bulk }: { bulk: BulkPage }) {
  const [tone, word] = bulkStates[bulk.status]
  const waiting = of(bulk, 'waiting')
  const { words } = bulk
  return (
    <Card
      title={bulk.status === 'draft' ? 'What will happen' : 'What happened'}
      aside={<Badge tone={tone} word={word} />}
    >
      <div className="space-y-4">
        {bulk.status === 'draft' ? <Planned bulk={bulk} /> : <Progress bulk={bulk} />}
        <LeftOut bulk={bulk} />
        <Facts
          rows={[
            words.note && [
              'Note for colleagues',
              <span key="n" className="whitespace-pre-wrap">
                {words.note}
              </span>,
            ],
            bulk.template_name && ['Reply of the team', bulk.template_name],
            !words.template && words.reply && ['Customers read', <q key="r">{words.reply}</q>],
            words.proof && ['What shows it', words.proof],
            words.to !== undefined && ['Given to', bulk.to_name ?? 'nobody'],
            words.until && ['Snoozed until', exact(words.until)],
            [
              'Planned',
              <span key="p">
                {bulk.created_by_name ?? 'an API key'}, <Time at={bulk.created_at} />
              </span>,
            ],
            bulk.done_at && ['Ended', <Time key="d" at={bulk.done_at} exactly />],
          ]}
        />
        {bulk.status === 'draft' && count(waiting) === 0 && (
          <p className="text-review">Nothing would be done: each request is left out. Go back, and select others.</p>
        )}
        <Deeds bulk={bulk} />
      </div>
    </Card>
  )
}

function Planned({ bulk }: { bulk: BulkPage }) {
  const waiting = of(bulk, 'waiting')
  return (
    <p className="text-title">
      {requestsWord(count(waiting))} {count(waiting) === 1 ? 'is' : 'are'} {doneWords[bulk.deed]}
      {bulk.deed === 'approve' && (
        <>
          : <span className="figures font-semibold">{total(waiting) || '–'}</span>
        </>
      )}
      .
      {bulk.second_person > 0 && (
        <span className="block text-body text-review">
          {requestsWord(bulk.second_person)} {bulk.second_person === 1 ? 'waits' : 'wait'} for a second person then.
        </span>
      )}
    </p>
  )
}

function Progress({ bulk }: { bulk: BulkPage }) {
  const done = of(bulk, 'done')
  const over = count(of(bulk, 'done', 'refused', 'canceled', 'undone'))
  const all = over + count(of(bulk, 'waiting'))
  return (
    <div>
      <progress className="h-2 w-full accent-(--accent)" max={Math.max(1, all)} value={over} aria-label="Progress" />
      <p aria-live="polite">
        {count(done).toLocaleString('en')} of {requestsWord(all)} {doneWords[bulk.deed]}
        {bulk.deed === 'approve' && count(done) > 0 && (
          <>
            , <span className="figures font-medium">{total(done)}</span>
          </>
        )}
        {count(of(bulk, 'refused')) > 0 && <span className="text-deny"> · {count(of(bulk, 'refused'))} not done</span>}
        {count(of(bulk, 'undone')) > 0 && <span className="text-quiet"> · {count(of(bulk, 'undone'))} taken back</span>}
        {count(of(bulk, 'canceled')) > 0 && (
          <span className="text-quiet"> · {count(of(bulk, 'canceled'))} never begun</span>
        )}
        {bulk.status === 'running' && <span className="text-quiet"> · it goes on when you leave this page</span>}
      </p>
      {bulk.second_person > 0 && (
        <p className="text-review">
          {requestsWord(bulk.second_person)} {bulk.second_person === 1 ? 'waits' : 'wait'} for a second person.
        </p>
      )}
    </div>
  )
}

function LeftOut({ bulk }: { bulk: BulkPage }) {
  if (bulk.left_out.length === 0) return null
  const n = bulk.left_out.reduce((all, one) => all + one.count, 0)
  return (
    <div>
      <p className="font-medium">
        Left as {n === 1 ? 'it is' : 'they are'}: {requestsWord(n)}
      </p>
      <ul className="mt-1 list-disc space-y-0.5 pl-5">
        {bulk.left_out.slice(0, 12).map(({ because, count: how }) => (
          <li key={because}>
            {how} × {because}
          </li>
        ))}
      </ul>
    </div>
  )
}

function Deeds({ bulk }: { bulk: BulkPage }) {
  const { data: me } = useQuery(meQuery)
  const [sure, setSure] = useState(false)
  const act = useMutation({
    mutationFn: ({ move, body = {} }: { move: 'begin' | 'cancel' | 'undo'; body?: object }) =>
      send(`/bulk/${bulk.id}/${move}`, body),
    onSettled: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' }),
  })
  useEffect(() => setSure(false), [bulk.status])
  const waiting = of(bulk, 'waiting')
  const mine = me !== undefined && bulk.created_by === `staff:${me.staff.id}`
  const draft = bulk.status === 'draft'
  const can = draft && mine && count(waiting) > 0
  const begin = (typed: Typed) => act.mutate({ move: 'begin', body: typed })
  return (
    <>
      {can && bulk.deed === 'approve' && (
        <TypedConfirm
          what="requests"
          currencies={waiting.map(({ currency }) => currency)}
          button={act.isPending ? 'Beginning…' : `Approve ${requestsWord(count(waiting))}`}
          busy={act.isPending}
          error={act.error}
          confirm={begin}
        >
          {requestsWord(count(waiting))} approved over {total(waiting)}, each customer told, ten seconds to undo each.
        </TypedConfirm>
      )}
      {!(can && bulk.deed === 'approve') && <Refused error={act.error} />}
      <div className="flex flex-wrap gap-2">
        {can && bulk.deed !== 'approve' && (
          <Button
            look={bulk.deed === 'deny' ? 'deny' : 'primary'}
            disabled={act.isPending}
            onClick={() => begin({ count: count(waiting), sums: {} })}
          >
            {deedWords[bulk.deed]}: {requestsWord(count(waiting))}
          </Button>
        )}
        {bulk.undoable > 0 && (
          <Button disabled={act.isPending} onClick={() => act.mutate({ move: 'undo' })}>
            Undo {requestsWord(bulk.undoable)}
          </Button>
        )}
        {bulk.status === 'running' &&
          (sure ? (
            <Button look="deny" disabled={act.isPending} onClick={() => act.mutate({ move: 'cancel' })}>
              Yes, cancel what has not begun
            </Button>
          ) : (
            <Button onClick={() => setSure(true)}>Cancel</Button>
          ))}
        {!draft && (
          <a className={buttonLook()} href={`/admin/api/bulk/${bulk.id}/result.csv`} download>
            Result (CSV)
          </a>
        )}
      </div>
    </>
  )
}
