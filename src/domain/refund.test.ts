import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { eventOf, holding, holds, keyTrustedForMs, nextStep, refundMachine, type RefundStatus } from './refund.ts'

const now = new Date('2026-03-02T09:00:00Z')
const before = (ms: number): Date => new Date(now.getTime() - ms)

test('a refund holds its money until it failed or was canceled, as the unique index has it', () => {
  const schema = readFileSync(new URL('../../migrations/0001_schema.sql', import.meta.url), 'utf8')
  expect(schema).toContain(`where status in (${holding.map((status) => `'${status}'`).join(', ')});`)
  const states = Object.keys(refundMachine.states) as RefundStatus[]
  expect(states.filter((status) => !holds(status))).toEqual(['failed', 'canceled'])
})

test.each([
  ['pending', 'pend'],
  ['requires_action', 'require_action'],
  ['succeeded', 'succeed'],
  ['failed', 'fail'],
  ['canceled', 'cancel'],
])('Stripe’s %s is our %s', (status, event) => {
  expect(eventOf(status)).toBe(event)
})

test.each([null, 'quantum', ''])('Stripe’s %s is neither success nor failure', (status) => {
  expect(eventOf(status)).toBeUndefined()
})

describe('the next step', () => {
  test('what was never sent is sent', () => {
    expect(nextStep({ status: 'reserved', first_sent_at: null, saw_500: false }, now)).toEqual({ do: 'send' })
  })

  test('what Stripe may have is sent again under its key while Stripe still knows the key', () => {
    expect(
      nextStep({ status: 'unconfirmed', first_sent_at: before(keyTrustedForMs - 1), saw_500: false }, now),
    ).toEqual({ do: 'send' })
  })

  test.each([
    ['the key is 23 hours old', before(keyTrustedForMs), false],
    ['Stripe answered with a 500', before(1000), true],
  ])('Stripe is asked first when %s', (_, first_sent_at, saw_500) => {
    expect(nextStep({ status: 'unconfirmed', first_sent_at, saw_500 }, now)).toMatchObject({ do: 'look_first' })
  })

  test.each(['pending', 'requires_action', 'succeeded', 'failed', 'canceled'] as const)(
    'a refund that is %s is not sent',
    (status) => {
      expect(nextStep({ status, first_sent_at: before(1000), saw_500: false }, now)).toEqual({ do: 'nothing' })
    },
  )
})
