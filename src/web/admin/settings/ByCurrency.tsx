import { X } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button } from '../kit/Button.tsx'
import { Input } from '../kit/Field.tsx'

const isCurrency = (text: string): boolean => /^[a-z]{3}$/.test(text)

/** One value for each of some currencies: a line for each, and a box for one more. */
export function ByCurrency<Value>({
  label,
  values,
  not,
  start,
  set,
  children,
}: {
  label: string
  values: Readonly<Record<string, Value>>
  /** The currency that has its value elsewhere. */
  not: string
  /** What a new line begins with. */
  start: (currency: string) => Value
  set: (values: Record<string, Value>) => void
  children: (currency: string, value: Value, change: (value: Value) => void) => ReactNode
}) {
  const [typed, setTyped] = useState('')
  const code = typed.trim().toLowerCase()
  const wrong =
    code === ''
      ? undefined
      : !isCurrency(code)
        ? 'A currency has three letters, such as EUR.'
        : code === not
          ? `Everything is counted in ${not.toUpperCase()} already.`
          : values[code] === undefined
            ? undefined
            : 'It has a line already.'
  return (
    <div className="max-w-xl space-y-2">
      {Object.keys(values)
        .sort()
        .map((currency) => (
          <div key={currency} className="grid grid-cols-[1fr_auto] items-start gap-2">
            {children(currency, values[currency]!, (value) => set({ ...values, [currency]: value }))}
            <Button
              look="quiet"
              aria-label={`Take ${currency.toUpperCase()} out of ${label}`}
              onClick={() => set(Object.fromEntries(Object.entries(values).filter(([one]) => one !== currency)))}
            >
              <X size={15} aria-hidden="true" />
            </Button>
          </div>
        ))}
      <div className="flex items-start gap-2">
        <span className="w-36">
          <Input
            aria-label={`Another currency for ${label}`}
            placeholder="EUR"
            maxLength={3}
            value={typed}
            aria-invalid={wrong !== undefined}
            onChange={({ target }) => setTyped(target.value)}
          />
        </span>
        <Button
          disabled={code === '' || wrong !== undefined}
          onClick={() => {
            set({ ...values, [code]: start(code) })
            setTyped('')
          }}
        >
          Add
        </Button>
      </div>
      {wrong && code.length === 3 && <p className="text-small text-deny">{wrong}</p>}
    </div>
  )
}
