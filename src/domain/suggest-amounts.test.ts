import { expect, test } from 'vitest'
import { suggestAmounts } from './suggest-amounts.ts'

const payment = {
  captured_minor: 12_000,
  left_minor: 12_000,
  currency: 'usd',
  policy_minor: 0,
  period: { start: new Date('2026-01-01T00:00:00Z'), end: new Date('2026-01-31T00:00:00Z') },
  used_share: 0.3,
  last_payment: { captured_minor: 2900, paid_at: new Date('2026-01-05T12:00:00Z') },
  now: new Date('2026-01-21T00:00:00Z'),
}
const shown = (more: Partial<Parameters<typeof suggestAmounts>[0]> = {}) =>
  suggestAmounts({ ...payment, ...more }).map(({ word, minor }) => [word, minor])

test('a part is suggested pro rata, by usage and as the last payment, each with its working', () => {
  expect(suggestAmounts(payment).map(({ word, minor, working }) => `${word} ${minor}: ${working}`)).toEqual([
    'All that is left 12000: $120.00 paid, $120.00 not given back',
    'Unused days 4000: 10 of 30 days are left: $120.00 × 10 / 30, to the second and rounded down',
    'By usage 8400: 70 % was not used: $120.00 × 70 %',
    'As the last payment 2900: their last payment, on 5 Jan 2026, was $29.00',
    'Half 6000: $120.00 / 2',
  ])
})

test('what is more than is left, nothing, or said already is not suggested', () => {
  expect(shown({ left_minor: 5000, policy_minor: 5000 })).toEqual([
    ['All that is left', 5000],
    ['Unused days', 4000],
    ['As the last payment', 2900],
  ])
  expect(shown({ period: null, used_share: 1, last_payment: null })).toEqual([
    ['All that is left', 12_000],
    ['Half', 6000],
  ])
  expect(shown({ now: new Date('2026-03-01T00:00:00Z') })).not.toContainEqual(['Unused days', 0])
})
