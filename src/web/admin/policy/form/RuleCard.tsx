import { ChevronDown, ChevronUp, GripVertical, Trash2 } from 'lucide-react'
import { useState, type KeyboardEvent } from 'react'
import type { FormFact } from '../../../../domain/policy/form/condition.ts'
import type { Path } from '../../../../domain/policy/form/document.ts'
import { removeItem } from '../../../../domain/policy/form/edit.ts'
import type { Form, FormRule } from '../../../../domain/policy/form/model.ts'
import { verdictWords } from '../../../parts/words.ts'
import { Button } from '../../kit/Button.tsx'
import { Badge } from '../../kit/Show.tsx'
import type { Edit } from './FormView.tsx'
import { RuleFields } from './RuleFields.tsx'

/** A rule: one line when closed, all of its parts when open. It is moved by its handle: drag it, or Alt and the arrow keys. */
export function RuleCard({
  rule,
  path,
  at,
  count,
  facts,
  form,
  readOnly,
  edit,
  list,
  onMove,
  onDrop,
}: {
  rule: FormRule
  path: Path
  at: number
  count: number
  facts: readonly FormFact[]
  form: Form
  readOnly: boolean
  edit: (change: Edit) => void
  list: string
  onMove?: (to: number) => void
  onDrop?: (from: number) => void
}) {
  const [open, setOpen] = useState(false)
  const [over, setOver] = useState(false)
  const verdict = verdictWords[rule.then as keyof typeof verdictWords]
  const keys = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
    if (!step || !onMove || readOnly) return
    event.preventDefault()
    onMove(at + step)
  }
  const kind = `text/x-moneyback-${list}`
  return (
    <article
      aria-label={onMove ? `Rule ${at + 1}: ${rule.id}` : 'In every other case'}
      className={`rounded-lg border bg-surface ${over ? 'border-accent' : 'border-line'}`}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(kind)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false)
        const from = Number.parseInt(event.dataTransfer.getData(kind), 10)
        if (!Number.isInteger(from)) return
        event.preventDefault()
        onDrop?.(from)
      }}
    >
      <div className="flex items-center gap-1 px-2 py-1.5">
        {onMove && !readOnly && (
          <button
            type="button"
            draggable
            data-handle={rule.id}
            aria-label={`Move ${rule.id}: arrow keys, or drag`}
            title="Drag, or arrow up and down"
            className="cursor-grab rounded p-1.5 text-quiet hover:bg-sunken"
            onKeyDown={keys}
            onDragStart={(event) => {
              event.dataTransfer.setData(kind, String(at))
              event.dataTransfer.effectAllowed = 'move'
            }}
          >
            <GripVertical size={16} aria-hidden="true" />
          </button>
        )}
        <button
          type="button"
          aria-expanded={open}
          className="flex min-h-9 min-w-0 flex-1 items-center gap-2 rounded text-left"
          onClick={() => setOpen(!open)}
        >
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium">
              {onMove ? rule.id || 'without a name' : 'In every other case'}
            </span>
            {rule.when.length > 0 && !open && (
              <span className="block truncate font-mono text-[0.75rem] text-quiet">{rule.when.join(' and ')}</span>
            )}
          </span>
          {verdict && <Badge tone={verdict.tone} word={verdict.word} />}
          {open ? <ChevronUp size={16} aria-hidden="true" /> : <ChevronDown size={16} aria-hidden="true" />}
        </button>
      </div>
      {open && (
        <div className="space-y-3 border-t border-line p-3">
          <RuleFields rule={rule} path={path} facts={facts} edit={edit} named={!!onMove} readOnly={readOnly} />
          {onMove && !readOnly && (
            <div className="flex flex-wrap gap-2 border-t border-line pt-3">
              <Button look="quiet" disabled={at === 0} onClick={() => onMove(at - 1)}>
                <ChevronUp size={15} aria-hidden="true" /> Earlier
              </Button>
              <Button look="quiet" disabled={at === count - 1} onClick={() => onMove(at + 1)}>
                <ChevronDown size={15} aria-hidden="true" /> Later
              </Button>
              <Button
                look="quiet"
                className="ml-auto"
                onClick={() => edit((text) => removeItem(text, path.slice(0, -1), at))}
              >
                <Trash2 size={15} aria-hidden="true" /> Take out
              </Button>
            </div>
          )}
          {form.tests.filter(({ expect }) => expect['rule'] === rule.id).length > 0 && (
            <p className="text-small text-quiet">
              {form.tests.filter(({ expect }) => expect['rule'] === rule.id).length} tests expect this rule.
            </p>
          )}
        </div>
      )}
    </article>
  )
}
