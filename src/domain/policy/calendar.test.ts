import { expect, test } from 'vitest'
import { workingDayFrom } from './calendar.ts'
import { dateOf } from './values.ts'

const on = (date: string, ...holidays: string[]): string =>
  new Date(workingDayFrom(dateOf(date) as number, new Set(holidays.map((each) => dateOf(each) as number))) * 86_400_000)
    .toISOString()
    .slice(0, 10)

test.each([
  ['a Saturday', '2026-11-28', '2026-11-30'],
  ['a Friday', '2026-11-27', '2026-11-27'],
  ['the Saturday before 1970 began', '1969-12-27', '1969-12-29'],
  ['a Sunday long before', '1955-05-08', '1955-05-09'],
  ['a Friday long before', '1955-05-06', '1955-05-06'],
])('the working day from %s on', (_, from, expected) => {
  expect(on(from)).toBe(expected)
})

test('a holiday that makes a weekend longer', () => {
  expect(on('2026-04-04', '2026-04-06')).toBe('2026-04-07')
})
