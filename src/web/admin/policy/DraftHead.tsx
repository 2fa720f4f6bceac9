import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CloudOff, LoaderCircle, Pencil, Redo2, Undo2 } from 'lucide-react'
import { useState } from 'react'
import type { Role } from '../../../domain/actor.ts'
import type { PolicyDraftScreen } from '../../../http/admin/screens.ts'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Refused } from '../kit/States.tsx'
import { client } from '../queries.ts'
import { actorWord } from '../words.ts'
import { statusWords } from './words.ts'
import type { Writing } from './useDraft.ts'

/** What the draft is called, who wrote it last, whether it is saved, and steps back. */
export function DraftHead({ writing, mayWrite, role }: { writing: Writing; mayWrite: boolean; role: Role }) {
  const { newest } = writing
  const { word, tone } = statusWords[newest.status]
  return (
    <header className="border-b border-line bg-surface px-4 pt-3 pb-2.5 lg:px-6">
      <p className="text-small text-quiet">
        <Link to="/policy" search={{}} className="underline-offset-2 hover:underline">
          Policy
        </Link>{' '}
        / draft
      </p>
      <div className="flex min-h-9 flex-wrap items-center justify-between gap-2">
        <Name draft={newest} writing={writing} mayWrite={mayWrite} />
        <div className="flex flex-wrap items-center gap-2">
          {mayWrite && (
            <>
              <Button
                look="quiet"
                aria-label="Undo"
                title="Undo (Ctrl or ⌘ + Z)"
                disabled={!writing.undo}
                onClick={writing.undo}
              >
                <Undo2 size={16} aria-hidden="true" />
              </Button>
              <Button
                look="quiet"
                aria-label="Redo"
                title="Redo (Ctrl or ⌘ + Shift + Z)"
                disabled={!writing.redo}
                onClick={writing.redo}
              >
                <Redo2 size={16} aria-hidden="true" />
              </Button>
            </>
          )}
          <Discard
            draft={newest}
            writing={writing}
            may={mayWrite || (newest.status === 'discarded' && (role === 'finance' || role === 'owner'))}
          />
        </div>
      </div>
      <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-small text-quiet">
        <Badge tone={tone} word={newest.version ? `${word} as version ${newest.version}` : word} />
        {newest.based_on !== null && <span>from version {newest.based_on}</span>}
        <span>
          {actorWord(newest.updated_by, newest.people)} saved <Time at={newest.updated_at} />
        </span>
        <SavedWord writing={writing} mayWrite={mayWrite} />
        {!mayWrite && newest.status === 'open' && (
          <span>You can read and try it. Finance and owners write; you are {role}.</span>
        )}
      </div>
    </header>
  )
}

function SavedWord({ writing: { saved, saveNow }, mayWrite }: { writing: Writing; mayWrite: boolean }) {
  if (!mayWrite) return null
  if (saved.is === 'waiting')
    return (
      <span role="status" className="inline-flex items-center gap-1.5 text-review">
        <CloudOff size={14} aria-hidden="true" /> Not saved: no connection. It is kept in this tab.
        <button type="button" className="underline" onClick={() => void saveNow()}>
          Try now
        </button>
      </span>
    )
  if (saved.is === 'stopped')
    return (
      <span role="status" className="text-deny">
        Not saved
      </span>
    )
  return (
    <span role="status" className="inline-flex items-center gap-1.5">
      {saved.is === 'saved' ? (
        'All saved'
      ) : (
        <>
          <LoaderCircle size={13} aria-hidden="true" className="motion-safe:animate-spin" /> Saving…
        </>
      )}
    </span>
  )
}

function Name({ draft, writing, mayWrite }: { draft: PolicyDraftScreen; writing: Writing; mayWrite: boolean }) {
  const [name, setName] = useState<string>()
  const rename = useMutation({
    mutationFn: (to: string) =>
      post<{ revision: number }>(`/policy/drafts/${draft.id}/save`, { revision: writing.revision(), name: to }),
    onSuccess: async ({ revision }) => {
      writing.renamed(revision)
      await client.invalidateQueries({ queryKey: ['policy-draft', draft.id] })
      setName(undefined)
    },
  })
  if (name === undefined)
    return (
      <h1 className="flex min-w-0 items-center gap-1.5 text-title font-semibold tracking-tight">
        <span className="truncate">{draft.name}</span>
        {mayWrite && (
          <Button
            look="quiet"
            aria-label="Rename"
            title="Rename"
            className="min-h-7! px-1.5!"
            onClick={() => setName(draft.name)}
          >
            <Pencil size={14} aria-hidden="true" />
          </Button>
        )}
      </h1>
    )
  return (
    <form
      className="flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() === draft.name) setName(undefined)
        else rename.mutate(name)
      }}
    >
      <h1 className="sr-only">{draft.name}</h1>
      <input
        autoFocus
        aria-label="Name of the draft"
        maxLength={100}
        value={name}
        className="min-h-9 rounded-md border border-edge bg-surface px-2"
        onChange={({ target }) => setName(target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setName(undefined)
        }}
      />
      <Button type="submit" look="primary" disabled={rename.isPending}>
        Rename
      </Button>
      <Refused error={rename.error} />
    </form>
  )
}

function Discard({ draft, writing, may }: { draft: PolicyDraftScreen; writing: Writing; may: boolean }) {
  const discarded = draft.status === 'discarded'
  const act = useMutation({
    mutationFn: () =>
      post<{ revision: number }>(`/policy/drafts/${draft.id}/${discarded ? 'take-up' : 'discard'}`, {
        revision: discarded ? draft.revision : writing.revision(),
      }),
    onSuccess: async ({ revision }) => {
      writing.renamed(revision)
      await client.invalidateQueries({ queryKey: ['policy-draft', draft.id] })
      await client.invalidateQueries({ queryKey: ['policy'] })
    },
  })
  if (!may || draft.status === 'published') return null
  return (
    <>
      <Refused error={act.error} />
      <Button look="quiet" disabled={act.isPending} onClick={() => act.mutate()}>
        {discarded ? 'Take up again' : 'Discard'}
      </Button>
    </>
  )
}
