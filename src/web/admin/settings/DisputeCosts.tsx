import type { Desk } from '../../../domain/desk.ts'
import { Field, Input } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { AmountInput } from './AmountInput.tsx'
import { ByCurrency } from './ByCurrency.tsx'

/** What a dispute costs and how often one is won, as far as the owner knows. Compared with a refund beside each request. */
export function DisputeCosts({ desk, set }: { desk: Desk; set: (change: Partial<Desk>) => void }) {
  return (
    <Card title="What a dispute costs">
      <p className="mb-3 text-small text-quiet">
        Beside a request the console compares a refund with a dispute. The fee is on Stripe’s price list for your
        country; where you name none for a currency, the first one is converted.
      </p>
      <div className="mb-3 grid max-w-xl gap-3 sm:grid-cols-2">
        <Field label={`Fee of a dispute (${desk.currency.toUpperCase()})`}>
          {() => (
            <AmountInput
              label="Fee of a dispute"
              minor={desk.dispute_fee_minor}
              currency={desk.currency}
              placeholder="0"
              set={(minor) => set({ dispute_fee_minor: minor ?? 0 })}
            />
          )}
        </Field>
        <Field label="Disputes won (%)" hint="An assumption, and shown as one.">
          {(id, hint) => (
            <Input
              id={id}
              aria-describedby={hint}
              type="number"
              min={0}
              max={100}
              value={desk.win_percent}
              onChange={({ target }) =>
                set({ win_percent: Math.min(100, Math.max(0, Math.round(Number(target.value)))) })
              }
            />
          )}
        </Field>
      </div>
      <ByCurrency
        label="the fees"
        values={desk.dispute_fees}
        not={desk.currency}
        start={() => 0}
        set={(dispute_fees) => set({ dispute_fees })}
      >
        {(currency, minor, change) => (
          <label className="grid grid-cols-[10rem_1fr] items-center gap-2">
            <span className="text-small">Fee of a dispute in {currency.toUpperCase()}</span>
            <AmountInput
              label={`Fee of a dispute in ${currency.toUpperCase()}`}
              minor={minor}
              currency={currency}
              placeholder="0"
              set={(typed) => change(typed ?? 0)}
            />
          </label>
        )}
      </ByCurrency>
    </Card>
  )
}
