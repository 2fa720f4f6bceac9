import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { CircleCheck, CircleX } from 'lucide-react'
import { useEffect, useState } from 'react'
import { mayAs } from '../../../domain/actor.ts'
import type { CheckedPolicy, PolicyScreen as Screen } from '../../../http/admin/screens.ts'
import { post } from '../api.ts'
import { Button, buttonLook } from '../kit/Button.tsx'
import { Field, Input } from '../kit/Field.tsx'
import { Card, Head } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Empty, Failure, Refused, Skeleton } from '../kit/States.tsx'
import { Editor, goTo } from '../policy/Editor.tsx'
import { client, meQuery, policyQuery, settingsQuery } from '../queries.ts'

const draftKey = 'moneyback-policy-draft'

/** The policy that runs, its versions, and the place to write the next one. */
export function PolicyScreen() {
  const { version, edit } = useSearch({ from: '/staff/policy' })
  const { data, error, isPending, refetch } = useQuery(policyQuery)
  if (isPending) return <Skeleton alone lines={12} />
  if (!data) return <Failure alone error={error} retry={() => void refetch()} />
  const newest = data.versions[0]
  if (!newest) return <Empty title="No policy yet">The first policy appears here when it is published.</Empty>
  const shown = data.versions.find((one) => String(one.version) === version) ?? newest
  return edit ? (
    <Edit start={shown} newest={newest.version} />
  ) : (
    <Read screen={data} shown={shown} newest={newest.version} />
  )
}

function Read({ screen, shown, newest }: { screen: Screen; shown: Screen['versions'][number]; newest: number }) {
  const { data: settings } = useQuery(settingsQuery)
  const name = (by: string) =>
    settings?.staff.find(({ id }) => by === `staff:${id}`)?.name ?? (by.startsWith('staff:') ? 'staff' : 'Moneyback')
  return (
    <div className="flex h-full flex-col">
      <Head
        title={`Policy, version ${shown.version}`}
        aside={
          <Link className={buttonLook('primary')} to="/policy" search={{ version: String(shown.version), edit: '1' }}>
            {shown.version === newest ? 'Edit' : 'Edit from this version'}
          </Link>
        }
      >
        {shown.version === newest ? <Badge tone="approve" word="In force" /> : <Badge tone="quiet" word="Replaced" />}
        <span className="text-quiet">
          published <Time at={shown.published_at} /> by {name(shown.published_by)}: {shown.comment}
        </span>
      </Head>
      <div className="grid min-h-0 flex-1 gap-4 p-4 lg:grid-cols-[1fr_18rem] lg:p-6">
        <div className="min-h-96">
          <Editor text={shown.source} problems={[]} readOnly label={`Text of version ${shown.version}`} />
        </div>
        <Card title="Versions" className="self-start">
          <ol className="space-y-2">
            {screen.versions.map((one) => (
              <li key={one.version}>
                <Link
                  to="/policy"
                  search={{ version: String(one.version) }}
                  aria-current={one.version === shown.version ? 'true' : undefined}
                  className={`block rounded-md px-2 py-1.5 hover:bg-sunken ${one.version === shown.version ? 'bg-sunken' : ''}`}
                >
                  <span className="font-medium">Version {one.version}</span>{' '}
                  <span className="text-small text-quiet">
                    <Time at={one.published_at} />
                  </span>
                  <span className="block truncate text-small text-quiet">{one.comment}</span>
                </Link>
              </li>
            ))}
          </ol>
        </Card>
      </div>
    </div>
  )
}

function Edit({ start, newest }: { start: { version: number; source: string }; newest: number }) {
  const navigate = useNavigate({ from: '/policy' })
  const { data: me } = useQuery(meQuery)
  const [text, setText] = useState(() => sessionStorage.getItem(draftKey) ?? start.source)
  const [settled, setSettled] = useState(text)
  const [comment, setComment] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 250)
    if (text === start.source) sessionStorage.removeItem(draftKey)
    else sessionStorage.setItem(draftKey, text)
    return () => clearTimeout(timer)
  }, [text])
  const check = useQuery({
    queryKey: ['check', settled],
    queryFn: () => post<CheckedPolicy>('/policy/check', { source: settled }),
    placeholderData: (old) => old,
  })
  const publish = useMutation({
    mutationFn: () => post<{ version: number }>('/policy/publish', { source: text, comment }),
    onSuccess: async () => {
      sessionStorage.removeItem(draftKey)
      await client.invalidateQueries({ queryKey: ['policy'] })
      await navigate({ search: {} })
    },
  })
  const problems = check.data?.problems ?? []
  const failing = check.data?.tests.filter(({ passed }) => !passed).length ?? 0
  const may = me && mayAs(me.staff.role, 'finance')
  const why = !may
    ? `Only finance or a higher role can publish${me ? `; you are ${me.staff.role}` : ''}.`
    : text === start.source
      ? 'Nothing is changed yet.'
      : problems.length > 0
        ? 'Correct the errors first.'
        : failing > 0
          ? 'Its own tests come out differently.'
          : comment.trim() === ''
            ? 'Say what changes and why.'
            : undefined
  return (
    <div className="flex h-full flex-col">
      <Head
        title={`A new version, from version ${start.version}`}
        aside={
          <Button
            look="quiet"
            onClick={() => {
              sessionStorage.removeItem(draftKey)
              void navigate({ search: {} })
            }}
          >
            Discard
          </Button>
        }
      >
        <span className="text-quiet">
          Version {newest} stays in force until you publish. Your draft is kept in this tab.
        </span>
      </Head>
      <div className="grid min-h-0 flex-1 gap-4 overflow-y-auto p-4 lg:grid-cols-[1fr_22rem] lg:p-6">
        <div className="h-[60vh] min-h-96 lg:h-auto">
          <Editor text={text} problems={problems} label="Text of the new version" onChange={setText} />
        </div>
        <div className="space-y-4">
          <Problems checked={check.data} error={check.error} />
          <Card title="Publish">
            <form
              className="space-y-3"
              onSubmit={(event) => {
                event.preventDefault()
                if (!why) publish.mutate()
              }}
            >
              <Field label="What changes, and why">
                {(id) => (
                  <Input id={id} maxLength={2000} value={comment} onChange={({ target }) => setComment(target.value)} />
                )}
              </Field>
              <Refused error={publish.error} />
              <Button type="submit" look="primary" disabled={!!why || publish.isPending} aria-describedby="why-not">
                {publish.isPending ? 'Publishing…' : `Publish version ${newest + 1}`}
              </Button>
              {why && (
                <p id="why-not" className="text-small text-quiet">
                  {why}
                </p>
              )}
            </form>
          </Card>
        </div>
      </div>
    </div>
  )
}

function Problems({ checked, error }: { checked: CheckedPolicy | undefined; error: unknown }) {
  if (error) return <Refused error={error} />
  if (!checked) return <Skeleton lines={3} />
  if (checked.problems.length > 0) {
    return (
      <Card title={checked.problems.length === 1 ? '1 error' : `${checked.problems.length} errors`}>
        <ul id="policy-problems" aria-live="polite" className="space-y-2">
          {checked.problems.map((problem, at) => (
            <li key={at}>
              <button
                type="button"
                className="block w-full rounded-md border border-deny bg-deny-soft p-2.5 text-left"
                onClick={() => goTo(problem.line, problem.column)}
              >
                <span className="figures block text-small font-semibold text-deny">
                  Line {problem.line}, column {problem.column}
                </span>
                <span className="block break-words">{problem.message}</span>
                {problem.suggestion && (
                  <span className="mt-1 block text-small">
                    Did you mean <code className="font-mono font-medium">{problem.suggestion}</code>?
                  </span>
                )}
              </button>
            </li>
          ))}
        </ul>
      </Card>
    )
  }
  const failing = checked.tests.filter(({ passed }) => !passed).length
  return (
    <Card
      title="Its own tests"
      aside={
        failing > 0 ? (
          <Badge tone="deny" word={`${failing} of ${checked.tests.length} fail`} />
        ) : (
          <Badge tone="approve" word={`${checked.tests.length} pass`} />
        )
      }
    >
      {checked.tests.length === 0 ? (
        <p className="text-quiet">The text has no tests. Add some under “tests:”, and they run while you type.</p>
      ) : (
        <ul className="max-h-80 space-y-1.5 overflow-y-auto" tabIndex={0} aria-label="Tests">
          {checked.tests.map((test) => (
            <li key={test.name} className="flex items-start gap-2">
              {test.passed ? (
                <CircleCheck size={15} className="mt-0.5 shrink-0 text-approve" aria-label="passes" />
              ) : (
                <CircleX size={15} className="mt-0.5 shrink-0 text-deny" aria-label="fails" />
              )}
              <button type="button" className="text-left hover:underline" onClick={() => goTo(test.line, 1)}>
                {test.name}
                {!test.passed && (
                  <span className="block text-small text-deny">
                    expects {test.expected}, gets {test.actual}
                  </span>
                )}
              </button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
