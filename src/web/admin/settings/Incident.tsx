import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { mayAs } from '../../../domain/actor.ts'
import { format, money } from '../../../domain/money.ts'
import type { IncidentPage } from '../../../http/admin/settings/incidents.ts'
import { get } from '../api.ts'
import { Button, buttonLook } from '../kit/Button.tsx'
import { Card } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Failure, Refused, Skeleton } from '../kit/States.tsx'
import { TypedConfirm } from '../kit/TypedConfirm.tsx'
import { meQuery } from '../queries.ts'
import { Facts } from '../request/Cards.tsx'
import { incidentStates } from './IncidentsPage.tsx'
import { useSend } from './send.ts'

const of = (incident: IncidentPage, status: string) => incident.sums.filter((one) => one.status === status)
const count = (sums: IncidentPage['sums']) => sums.reduce((sum, one) => sum + one.count, 0)
const total = (sums: IncidentPage['sums']) =>
  sums.map(({ minor, currency }) => format(money(minor, currency))).join(' and ') || '–'

/** The dry run before it begins, the progress while it runs, the report afterwards. */
export function Incident({ id, close }: { id: string; close: () => void }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['settings', 'incident', id],
    queryFn: () => get<IncidentPage>(`/settings/incidents/${encodeURIComponent(id)}`),
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? 2_000 : false),
  })
  if (error) return <Failure error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton lines={6} />
  const [tone, word] = incidentStates[data.status]
  const waiting = of(data, 'waiting')
  const done = of(data, 'done')
  return (
    <Card title={data.name} aside={<Badge tone={tone} word={word} />}>
      <div className="space-y-4">
        {data.status === 'draft' ? (
          <p className="text-title">
            {count(waiting).toLocaleString('en')} payments of {data.customers.toLocaleString('en')} customers get{' '}
            <span className="figures font-semibold">{total(waiting)}</span>.
          </p>
        ) : (
          <Progress incident={data} />
        )}
        <Facts
          rows={[
            ['How much', amountWords(data)],
            ['Reason', data.reason.replaceAll('_', ' ')],
            ['They read', <q key="q">{data.say}</q>],
            [
              'Access',
              data.access === 'keep' ? 'stays' : data.access === 'now' ? 'ends at once' : 'ends with the period',
            ],
            [
              'Planned',
              <span key="p">
                {data.created_by}, <Time at={data.created_at} />
              </span>,
            ],
            data.confirmed_by && ['Confirmed by', data.confirmed_by],
            data.started_by && data.started_by !== data.confirmed_by && ['Second person', data.started_by],
            data.done_at && ['Ended', <Time key="d" at={data.done_at} exactly />],
            done.length > 0 && [
              'Refunds',
              data.refunds.map((one) => `${one.count} ${one.status.replaceAll('_', ' ')}`).join(', '),
            ],
            data.who.kind === 'list' && data.who.unreadable > 0 && ['Lines without an id', String(data.who.unreadable)],
          ]}
        />
        {data.left_out.length > 0 && (
          <details open={data.status === 'draft'}>
            <summary className="cursor-pointer font-medium">
              {data.left_out.reduce((sum, one) => sum + one.count, 0)} left out
            </summary>
            <ul className="mt-1 space-y-1">
              {data.left_out.map((one) => (
                <li key={one.because}>
                  {one.count} {one.because}{' '}
                  <span className="font-mono text-[0.75rem] break-all text-quiet">
                    {one.examples.join(' ')}
                    {one.count > one.examples.length && ' …'}
                  </span>
                </li>
              ))}
            </ul>
          </details>
        )}
        <Deeds incident={data} close={close} />
      </div>
    </Card>
  )
}

function amountWords({ amount }: IncidentPage): string {
  if (amount.kind === 'full') return 'all that is left'
  if (amount.kind === 'percent') return `${amount.percent} % of what was paid`
  return `${format(money(amount.minor, amount.currency))} each`
}

function Progress({ incident }: { incident: IncidentPage }) {
  const [done, waiting] = [count(of(incident, 'done')), count(of(incident, 'waiting'))]
  return (
    <div>
      <progress
        className="h-2 w-full accent-(--accent)"
        max={Math.max(1, done + waiting)}
        value={done}
        aria-label="Progress"
      />
      <p aria-live="polite">
        {done.toLocaleString('en')} of {(done + waiting).toLocaleString('en')} payments,{' '}
        <span className="figures font-medium">{total(of(incident, 'done'))}</span>
        {incident.status === 'running' && waiting > 0 && (
          <span className="text-quiet"> · about {Math.ceil(waiting / 5 / 60)} min to go</span>
        )}
      </p>
    </div>
  )
}

function Deeds({ incident, close }: { incident: IncidentPage; close: () => void }) {
  const { data: me } = useQuery(meQuery)
  const act = useSend()
  const [sure, setSure] = useState(false)
  const at = `/settings/incidents/${incident.id}`
  const may = me !== undefined && mayAs(me.staff.role, 'approver')
  const deed = (move: string) => act.mutate({ path: `${at}/${move}`, body: {} })
  const mine = me !== undefined && incident.people.includes(`staff:${me.staff.id}`)
  return (
    <>
      {may && incident.status === 'draft' && count(of(incident, 'waiting')) > 0 && <Confirm incident={incident} />}
      {incident.status === 'confirmed' && (
        <p className="text-review">
          {mine || !me || !mayAs(me.staff.role, 'finance')
            ? 'The sum is above the limit of one person: somebody else with the role finance or owner has to begin it.'
            : 'The sum is above the limit of one person. You are the second one: look at it, and begin it.'}
        </p>
      )}
      <Refused error={act.error} />
      <div className="flex flex-wrap gap-2">
        {incident.status === 'confirmed' && me && mayAs(me.staff.role, 'finance') && !mine && (
          <Button look="approve" disabled={act.isPending} onClick={() => deed('start')}>
            Begin: {count(of(incident, 'waiting'))} payments, {total(of(incident, 'waiting'))}
          </Button>
        )}
        {may && incident.status === 'running' && <Button onClick={() => deed('pause')}>Pause</Button>}
        {may && incident.status === 'paused' && (
          <Button look="primary" onClick={() => deed('resume')}>
            Go on
          </Button>
        )}
        {may &&
          ['draft', 'confirmed', 'running', 'paused'].includes(incident.status) &&
          (sure ? (
            <Button
              look="deny"
              onClick={() => {
                setSure(false)
                deed('cancel')
              }}
            >
              Yes, cancel what is left
            </Button>
          ) : (
            <Button onClick={() => setSure(true)}>Cancel</Button>
          ))}
        <a className={buttonLook()} href={`/admin/api${at}/report.csv`} download>
          Report (CSV)
        </a>
        <Button look="quiet" onClick={close}>
          Close
        </Button>
      </div>
    </>
  )
}

function Confirm({ incident }: { incident: IncidentPage }) {
  const waiting = of(incident, 'waiting')
  const confirm = useSend()
  return (
    <TypedConfirm
      what="payments"
      currencies={waiting.map(({ currency }) => currency)}
      button={incident.needs_two ? 'Confirm, and ask a second person' : 'Begin the refunds'}
      busy={confirm.isPending}
      error={confirm.error}
      confirm={(typed) => confirm.mutate({ path: `/settings/incidents/${incident.id}/confirm`, body: typed })}
    >
      {count(waiting)} refunds over {total(waiting)}, about five in a second, and one mail to each of{' '}
      {incident.customers} customers.{incident.needs_two && ' Then a second person has to begin it.'}
    </TypedConfirm>
  )
}
