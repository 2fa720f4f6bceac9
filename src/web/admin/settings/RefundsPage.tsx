import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { mayAs } from '../../../domain/actor.ts'
import type { RefundsPage } from '../../../http/admin/settings/refunds.ts'
import { get, post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Choose, Field } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Refused } from '../kit/States.tsx'
import { client, meQuery } from '../queries.ts'
import { Frame } from './Frame.tsx'

const key = ['settings', 'refunds']

/** How refunds are made at Stripe: invoices, fraud warnings, Connect. */
export function Page() {
  const query = useQuery({ queryKey: key, queryFn: () => get<RefundsPage>('/settings/refunds') })
  return (
    <Frame
      title="Refunds at Stripe"
      about="How refunds are made from now on. A refund that was approved before goes out as it was approved."
      query={query}
    >
      {(data) => <Form key={JSON.stringify(data)} kept={data} />}
    </Frame>
  )
}

function Form({ kept }: { kept: RefundsPage }) {
  const [form, setForm] = useState(kept)
  const { data: me } = useQuery(meQuery)
  const may = mayAs(me?.staff.role ?? '', 'owner')
  const save = useMutation({
    mutationFn: () => post<RefundsPage>('/settings/refunds', form),
    onSuccess: (saved) => client.setQueryData(key, saved),
  })
  const choose = <K extends keyof RefundsPage>(name: K, value: RefundsPage[K]) => setForm({ ...form, [name]: value })
  const changed = JSON.stringify(form) !== JSON.stringify(kept)
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Card title="Invoices">
        <Field
          label="A refund of an invoice"
          hint="With a credit note the invoice, its tax and Stripe’s revenue reports show the refund. One invoice stays with the way of its first refund. The key needs to write credit notes."
        >
          {(id, hint) => (
            <Choose
              id={id}
              aria-describedby={hint}
              className="max-w-md"
              disabled={!may}
              value={form.invoice_refunds}
              onChange={({ target }) => choose('invoice_refunds', target.value as RefundsPage['invoice_refunds'])}
              choices={[
                ['refund', 'is a refund alone'],
                ['credit_note', 'is booked with a credit note'],
              ]}
            />
          )}
        </Field>
      </Card>
      <Card title="Early fraud warnings">
        <Field
          label="When the customer’s bank warns of fraud"
          hint="Most warnings become disputes, and a refund in time prevents the dispute and its fee. In the policy such a request has request.channel == “fraud_warning”."
        >
          {(id, hint) => (
            <Choose
              id={id}
              aria-describedby={hint}
              className="max-w-md"
              disabled={!may}
              value={form.on_fraud_warning}
              onChange={({ target }) => choose('on_fraud_warning', target.value as RefundsPage['on_fraud_warning'])}
              choices={[
                ['tell', 'tell a person, who decides'],
                ['ask_policy', 'ask the policy at once'],
              ]}
            />
          )}
        </Field>
      </Card>
      <Card title="Connect">
        <div className="space-y-3">
          <Check
            disabled={!may}
            checked={form.refund_application_fee}
            onCheck={(on) => choose('refund_application_fee', on)}
            label="Give the application fee back"
            hint="In proportion to what is refunded. Otherwise the seller bears it."
          />
          <Check
            disabled={!may}
            checked={form.reverse_transfer}
            onCheck={(on) => choose('reverse_transfer', on)}
            label="Take the transferred money back from the seller"
            hint="For destination charges, in proportion. Otherwise the platform pays the refund."
          />
        </div>
      </Card>
      <Refused error={save.error} />
      {may ? (
        <div className="flex items-center gap-3">
          <Button type="submit" look="primary" disabled={!changed || save.isPending}>
            {save.isPending ? 'Saving…' : 'Save'}
          </Button>
          <span role="status" className="text-small text-quiet">
            {save.isSuccess && !changed ? 'Saved.' : changed ? 'Not saved yet.' : ''}
          </span>
        </div>
      ) : (
        <p className="text-quiet">An owner can change this.</p>
      )}
    </form>
  )
}

function Check({
  label,
  hint,
  checked,
  disabled,
  onCheck,
}: {
  label: string
  hint: string
  checked: boolean
  disabled: boolean
  onCheck: (on: boolean) => void
}) {
  return (
    <label className="flex items-start gap-3">
      <input
        type="checkbox"
        className="mt-1 size-4 accent-accent"
        checked={checked}
        disabled={disabled}
        onChange={({ target }) => onCheck(target.checked)}
      />
      <span>
        <span className="font-medium">{label}</span>
        <span className="block text-small text-quiet">{hint}</span>
      </span>
    </label>
  )
}
