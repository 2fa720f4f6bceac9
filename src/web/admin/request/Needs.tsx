import { useQuery } from '@tanstack/react-query'
import { decidingRoles } from '../../../domain/desk.ts'
import { format, money } from '../../../domain/money.ts'
import type { RequestScreen } from '../../../http/admin/screens.ts'
import { meQuery } from '../queries.ts'
import { approvalsOf, whoMay } from './outcome.ts'

/** Who must say yes and who may, said before the click. */
export function Needs({ screen, amount_minor }: { screen: RequestScreen; amount_minor: number }) {
  const { data: me } = useQuery(meQuery)
  const { given, needed, role } = approvalsOf(screen, amount_minor)
  const { desk } = screen.you
  const standing = given.filter((one) => one.amount_minor === amount_minor)
  const lapses = given.length > 0 && standing.length === 0
  const names = (people: readonly { id: string; name: string }[]) =>
    people.map(({ id, name }) => (id === me?.staff.id ? 'you' : name)).join(', ') || 'nobody in the team'
  const { last, first } = whoMay(screen, amount_minor)
  const limit = (minor: number | null) => (minor === null ? 'without limit' : format(money(minor, desk.currency)))
  return (
    <details className="mb-2 text-small text-quiet">
      <summary className="w-fit cursor-pointer">
        {needed > 1 || role !== 'support' ? (
          <>
            This takes {needed > 1 ? `${needed} people` : 'one person'} with the role {role} or higher.{' '}
            {needed > 1 &&
              (standing.length === 0
                ? 'Nobody has approved this amount yet.'
                : `${standing.length} of ${needed}: ${standing.map(({ by }) => screen.people[by] ?? 'a colleague').join(', ')} approved ${format(money(amount_minor, screen.payment.currency))}.`)}
          </>
        ) : (
          'Who may approve this'
        )}
      </summary>
      <dl className="mt-1.5 grid grid-cols-[auto_1fr] gap-x-4 gap-y-0.5">
        <dt>{standing.length > 0 || needed > 1 ? 'Can complete it now' : 'Can approve it alone'}</dt>
        <dd>
          <bdi>{names(last)}</bdi>
        </dd>
        {first.length > 0 && (
          <>
            <dt>{standing.length > 0 ? 'Can approve as one more' : 'Can approve as the first'}</dt>
            <dd>
              <bdi>{names(first)}</bdi>
            </dd>
          </>
        )}
        {decidingRoles.map((one) => (
          <div key={one} className="contents">
            <dt className="capitalize">{one}</dt>
            <dd>
              {limit(desk.limits[one].per_request_minor)} for one request, {limit(desk.limits[one].per_day_minor)} a day
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-1">
        Above the limits of finance: two people, one of them an owner. Nobody approves what they asked for themselves,
        and nobody twice.
        {!desk.four_eyes && ' Four eyes are switched off: an owner approves alone.'}
      </p>
      {lapses && (
        <p className="mt-1 text-review">
          Another amount begins anew: the approval of {format(money(given[0]!.amount_minor, screen.payment.currency))}{' '}
          will not count any more.
        </p>
      )}
    </details>
  )
}
