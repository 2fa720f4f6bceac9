import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMutation } from '@tanstack/react-query'
import type { PolicyDraftScreen } from '../../../http/admin/screens.ts'
import { Button } from '../kit/Button.tsx'
import { Pick } from '../kit/Page.tsx'
import { Time } from '../kit/Show.tsx'
import { Failure, Skeleton } from '../kit/States.tsx'
import { actorWord } from '../words.ts'
import { Difference } from './Difference.tsx'
import { draftQuery, policyQuery, versionQuery } from './queries.ts'

/** A draft against a published version, or against what it said itself earlier. */
export function DiffPanel({ draft, source }: { draft: PolicyDraftScreen; source: string }) {
  const { against } = useSearch({ from: '/staff/policy/drafts/$id' })
  const navigate = useNavigate({ from: '/policy/drafts/$id' })
  const { data: area, error, refetch } = useQuery(policyQuery)
  if (error && !area) return <Failure error={error} retry={() => void refetch()} />
  if (!area) return <Skeleton lines={8} />
  const inForce = area.versions.find(({ state }) => state === 'in_force')?.version
  const base = against ?? String(inForce ?? '')
  const choices = [
    ...area.versions.map(
      ({ version, state }) =>
        [String(version), `Version ${version}${state === 'in_force' ? ' (in force)' : ''}`] as const,
    ),
    ...draft.states.map(
      ({ revision, by }) => [`state-${revision}`, `Earlier state ${revision}, ${actorWord(by, draft.people)}`] as const,
    ),
  ]
  return (
    <div className="flex-1 space-y-4 overflow-y-auto p-4 lg:px-6">
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-quiet">This draft against</span>
        <Pick
          label="Against"
          value={base}
          choices={choices}
          onPick={(to) => void navigate({ search: (was) => ({ ...was, against: to }) })}
        />
      </div>
      <Against base={base} draft={draft} source={source} />
      <States draft={draft} />
    </div>
  )
}

function Against({ base, draft, source }: { base: string; draft: PolicyDraftScreen; source: string }) {
  const state = base.startsWith('state-')
    ? draft.states.find(({ revision }) => `state-${revision}` === base)
    : undefined
  const version = useQuery({ ...versionQuery(Number(base)), enabled: !base.startsWith('state-') && base !== '' })
  const before = base.startsWith('state-') ? state?.source : version.data?.source
  if (version.error && !version.data) return <Failure error={version.error} retry={() => void version.refetch()} />
  if (before === undefined) return <Skeleton lines={6} />
  return <Difference before={before} after={source} />
}

function States({ draft }: { draft: PolicyDraftScreen }) {
  const { refetch } = useQuery({ ...draftQuery(draft.id), enabled: false })
  const look = useMutation({ mutationFn: () => refetch() })
  const navigate = useNavigate({ from: '/policy/drafts/$id' })
  return (
    <section aria-label="Earlier states">
      <h2 className="mb-1 font-semibold">Earlier states</h2>
      {draft.states.length === 0 ? (
        <p className="text-quiet">
          Kept here are what a colleague had written before somebody else saved over it, and your own text every few
          minutes.{' '}
          <Button look="quiet" onClick={() => look.mutate()}>
            Look again
          </Button>
        </p>
      ) : (
        <ul className="divide-y divide-line rounded-md border border-line bg-surface">
          {draft.states.map(({ revision, by, at }) => (
            <li key={revision} className="flex flex-wrap items-center justify-between gap-2 px-3 py-1.5">
              <span>
                {actorWord(by, draft.people)}, <Time at={at} />
              </span>
              <Button
                look="quiet"
                onClick={() => void navigate({ search: (was) => ({ ...was, against: `state-${revision}` }) })}
              >
                Compare
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
