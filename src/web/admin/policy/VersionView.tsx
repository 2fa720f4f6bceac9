import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { mayAs, type Role } from '../../../domain/actor.ts'
import type { PolicyVersionLine, PolicyVersionScreen } from '../../../http/admin/screens.ts'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Card, Head } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Failure, Refused, Skeleton } from '../kit/States.tsx'
import { client } from '../queries.ts'
import { actorWord } from '../words.ts'
import { Difference } from './Difference.tsx'
import { Editor } from './Editor.tsx'
import { PublishFields, publishing } from './PublishFields.tsx'
import { checkQuery, policyQuery, versionQuery } from './queries.ts'
import { stateWords } from './words.ts'
import { Words } from './WordsPanel.tsx'

const views = [
  ['text', 'Text'],
  ['words', 'In words'],
  ['changes', 'Changes'],
] as const

/** A published version: its text, what it says in words, what it changed, and the way back to it. */
export function VersionView({
  line,
  inForce,
  role,
  children,
}: {
  line: PolicyVersionLine
  inForce: number | undefined
  role: Role
  children: ReactNode
}) {
  const { view = 'text', version } = useSearch({ from: '/staff/policy' })
  const { data, error, refetch } = useQuery(versionQuery(line.version))
  const { word, tone } = stateWords[line.state]
  return (
    <>
      <Head
        title={`Policy, version ${line.version}`}
        aside={
          <nav aria-label="Views of this version">
            <ul className="flex gap-1">
              {views.map(([name, said]) => (
                <li key={name}>
                  <Link
                    to="/policy"
                    search={{ ...(version && { version }), ...(name !== 'text' && { view: name }) }}
                    aria-current={view === name ? 'page' : undefined}
                    className={`inline-flex min-h-9 items-center rounded-md px-3 ${view === name ? 'bg-sunken font-medium' : 'text-quiet hover:bg-sunken'}`}
                  >
                    {said}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
        }
      >
        <Badge tone={tone} word={word} />
        <span className="text-quiet">
          {line.state === 'scheduled' && (
            <>
              in force from <Time at={line.effective_from} />;{' '}
            </>
          )}
          published <Time at={line.published_at} /> by {data ? actorWord(line.published_by, data.people) : '…'}
          {data && line.proposed_by && line.proposed_by !== line.published_by && (
            <>, proposed by {actorWord(line.proposed_by, data.people)}</>
          )}
          {line.brings_back !== null && <>, brings back version {line.brings_back}</>}: {line.comment}
        </span>
      </Head>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 p-4 lg:grid-cols-[minmax(0,1fr)_20rem] lg:p-6">
        <div className="min-w-0 space-y-4">
          {line.version !== inForce && data && <RollBack version={data} role={role} />}
          {error && !data ? (
            <Failure error={error} retry={() => void refetch()} />
          ) : !data ? (
            <Skeleton lines={12} />
          ) : view === 'words' ? (
            <InWords source={data.source} />
          ) : view === 'changes' ? (
            <Changes version={data} />
          ) : (
            <div className="h-[70vh] min-h-96">
              <Editor text={data.source} problems={[]} readOnly label={`Text of version ${line.version}`} />
            </div>
          )}
        </div>
        <div className="space-y-4 self-start">{children}</div>
      </div>
    </>
  )
}

function InWords({ source }: { source: string }) {
  const { data, error, refetch } = useQuery(checkQuery(source))
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />
  return data?.description ? <Words description={data.description} /> : <Skeleton lines={8} />
}

function Changes({ version }: { version: PolicyVersionScreen }) {
  const { against } = useSearch({ from: '/staff/policy' })
  const { data: area } = useQuery(policyQuery)
  const navigate = useNavigate({ from: '/policy' })
  const base = Number(against ?? version.version - 1)
  const before = useQuery({ ...versionQuery(base), enabled: base >= 1 })
  if (base < 1) return <p className="text-quiet">The first version: there is nothing before it.</p>
  return (
    <>
      <label className="flex items-center gap-2">
        <span className="text-quiet">Version {version.version} against</span>
        <select
          value={base}
          className="min-h-9 rounded-md border border-edge bg-surface px-2"
          onChange={({ target }) => void navigate({ search: (was) => ({ ...was, against: target.value }) })}
        >
          {(area?.versions ?? [])
            .filter((one) => one.version !== version.version)
            .map((one) => (
              <option key={one.version} value={one.version}>
                Version {one.version}
              </option>
            ))}
        </select>
      </label>
      {before.error && !before.data ? (
        <Failure error={before.error} retry={() => void before.refetch()} />
      ) : !before.data ? (
        <Skeleton lines={6} />
      ) : (
        <Difference before={before.data.source} after={version.source} />
      )}
    </>
  )
}

/** Publishes the text of an older version as a new one, or begins a draft from it. */
function RollBack({ version, role }: { version: PolicyVersionScreen; role: Role }) {
  const navigate = useNavigate()
  const [asking, setAsking] = useState(false)
  const [fields, setFields] = useState({ comment: '', from: '' })
  const back = useMutation({
    mutationFn: () => post<{ version: number }>(`/policy/versions/${version.version}/roll-back`, publishing(fields)),
    onSuccess: async ({ version: made }) => {
      await client.invalidateQueries({ queryKey: ['policy'] })
      await navigate({ to: '/policy', search: { version: String(made) } })
    },
  })
  const draft = useMutation({
    mutationFn: () =>
      post<{ id: string }>('/policy/drafts', { name: `From version ${version.version}`, from: version.version }),
    onSuccess: ({ id }) => navigate({ to: '/policy/drafts/$id', params: { id }, search: {} }),
  })
  const older = version.state !== 'scheduled'
  if (!mayAs(role, 'finance')) return null
  return (
    <Card title={older ? 'This version is not in force' : 'This version is still to come'}>
      {!asking ? (
        <div className="flex flex-wrap gap-2">
          {mayAs(role, 'owner') && (
            <Button onClick={() => setAsking(true)}>{older ? 'Bring it back' : 'Let it act earlier'}</Button>
          )}
          <Button look="quiet" disabled={draft.isPending} onClick={() => draft.mutate()}>
            Begin a draft from it
          </Button>
          <Refused error={draft.error} />
        </div>
      ) : (
        <form
          className="space-y-3"
          onSubmit={(event) => {
            event.preventDefault()
            back.mutate()
          }}
        >
          <p>Its text is published again, as a new version. Nothing that was published is changed.</p>
          <PublishFields fields={fields} onChange={setFields} />
          <Refused error={back.error} />
          <div className="flex gap-2">
            <Button type="submit" look="primary" disabled={fields.comment.trim() === '' || back.isPending}>
              {back.isPending ? 'Publishing…' : `Publish version ${version.version} again`}
            </Button>
            <Button look="quiet" onClick={() => setAsking(false)}>
              Not now
            </Button>
          </div>
        </form>
      )}
    </Card>
  )
}
