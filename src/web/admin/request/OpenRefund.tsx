import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { mayAs } from '../../../domain/actor.ts'
import type { Decision } from '../../../domain/decision.ts'
import { format, money, toDecimal } from '../../../domain/money.ts'
import type { OtherRequest, PaymentDetail } from '../../../http/admin/screens.ts'
import { accessWords, methodName } from '../../parts/words.ts'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Area, Choose, Field, Input } from '../kit/Field.tsx'
import { Refused } from '../kit/States.tsx'
import { client, meQuery } from '../queries.ts'
import { useReasonChoices } from '../reasons.tsx'
import { readAmount } from './read-amount.ts'
import { Trace } from './Trace.tsx'

/** Opens a refund for a customer. What the policy would answer stands below before anything is asked. */
export function OpenRefund({ payment, requests }: { payment: PaymentDetail; requests: OtherRequest[] }) {
  const navigate = useNavigate()
  const { data: me } = useQuery(meQuery)
  const reasons = useReasonChoices()
  const [chosen, setReason] = useState<string>()
  const reason = chosen ?? reasons[0]?.[0] ?? ''
  const [text, setText] = useState(toDecimal(money(payment.refundable_minor, payment.currency)))
  const [comment, setComment] = useState('')
  const amount = readAmount(text, payment.currency, payment.refundable_minor)
  const asking = {
    payment: payment.id,
    reason,
    ...(amount.ok && amount.minor !== payment.refundable_minor && { amount_minor: amount.minor }),
  }
  const preview = useQuery({
    queryKey: ['preview', asking],
    enabled: amount.ok && payment.refundable_minor > 0,
    placeholderData: keepPreviousData,
    queryFn: () => post<{ decision: Decision }>('/decisions', asking),
  })
  const open = useMutation({
    mutationFn: () => post<{ id: string }>('/requests', { ...asking, ...(comment.trim() && { comment }) }),
    onSuccess: ({ id }) => {
      void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' })
      return navigate({ to: '/requests/$id', params: { id } })
    },
  })
  const running = requests.find(({ status }) => ['submitted', 'in_review', 'approved', 'failed'].includes(status))
  if (payment.refundable_minor === 0)
    return <p className="text-quiet">Everything of this payment was given back or is on its way.</p>
  if (running)
    return (
      <p>
        There is an open request for this payment already.{' '}
        <Link className="text-accent underline" to="/requests/$id" params={{ id: running.id }}>
          Open it
        </Link>
      </p>
    )
  const decision = preview.data?.decision
  const may = me && mayAs(me.staff.role, 'support')
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (amount.ok) open.mutate()
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Reason">
          {(id) => (
            <Choose id={id} choices={reasons} value={reason} onChange={({ target }) => setReason(target.value)} />
          )}
        </Field>
        <Field
          label={`Amount (${payment.currency.toUpperCase()})`}
          hint={
            amount.ok ? (
              `At most ${format(money(payment.refundable_minor, payment.currency))}.`
            ) : (
              <span className="text-deny">{amount.because}</span>
            )
          }
        >
          {(id, hint) => (
            <Input
              id={id}
              aria-describedby={hint}
              aria-invalid={!amount.ok}
              inputMode="decimal"
              autoComplete="off"
              className="figures"
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          )}
        </Field>
      </div>
      <Field label="What the customer told you (optional)">
        {(id) => (
          <Area
            id={id}
            rows={2}
            maxLength={10_000}
            value={comment}
            onChange={({ target }) => setComment(target.value)}
          />
        )}
      </Field>
      {decision && amount.ok && (
        <div className="rounded-md border border-line bg-page p-3" aria-live="polite">
          <p className="font-medium">{willHappen(decision, payment)}</p>
          <details className="mt-2">
            <summary className="cursor-pointer text-small text-quiet">Why, line by line</summary>
            <div className="mt-3">
              <Trace decision={decision} />
            </div>
          </details>
        </div>
      )}
      <Refused error={preview.error ?? open.error} />
      <Button
        type="submit"
        look="primary"
        disabled={!may || !amount.ok || open.isPending}
        title={may ? undefined : 'Only support or a higher role can open a refund.'}
      >
        {open.isPending ? 'Asking the policy…' : decision ? deeds[decision.verdict] : 'Open the request'}
      </Button>
      {me && !may && (
        <span className="ml-3 text-small text-quiet">Only support or a higher role can open a refund.</span>
      )}
    </form>
  )
}

const deeds = { approve: 'Refund now', review: 'Send to review', deny: 'Ask anyway (it will be denied)' } as const

function willHappen(decision: Decision, payment: PaymentDetail): string {
  const amount = format(money(decision.amount.minor, decision.amount.currency))
  if (decision.verdict === 'approve')
    return `The policy approves: ${amount} goes to ${methodName(payment)} at once, and access ${accessWords[decision.access]}.`
  if (decision.verdict === 'review')
    return `The policy hands this to a person: ${decision.because} Somebody else than you has to approve it.`
  return `The policy denies this: ${decision.because} The request is kept as denied; an approver can still approve it.`
}
