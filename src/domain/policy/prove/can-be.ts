import type { Facts } from '../../facts.ts'

/** Whether facts can come at all: nothing is asked back that was not paid, and nothing happened after the request. */
export function canBe({ now, payment, customer, subscription, request }: Facts): boolean {
  const before = (instant: Date | undefined): boolean => instant === undefined || instant <= now
  const { period_start: start, period_end: end } = payment
  return (
    request.amount.minor <= payment.refundable.minor &&
    payment.refundable.minor + payment.refunded.minor === payment.amount.minor &&
    payment.refunded.minor >= 0 &&
    [payment.paid_at, customer.created_at, subscription?.started_at].every(before) &&
    (start === undefined) === (end === undefined) &&
    (start === undefined || end === undefined || start < end) &&
    (payment.interval !== 'once' || (start === undefined && subscription === undefined))
  )
}
