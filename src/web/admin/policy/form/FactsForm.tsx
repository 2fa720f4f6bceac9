import { useState } from 'react'
import { removeField, setValue } from '../../../../domain/policy/form/edit.ts'
import { fileOrder, type Form } from '../../../../domain/policy/form/model.ts'
import { Plus, X } from 'lucide-react'
import { Button } from '../../kit/Button.tsx'
import { Choose, Input } from '../../kit/Field.tsx'
import type { Edit } from './FormView.tsx'

const types = [
  ['fraction', 'a share (20 %)'],
  ['count', 'a number'],
  ['bool', 'yes or no'],
  ['text', 'a text'],
  ['money', 'an amount'],
  ['duration', 'a length of time'],
  ['instant', 'a point in time'],
] as const

/** The merchant's own facts, as the document declares them. */
export function FactsForm({ form, edit, readOnly }: { form: Form; edit: (change: Edit) => void; readOnly: boolean }) {
  const [name, setName] = useState('')
  const [type, setType] = useState('fraction')
  const declared = Object.entries(form.facts)
  const valid = /^[a-z][a-z0-9_]{0,40}(\.[a-z][a-z0-9_]{0,40}){1,2}$/.test(name) && !Object.hasOwn(form.facts, name)
  const add = () => {
    edit((text) =>
      declared.length === 0
        ? setValue(text, ['facts'], { [name]: { type } }, fileOrder)
        : setValue(text, ['facts', name], { type }),
    )
    setName('')
  }
  return (
    <section aria-label="Your own facts">
      <h2 className="mb-1 font-semibold">Your own facts</h2>
      <p className="mb-2 text-small text-quiet">
        Your app pushes them over the API. One that is missing is unknown, never “no”.
      </p>
      <ul className="space-y-1">
        {declared.map(([fact, about]) => {
          const {
            type: kind,
            on = 'payment',
            stale_after,
          } = (about ?? {}) as { type?: string; on?: string; stale_after?: string }
          return (
            <li
              key={fact}
              className="flex items-center justify-between gap-2 rounded-md border border-line bg-surface px-3 py-1"
            >
              <span>
                <code className="font-mono text-small">{fact}</code>{' '}
                <span className="text-small text-quiet">
                  {types.find(([code]) => code === kind)?.[1] ?? kind}, of the {on}
                  {stale_after && `, unknown when older than ${stale_after}`}
                </span>
              </span>
              {!readOnly && (
                <Button
                  look="quiet"
                  aria-label={`Take out ${fact}`}
                  onClick={() => edit((text) => removeField(text, ['facts', fact]))}
                >
                  <X size={15} aria-hidden="true" />
                </Button>
              )}
            </li>
          )
        })}
      </ul>
      {!readOnly && (
        <div className="mt-2 flex flex-wrap items-center gap-2">
          <Input
            aria-label="Name of a fact"
            placeholder="usage.share"
            className="w-auto! flex-1 basis-40 font-mono"
            value={name}
            onChange={({ target }) => setName(target.value.trim())}
          />
          <Choose
            aria-label="What it is"
            className="w-auto! flex-1 basis-32"
            value={type}
            choices={types}
            onChange={({ target }) => setType(target.value)}
          />
          <Button disabled={!valid} onClick={add}>
            <Plus size={15} aria-hidden="true" /> Declare
          </Button>
        </div>
      )}
    </section>
  )
}
