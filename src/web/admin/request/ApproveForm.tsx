import { useState, type FormEvent } from 'react'
import type { AccessChoice } from '../../../domain/decision.ts'
import { format, money, toDecimal } from '../../../domain/money.ts'
import type { RequestScreen } from '../../../http/admin/screens.ts'
import { Button, Key } from '../kit/Button.tsx'
import { Area, Choose, Field, Input } from '../kit/Field.tsx'
import { Refused } from '../kit/States.tsx'
import { LetterPreview } from './LetterPreview.tsx'
import { Needs } from './Needs.tsx'
import { Replies } from './Replies.tsx'
import { approvalSentence, suggestions } from './outcome.ts'
import { readAmount } from './read-amount.ts'

const accessChoices = [
  ['now', 'ends now'],
  ['period_end', 'ends with the paid period'],
  ['keep', 'stays as it is'],
] as const

type Props = {
  screen: RequestScreen
  part: boolean
  busy: boolean
  error: unknown
  start: { amount: string; access: AccessChoice }
  cancel: () => void
  send: (body: object) => void
}

/** Amount, access and words of an approval; the sentence on top changes with them and is what will happen. */
export function ApproveForm({ screen, part, busy, error, start, cancel, send }: Props) {
  const { payment } = screen
  const [text, setText] = useState(start.amount)
  const [access, setAccess] = useState(start.access)
  const [reply, setReply] = useState('')
  const [note, setNote] = useState('')
  const amount = readAmount(text, payment.currency, payment.refundable_minor)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (amount.ok && !busy)
      send({ amount_minor: amount.minor, access, ...(reply.trim() && { reply }), ...(note.trim() && { note }) })
  }
  return (
    <form
      onSubmit={submit}
      className="space-y-3"
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event)
      }}
    >
      <p className="text-small" aria-live="polite">
        {amount.ok ? (
          <>
            <span className="font-medium">What will happen: </span>
            {approvalSentence(screen, amount.minor, access)}
          </>
        ) : (
          <span className="text-deny">{amount.because}</span>
        )}
      </p>
      {part && amount.ok && <Needs screen={screen} amount_minor={amount.minor} />}
      {part && (
        <>
          <div className="grid gap-3 sm:grid-cols-2">
            <Field
              label={`Amount (${payment.currency.toUpperCase()})`}
              hint={`${format(money(payment.refundable_minor, payment.currency))} is left of ${format(money(payment.captured_minor, payment.currency))}.`}
            >
              {(id, hint) => (
                <Input
                  id={id}
                  data-first
                  aria-describedby={hint}
                  aria-invalid={!amount.ok}
                  inputMode="decimal"
                  autoComplete="off"
                  className="figures"
                  value={text}
                  onChange={({ target }) => setText(target.value)}
                  onFocus={({ target }) => target.select()}
                />
              )}
            </Field>
            <Field label="Access">
              {(id) => (
                <Choose
                  id={id}
                  choices={accessChoices}
                  value={access}
                  onChange={({ target }) => setAccess(target.value as AccessChoice)}
                />
              )}
            </Field>
          </div>
          <ul className="space-y-1">
            {suggestions(screen, new Date()).map(({ word, minor, working }) => (
              <li key={word} className="flex flex-wrap items-center gap-x-2">
                <Button
                  className="min-h-8! text-small"
                  onClick={() => setText(toDecimal(money(minor, payment.currency)))}
                >
                  {word} <span className="figures text-quiet">{format(money(minor, payment.currency))}</span>
                </Button>
                <span className="text-small text-quiet">{working}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <details open={part || undefined}>
        <summary className="w-fit cursor-pointer text-small text-quiet">{part ? 'Words' : 'Access and words'}</summary>
        <div className="mt-2 grid gap-3 sm:grid-cols-2">
          {!part && (
            <Field label="Access">
              {(id) => (
                <Choose
                  id={id}
                  choices={accessChoices}
                  value={access}
                  onChange={({ target }) => setAccess(target.value as AccessChoice)}
                />
              )}
            </Field>
          )}
          <Field
            label="Words to the customer (optional)"
            hint={
              <Replies
                request={screen.request.id}
                use="approve"
                {...(amount.ok && { amount_minor: amount.minor })}
                pick={setReply}
              />
            }
          >
            {(id, hint) => (
              <Area
                id={id}
                aria-describedby={hint}
                dir="auto"
                rows={3}
                maxLength={10_000}
                value={reply}
                onChange={({ target }) => setReply(target.value)}
                placeholder="Stands before the amount in the message."
              />
            )}
          </Field>
          <Field label="Note for colleagues (optional)">
            {(id) => (
              <Area id={id} rows={2} maxLength={10_000} value={note} onChange={({ target }) => setNote(target.value)} />
            )}
          </Field>
        </div>
      </details>
      {amount.ok && reply.trim() !== '' && (
        <LetterPreview request={screen.request.id} amount_minor={amount.minor} reply={reply} />
      )}
      <Refused error={error} />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="approve" disabled={!amount.ok || busy} {...(!part && { 'data-first': true })}>
          {busy ? 'Approving…' : amount.ok ? `Approve ${format(money(amount.minor, payment.currency))}` : 'Approve'}{' '}
          <Key>↵</Key>
        </Button>
        <Button look="quiet" onClick={cancel}>
          Back <Key>Esc</Key>
        </Button>
      </div>
    </form>
  )
}
