import { useState } from 'react'
import { crossRate, type Desk } from '../../../domain/desk.ts'
import { Input } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { ByCurrency } from './ByCurrency.tsx'

type Props = { desk: Desk; set: (change: Partial<Desk>) => void }

/** The rates by which an amount in another currency is compared with the limits. */
export function Rates({ desk, set }: Props) {
  const settlement = desk.currency.toUpperCase()
  return (
    <Card title="Rates">
      <p className="mb-3 text-small text-quiet">
        Only for comparing an amount with the limits: nothing is ever paid by these. Without a line of yours a rounded
        rate of spring 2026 is used; a currency without any rate is above every limit.
      </p>
      <ByCurrency
        label="the rates"
        values={desk.rates}
        not={desk.currency}
        start={(currency) => crossRate(currency, desk.currency) ?? 1}
        set={(rates) => set({ rates })}
      >
        {(currency, rate, change) => (
          <label className="grid grid-cols-[6rem_1fr_3rem] items-center gap-2">
            <span className="text-small">1 {settlement} is</span>
            <Rate label={`${currency.toUpperCase()} for one ${settlement}`} rate={rate} set={change} />
            <span>{currency.toUpperCase()}</span>
          </label>
        )}
      </ByCurrency>
    </Card>
  )
}

/** A rate as people type it, with a point or a comma; what is no number above zero is not taken. */
function Rate({ label, rate, set }: { label: string; rate: number; set: (rate: number) => void }) {
  const [text, setText] = useState(String(rate))
  const read = (typed: string): number | undefined => {
    const plain = typed.trim().replace(',', '.')
    return /^\d{1,9}(\.\d{1,9})?$/.test(plain) && Number(plain) > 0 ? Number(plain) : undefined
  }
  const wrong = read(text) === undefined
  return (
    <span>
      <Input
        aria-label={label}
        inputMode="decimal"
        className="figures"
        value={text}
        aria-invalid={wrong}
        onChange={({ target }) => {
          setText(target.value)
          const typed = read(target.value)
          if (typed !== undefined) set(typed)
        }}
      />
      {wrong && <span className="text-small text-deny">A number above zero, such as 0.92.</span>}
    </span>
  )
}
