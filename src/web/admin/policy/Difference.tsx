import { useQuery } from '@tanstack/react-query'
import { CircleDot, CircleMinus, CirclePlus, MoveVertical } from 'lucide-react'
import { useState } from 'react'
import type { ComparedPolicies } from '../../../http/admin/screens.ts'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Card } from '../kit/Page.tsx'
import { Refused, Skeleton } from '../kit/States.tsx'
import { Cases } from './Cases.tsx'
import { TextDiff } from './TextDiff.tsx'

/** How two texts differ: in words, and line by line. */
export function Difference({ before, after }: { before: string; after: string }) {
  const [open, setOpen] = useState(true)
  return (
    <>
      <InWords before={before} after={after} />
      <Cases before={before} after={after} />
      <section className="overflow-hidden rounded-lg border border-line bg-surface" aria-label="In the text">
        <div className="flex items-center justify-between border-b border-line px-4 py-2">
          <h2 className="font-semibold">In the text</h2>
          <Button look="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide' : 'Show'}
          </Button>
        </div>
        {open && <TextDiff before={before} after={after} />}
      </section>
    </>
  )
}

const marks = {
  added: { icon: CirclePlus, look: 'text-approve', word: 'New' },
  removed: { icon: CircleMinus, look: 'text-deny', word: 'Gone' },
  renamed: { icon: CircleDot, look: 'text-waiting', word: 'Renamed' },
  moved: { icon: MoveVertical, look: 'text-waiting', word: 'Moved' },
  changed: { icon: CircleDot, look: 'text-review', word: 'Changed' },
} as const

function InWords({ before, after }: { before: string; after: string }) {
  const { data, error } = useQuery({
    queryKey: ['policy-compare', before, after],
    queryFn: () => post<ComparedPolicies>('/policy/compare', { before, after }),
    staleTime: Infinity,
  })
  return (
    <Card title="In words">
      {error ? (
        <Refused error={error} />
      ) : !data ? (
        <Skeleton lines={3} />
      ) : data.changes.length === 0 ? (
        <p className="text-quiet">
          Nothing that a customer or a colleague would notice: only comments and layout, if anything.
        </p>
      ) : (
        <ul className="space-y-1.5">
          {data.changes.map((change, at) => {
            const { icon: Icon, look, word } = marks[change.kind]
            return (
              <li key={at} className="flex items-start gap-2">
                <Icon size={15} className={`mt-0.5 shrink-0 ${look}`} aria-label={word} />
                <span className="min-w-0 break-words">{change.sentence}</span>
              </li>
            )
          })}
        </ul>
      )}
    </Card>
  )
}
