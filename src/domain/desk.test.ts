import { expect, test } from 'vitest'
import type { Role } from './actor.ts'
import { defaultDesk, inSettlement, whatApprovalTakes, type Rights } from './desk.ts'
import { money } from './money.ts'

const desk = defaultDesk('eur')
const person = (role: Role, more: Partial<Rights> = {}): Rights => ({
  role,
  fresh: false,
  spent_minor: 0,
  instead_of: null,
  ...more,
})
const takes = (rights: Rights, minor: number | undefined, standing: Role[] = [], policy = 1) =>
  whatApprovalTakes(desk, rights, { stake: minor, amount: minor, policy, standing })

test('each role approves alone up to its limit and not a cent above', () => {
  for (const [role, limit] of [
    ['support', 100_00],
    ['approver', 1_000_00],
    ['finance', 10_000_00],
  ] as const) {
    expect(takes(person(role), limit)).toEqual({ ok: true, people: 1, owner: false })
    expect(takes(person(role), limit + 1)).not.toEqual({ ok: true, people: 1, owner: false })
  }
  expect(takes(person('support'), 100_01)).toEqual({ ok: false, why: 'request', limit_minor: 100_00, role: 'approver' })
  expect(takes(person('support'), 5_000_00)).toMatchObject({ role: 'finance' })
  expect(takes(person('viewer'), 1)).toMatchObject({ ok: false })
})

test('what was approved today counts, also in small pieces', () => {
  expect(takes(person('support', { spent_minor: 450_00 }), 50_00)).toMatchObject({ ok: true })
  expect(takes(person('support', { spent_minor: 450_00 }), 50_01)).toEqual({
    ok: false,
    why: 'day',
    limit_minor: 500_00,
    role: 'approver',
  })
})

test('above the limit of finance it takes two, one of them an owner', () => {
  expect(takes(person('finance'), 20_000_00)).toEqual({ ok: true, people: 2, owner: true })
  expect(takes(person('finance'), 20_000_00, ['finance'])).toEqual({ ok: false, why: 'no_owner' })
  expect(takes(person('finance'), 20_000_00, ['owner'])).toMatchObject({ ok: true, people: 2 })
  expect(takes(person('owner'), 20_000_00, ['finance'])).toMatchObject({ ok: true, people: 2 })
})

test('somebody of less than a day is not the second of two, and the policy’s own number counts', () => {
  expect(takes(person('approver', { fresh: true }), 50_00, ['approver'], 2)).toEqual({ ok: false, why: 'fresh' })
  expect(takes(person('approver', { fresh: true }), 50_00, [], 2)).toMatchObject({ ok: true, people: 2 })
})

test('a team of one that has switched four eyes off decides alone', () => {
  const alone = whatApprovalTakes({ ...desk, four_eyes: false }, person('owner'), {
    stake: 99_999_00,
    amount: 99_999_00,
    policy: 2,
    standing: [],
  })
  expect(alone).toEqual({ ok: true, people: 1, owner: false })
})

test('another currency is converted, rounded up, and one without a rate is above every limit', () => {
  const usd = defaultDesk('usd')
  expect(inSettlement(money(15_000, 'jpy'), usd)).toBe(100_00)
  expect(inSettlement(money(15_001, 'jpy'), usd)).toBe(100_01)
  expect(inSettlement(money(1000, 'bhd'), { ...usd, rates: { bhd: 0.4 } })).toBe(250)
  expect(inSettlement(money(1, 'xyz'), usd)).toBeUndefined()
  expect(takes(person('support'), undefined)).toMatchObject({ ok: false, why: 'request' })
  expect(takes(person('owner'), undefined)).toMatchObject({ people: 2 })
})

test('where a currency has no decimals the limits have sensible numbers', () => {
  expect(defaultDesk('jpy').limits.support.per_request_minor).toBe(10_000)
})
