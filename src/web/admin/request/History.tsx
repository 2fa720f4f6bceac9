import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { mayAs } from '../../../domain/actor.ts'
import { format, money } from '../../../domain/money.ts'
import { refundWords, requestWords } from '../../parts/words.ts'
import type { JournalLine, RequestScreen } from '../../../http/admin/screens.ts'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Area, Field } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Time } from '../kit/Show.tsx'
import { Refused } from '../kit/States.tsx'
import { client, meQuery } from '../queries.ts'
import { actorWord } from '../words.ts'

type Entry = { at: string; who: string; what: ReactNode; key: string }

const statusWord = ({ machine, to_status }: JournalLine): string => {
  const table: Readonly<Record<string, { word: string }>> = machine === 'refund' ? refundWords : requestWords
  return `${machine === 'refund' ? 'Refund' : 'Request'}: ${(table[to_status]?.word ?? to_status).toLowerCase()}`
}

function entriesOf({ journal, decisions, notes, messages, people }: RequestScreen): Entry[] {
  const who = (actor: string) => actorWord(actor, people)
  return [
    ...journal.map((line, at) => ({
      at: line.at,
      who: who(line.by),
      key: `j${at}`,
      what: (
        <>
          {statusWord(line)}
          {line.because && <span className="text-quiet"> – {line.because}</span>}
        </>
      ),
    })),
    ...decisions
      .filter(({ by }) => by !== 'policy')
      .map((decision) => ({
        at: decision.at,
        who: who(decision.by),
        key: decision.id,
        what: (
          <>
            {decision.verdict === 'approve'
              ? `Approved ${format(money(decision.amount_minor, decision.currency))}`
              : 'Denied'}
            {decision.note && (
              <span dir="auto" className="block whitespace-pre-wrap text-quiet">
                Note: {decision.note}
              </span>
            )}
          </>
        ),
      })),
    ...notes.map((note, at) => ({
      at: note.at,
      who: who(note.by),
      key: `n${at}`,
      what: (
        <span dir="auto" className="block break-words whitespace-pre-wrap">
          {note.note}
        </span>
      ),
    })),
    ...messages.map((message) => ({
      at: message.created_at,
      who: 'Message to the customer',
      key: message.id,
      what: (
        <details>
          <summary className="cursor-pointer">
            “{message.subject}”{' '}
            <span className="text-quiet">
              {message.status === 'sent'
                ? 'sent'
                : message.status === 'kept'
                  ? 'kept, no mail server is set up'
                  : message.status}
            </span>
          </summary>
          <p dir="auto" className="mt-1 rounded-md bg-sunken p-3 break-words whitespace-pre-wrap">
            {message.body}
          </p>
        </details>
      ),
    })),
  ].sort((a, b) => new Date(a.at).getTime() - new Date(b.at).getTime())
}

/** Everything that happened, oldest first, and a place to leave a note. */
export function History({ screen }: { screen: RequestScreen }) {
  return (
    <Card title="What happened">
      <ol className="space-y-2.5 border-l border-line pl-4">
        {entriesOf(screen).map(({ key, at, who, what }) => (
          <li key={key} className="relative">
            <span aria-hidden="true" className="absolute top-1.5 -left-[1.28rem] size-2 rounded-full bg-edge" />
            <p className="text-small text-quiet">
              {who} · <Time at={at} />
            </p>
            <div>{what}</div>
          </li>
        ))}
      </ol>
      <NoteForm id={screen.request.id} />
    </Card>
  )
}

function NoteForm({ id }: { id: string }) {
  const { data: me } = useQuery(meQuery)
  const [note, setNote] = useState('')
  const add = useMutation({
    mutationFn: () => post(`/requests/${id}/notes`, { note }),
    onSuccess: () => {
      setNote('')
      return client.invalidateQueries({ queryKey: ['request', id] })
    },
  })
  if (!me || !mayAs(me.staff.role, 'support')) return null
  return (
    <form
      className="mt-4 border-t border-line pt-3"
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate()
      }}
    >
      <Field label="Note for colleagues">
        {(field) => (
          <Area id={field} rows={2} maxLength={10_000} value={note} onChange={({ target }) => setNote(target.value)} />
        )}
      </Field>
      <Refused error={add.error} />
      <Button type="submit" className="mt-2" disabled={note.trim() === '' || add.isPending}>
        Keep the note
      </Button>
    </form>
  )
}
