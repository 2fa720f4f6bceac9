import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Users } from 'lucide-react'
import { useState } from 'react'
import type { PolicyDraftScreen } from '../../../http/admin/screens.ts'
import { isProblem, post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Time } from '../kit/Show.tsx'
import { Refused } from '../kit/States.tsx'
import { actorWord } from '../words.ts'
import { TextDiff } from './TextDiff.tsx'
import type { Writing } from './useDraft.ts'

/** Two people wrote at once: who, when, how the texts differ, and three ways on. In none of them anything is lost. */
export function Collision({ draft, writing }: { draft: PolicyDraftScreen; writing: Writing }) {
  const navigate = useNavigate()
  const [compare, setCompare] = useState(false)
  const { saved, newest } = writing
  const own = useMutation({
    mutationFn: () =>
      post<{ id: string }>('/policy/drafts', { name: `${draft.name}, mine`.slice(0, 100), source: writing.text }),
    onSuccess: ({ id }) => {
      writing.takeTheirs()
      void navigate({ to: '/policy/drafts/$id', params: { id }, search: {} })
    },
  })
  if (saved.is !== 'stopped') return null
  const changed = isProblem(saved.error) && saved.error.code === 'draft_changed'
  return (
    <section role="alert" aria-label="Two texts" className="border-b border-review bg-review-soft px-4 py-3 lg:px-6">
      <p className="flex items-start gap-2 font-medium">
        <Users size={16} className="mt-0.5 shrink-0 text-review" aria-hidden="true" />
        <span>
          {changed ? (
            <>
              {actorWord(newest.updated_by, newest.people)} saved this draft <Time at={newest.updated_at} />, while you
              were writing. Nothing of either text is lost.
            </>
          ) : (
            <Refused error={saved.error} />
          )}
        </span>
      </p>
      <div className="mt-2 flex flex-wrap gap-2">
        {changed && (
          <>
            <Button onClick={() => setCompare(!compare)} aria-expanded={compare}>
              {compare ? 'Hide the difference' : 'Compare'}
            </Button>
            <Button onClick={() => void writing.saveOver()}>Save mine over it</Button>
          </>
        )}
        <Button onClick={() => own.mutate()} disabled={own.isPending}>
          Save mine as a draft of its own
        </Button>
        <Button onClick={writing.takeTheirs}>Take theirs</Button>
      </div>
      <p className="mt-1.5 text-small text-quiet">
        What is saved over stays among the earlier states of this draft, under Changes.
      </p>
      <Refused error={own.error} />
      {compare && (
        <div
          className="mt-2 max-h-80 overflow-auto rounded-md border border-line bg-surface"
          tabIndex={0}
          role="region"
          aria-label="Theirs against mine"
        >
          <TextDiff before={newest.source} after={writing.text} />
        </div>
      )}
    </section>
  )
}
