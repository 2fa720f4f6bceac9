import { z } from 'zod'
import { closeDispute, escalate, openDispute } from '../disputes.ts'
import type { Charge, Dispute, Refund } from '../kinds.ts'
import { moveRefund } from '../refund-moves.ts'
import { need } from '../rows.ts'
import { dashboardRefund } from '../twists.ts'
import { anyBooks, anyPayment, booksFor, ControlError, readInput, chargeFor } from './desk.ts'
import type { Desk } from './desk.ts'

const refundInput = z.strictObject({
  ...anyPayment,
  amount: z.int().min(1).optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
})

/** Refunds as a person does it in the dashboard. */
export function refundFromDashboard(desk: Desk, input: Record<string, unknown>): Refund {
  const { amount, reason, ...of } = readInput(refundInput, input)
  const books = booksFor(desk, of)
  const { id } = chargeFor(books, of)
  return dashboardRefund(books, {
    charge: id,
    ...(amount === undefined ? {} : { amount }),
    ...(reason === undefined ? {} : { reason }),
  })
}

const refundMove = z.strictObject({
  ...anyBooks,
  to: z.enum(['pending', 'requires_action', 'succeeded', 'failed', 'canceled']),
  reason: z.string().max(80).optional(),
})

/** Makes a refund succeed, bounce, wait for the customer or end. Refuses moves that no refund makes. */
export function moveFromDashboard(desk: Desk, input: Record<string, unknown>, id: string): Refund {
  const { to, reason, ...of } = readInput(refundMove, input)
  const books = booksFor(desk, of)
  const refund = need(books, 'refund', id, 'id')
  if (!moveRefund(books, refund, { to, ...(reason === undefined ? {} : { reason }) })) {
    throw new ControlError(409, `A refund does not go from ${refund.status} to ${to}.`, 'to')
  }
  return refund
}

const disputeInput = z.strictObject({
  ...anyPayment,
  reason: z.string().max(60).optional(),
  inquiry: z.boolean().default(false),
  amount: z.int().min(1).optional(),
})

const disputeMove = z.strictObject({ ...anyBooks, to: z.enum(['won', 'lost', 'escalated']) })

/** The customer's bank disputes a charge, or asks about it. */
export function newDispute(desk: Desk, input: Record<string, unknown>): Dispute {
  const { reason, amount, inquiry, ...of } = readInput(disputeInput, input)
  const books = booksFor(desk, of)
  const charge = chargeFor(books, of)
  if (!charge.captured || charge.status !== 'succeeded')
    throw new ControlError(409, 'Only a captured charge can be disputed.', 'charge')
  return openDispute(books, charge, {
    inquiry,
    ...(reason === undefined ? {} : { reason }),
    ...(amount === undefined ? {} : { amount }),
  })
}

/** Ends a dispute, or escalates an inquiry. */
export function moveDispute(desk: Desk, input: Record<string, unknown>, id: string): Dispute {
  const { to, ...of } = readInput(disputeMove, input)
  const books = booksFor(desk, of)
  const dispute = need(books, 'dispute', id, 'id')
  if (to === 'escalated') escalate(books, dispute)
  else closeDispute(books, dispute, to)
  return dispute
}

export const reviewFields = (charge: Charge) => ({
  charge: charge.id,
  open: true,
  opened_reason: 'rule' as const,
  reason: 'rule',
  payment_intent: charge.payment_intent ?? '',
})
