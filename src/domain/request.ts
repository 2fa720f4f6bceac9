import type { Machine } from './machine.ts'
import type { RefundStatus } from './refund.ts'
import type { Verdict } from './decision.ts'

export type RequestStatus =
  | 'submitted'
  | 'in_review'
  | 'approved'
  | 'refunded'
  | 'failed'
  | 'denied'
  | 'withdrawn'
  | 'handled'
  | 'merged'
export type RequestEvent =
  | 'policy_approves'
  | 'policy_reviews'
  | 'policy_denies'
  | 'approve'
  | 'deny'
  | 'withdraw'
  | 'appeal'
  | 'handle'
  | 'merge'
  | 'reopen'
  | 'undo'
  | 'pay'
  | 'fail'

/** Somebody asks for money back on a payment: the case that everything else hangs on. */
export const requestMachine: Machine<RequestStatus, RequestEvent> = {
  name: 'request',
  initial: 'submitted',
  states: {
    submitted: {
      on: {
        policy_approves: 'approved',
        policy_reviews: 'in_review',
        policy_denies: 'denied',
        approve: 'approved',
        withdraw: 'withdrawn',
      },
      note: 'Kept. The facts are being gathered.',
    },
    in_review: {
      on: { approve: 'approved', deny: 'denied', withdraw: 'withdrawn', handle: 'handled', merge: 'merged' },
      note: 'A person decides.',
    },
    approved: { on: { pay: 'refunded', fail: 'failed', undo: 'in_review' }, note: 'The refund is on its way.' },
    refunded: { on: { fail: 'failed' }, note: 'The money was sent back.' },
    failed: {
      on: { approve: 'approved', deny: 'denied', pay: 'refunded', handle: 'handled' },
      note: 'The refund did not go through. A person decides.',
    },
    denied: { on: { appeal: 'in_review', approve: 'approved', reopen: 'in_review' }, note: 'Answered with no.' },
    withdrawn: { on: { reopen: 'in_review' }, note: 'The customer took it back.' },
    handled: { on: { reopen: 'in_review' }, note: 'Settled outside of Moneyback, with a proof.' },
    merged: { on: { reopen: 'in_review' }, note: 'Goes on in another request.' },
  },
}

/** While a request is in one of these, no second one is taken for the same payment. */
export const openStatuses = ['submitted', 'in_review', 'approved', 'failed'] as const satisfies RequestStatus[]

/** Who has to do something next; null when nobody has. */
export type WaitingFor = 'staff' | 'stripe' | 'customer' | null

/** Every request is over or waits for somebody named: none is silent. `asked`: a question to the customer is open. */
export function waitingFor(status: RequestStatus, refund: RefundStatus | undefined, asked = false): WaitingFor {
  switch (status) {
    case 'submitted':
      return 'stripe'
    case 'in_review':
    case 'failed':
      return asked ? 'customer' : 'staff'
    case 'approved':
      return refund === 'requires_action' ? 'customer' : 'stripe'
    case 'refunded':
      // A bank may give a paid refund back and ask where the money should go.
      return refund === 'requires_action' ? 'customer' : null
    case 'denied':
    case 'withdrawn':
    case 'handled':
    case 'merged':
      return null
  }
}

export const eventOfVerdict = {
  approve: 'policy_approves',
  review: 'policy_reviews',
  deny: 'policy_denies',
} as const satisfies Record<Verdict, RequestEvent>
