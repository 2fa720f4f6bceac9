import { Plus, X } from 'lucide-react'
import { useMemo, useState } from 'react'
import { formFacts, type FormFact } from '../../../domain/policy/form/condition.ts'
import { formOf } from '../../../domain/policy/form/model.ts'
import { Button } from '../kit/Button.tsx'

export type Given = Readonly<Record<string, string>>

const examples: Readonly<Record<string, string>> = {
  duration: '30d, 2h, 30d1s',
  fraction: '0.2 or 20%',
  money: '49.00 usd',
  count: '2',
  bool: 'true',
  instant: '2026-03-01',
  text: 'a text',
  texts: '[vip]',
}

/** How the value of a fact is typed. */
export const exampleOf = (fact: FormFact): string =>
  fact.window ? '[40d, 400d]' : fact.values ? fact.values.slice(0, 3).join(', ') : (examples[fact.type] ?? '')

/** Facts and their values, one a line. What isn't set is an ordinary case. */
export function HandFacts({
  source,
  given,
  onChange,
}: {
  source: string
  given: Given
  onChange: (given: Given) => void
}) {
  const form = useMemo(() => formOf(source), [source])
  const facts = useMemo(() => formFacts(form?.facts ?? {}), [form])
  const [adding, setAdding] = useState('')
  const free = facts.filter(({ name }) => !Object.hasOwn(given, name))
  return (
    <div className="space-y-2">
      <ul className="space-y-2">
        {Object.entries(given).map(([name, text]) => {
          const fact = facts.find((each) => each.name === name)
          const label = fact?.label ?? name
          return (
            <li key={name} className="flex items-end gap-2">
              <label className="min-w-0 flex-1">
                <span className="block truncate text-small">
                  {label} <code className="font-mono text-[0.72rem] text-quiet">{name}</code>
                </span>
                <input
                  value={text}
                  placeholder={fact && exampleOf(fact)}
                  list={fact?.values ? `values-${name}` : undefined}
                  className="min-h-9 w-full rounded-md border border-edge bg-surface px-2"
                  onChange={({ target }) => onChange({ ...given, [name]: target.value })}
                />
                {fact?.values && (
                  <datalist id={`values-${name}`}>
                    {fact.values.map((value) => (
                      <option key={value} value={value} />
                    ))}
                  </datalist>
                )}
              </label>
              <Button
                look="quiet"
                aria-label={`Take out ${label}`}
                onClick={() => onChange(Object.fromEntries(Object.entries(given).filter(([each]) => each !== name)))}
              >
                <X size={15} aria-hidden="true" />
              </Button>
            </li>
          )
        })}
      </ul>
      <div className="flex items-center gap-2">
        <select
          aria-label="Another fact"
          value={adding}
          className="min-h-9 min-w-0 flex-1 rounded-md border border-edge bg-surface px-2"
          onChange={({ target }) => setAdding(target.value)}
        >
          <option value="">Another fact…</option>
          {free.map(({ name, label }) => (
            <option key={name} value={name}>
              {label} ({name})
            </option>
          ))}
        </select>
        <Button
          disabled={!adding}
          onClick={() => {
            onChange({ ...given, [adding]: '' })
            setAdding('')
          }}
        >
          <Plus size={15} aria-hidden="true" /> Add
        </Button>
      </div>
      <p className="text-small text-quiet">
        An empty value is an unknown one. What isn’t set is an ordinary monthly payment of $49.00, ten days old.
      </p>
    </div>
  )
}
