import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { mayAs } from '../../../domain/actor.ts'
import type { PolicyDraftScreen } from '../../../http/admin/screens.ts'
import { Badge } from '../kit/Show.tsx'
import { Failure, Skeleton } from '../kit/States.tsx'
import { meQuery } from '../queries.ts'
import { BacktestPanel } from './BacktestPanel.tsx'
import { Collision } from './Collision.tsx'
import { DiffPanel } from './DiffPanel.tsx'
import { DraftHead } from './DraftHead.tsx'
import { PublishPanel } from './PublishPanel.tsx'
import { checkQuery, draftQuery } from './queries.ts'
import { ShadowPanel } from './ShadowPanel.tsx'
import { TryPanel } from './TryPanel.tsx'
import { useDraft } from './useDraft.ts'
import { WordsPanel } from './WordsPanel.tsx'
import { WritePanel } from './WritePanel.tsx'

const checkAfterMs = 250

/** A draft: written as text and as form, checked while it is typed, tried, compared, put in shadow, published. */
export function DraftScreen() {
  const { id } = useParams({ from: '/staff/policy/drafts/$id' })
  const { data, error, isPending, refetch } = useQuery(draftQuery(id))
  if (isPending) return <Skeleton alone lines={12} />
  if (!data) return <Failure alone error={error} retry={() => void refetch()} />
  return <Draft key={id} draft={data} />
}

const tabs = [
  ['write', 'Write'],
  ['try', 'Try it'],
  ['backtest', 'Backtest'],
  ['changes', 'Changes'],
  ['words', 'In words'],
  ['shadow', 'Shadow'],
  ['publish', 'Publish'],
] as const

function Draft({ draft }: { draft: PolicyDraftScreen }) {
  const { data: me } = useQuery(meQuery)
  const { tab = 'write' } = useSearch({ from: '/staff/policy/drafts/$id' })
  const mayWrite = !!me && mayAs(me.staff.role, 'finance') && draft.status === 'open'
  const writing = useDraft(draft, mayWrite)
  const [settled, setSettled] = useState(writing.text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(writing.text), checkAfterMs)
    return () => clearTimeout(timer)
  }, [writing.text])
  const check = useQuery(checkQuery(settled))
  const problems = check.data?.problems.length ?? 0
  const failing = check.data?.tests.filter(({ passed }) => !passed).length ?? 0
  return (
    <div className="flex h-full flex-col">
      <DraftHead writing={writing} mayWrite={mayWrite} role={me?.staff.role ?? 'viewer'} />
      <nav aria-label="Parts of the draft" className="overflow-x-auto border-b border-line bg-surface px-2 lg:px-4">
        <ul className="flex">
          {tabs.map(([name, word]) => (
            <li key={name}>
              <Link
                to="/policy/drafts/$id"
                params={{ id: draft.id }}
                search={name === 'write' ? {} : { tab: name }}
                aria-current={tab === name ? 'page' : undefined}
                className={`inline-flex min-h-10 items-center gap-1.5 border-b-2 px-3 whitespace-nowrap ${tab === name ? 'border-accent font-medium' : 'border-transparent text-quiet hover:text-ink'}`}
              >
                {word}
                {name === 'write' && problems + failing > 0 && (
                  <Badge
                    tone="deny"
                    word={problems > 0 ? `${problems}` : `${failing}`}
                    title={problems > 0 ? 'errors' : 'failing tests'}
                  />
                )}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Collision draft={draft} writing={writing} />
      {tab === 'write' && <WritePanel writing={writing} check={check} readOnly={!mayWrite} />}
      {tab === 'try' && <TryPanel source={settled} />}
      {tab === 'backtest' && (
        <BacktestPanel draft={draft} saved={writing.isSaved} mayStart={!!me && mayAs(me.staff.role, 'finance')} />
      )}
      {tab === 'changes' && <DiffPanel draft={draft} source={writing.text} />}
      {tab === 'words' && <WordsPanel check={check} />}
      {tab === 'shadow' && <ShadowPanel draft={draft} mayStart={mayWrite} />}
      {tab === 'publish' && (
        <PublishPanel
          draft={writing.newest}
          writing={writing}
          check={check}
          role={me?.staff.role ?? 'viewer'}
          me={me?.staff.id}
        />
      )}
    </div>
  )
}
