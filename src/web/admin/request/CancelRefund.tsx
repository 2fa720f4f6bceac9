import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { mayAs } from '../../../domain/actor.ts'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Refused } from '../kit/States.tsx'
import { client, meQuery } from '../queries.ts'

/** Gives up a refund for which the customer has not named a bank account. Asked twice before it is done. */
export function CancelRefund({ id }: { id: string }) {
  const [sure, setSure] = useState(false)
  const { data: me } = useQuery(meQuery)
  const cancel = useMutation({
    mutationFn: () => post(`/requests/${encodeURIComponent(id)}/cancel-refund`),
    onSuccess: () => client.invalidateQueries(),
  })
  return (
    <div className="mt-3 space-y-2">
      <p className="text-small text-quiet">
        Stripe has asked the customer by e-mail for bank details and waits. Without an answer the refund fails by
        itself.
      </p>
      {mayAs(me?.staff.role ?? '', 'approver') &&
        (sure ? (
          <div className="flex flex-wrap items-center gap-2">
            <Button disabled={cancel.isPending} onClick={() => cancel.mutate()}>
              {cancel.isPending ? 'Canceling…' : 'Cancel it: the money stays with us'}
            </Button>
            <Button look="quiet" onClick={() => setSure(false)}>
              Keep it
            </Button>
          </div>
        ) : (
          <Button look="quiet" onClick={() => setSure(true)}>
            Cancel this refund
          </Button>
        ))}
      <Refused error={cancel.error} />
    </div>
  )
}
