import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { FirstRunPage } from '../../http/admin/settings/first-run.ts'
import { get } from './api.ts'

/** On a fresh installation: where to begin. Gone once a payment is known, or when an owner puts it away. */
export function FirstStepsHint() {
  const { data } = useQuery({
    queryKey: ['settings', 'first-run'],
    queryFn: () => get<FirstRunPage>('/settings/first-run'),
    staleTime: 60_000,
  })
  if (!data || data.dismissed || data.steps.imported) return null
  return (
    <aside aria-label="First steps" className="bg-accent-soft px-4 py-2 text-small">
      No payment is known yet.{' '}
      <Link className="text-accent underline" to="/settings/$page" params={{ page: 'first-steps' }} search={{}}>
        The first steps lead from here to the first answer.
      </Link>
    </aside>
  )
}
