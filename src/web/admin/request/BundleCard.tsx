import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { mayAs } from '../../../domain/actor.ts'
import { format, money } from '../../../domain/money.ts'
import type { RequestScreen } from '../../../http/admin/screens.ts'
import { requestWords } from '../../parts/words.ts'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Card } from '../kit/Page.tsx'
import { Badge } from '../kit/Show.tsx'
import { Refused } from '../kit/States.tsx'
import { client, meQuery } from '../queries.ts'

type Outcome = { legs: { request: string; approved: boolean; because: string | null }[] }

/** What was asked for together with this request: each with its own answer, and one click for those that wait. */
export function BundleCard({ screen: { request, together } }: { screen: RequestScreen }) {
  const { data: me } = useQuery(meQuery)
  const approve = useMutation({
    mutationFn: () => post<Outcome>(`/bundles/${encodeURIComponent(request.bundle_id ?? '')}/approve`, {}),
    onSuccess: () => client.invalidateQueries(),
  })
  if (together.length === 0) return null
  const waiting = [request, ...together].filter(({ status }) => status === 'in_review' || status === 'failed').length
  const left = approve.data?.legs.filter(({ approved }) => !approved) ?? []
  return (
    <Card title={`Asked for together with ${together.length} more`}>
      <ul className="space-y-2">
        {together.map((other) => (
          <li key={other.id} className="flex items-center justify-between gap-2">
            <Link className="min-w-0 truncate text-accent underline" to="/requests/$id" params={{ id: other.id }}>
              {other.description}
            </Link>
            <span className="flex shrink-0 items-center gap-2">
              <span className="figures">{format(money(other.amount_minor, other.currency))}</span>
              <Badge {...requestWords[other.status]} />
            </span>
          </li>
        ))}
      </ul>
      {waiting > 1 && mayAs(me?.staff.role ?? '', 'support') && (
        <div className="mt-3">
          <Button disabled={approve.isPending} onClick={() => approve.mutate()}>
            {approve.isPending ? 'Approving…' : `Approve all ${waiting} that wait`}
          </Button>
        </div>
      )}
      <Refused error={approve.error} />
      {left.map(({ request: id, because }) => (
        <p key={id} role="alert" className="mt-2 text-small text-deny">
          One was left as it is: {because}
        </p>
      ))}
    </Card>
  )
}
