import { useMutation, useQuery } from '@tanstack/react-query'
import { UserRound } from 'lucide-react'
import { mayAs } from '../../../domain/actor.ts'
import type { RequestScreen } from '../../../http/admin/screens.ts'
import { post } from '../api.ts'
import { useKeys } from '../keys.ts'
import { Button } from '../kit/Button.tsx'
import { Refused } from '../kit/States.tsx'
import { client, meQuery } from '../queries.ts'

/** Who looks after a request: taken on with one click or `m`, or given to a colleague by name. */
export function Assign({ screen: { request, people, team } }: { screen: RequestScreen }) {
  const { data: me } = useQuery(meQuery)
  const mine = me !== undefined && request.assignee === `staff:${me.staff.id}`
  const assign = useMutation({
    mutationFn: (to: string) => post(`/requests/${request.id}/assign`, { to }),
    onSettled: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' }),
  })
  const may = me !== undefined && mayAs(me.staff.role, 'support')
  useKeys(may ? { m: () => assign.mutate(mine ? 'nobody' : 'me') } : {})
  const whose = mine ? 'Yours' : request.assignee ? (people[request.assignee] ?? 'A colleague') : 'Nobody’s'
  return (
    <div className="shrink-0 text-right">
      <div className="flex items-center justify-end gap-1">
        <Button
          look="quiet"
          disabled={!may}
          title={may ? 'Key: m' : 'Only support or a higher role can take a request on.'}
          onClick={() => assign.mutate(mine ? 'nobody' : 'me')}
        >
          <UserRound size={15} aria-hidden="true" />
          <span className="hidden sm:inline">{mine ? 'Yours' : 'Take it on'}</span>
          <span className="sr-only sm:hidden">{mine ? 'Give it back' : 'Take it on'}</span>
        </Button>
        {may && (
          <select
            aria-label={`Whose it is: ${whose}`}
            title="Give it to a colleague"
            className="min-h-9 max-w-28 rounded-md border border-edge bg-surface px-1.5 sm:max-w-40"
            value={request.assignee?.replace('staff:', '') ?? ''}
            disabled={assign.isPending}
            onChange={({ target }) => assign.mutate(target.value || 'nobody')}
          >
            <option value="">Nobody’s</option>
            {team.map(({ id, name, role }) => (
              <option key={id} value={id}>
                {id === me.staff.id ? `${name} (you)` : `${name}, ${role}`}
              </option>
            ))}
            {request.assignee && !team.some(({ id }) => request.assignee === `staff:${id}`) && (
              <option value={request.assignee.replace('staff:', '')}>{whose}</option>
            )}
          </select>
        )}
      </div>
      <Refused error={assign.error} />
    </div>
  )
}
