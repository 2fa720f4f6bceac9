import { useQuery } from '@tanstack/react-query'
import type { TeamPage } from '../../../http/admin/settings/team.ts'
import { get } from '../api.ts'
import { Card } from '../kit/Page.tsx'
import { Time } from '../kit/Show.tsx'
import { meQuery } from '../queries.ts'
import { Frame } from './Frame.tsx'

/** Who works here, and as what. */
export function Page() {
  const query = useQuery({ queryKey: ['settings', 'team'], queryFn: () => get<TeamPage>('/settings/team') })
  const { data: me } = useQuery(meQuery)
  return (
    <Frame title="Team" about="Who works here, and what each of them may do." query={query}>
      {({ staff }) => (
        <Card title="Staff">
          <ul className="divide-y divide-line">
            {staff.map((person) => (
              <li key={person.id} className="flex flex-wrap items-center justify-between gap-2 py-2">
                <span>
                  <span className="font-medium">{person.name}</span>{' '}
                  <span className="text-quiet">
                    {person.email}
                    {person.id === me?.staff.id && ' (you)'}
                  </span>
                </span>
                <span className="text-quiet">
                  {person.role}
                  {person.last_seen_at && (
                    <>
                      {' '}
                      · here <Time at={person.last_seen_at} />
                    </>
                  )}
                </span>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </Frame>
  )
}
