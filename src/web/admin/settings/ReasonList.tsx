import { GripVertical } from 'lucide-react'
import { useState } from 'react'
import type { ReasonsPage } from '../../../http/admin/settings/reasons.ts'
import { dayOf } from '../../parts/time.ts'
import { Button } from '../kit/Button.tsx'
import type { ReasonDraft } from './ReasonEditor.tsx'
import { languageName } from './Words.tsx'

type Line = ReasonsPage['reasons'][number]

const stripeWords = {
  requested_by_customer: 'requested by customer',
  duplicate: 'duplicate',
  fraudulent: 'fraudulent',
} as const

/** The reasons in their order. A row is dragged by its handle, or moved with the arrow keys while the handle has the focus. */
export function ReasonList({
  reasons,
  edit,
  archive,
  arrange,
}: {
  reasons: readonly Line[]
  edit: (draft: ReasonDraft) => void
  archive: (code: string) => void
  arrange: (codes: string[]) => void
}) {
  const [order, setOrder] = useState<string[]>()
  const [dragged, setDragged] = useState<string>()
  const [said, setSaid] = useState('')
  const codes = reasons.map(({ code }) => code)
  // What was moved here stands so until the server says otherwise.
  const shown = order && order.length === codes.length && order.every((code) => codes.includes(code)) ? order : codes
  const moved = (code: string, to: number): string[] => {
    const rest = shown.filter((one) => one !== code)
    return [...rest.slice(0, to), code, ...rest.slice(to)]
  }
  const move = (code: string, to: number) => {
    if (to < 0 || to >= shown.length) return
    const next = moved(code, to)
    setOrder(next)
    arrange(next)
    setSaid(`${nameOf(reasons, code)} is now number ${to + 1} of ${next.length}.`)
  }
  return (
    <>
      <ol className="-my-2 divide-y divide-line">
        {shown.map((code, at) => {
          const reason = reasons.find((one) => one.code === code)!
          return (
            <li
              key={code}
              data-reason={code}
              className={`flex items-start gap-2 py-2.5 ${dragged === code ? 'opacity-50' : ''}`}
              onDragOver={(event) => {
                if (dragged === undefined) return
                event.preventDefault()
                if (dragged !== code) setOrder(moved(dragged, at))
              }}
              onDrop={(event) => {
                event.preventDefault()
                if (dragged !== undefined) arrange([...shown])
              }}
            >
              <button
                type="button"
                draggable
                aria-label={`Move ${reason.labels['en']}`}
                title="Drag it, or move it with the arrow keys"
                className="-ml-1 min-h-8 cursor-grab touch-none rounded px-1 text-quiet hover:bg-sunken"
                onDragStart={(event) => {
                  event.dataTransfer.setData('text/plain', code)
                  event.dataTransfer.effectAllowed = 'move'
                  setDragged(code)
                }}
                onDragEnd={() => setDragged(undefined)}
                onKeyDown={(event) => {
                  const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
                  if (step === 0) return
                  event.preventDefault()
                  event.stopPropagation()
                  move(code, at + step)
                }}
              >
                <GripVertical size={16} aria-hidden="true" />
              </button>
              <div className="min-w-0 flex-1">
                <p className="font-medium break-words">
                  <bdi>{reason.labels['en']}</bdi>
                </p>
                <p className="text-small break-words text-quiet">
                  <code>{reason.code}</code> · {reason.audience === 'staff' ? 'only staff' : 'customers and staff'} ·
                  Stripe: {stripeWords[reason.stripe]} · {used(reason)}
                </p>
                {reason.rules.length > 0 && (
                  <p className="text-small text-quiet">The policy names it: {reason.rules.join(', ')}</p>
                )}
                {reason.missing.length > 0 && (
                  <p className="text-small text-review">
                    In English for: {reason.missing.map(languageName).join(', ')}
                  </p>
                )}
              </div>
              <div className="flex flex-wrap justify-end gap-1">
                <Button aria-label={`Edit ${reason.labels['en']}`} onClick={() => edit(reason)}>
                  Edit
                </Button>
                <Button look="quiet" aria-label={`Archive ${reason.labels['en']}`} onClick={() => archive(code)}>
                  Archive
                </Button>
              </div>
            </li>
          )
        })}
      </ol>
      <p role="status" className="sr-only">
        {said}
      </p>
    </>
  )
}

const nameOf = (reasons: readonly Line[], code: string): string =>
  reasons.find((one) => one.code === code)?.labels['en'] ?? code

const used = ({ requests, last_at }: Line): string =>
  requests === 0 || last_at === null
    ? 'never used'
    : `${requests} ${requests === 1 ? 'request' : 'requests'}, the last on ${dayOf(last_at)}`
