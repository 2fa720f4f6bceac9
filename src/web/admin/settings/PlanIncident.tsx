import { useState, type FormEvent } from 'react'
import { useReasonChoices } from '../reasons.tsx'
import { isProblem } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Area, Choose, Field, Input } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Refused } from '../kit/States.tsx'
import { readAmount } from '../request/read-amount.ts'
import { useSend } from './send.ts'

type Draft = {
  name: string
  by: 'query' | 'list'
  text: string
  product: string
  from: string
  to: string
  currency: string
  q: string
  how: 'full' | 'percent' | 'fixed'
  percent: string
  fixed: string
  fixedCurrency: string
  reason: string
  say: string
  access: 'keep' | 'now' | 'period_end'
  again: boolean
}
const blank: Draft = {
  name: '',
  by: 'query',
  text: '',
  product: '',
  from: '',
  to: '',
  currency: '',
  q: '',
  how: 'full',
  percent: '20',
  fixed: '',
  fixedCurrency: 'usd',
  reason: 'service_unsatisfactory',
  say: '',
  access: 'keep',
  again: false,
}

/** Kept while it is written, so that a reload or a lost session loses nothing. */
const draftKey = 'moneyback-incident'
const kept = (): Draft => {
  try {
    return { ...blank, ...(JSON.parse(sessionStorage.getItem(draftKey) ?? '{}') as Partial<Draft>) }
  } catch {
    return blank
  }
}

/** Who, how much and why; then the dry run. */
export function PlanIncident({ close, then }: { close: () => void; then: (id: string) => void }) {
  const [draft, setState] = useState(kept)
  const [wrong, setWrong] = useState<string>()
  const reasons = useReasonChoices()
  const plan = useSend<{ id: string }>(({ id }) => {
    sessionStorage.removeItem(draftKey)
    then(id)
  })
  const set = (change: Partial<Draft>) => {
    const next = { ...draft, ...change }
    sessionStorage.setItem(draftKey, JSON.stringify(next))
    setState(next)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const amount = amountOf(draft)
    if (typeof amount === 'string') return setWrong(amount)
    setWrong(undefined)
    const { name, reason, say, access, again, text, product, from, to, currency, q } = draft
    const who = draft.by === 'list' ? { kind: 'list', text } : { kind: 'query', product, from, to, currency, q }
    plan.mutate({ path: '/settings/incidents', body: { name, who, amount, reason, say, access, again } })
  }
  return (
    <Card title="Plan an incident refund">
      <form onSubmit={submit} className="space-y-4">
        <Field label="What happened" hint="For colleagues, the records and the next time.">
          {(id, hint) => (
            <Input
              id={id}
              aria-describedby={hint}
              required
              autoFocus
              maxLength={120}
              placeholder="Outage of 12 May"
              value={draft.name}
              onChange={({ target }) => set({ name: target.value })}
            />
          )}
        </Field>
        <Whom draft={draft} set={set} />
        <HowMuch draft={draft} set={set} />
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Reason, for the reports">
            {(id) => (
              <Choose
                id={id}
                value={draft.reason}
                choices={reasons}
                onChange={({ target }) => set({ reason: target.value })}
              />
            )}
          </Field>
          <Field label="Access afterwards">
            {(id) => (
              <Choose
                id={id}
                value={draft.access}
                choices={[
                  ['keep', 'stays'],
                  ['period_end', 'ends with the paid period'],
                  ['now', 'ends at once'],
                ]}
                onChange={({ target }) => set({ access: target.value as Draft['access'] })}
              />
            )}
          </Field>
        </div>
        <Field label="The sentence that each customer reads" hint="In the mail about their money, as it stands here.">
          {(id, hint) => (
            <Area
              id={id}
              aria-describedby={hint}
              required
              rows={3}
              maxLength={2000}
              value={draft.say}
              onChange={({ target }) => set({ say: target.value })}
            />
          )}
        </Field>
        <Refused error={plan.error} />
        {wrong && (
          <p role="alert" className="text-small text-deny">
            {wrong}
          </p>
        )}
        {isProblem(plan.error) && plan.error.status === 0 && (
          <p className="text-small text-quiet">What you typed is kept in this browser.</p>
        )}
        <div className="flex gap-2">
          <Button type="submit" look="primary" disabled={plan.isPending}>
            {plan.isPending ? 'Looking…' : 'Dry run'}
          </Button>
          <Button look="quiet" onClick={close}>
            Back
          </Button>
          <span className="self-center text-small text-quiet">No money moves yet.</span>
        </div>
      </form>
    </Card>
  )
}

function amountOf({ how, percent, fixed, fixedCurrency }: Draft): object | string {
  if (how === 'full') return { kind: 'full' }
  if (how === 'percent') {
    const part = Number(percent.replace(',', '.').replace('%', '').trim())
    return Number.isFinite(part) && part > 0 && part <= 100
      ? { kind: 'percent', percent: part }
      : 'A part is more than 0 and at most 100 percent.'
  }
  const read = readAmount(fixed, fixedCurrency.toLowerCase(), Number.MAX_SAFE_INTEGER)
  return read.ok ? { kind: 'fixed', minor: read.minor, currency: fixedCurrency.toLowerCase() } : read.because
}

type Part = { draft: Draft; set: (change: Partial<Draft>) => void }

function Whom({ draft, set }: Part) {
  return (
    <fieldset className="space-y-2">
      <legend className="text-small font-medium">Whose payments</legend>
      <div className="flex flex-wrap gap-4">
        {(
          [
            ['query', 'Those of a product or period'],
            ['list', 'A list'],
          ] as const
        ).map(([by, word]) => (
          <label key={by} className="flex min-h-6 items-center gap-2">
            <input type="radio" name="who" checked={draft.by === by} onChange={() => set({ by })} /> {word}
          </label>
        ))}
      </div>
      {draft.by === 'query' ? (
        <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
          {(
            [
              ['product', 'Product', 'text', 'Name or prod_…'],
              ['from', 'Paid from', 'date', ''],
              ['to', 'Paid until', 'date', ''],
              ['q', 'Text', 'text', 'E-mail, invoice, …'],
            ] as const
          ).map(([field, label, type, placeholder]) => (
            <Field key={field} label={label}>
              {(id) => (
                <Input
                  id={id}
                  type={type}
                  placeholder={placeholder}
                  value={draft[field]}
                  onChange={({ target }) => set({ [field]: target.value })}
                />
              )}
            </Field>
          ))}
        </div>
      ) : (
        <div className="space-y-2">
          <Field
            label="Ids of payments, one in each line, or a CSV file"
            hint="pi_…, ch_… or pay_…; a head and other columns are fine."
          >
            {(id, hint) => (
              <Area
                id={id}
                aria-describedby={hint}
                rows={5}
                className="font-mono text-[0.75rem]"
                value={draft.text}
                onChange={({ target }) => set({ text: target.value })}
              />
            )}
          </Field>
          <label className="block text-small">
            <span className="sr-only">A CSV file</span>
            <input
              type="file"
              accept=".csv,.txt,text/csv,text/plain"
              onChange={({ target }) => void target.files?.[0]?.text().then((text) => set({ text }))}
            />
          </label>
        </div>
      )}
      <label className="flex min-h-6 items-center gap-2">
        <input type="checkbox" checked={draft.again} onChange={({ target }) => set({ again: target.checked })} /> Also
        those who got money back in an earlier incident
      </label>
    </fieldset>
  )
}

function HowMuch({ draft, set }: Part) {
  return (
    <fieldset className="space-y-2">
      <legend className="text-small font-medium">How much, of each payment</legend>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
        <label className="flex min-h-9 items-center gap-2">
          <input type="radio" name="how" checked={draft.how === 'full'} onChange={() => set({ how: 'full' })} /> All
          that is left
        </label>
        <span className="flex items-center gap-2">
          <label className="flex min-h-9 items-center gap-2">
            <input type="radio" name="how" checked={draft.how === 'percent'} onChange={() => set({ how: 'percent' })} />{' '}
            A part
          </label>
          <Input
            aria-label="Percent"
            className="w-20!"
            inputMode="decimal"
            value={draft.percent}
            onChange={({ target }) => set({ percent: target.value, how: 'percent' })}
          />
          %
        </span>
        <span className="flex items-center gap-2">
          <label className="flex min-h-9 items-center gap-2">
            <input type="radio" name="how" checked={draft.how === 'fixed'} onChange={() => set({ how: 'fixed' })} /> A
            fixed amount
          </label>
          <Input
            aria-label="Amount"
            className="w-24!"
            inputMode="decimal"
            value={draft.fixed}
            onChange={({ target }) => set({ fixed: target.value, how: 'fixed' })}
          />
          <Input
            aria-label="Currency"
            className="w-16! uppercase"
            maxLength={3}
            value={draft.fixedCurrency}
            onChange={({ target }) => set({ fixedCurrency: target.value })}
          />
        </span>
      </div>
    </fieldset>
  )
}
