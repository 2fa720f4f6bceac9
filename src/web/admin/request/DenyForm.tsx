import { useState, type FormEvent } from 'react'
import type { RequestScreen } from '../../../http/admin/screens.ts'
import { Button } from '../kit/Button.tsx'
import { Area, Field } from '../kit/Field.tsx'
import { Refused } from '../kit/States.tsx'
import { dayOf } from '../../parts/time.ts'
import { askedPolicy } from './outcome.ts'

type Template = { word: string; reply: string }

function templates(screen: RequestScreen): Template[] {
  const { payment, request } = screen
  const language = (request.locale ?? 'en').split('-')[0]!
  const say = askedPolicy(screen)?.say
  const rule = say?.[language] ?? say?.['en'] ?? ''
  const paid = dayOf(payment.paid_at)
  return [
    ...(rule ? [{ word: 'The policy’s sentence', reply: rule }] : []),
    {
      word: 'Outside the policy',
      reply: `Your payment of ${paid} is outside of what our refund policy covers. Your access stays as it is.`,
    },
    {
      word: 'Already used',
      reply: 'The product was used for most of the paid period, so we can’t refund it. Your access stays as it is.',
    },
    {
      word: 'Wrong account',
      reply:
        'We couldn’t connect this request with the payment. Please answer from the e-mail address of your account.',
    },
  ]
}

/** A no with its reason: one for colleagues, one for the customer, who reads exactly what is shown. */
export function DenyForm({
  screen,
  busy,
  error,
  cancel,
  send,
}: {
  screen: RequestScreen
  busy: boolean
  error: unknown
  cancel: () => void
  send: (body: object) => void
}) {
  const [note, setNote] = useState('')
  const [reply, setReply] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!busy) send({ note, ...(reply.trim() && { reply }) })
  }
  const name = screen.customer?.name ?? 'The customer'
  return (
    <form
      onSubmit={submit}
      className="space-y-3"
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event)
      }}
    >
      <p className="text-small">
        <span className="font-medium">What will happen: </span>no money moves and access stays · {name} reads:{' '}
        <q>{`We can’t refund ${screen.payment.description}. ${reply.trim()}`.trim()}</q>
      </p>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Why, for colleagues" hint="Kept with the decision. The customer never sees it.">
          {(id, hint) => (
            <Area
              id={id}
              data-first
              required
              rows={3}
              maxLength={10_000}
              aria-describedby={hint}
              value={note}
              onChange={({ target }) => setNote(target.value)}
            />
          )}
        </Field>
        <Field
          label="Reply to the customer"
          hint={
            <span className="flex flex-wrap gap-1.5">
              {templates(screen).map((template) => (
                <button
                  key={template.word}
                  type="button"
                  className="rounded border border-edge px-1.5 py-0.5 hover:bg-sunken"
                  onClick={() => setReply(template.reply)}
                >
                  {template.word}
                </button>
              ))}
            </span>
          }
        >
          {(id) => (
            <Area
              id={id}
              rows={3}
              maxLength={10_000}
              value={reply}
              onChange={({ target }) => setReply(target.value)}
              placeholder="Choose a text below or write your own."
            />
          )}
        </Field>
      </div>
      <Refused error={error} />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="deny" disabled={busy || note.trim() === ''}>
          {busy ? 'Denying…' : 'Deny the request'}
        </Button>
        <Button look="quiet" onClick={cancel}>
          Back
        </Button>
        {note.trim() === '' && <span className="self-center text-small text-quiet">Say why first.</span>}
      </div>
    </form>
  )
}
