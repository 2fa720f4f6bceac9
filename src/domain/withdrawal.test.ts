import { describe, expect, test } from 'vitest'
import { namedPayment, withdrawalEnds, withdrawalFaults, withdrawalLawOf, type WithdrawalLaw } from './withdrawal.ts'

describe('the period of withdrawal', () => {
  test.each<[WithdrawalLaw, string, string, string]>([
    [
      'eu',
      '2026-03-05T09:00:00+01:00',
      '2026-03-19T22:59:59.999Z',
      'a Thursday: the Thursday two weeks on, to its last millisecond',
    ],
    ['eu', '2026-03-05T00:00:00+01:00', '2026-03-19T22:59:59.999Z', 'the first second of that day counts as that day'],
    ['eu', '2026-01-03T10:00:00+01:00', '2026-01-19T22:59:59.999Z', 'day 14 is a Saturday: Monday'],
    ['eu', '2026-01-04T10:00:00+01:00', '2026-01-19T22:59:59.999Z', 'day 14 is a Sunday: Monday'],
    ['uk', '2026-01-03T10:00:00+01:00', '2026-01-17T22:59:59.999Z', 'in the UK a Saturday stays a Saturday'],
    ['eu', '2026-03-20T10:00:00+01:00', '2026-04-03T21:59:59.999Z', 'across the change to summer time'],
  ])('%s, contract of %s: until %s, %s', (law, from, until) => {
    expect(withdrawalEnds(new Date(from), { law, timezone: 'Europe/Berlin' })).toEqual(new Date(until))
  })
  test('a public holiday moves the end, too', () => {
    const may1 = Date.UTC(2026, 4, 1) / 86_400_000
    const ends = withdrawalEnds(new Date('2026-04-17T10:00:00Z'), {
      law: 'eu',
      timezone: 'UTC',
      holidays: new Set([may1]),
    })
    expect(ends).toEqual(new Date('2026-05-04T23:59:59.999Z'))
  })
  test.each([
    ['DE', 'eu'],
    ['NO', 'eu'],
    ['GB', 'uk'],
    ['US', undefined],
    ['CH', undefined],
    [null, undefined],
  ])('%s: %s', (country, law) => {
    expect(withdrawalLawOf(country)).toBe(law)
  })
})

describe('the payment that a contract names', () => {
  const payment = (number: string, more = {}) => ({
    id: `pay_${number}`,
    stripe_payment_intent: null,
    stripe_charge: `ch_${number}`,
    invoice_number: `INV-${number}`,
    invoice_id: null,
    receipt_number: null,
    ...more,
  })
  const all = [payment('1'), payment('12'), payment('3', { receipt_number: '1234-5678' })]
  test.each([
    ['Invoice INV-12', 'pay_12'],
    ['inv-1.', 'pay_1'],
    ['my receipt is #1234-5678, thank you', 'pay_3'],
    ['Studio monthly', undefined],
    ['INV-1 and INV-12', undefined],
    ['INV-123', undefined],
    ['', undefined],
  ])('%s: %s', (text, id) => expect(namedPayment(text, all)?.id).toBe(id))
})

test('a statement needs a name, a contract and one address', () => {
  expect(withdrawalFaults({ name: ' ', contract: 'x'.repeat(1001), email: 'a@b, c@d' })).toEqual({
    name: 'missing',
    contract: 'too_long',
    email: 'no_address',
  })
  expect(withdrawalFaults({ name: 'Ada', contract: 'INV-1', email: ' ada@example.com ' })).toEqual({})
})
