import { useState, type FormEvent } from 'react'
import { creditNoteReasons, stripeReasons, type NewReason } from '../../../domain/reasons.ts'
import { Button } from '../kit/Button.tsx'
import { Choose, Field, Input } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Refused } from '../kit/States.tsx'
import { useSend } from './send.ts'
import { WordsEditor } from './Words.tsx'

export type ReasonDraft = NewReason

const words = (code: string) => [code, code.replaceAll('_', ' ')] as const

/** One reason: its names, who may choose it, and what Stripe is told. The code is chosen once. */
export function ReasonEditor({ start, known, close }: { start: ReasonDraft; known: boolean; close: () => void }) {
  const [draft, setDraft] = useState(start)
  const save = useSend(close)
  const set = (change: Partial<ReasonDraft>) => setDraft({ ...draft, ...change })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { code, audience, stripe, credit_note, labels } = draft
    const body = { audience, stripe, credit_note, labels }
    if (known) save.mutate({ path: `/settings/reasons/${code}`, body })
    else save.mutate({ path: '/settings/reasons', body: { code, ...body } })
  }
  // Stripe blocks the card and the address for this word, so a customer's choice can't say it.
  const allowed = (codes: readonly string[]) =>
    codes.filter((code) => code !== 'fraudulent' || draft.audience === 'staff').map(words)
  return (
    <Card title={known ? `Edit “${start.labels['en']}”` : 'A new reason'}>
      <form onSubmit={submit} className="space-y-3">
        <fieldset>
          <legend className="mb-1 text-small font-medium">What people read</legend>
          <WordsEditor max={120} words={draft.labels} set={(labels) => set({ labels })} />
        </fieldset>
        <div className="grid gap-3 sm:grid-cols-2">
          <Field
            label="Code"
            hint={
              known
                ? 'Never changes: the policy, the API and the reports name it.'
                : 'Lower-case letters, digits and _: too_slow'
            }
          >
            {(id, hint) => (
              <Input
                id={id}
                aria-describedby={hint}
                required
                disabled={known}
                maxLength={60}
                className="font-mono"
                value={draft.code}
                onChange={({ target }) => set({ code: target.value.trim() })}
              />
            )}
          </Field>
          <Field label="Who may choose it">
            {(id) => (
              <Choose
                id={id}
                value={draft.audience}
                choices={[
                  ['customer', 'Customers and staff'],
                  ['staff', 'Only staff'],
                ]}
                onChange={({ target }) =>
                  set(
                    target.value === 'staff'
                      ? { audience: 'staff' }
                      : {
                          audience: 'customer',
                          ...(draft.stripe === 'fraudulent' && { stripe: 'requested_by_customer' }),
                          ...(draft.credit_note === 'fraudulent' && { credit_note: 'order_change' }),
                        },
                  )
                }
              />
            )}
          </Field>
          <Field
            label="What the refund tells Stripe"
            hint={
              draft.stripe === 'fraudulent'
                ? 'Stripe puts the card and the e-mail address on its block lists.'
                : 'Stripe knows these; “fraudulent” only for reasons of staff.'
            }
          >
            {(id, hint) => (
              <Choose
                id={id}
                aria-describedby={hint}
                value={draft.stripe}
                choices={allowed(stripeReasons)}
                onChange={({ target }) => set({ stripe: target.value as NewReason['stripe'] })}
              />
            )}
          </Field>
          <Field label="What a credit note says">
            {(id) => (
              <Choose
                id={id}
                value={draft.credit_note}
                choices={allowed(creditNoteReasons)}
                onChange={({ target }) => set({ credit_note: target.value as NewReason['credit_note'] })}
              />
            )}
          </Field>
        </div>
        <Refused error={save.error} />
        <div className="flex gap-2">
          <Button type="submit" look="primary" disabled={save.isPending}>
            {save.isPending ? 'Saving…' : 'Save'}
          </Button>
          <Button look="quiet" onClick={close}>
            Back
          </Button>
        </div>
      </form>
    </Card>
  )
}
