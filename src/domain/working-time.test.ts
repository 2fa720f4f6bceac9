import { expect, test } from 'vitest'
import { afterWorkingMinutes, startOfDay } from './working-time.ts'

const office = { time_zone: 'Europe/Berlin', days: [1, 2, 3, 4, 5], opens: 9 * 60, closes: 17 * 60 }
const due = (from: string, minutes: number, hours = office) =>
  afterWorkingMinutes(new Date(from), minutes, hours).toISOString()

test('around the clock a working minute is a minute', () => {
  const always = { time_zone: 'UTC', days: [1, 2, 3, 4, 5, 6, 7], opens: 0, closes: 1440 }
  expect(due('2026-03-06T15:30:00Z', 24 * 60, always)).toBe('2026-03-07T15:30:00.000Z')
})
test('what comes on Friday afternoon is due on Monday', () => {
  expect(due('2026-03-06T15:00:00Z', 8 * 60)).toBe('2026-03-09T15:00:00.000Z')
})
test('what comes at night or on a holiday begins to count when the desk opens, and the last minute is still today', () => {
  expect(due('2026-03-07T22:00:00Z', 60)).toBe('2026-03-09T09:00:00.000Z')
  expect(due('2026-03-09T08:00:00Z', 8 * 60)).toBe('2026-03-09T16:00:00.000Z')
})
test('the hours are those on the wall also when summer time begins in between', () => {
  expect(due('2026-03-27T15:00:00Z', 120)).toBe('2026-03-30T08:00:00.000Z')
})
test('hours of length zero end, too', () => {
  expect(due('2026-03-06T15:00:00Z', 60, { ...office, closes: office.opens })).toBe('2026-03-06T16:00:00.000Z')
})
test('a day begins at midnight of the zone', () => {
  expect(startOfDay(new Date('2026-03-06T23:30:00Z'), 'Europe/Berlin').toISOString()).toBe('2026-03-06T23:00:00.000Z')
})
