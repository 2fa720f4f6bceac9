import { useMutation, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { mayAs, type Role } from '../../../domain/actor.ts'
import type { CheckedPolicy, PolicyDraftScreen } from '../../../http/admin/screens.ts'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Card } from '../kit/Page.tsx'
import { Refused } from '../kit/States.tsx'
import { client } from '../queries.ts'
import { PublishFields, publishing } from './PublishFields.tsx'
import { GuaranteeSteps } from './GuaranteeStep.tsx'
import { policyQuery } from './queries.ts'
import { Step } from './Step.tsx'
import type { Writing } from './useDraft.ts'

/** The last look before a draft acts: what has to be so, what was tried, why, and from when. */
export function PublishPanel({
  draft,
  writing,
  check,
  role,
  me,
}: {
  draft: PolicyDraftScreen
  writing: Writing
  check: UseQueryResult<CheckedPolicy>
  role: Role
  me: string | undefined
}) {
  const navigate = useNavigate()
  const { data: area } = useQuery(policyQuery)
  const [fields, setFields] = useState({ comment: '', from: '' })
  const publish = useMutation({
    mutationFn: () =>
      post<{ version: number }>(`/policy/drafts/${draft.id}/publish`, {
        revision: writing.revision(),
        ...publishing(fields),
      }),
    onSuccess: async ({ version }) => {
      await client.invalidateQueries({ queryKey: ['policy'] })
      await client.invalidateQueries({ queryKey: ['policy-draft', draft.id] })
      await navigate({ to: '/policy', search: { version: String(version) } })
    },
  })
  const problems = check.data?.problems.length ?? 1
  const failing = check.data?.tests.filter(({ passed }) => !passed).length ?? 0
  const tests = check.data?.tests.length ?? 0
  const tried = area?.backtests.find(({ draft_id, status }) => draft_id === draft.id && status === 'done')
  const shadow = area?.shadows.find(({ draft_id }) => draft_id === draft.id)
  const isOwner = mayAs(role, 'owner')
  const why =
    draft.status !== 'open'
      ? `This draft is ${draft.status}.`
      : !isOwner
        ? `Finance proposes and an owner publishes${role === 'finance' ? ': send an owner the address of this page' : `; you are ${role}`}.`
        : !writing.isSaved
          ? 'The draft is being saved.'
          : problems > 0
            ? 'Correct the errors first.'
            : failing > 0
              ? 'Its own tests come out differently.'
              : fields.comment.trim() === ''
                ? 'Say what changes and why.'
                : undefined
  return (
    <div className="grid flex-1 grid-cols-[minmax(0,1fr)] content-start gap-4 overflow-y-auto p-4 lg:grid-cols-2 lg:px-6">
      <Card title="Before it acts">
        <ul className="space-y-2.5">
          <Step state={problems === 0 ? 'done' : 'wrong'}>
            {problems === 0 ? 'The text has no errors.' : 'The text has errors. They stand under Write.'}
          </Step>
          <Step state={problems > 0 ? 'open' : failing > 0 ? 'wrong' : tests > 0 ? 'done' : 'open'}>
            {failing > 0
              ? `${failing} of its ${tests} tests come out differently.`
              : tests > 0
                ? `All ${tests} tests pass.`
                : 'It has no tests.'}
          </Step>
          <GuaranteeSteps source={draft.source} ready={problems === 0 && writing.isSaved} />
          <Step state={tried ? 'done' : 'open'}>
            {tried ? (
              <>
                Tried on the past:{' '}
                <Link className="underline" to="/policy/backtests/$id" params={{ id: tried.id }} search={{}}>
                  {(tried.tally?.changed ?? 0).toLocaleString('en')} of {tried.done.toLocaleString('en')} answers change
                </Link>
                {tried.revision !== draft.revision && ', with an earlier text of this draft'}.
              </>
            ) : (
              <>
                Not tried on the past yet.{' '}
                <Link
                  className="underline"
                  to="/policy/drafts/$id"
                  params={{ id: draft.id }}
                  search={{ tab: 'backtest' }}
                >
                  Backtest it
                </Link>
              </>
            )}
          </Step>
          <Step state={shadow ? 'done' : 'open'}>
            {shadow ? (
              <>
                In shadow:{' '}
                <Link className="underline" to="/policy/shadows/$id" params={{ id: shadow.id }} search={{}}>
                  {shadow.differ.toLocaleString('en')} of {shadow.answers.toLocaleString('en')} answers differ
                </Link>
                .
              </>
            ) : (
              'Not in shadow yet. That is for changes you want to see on real requests first.'
            )}
          </Step>
          <Step state={isOwner ? 'done' : 'open'}>
            {isOwner ? 'You are an owner, so you may publish.' : `An owner publishes; you are ${role}.`}
          </Step>
          {isOwner && draft.updated_by === `staff:${me}` && (
            <Step state="open">You saved it last: while four eyes are on, another person publishes it.</Step>
          )}
        </ul>
      </Card>
      <Card title="Publish">
        <form
          className="space-y-3"
          onSubmit={(event) => {
            event.preventDefault()
            if (!why) publish.mutate()
          }}
        >
          <PublishFields fields={fields} onChange={setFields} />
          <Refused error={publish.error} />
          <Button type="submit" look="primary" disabled={!!why || publish.isPending} aria-describedby="why-not">
            {publish.isPending ? 'Publishing…' : `Publish version ${(area?.versions[0]?.version ?? 0) + 1}`}
          </Button>
          {why && (
            <p id="why-not" className="text-small text-quiet">
              {why}
            </p>
          )}
          <p className="text-small text-quiet">
            A published version never changes. To go back, an older one is published again.
          </p>
        </form>
      </Card>
    </div>
  )
}
