import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { mayAs } from '../../../domain/actor.ts'
import type { PolicyScreen as Screen } from '../../../http/admin/screens.ts'
import { Card } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Empty, Failure, Skeleton } from '../kit/States.tsx'
import { meQuery } from '../queries.ts'
import { actorWord } from '../words.ts'
import { BacktestList } from './BacktestPanel.tsx'
import { NewDraft } from './NewDraft.tsx'
import { policyQuery } from './queries.ts'
import { ShadowList } from './ShadowPanel.tsx'
import { VersionView } from './VersionView.tsx'
import { stateWords, statusWords } from './words.ts'

/** The policy that acts, what it was and will be, and what is being worked on. */
export function PolicyScreen() {
  const { version } = useSearch({ from: '/staff/policy' })
  const { data: me } = useQuery(meQuery)
  const { data, error, isPending, refetch } = useQuery(policyQuery)
  if (isPending) return <Skeleton alone lines={12} />
  if (!data) return <Failure alone error={error} retry={() => void refetch()} />
  const role = me?.staff.role ?? 'viewer'
  const inForce = data.versions.find(({ state }) => state === 'in_force')
  const shown = data.versions.find((one) => String(one.version) === version) ?? inForce ?? data.versions[0]
  if (!shown)
    return (
      <>
        <h1 className="sr-only">Policy</h1>
        <Empty title="No policy yet">The first policy appears here when it is published.</Empty>
        {mayAs(role, 'finance') && (
          <div className="mx-auto max-w-md p-4">
            <NewDraft />
          </div>
        )}
      </>
    )
  return (
    <div className="h-full overflow-y-auto">
      <VersionView key={shown.version} line={shown} inForce={inForce?.version} role={role}>
        {mayAs(role, 'finance') && <NewDraft />}
        <Drafts screen={data} mayWrite={mayAs(role, 'finance')} />
        <Versions screen={data} shown={shown.version} />
        {data.shadows.length > 0 && (
          <Card title="Shadows">
            <ShadowList rows={data.shadows.slice(0, 5)} />
          </Card>
        )}
        <Card title="Backtests">
          {data.backtests.length === 0 ? (
            <p className="text-quiet">
              What a draft would have answered in the past appears here. Begin a draft and try it on the past.
            </p>
          ) : (
            <BacktestList rows={data.backtests.slice(0, 6)} />
          )}
        </Card>
      </VersionView>
    </div>
  )
}

function Drafts({ screen: { drafts, people }, mayWrite }: { screen: Screen; mayWrite: boolean }) {
  const open = drafts.filter(({ status }) => status === 'open')
  const discarded = drafts.filter(({ status }) => status === 'discarded')
  const list = (rows: typeof drafts) => (
    <ul>
      {rows.map((draft) => (
        <li key={draft.id}>
          <Link
            to="/policy/drafts/$id"
            params={{ id: draft.id }}
            search={{}}
            className="block rounded-md px-2 py-1.5 hover:bg-sunken"
          >
            <span className="flex items-center justify-between gap-2">
              <span className="truncate font-medium">{draft.name}</span>
              <Badge tone={statusWords[draft.status].tone} word={statusWords[draft.status].word} />
            </span>
            <span className="block text-small text-quiet">
              {actorWord(draft.updated_by, people)} saved <Time at={draft.updated_at} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
  return (
    <Card title="Drafts">
      {open.length === 0 ? (
        <p className="text-quiet">
          {mayWrite ? 'No draft is open. A draft changes nothing until it is published.' : 'No draft is open.'}
        </p>
      ) : (
        list(open)
      )}
      {discarded.length > 0 && (
        <details className="mt-2">
          <summary className="cursor-pointer text-small text-quiet">{discarded.length} discarded</summary>
          {list(discarded)}
        </details>
      )}
    </Card>
  )
}

function Versions({ screen: { versions, people }, shown }: { screen: Screen; shown: number }) {
  const navigate = useNavigate({ from: '/policy' })
  return (
    <Card title="Versions">
      <ol className="max-h-96 space-y-1 overflow-y-auto" tabIndex={0} aria-label="Versions, newest first">
        {versions.map((one) => {
          const { word, tone } = stateWords[one.state]
          return (
            <li key={one.version}>
              <Link
                to="/policy"
                search={{ version: String(one.version) }}
                aria-current={one.version === shown ? 'true' : undefined}
                className={`block rounded-md px-2 py-1.5 hover:bg-sunken ${one.version === shown ? 'bg-sunken' : ''}`}
                onKeyDown={(event) => {
                  const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0
                  const next = versions[versions.findIndex(({ version }) => version === shown) + step]
                  if (step && next) void navigate({ search: { version: String(next.version) } })
                }}
              >
                <span className="flex items-center justify-between gap-2">
                  <span className="font-medium">Version {one.version}</span>
                  <Badge tone={tone} word={word} />
                </span>
                <span className="block truncate text-small text-quiet">{one.comment}</span>
                <span className="block text-small text-quiet">
                  {actorWord(one.published_by, people)},{' '}
                  {one.state === 'scheduled' ? (
                    <>
                      from <Time at={one.effective_from} />
                    </>
                  ) : (
                    <Time at={one.published_at} />
                  )}
                </span>
              </Link>
            </li>
          )
        })}
      </ol>
    </Card>
  )
}
