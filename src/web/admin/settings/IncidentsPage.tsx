import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { mayAs } from '../../../domain/actor.ts'
import type { IncidentListLine, IncidentsPage } from '../../../http/admin/settings/incidents.ts'
import type { Tone } from '../../parts/words.ts'
import { get } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Card } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Empty } from '../kit/States.tsx'
import { meQuery } from '../queries.ts'
import { Frame } from './Frame.tsx'
import { Incident } from './Incident.tsx'
import { PlanIncident } from './PlanIncident.tsx'

export const incidentStates: Record<IncidentListLine['status'], readonly [Tone, string]> = {
  draft: ['quiet', 'Dry run'],
  confirmed: ['review', 'Waits for a second person'],
  running: ['waiting', 'Running'],
  paused: ['review', 'Paused'],
  canceled: ['quiet', 'Canceled'],
  done: ['approve', 'Done'],
}

/** Money back to many customers at once, after something went wrong. */
export function Page() {
  const query = useQuery({
    queryKey: ['settings', 'incidents'],
    queryFn: () => get<IncidentsPage>('/settings/incidents'),
  })
  const { data: me } = useQuery(meQuery)
  const { open } = useSearch({ from: '/staff/settings/$page' })
  const navigate = useNavigate()
  const [planning, setPlanning] = useState(false)
  const may = me !== undefined && mayAs(me.staff.role, 'approver')
  const show = (id?: string) => {
    setPlanning(false)
    void navigate({ to: '/settings/$page', params: { page: 'incidents' }, search: id ? { open: id } : {} })
  }
  return (
    <Frame
      title="Incident refunds"
      about={`Money back to many customers at once, after something went wrong: first a dry run, then a confirmation, then one mail to each customer.${may ? '' : ' Only an approver or a higher role can plan one.'}`}
      query={query}
      aside={
        may && (
          <Button look="primary" onClick={() => setPlanning(true)}>
            Plan one
          </Button>
        )
      }
    >
      {({ incidents }) => (
        <>
          {planning && <PlanIncident close={() => setPlanning(false)} then={show} />}
          {open && !planning && <Incident id={open} close={() => show()} />}
          {incidents.length === 0 && !planning && (
            <Empty title="No incident so far">
              When something breaks for many, plan a refund here: you see whom it reaches and what it costs before
              anything moves.
            </Empty>
          )}
          {incidents.length > 0 && (
            <Card title="Incidents">
              <ul className="-my-2 divide-y divide-line">
                {incidents.map((one) => (
                  <li key={one.id} className="flex flex-wrap items-center justify-between gap-2 py-2.5">
                    <div className="min-w-0 flex-1 basis-56">
                      <button
                        type="button"
                        className="text-left font-medium text-accent underline"
                        onClick={() => show(one.id)}
                      >
                        <bdi>{one.name}</bdi>
                      </button>
                      <p className="text-small text-quiet">
                        planned <Time at={one.created_at} /> by {one.created_by} · {one.done} of{' '}
                        {one.done + one.waiting} payments
                      </p>
                    </div>
                    <Badge tone={incidentStates[one.status][0]} word={incidentStates[one.status][1]} />
                  </li>
                ))}
              </ul>
            </Card>
          )}
        </>
      )}
    </Frame>
  )
}
