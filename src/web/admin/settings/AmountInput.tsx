import { useState } from 'react'
import { money, toDecimal } from '../../../domain/money.ts'
import { Input } from '../kit/Field.tsx'
import { readAmount } from '../request/read-amount.ts'

/** An amount as people type it; what can't be read is not taken. Empty is null. */
export function AmountInput({
  label,
  minor,
  currency,
  placeholder = 'no limit',
  set,
}: {
  label: string
  minor: number | null
  currency: string
  placeholder?: string
  set: (minor: number | null) => void
}) {
  const [text, setText] = useState(minor === null ? '' : toDecimal(money(minor, currency)))
  const read = text.trim() === '' ? undefined : readAmount(text, currency, Number.MAX_SAFE_INTEGER)
  return (
    <span>
      <Input
        aria-label={label}
        inputMode="decimal"
        className="figures"
        placeholder={placeholder}
        value={text}
        aria-invalid={read?.ok === false}
        onChange={({ target }) => {
          setText(target.value)
          if (target.value.trim() === '') return set(null)
          const typed = readAmount(target.value, currency, Number.MAX_SAFE_INTEGER)
          if (typed.ok) set(typed.minor)
        }}
      />
      {read?.ok === false && <span className="text-small text-deny">{read.because}</span>}
    </span>
  )
}
