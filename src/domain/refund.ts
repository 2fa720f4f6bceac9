import type { Machine } from './machine.ts'

export type RefundStatus =
  | 'reserved'
  | 'unconfirmed'
  | 'pending'
  | 'requires_action'
  | 'succeeded'
  | 'failed'
  | 'canceled'
export type RefundEvent = 'send' | 'pend' | 'require_action' | 'succeed' | 'fail' | 'cancel'

/** Stripe's five statuses, and two of ours for the time before Stripe knows (docs.stripe.com/refunds). */
export const refundMachine: Machine<RefundStatus, RefundEvent> = {
  name: 'refund',
  initial: 'reserved',
  states: {
    reserved: {
      on: { send: 'unconfirmed', fail: 'failed', cancel: 'canceled' },
      note: 'The amount is set aside. Nothing was sent.',
    },
    unconfirmed: {
      on: {
        pend: 'pending',
        require_action: 'requires_action',
        succeed: 'succeeded',
        fail: 'failed',
        cancel: 'canceled',
      },
      note: 'Stripe may or may not have it.',
    },
    pending: {
      on: { succeed: 'succeeded', require_action: 'requires_action', fail: 'failed', cancel: 'canceled' },
      note: 'Stripe has it. The money has not left yet.',
    },
    requires_action: {
      on: { pend: 'pending', succeed: 'succeeded', fail: 'failed', cancel: 'canceled' },
      note: 'Stripe waits for the customer’s bank details.',
    },
    succeeded: {
      on: { fail: 'failed', require_action: 'requires_action' },
      note: 'Paid. A bank can still send it back, 30 days and more.',
    },
    failed: { on: {}, note: 'The money is with us. The room is free again.' },
    canceled: { on: {}, note: 'It never left. The room is free again.' },
  },
}

/** The statuses in which a refund uses up room on its payment. */
export const holding = [
  'reserved',
  'unconfirmed',
  'pending',
  'requires_action',
  'succeeded',
] as const satisfies RefundStatus[]

export function holds(status: RefundStatus): boolean {
  return (holding as readonly RefundStatus[]).includes(status)
}

/**
 * The event that Stripe's word implies, or undefined for one that we do not know: Stripe's statuses are an open string, and
 * an unknown one is neither success nor failure.
 */
export function eventOf(stripeStatus: string | null): RefundEvent | undefined {
  const table: Readonly<Record<string, RefundEvent>> = {
    pending: 'pend',
    requires_action: 'require_action',
    succeeded: 'succeed',
    failed: 'fail',
    canceled: 'cancel',
  }
  return stripeStatus === null ? undefined : table[stripeStatus]
}

/** What to do next with a refund that Stripe has not confirmed. */
export type Step =
  | { readonly do: 'send' }
  | { readonly do: 'look_first'; readonly because: string }
  | { readonly do: 'nothing' }

/**
 * For how long a resend with the same key is surely the same refund: Stripe forgets a key once it is a day old
 * (docs.stripe.com/api/idempotent_requests); stop an hour short of that.
 */
export const keyTrustedForMs = 23 * 60 * 60 * 1000

/**
 * Decides from what was written down. After a 500 the answer kept under the key says nothing about the money
 * (docs.stripe.com/error-low-level), so a look comes first there too.
 */
export function nextStep(
  refund: { readonly status: RefundStatus; readonly first_sent_at: Date | null; readonly saw_500: boolean },
  now: Date,
): Step {
  if (refund.status === 'reserved') return { do: 'send' }
  if (refund.status !== 'unconfirmed') return { do: 'nothing' }
  const age = now.getTime() - (refund.first_sent_at?.getTime() ?? now.getTime())
  if (age >= keyTrustedForMs) return { do: 'look_first', because: 'The key is too old to make a blind resend safe.' }
  if (refund.saw_500)
    return { do: 'look_first', because: 'A 500 is kept under the key and says nothing about the money.' }
  return { do: 'send' }
}
