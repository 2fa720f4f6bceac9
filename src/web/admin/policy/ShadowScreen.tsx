import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { ArrowRight, Ghost } from 'lucide-react'
import { mayAs } from '../../../domain/actor.ts'
import type { Decision } from '../../../domain/decision.ts'
import type { ShadowAnswerLine, ShadowLine } from '../../../http/admin/screens.ts'
import { verdictWords } from '../../parts/words.ts'
import { get } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Card, Head, Pick } from '../kit/Page.tsx'
import { Amount, Badge, Time } from '../kit/Show.tsx'
import { Empty, Failure, Skeleton } from '../kit/States.tsx'
import { meQuery } from '../queries.ts'
import { Trace } from '../request/Trace.tsx'
import { actorWord } from '../words.ts'
import { wide } from './BacktestResult.tsx'
import { shadowQuery } from './queries.ts'
import { End } from './ShadowPanel.tsx'

const pageSize = 25

/** What a text in shadow answered beside the live policy: how many, which differ, how much money, each leading to its request. */
export function ShadowScreen() {
  const { id } = useParams({ from: '/staff/policy/shadows/$id' })
  const { only, page = '0', open } = useSearch({ from: '/staff/policy/shadows/$id' })
  const navigate = useNavigate({ from: '/policy/shadows/$id' })
  const { data: me } = useQuery(meQuery)
  const at = Number(page) || 0
  const { data, error, isPending, refetch } = useQuery(shadowQuery(id, { only, offset: at * pageSize }))
  if (isPending) return <Skeleton alone lines={10} />
  if (!data) return <Failure alone error={error} retry={() => void refetch()} />
  const { shadow, rows, more, people } = data
  return (
    <div className="flex h-full flex-col">
      <Head
        title={`Shadow: ${shadow.name}`}
        aside={
          <span className="flex items-center gap-3">
            {shadow.draft_id && (
              <Link
                className="underline"
                to="/policy/drafts/$id"
                params={{ id: shadow.draft_id }}
                search={{ tab: 'shadow' }}
              >
                To the draft
              </Link>
            )}
            {shadow.ended_at === null && me && mayAs(me.staff.role, 'finance') && <End shadow={shadow} />}
          </span>
        }
      >
        {shadow.ended_at === null ? <Badge tone="waiting" word="Running" /> : <Badge tone="quiet" word="Ended" />}
        <span className="text-quiet">
          {actorWord(shadow.started_by, people)} started it <Time at={shadow.started_at} />
          {shadow.ended_at && (
            <>
              ; {actorWord(shadow.ended_by ?? '', people)} ended it <Time at={shadow.ended_at} />
            </>
          )}
          . It acts on nothing.
        </span>
      </Head>
      <div className="flex-1 space-y-4 overflow-y-auto p-4 lg:px-6">
        <Figures shadow={shadow} />
        <Card
          title="Beside the live policy"
          aside={
            <Pick
              label="Answers"
              value={only}
              choices={[
                ['differ', 'that differ'],
                ['failed', 'that failed'],
              ]}
              onPick={(to) => void navigate({ search: { only: to } })}
            />
          }
        >
          {rows.length === 0 ? (
            <Empty icon={Ghost} title={only ? 'None of these' : 'No request since then'}>
              {only
                ? 'Nothing to see here is good news.'
                : 'Each new request that the policy decides appears here within seconds.'}
            </Empty>
          ) : (
            <ul className="divide-y divide-line">
              {rows.map((row) => (
                <li key={row.decision_id}>
                  <Row
                    row={row}
                    open={open === row.request_id}
                    shadow={id}
                    onOpen={(to) => void navigate({ search: (was) => ({ ...was, open: to }), replace: true })}
                  />
                </li>
              ))}
            </ul>
          )}
          {(at > 0 || more) && (
            <div className="mt-3 flex gap-2">
              <Button
                disabled={at === 0}
                onClick={() => void navigate({ search: (was) => ({ ...was, page: String(at - 1) }) })}
              >
                Newer
              </Button>
              <Button
                disabled={!more}
                onClick={() => void navigate({ search: (was) => ({ ...was, page: String(at + 1) }) })}
              >
                Older
              </Button>
            </div>
          )}
        </Card>
      </div>
    </div>
  )
}

function Figures({ shadow }: { shadow: ShadowLine }) {
  const box = 'rounded-lg border border-line bg-surface p-4'
  return (
    <div className="grid items-start gap-4 sm:grid-cols-3">
      <section className={box}>
        <h2 className="text-small text-quiet">Answers that differ</h2>
        <p className="figures text-figure font-semibold">{shadow.differ.toLocaleString('en')}</p>
        <p className="text-small text-quiet">of {shadow.answers.toLocaleString('en')}</p>
      </section>
      <section className={box}>
        <h2 className="text-small text-quiet">Could not answer</h2>
        <p className="figures text-figure font-semibold">{shadow.failed.toLocaleString('en')}</p>
        <p className="text-small text-quiet">the live answers were given all the same</p>
      </section>
      <section className={box}>
        <h2 className="text-small text-quiet">Paid at once, with the shadow</h2>
        {shadow.money.length === 0 && <p className="text-figure font-semibold">–</p>}
        {shadow.money.map(({ currency, live_minor, shadow_minor }) => {
          const more = BigInt(shadow_minor) - BigInt(live_minor)
          return (
            <p key={currency} className="figures">
              <span className="text-title font-semibold">
                {more > 0n ? '+' : ''}
                {wide(more, currency)}
              </span>{' '}
              <span className="text-small text-quiet">
                {wide(live_minor, currency)} → {wide(shadow_minor, currency)}
              </span>
            </p>
          )
        })}
      </section>
    </div>
  )
}

function Row({
  row,
  open,
  shadow,
  onOpen,
}: {
  row: ShadowAnswerLine
  open: boolean
  shadow: string
  onOpen: (id: string | undefined) => void
}) {
  const live = verdictWords[row.live_verdict]
  const own = row.verdict && verdictWords[row.verdict]
  return (
    <div className="py-2">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <Link
          className="min-w-40 flex-1 font-medium underline-offset-2 hover:underline"
          to="/requests/$id"
          params={{ id: row.request_id }}
        >
          <bdi>{row.customer_name ?? row.request_id}</bdi>
        </Link>
        <span className="flex flex-wrap items-center gap-1.5">
          <Badge tone={live.tone} word={live.word} />
          {row.live_verdict !== 'deny' && <Amount minor={row.live_minor} currency={row.currency} />}
          <ArrowRight size={14} aria-label="in shadow" />
          {own ? <Badge tone={own.tone} word={own.word} /> : <Badge tone="deny" word="No answer" />}
          {row.verdict && row.verdict !== 'deny' && <Amount minor={row.amount_minor ?? 0} currency={row.currency} />}
        </span>
        {row.differs && <span className="text-small font-medium text-accent">differs</span>}
        <span className="text-small text-quiet">
          <Time at={row.decided_at} />
        </span>
        <Button look="quiet" aria-expanded={open} onClick={() => onOpen(open ? undefined : row.request_id)}>
          {open ? 'Close' : 'Explain'}
        </Button>
      </div>
      {open && <Explanation shadow={shadow} row={row} />}
    </div>
  )
}

function Explanation({ shadow, row }: { shadow: string; row: ShadowAnswerLine }) {
  const { data, error } = useQuery({
    queryKey: ['shadow-answer', shadow, row.request_id],
    queryFn: () =>
      get<{ explanation: Decision | null; error: string | null }>(
        `/policy/shadows/${shadow}/answers/${row.request_id}`,
      ),
  })
  if (error && !data) return <Failure error={error} />
  if (!data) return <Skeleton lines={3} />
  return (
    <div className="mt-2 rounded-md bg-sunken p-3">
      {data.explanation ? <Trace decision={data.explanation} /> : <p className="text-deny">{data.error}</p>}
    </div>
  )
}
