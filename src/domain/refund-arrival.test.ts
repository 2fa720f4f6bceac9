import { expect, test } from 'vitest'
import { arrivalOf } from './refund-arrival.ts'

const dayOf = (date: Date | undefined) => date?.toISOString().slice(0, 10)

test.each([
  ['sent on a Monday', '2026-11-23', '2026-11-30', '2026-12-07'],
  ['sent on a Friday', '2026-11-27', '2026-12-04', '2026-12-11'],
  ['sent on a Saturday', '2026-11-28', '2026-12-04', '2026-12-11'],
  ['over the turn of the year', '2026-12-28', '2027-01-04', '2027-01-11'],
])('a card refund %s is expected 5 to 10 business days on', (_, sent, from, to) => {
  const arrival = arrivalOf('card', new Date(`${sent}T12:00:00Z`))
  expect([dayOf(arrival?.from), dayOf(arrival?.to)]).toEqual([from, to])
})

test('no day is promised for a way of paying that Stripe names none for', () => {
  expect(arrivalOf('sepa_debit', new Date())).toBeUndefined()
})
