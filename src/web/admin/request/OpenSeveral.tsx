import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { format, money } from '../../../domain/money.ts'
import type { PaymentListRow } from '../../../http/admin/screens.ts'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Area, Choose, Field } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Refused } from '../kit/States.tsx'
import { client } from '../queries.ts'
import { useReasonChoices } from '../reasons.tsx'

/** What can be asked for together: something is left, and no request is open. */
export const canBeAsked = ({ badge, captured_minor, reserved_minor }: PaymentListRow): boolean =>
  captured_minor > reserved_minor && badge?.kind !== 'in_review' && badge?.kind !== 'on_its_way'

/** Asks for several payments of one customer at once. Each is answered by the policy for itself. */
export function OpenSeveral({ chosen, onDone }: { chosen: readonly PaymentListRow[]; onDone: () => void }) {
  const navigate = useNavigate()
  const reasons = useReasonChoices()
  const [picked, setReason] = useState<string>()
  const reason = picked ?? reasons[0]?.[0] ?? ''
  const [comment, setComment] = useState('')
  const open = useMutation({
    mutationFn: () =>
      post<{ requests: string[] }>('/bundles', {
        payments: chosen.map(({ id }) => ({ payment: id })),
        reason,
        ...(comment.trim() && { comment }),
      }),
    onSuccess: ({ requests }) => {
      void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' })
      onDone()
      return navigate({ to: '/requests/$id', params: { id: requests[0]! } })
    },
  })
  return (
    <Card title={`Ask for ${chosen.length} payments together`} className="m-4 lg:mx-6">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          open.mutate()
        }}
      >
        <p>
          <span className="figures font-medium">{sums(chosen)}</span>. The policy answers for each payment by itself,
          and each refund stands or fails alone.
        </p>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Reason">
            {(id) => (
              <Choose id={id} choices={reasons} value={reason} onChange={({ target }) => setReason(target.value)} />
            )}
          </Field>
          <Field label="What the customer told you (optional)">
            {(id) => (
              <Area
                id={id}
                rows={1}
                maxLength={10_000}
                value={comment}
                onChange={({ target }) => setComment(target.value)}
              />
            )}
          </Field>
        </div>
        <Refused error={open.error} />
        <Button type="submit" look="primary" disabled={open.isPending}>
          {open.isPending ? 'Asking the policy…' : `Ask for ${chosen.length} payments`}
        </Button>
      </form>
    </Card>
  )
}

/** What is left of them, by currency. */
function sums(rows: readonly PaymentListRow[]): string {
  const left = new Map<string, number>()
  for (const { currency, captured_minor, reserved_minor } of rows)
    left.set(currency, (left.get(currency) ?? 0) + captured_minor - reserved_minor)
  return [...left].map(([currency, minor]) => format(money(minor, currency))).join(' and ')
}
