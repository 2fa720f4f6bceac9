import { useState, type ReactNode } from 'react'
import { readAmount } from '../request/read-amount.ts'
import { Button } from './Button.tsx'
import { Field, Input } from './Field.tsx'
import { Refused } from './States.tsx'

export type Typed = { count: number; sums: Record<string, number> }

/** Count and sum, typed: whoever types them has read them. */
export function TypedConfirm({
  what,
  currencies,
  button,
  busy,
  error,
  confirm,
  children,
}: {
  /** What is counted, such as "payments". */
  what: string
  currencies: readonly string[]
  button: string
  busy: boolean
  error: unknown
  confirm: (typed: Typed) => void
  /** What will happen. */
  children: ReactNode
}) {
  const [count, setCount] = useState('')
  const [sums, setSums] = useState<Record<string, string>>({})
  const [wrong, setWrong] = useState<string>()
  return (
    <form
      className="space-y-3 rounded-md border border-review bg-review-soft p-3"
      onSubmit={(event) => {
        event.preventDefault()
        const read = currencies.map(
          (currency) => [currency, readAmount(sums[currency] ?? '', currency, Number.MAX_SAFE_INTEGER)] as const,
        )
        const bad = read.find(([, one]) => !one.ok)?.[1]
        if (bad && !bad.ok) return setWrong(bad.because)
        setWrong(undefined)
        confirm({
          count: Number(count.replaceAll(/[.,\s]/g, '')),
          sums: Object.fromEntries(read.flatMap(([currency, one]) => (one.ok ? [[currency, one.minor]] : []))),
        })
      }}
    >
      <p>
        <span className="font-medium">What will happen: </span>
        {children} Type both numbers:
      </p>
      <div className="grid gap-3 sm:grid-cols-3">
        <Field label={`How many ${what}`}>
          {(id) => (
            <Input
              id={id}
              required
              autoComplete="off"
              inputMode="numeric"
              value={count}
              onChange={({ target }) => setCount(target.value)}
            />
          )}
        </Field>
        {currencies.map((currency) => (
          <Field key={currency} label={`The sum (${currency.toUpperCase()})`}>
            {(id) => (
              <Input
                id={id}
                required
                autoComplete="off"
                inputMode="decimal"
                value={sums[currency] ?? ''}
                onChange={({ target }) => setSums({ ...sums, [currency]: target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      {wrong && (
        <p role="alert" className="text-small text-deny">
          {wrong}
        </p>
      )}
      <Refused error={error} />
      <Button type="submit" look="approve" disabled={busy}>
        {button}
      </Button>
    </form>
  )
}
