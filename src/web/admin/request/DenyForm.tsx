import { useState, type FormEvent } from 'react'
import type { RequestScreen } from '../../../http/admin/screens.ts'
import { Button } from '../kit/Button.tsx'
import { Area, Field } from '../kit/Field.tsx'
import { Refused } from '../kit/States.tsx'
import { askedPolicy } from './outcome.ts'
import { Replies } from './Replies.tsx'

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
  const say = askedPolicy(screen)?.say
  const rule = say?.[(screen.request.locale ?? 'en').split('-')[0]!] ?? say?.['en']
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
            <>
              {rule && (
                <button
                  type="button"
                  className="mb-1.5 rounded border border-edge px-1.5 py-0.5 hover:bg-sunken"
                  onClick={() => setReply(rule)}
                >
                  The policy’s sentence
                </button>
              )}
              <Replies request={screen.request.id} use="deny" pick={setReply} />
            </>
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
