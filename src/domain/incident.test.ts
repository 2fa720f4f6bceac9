import { expect, test } from 'vitest'
import { shareOf, wrongAmount, type IncidentPayment } from './incident.ts'

const paid: IncidentPayment = {
  captured_minor: 999,
  left_minor: 999,
  currency: 'usd',
  captured: true,
  dispute: 'none',
  open_request: false,
  earlier: null,
}
const full = { kind: 'full' } as const

test('all, a part rounded down, or a fixed amount, and never more than is left', () => {
  expect(shareOf(paid, full, false)).toEqual({ minor: 999 })
  expect(shareOf(paid, { kind: 'percent', percent: 50 }, false)).toEqual({ minor: 499 })
  expect(shareOf(paid, { kind: 'percent', percent: 12.5 }, false)).toEqual({ minor: 124 })
  expect(shareOf(paid, { kind: 'fixed', minor: 500, currency: 'usd' }, false)).toEqual({ minor: 500 })
  expect(shareOf({ ...paid, left_minor: 300 }, { kind: 'fixed', minor: 500, currency: 'usd' }, false)).toEqual({
    minor: 300,
  })
  expect(shareOf({ ...paid, currency: 'kwd' }, { kind: 'percent', percent: 50 }, false)).toEqual({ minor: 490 })
})

test('what can’t be refunded is left out, with the reason', () => {
  for (const [change, because] of [
    [{ captured: false }, /not captured/],
    [{ dispute: 'open' }, /disputed/],
    [{ dispute: 'lost' }, /disputed/],
    [{ left_minor: 0 }, /refunded already/],
    [{ open_request: true }, /open request/],
    [{ earlier: 'Outage' }, /“Outage”/],
    [{ captured_minor: 1 }, /nothing after rounding/],
  ] as const)
    expect(shareOf({ ...paid, ...change }, { kind: 'percent', percent: 20 }, false)).toEqual({
      because: expect.stringMatching(because),
    })
  expect(shareOf(paid, { kind: 'fixed', minor: 1, currency: 'eur' }, false)).toEqual({
    because: 'is in another currency',
  })
  expect(shareOf({ ...paid, earlier: 'Outage' }, full, true)).toEqual({ minor: 999 })
})

test('an amount that makes no sense is refused in words', () => {
  expect(wrongAmount({ kind: 'percent', percent: 0 })).toMatch(/more than 0/)
  expect(wrongAmount({ kind: 'percent', percent: 101 })).toMatch(/at most 100/)
  expect(wrongAmount({ kind: 'fixed', minor: 5, currency: 'kwd' })).toMatch(/steps of 10/)
  expect(wrongAmount({ kind: 'fixed', minor: 0.5, currency: 'usd' })).toMatch(/whole/)
  expect(wrongAmount(full)).toBeUndefined()
})
