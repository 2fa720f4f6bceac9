import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Scale } from 'lucide-react'
import { useState } from 'react'
import type { OpenException } from '../../../http/admin/screens.ts'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Area, Field } from '../kit/Field.tsx'
import { Time } from '../kit/Show.tsx'
import { Empty, Refused } from '../kit/States.tsx'
import { client } from '../queries.ts'

/** Where our books and the world differ: what is so, and what to do about it. */
export function Exceptions({ rows }: { rows: OpenException[] }) {
  if (rows.length === 0)
    return (
      <Empty icon={Scale} title="The books agree">
        A difference appears here when a bank sends a refund back, when somebody refunds twice in Stripe, or when an
        event can’t be explained.
      </Empty>
    )
  return (
    <ul className="space-y-3 p-4 lg:px-6">
      {rows.map((row) => (
        <li key={row.id}>
          <ExceptionCard exception={row} />
        </li>
      ))}
    </ul>
  )
}

export function ExceptionCard({
  exception: { id, kind, because, cure, owner_role, opened_at, request_id, payment_id },
  linked = true,
}: {
  exception: OpenException
  linked?: boolean
}) {
  return (
    <article className="rounded-lg border border-deny bg-deny-soft p-4">
      <p className="text-small font-semibold text-deny uppercase">{kind.replaceAll('_', ' ')}</p>
      <p className="mt-1 font-medium">{because}</p>
      <p className="mt-1">
        <span className="font-medium">What to do: </span>
        {cure}
      </p>
      <p className="mt-2 text-small">
        Since <Time at={opened_at} /> · for {owner_role}
        {linked && payment_id && (
          <>
            {' '}
            ·{' '}
            <Link className="font-medium text-accent underline" to="/payments/$id" params={{ id: payment_id }}>
              Open the payment
            </Link>
          </>
        )}
        {linked && request_id && (
          <>
            {' '}
            ·{' '}
            <Link className="font-medium text-accent underline" to="/requests/$id" params={{ id: request_id }}>
              Open the request
            </Link>
          </>
        )}
      </p>
      <Resolve id={id} />
    </article>
  )
}

/** A person says how the difference was put right; it leaves the list for everybody. */
function Resolve({ id }: { id: string }) {
  const [writing, setWriting] = useState(false)
  const [note, setNote] = useState('')
  const resolve = useMutation({
    mutationFn: () => post(`/exceptions/${encodeURIComponent(id)}/resolve`, { note }),
    onSuccess: () => client.invalidateQueries(),
  })
  if (!writing)
    return (
      <div className="mt-3">
        <Button look="quiet" onClick={() => setWriting(true)}>
          It is put right
        </Button>
      </div>
    )
  return (
    <form
      className="mt-3 space-y-2"
      onSubmit={(event) => {
        event.preventDefault()
        resolve.mutate()
      }}
    >
      <Field label="How was it put right?" hint="Kept in the audit trail.">
        {(field, hint) => (
          <Area
            id={field}
            required
            autoFocus
            rows={2}
            maxLength={10_000}
            aria-describedby={hint}
            value={note}
            onChange={({ target }) => setNote(target.value)}
          />
        )}
      </Field>
      <Refused error={resolve.error} />
      <div className="flex gap-2">
        <Button type="submit" disabled={resolve.isPending || note.trim() === ''}>
          {resolve.isPending ? 'Closing…' : 'Close it'}
        </Button>
        <Button look="quiet" onClick={() => setWriting(false)}>
          Back
        </Button>
      </div>
    </form>
  )
}
