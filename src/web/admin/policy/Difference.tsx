import { useState } from 'react'
import { Button } from '../kit/Button.tsx'
import { TextDiff } from './TextDiff.tsx'

/** How two texts differ, line by line. */
export function Difference({ before, after }: { before: string; after: string }) {
  const [open, setOpen] = useState(true)
  return (
    <section className="overflow-hidden rounded-lg border border-line bg-surface" aria-label="Text">
      <div className="flex items-center justify-between border-b border-line px-4 py-2">
        <h2 className="font-semibold">In the text</h2>
        <Button look="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide' : 'Show'}
        </Button>
      </div>
      {open && <TextDiff before={before} after={after} />}
    </section>
  )
}
