import { expect, test } from 'vitest'
import { defaultDesk, fromSettlement } from './desk.ts'
import { disputeFee, refundOrDispute } from './refund-or-dispute.ts'

const asked = {
  amount_minor: 4900,
  left_minor: 4900,
  currency: 'usd',
  dispute: 'none',
  fraud_warning: false,
  fee_minor: 1500,
  win_percent: 30,
} as const

test('a full refund is weighed against what is taken back and the fee, with the sums and where both are equal', () => {
  const found = refundOrDispute(asked)
  expect(found.dispute).toMatchObject({ lost_minor: 6400, won_minor: 1500, likely_minor: 4930 })
  // 49.00 × 0.70 + 15.00 = 49.30, against 49.00.
  expect(found.says).toBe('If it comes to a dispute: the refund costs $0.30 less, with 30 % of disputes won.')
  expect(found.even_percent).toBe(31)
  expect(refundOrDispute({ ...asked, win_percent: 40 }).says).toMatch(
    /^If it comes to a dispute: the dispute costs \$4\.60 less/,
  )
})

test('a small payment is cheaper to refund at any chance, because the fee is more than the amount', () => {
  const found = refundOrDispute({ ...asked, amount_minor: 900, left_minor: 900, win_percent: 100 })
  expect(found.even_percent).toBeNull()
  expect(found.notes[0]).toBe('Whatever share of disputes you win, the refund costs no more.')
})

test('a part is weighed against all that is left, and the rest can still be disputed', () => {
  const found = refundOrDispute({ ...asked, amount_minor: 1000 })
  expect(found.refund.minor).toBe(1000)
  expect(found.dispute.lost_minor).toBe(6400)
  expect(found.notes).toContain('After a part the customer can still dispute the rest.')
})

test.each([
  ['none', false, /Whether the customer would go to their bank is not known/],
  ['inquiry', false, /A full refund settles an inquiry/],
  ['open', false, /a refund is not possible now/],
  ['lost', false, /the money went back already/],
  ['none', true, /the warning itself stays counted/],
] as const)('a payment with dispute %s and warning %s says what is so', (dispute, fraud_warning, words) => {
  const { notes } = refundOrDispute({ ...asked, dispute, fraud_warning })
  expect(notes).toContainEqual(expect.stringMatching(words))
  expect(notes.filter((note) => note.includes('without a dispute a “no” costs nothing'))).toHaveLength(
    dispute === 'none' && !fraud_warning ? 1 : 0,
  )
})

test('the fee is the owner’s for the currency, else converted by the rate, else unknown', () => {
  const desk = { ...defaultDesk('usd'), rates: { eur: 0.9 }, dispute_fees: { gbp: 2000 } }
  const fee = (currency: string) =>
    disputeFee(currency, desk, (amount, into) => fromSettlement(amount.minor, into, desk))
  expect([fee('usd'), fee('gbp'), fee('eur'), fee('kzt')]).toEqual([1500, 2000, 1350, undefined])
})
