import { expect, test } from 'vitest'
import {
  eventTypeOf,
  nextAttempt,
  retryAfterOf,
  wants,
  webhookEventTypes,
  wrongAddress,
  wrongEvent,
} from './webhook.ts'

const now = new Date('2026-03-01T12:00:00Z')
const seconds = (at: Date | undefined) => at && (at.getTime() - now.getTime()) / 1000

test('attempts come after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 hours, and then no more', () => {
  const waits = Array.from({ length: 10 }, (_, failed) => seconds(nextAttempt(failed + 1, { now, chance: 0 })))
  expect(waits).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, undefined])
  expect(seconds(nextAttempt(2, { now, chance: 1 }))).toBe(360)
})

test('what the receiver asks for is kept to, up to a day', () => {
  expect(seconds(nextAttempt(1, { now, chance: 0, retryAfterMs: 600_000 }))).toBe(600)
  expect(seconds(nextAttempt(1, { now, chance: 0, retryAfterMs: 9e9 }))).toBe(86_400)
  expect(retryAfterOf('120', now)).toBe(120_000)
  expect(retryAfterOf('Sun, 01 Mar 2026 12:01:00 GMT', now)).toBe(60_000)
  expect(retryAfterOf('soon', now)).toBeUndefined()
})

test('a wish is a type, a family, or everything; another one is named', () => {
  expect(wants(['refund.*'], 'refund.succeeded')).toBe(true)
  expect(wants(['refund.*'], 'refund_request.denied')).toBe(false)
  expect(wants(['*'], 'access.changed')).toBe(true)
  expect(wrongEvent('refund.*')).toBeUndefined()
  expect(wrongEvent('refund.suceeded')).toMatch(/no event "refund.suceeded"/)
})

test('what only we have to find out is not told', () => {
  expect(webhookEventTypes).not.toContain('refund.unconfirmed')
  expect(eventTypeOf('refund', 'unconfirmed', false)).toBeUndefined()
  expect(eventTypeOf('refund', 'reserved', true)).toBe('refund.created')
})

test.each([
  'http://example.com/x',
  'https://user:password@example.com/',
  'https://example.com:22/',
  'https://example.com:5432/',
  'https://127.0.0.1/',
  'https://0x7f000001/',
  'https://2130706433/',
  'https://[::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://localhost/',
  'https://intranet/',
  'https://db.internal/',
  'ftp://example.com/',
  'example.com',
])('%s is no address for deliveries', (address) => {
  expect(wrongAddress(address, [])).toEqual(expect.any(String))
})

test('a name on the internet is one, and this machine only where the configuration names it', () => {
  expect(wrongAddress('https://example.com/hook?x=1', [])).toBeUndefined()
  expect(wrongAddress('https://example.com:8443/', [])).toBeUndefined()
  expect(wrongAddress('http://127.0.0.1:4010/hook', ['127.0.0.1:4010'])).toBeUndefined()
  expect(wrongAddress('http://127.0.0.1:4011/hook', ['127.0.0.1:4010'])).toEqual(expect.any(String))
})
