import { day as dayLength, hour } from './values.ts'

/** A time zone of the IANA database. Days, dates and months are counted in it. */
export type Zone = {
  readonly name: string
  /** Milliseconds to add to an instant to get the wall clock. */
  readonly offset: (instant: number) => number
}

// Zones change their offset on quarter hours only, so one slot of 15 minutes has one offset.
const slot = hour / 4
const slotsKept = 20_000

/** The zone by its name; undefined when this platform does not know it. */
export function zoneOf(name: string): Zone | undefined {
  if (name === 'UTC') return { name, offset: () => 0 }
  if (!/^[A-Z][A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$/.test(name)) return undefined
  let wallClock: Intl.DateTimeFormat
  try {
    wallClock = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    return undefined
  }
  const kept = new Map<number, number>()
  const offset = (instant: number): number => {
    const key = Math.floor(instant / slot)
    const known = kept.get(key)
    if (known !== undefined) return known
    if (kept.size >= slotsKept) kept.clear()
    const found = offsetOf(wallClock, key * slot)
    kept.set(key, found)
    return found
  }
  return { name, offset }
}

function offsetOf(wallClock: Intl.DateTimeFormat, instant: number): number {
  const parts: Record<string, number> = {}
  for (const { type, value } of wallClock.formatToParts(instant)) parts[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour: hours = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hours, minute, second) - instant
}

/** The calendar day of an instant as the number of days since 1970-01-01 on the zone's own calendar. */
export function dayOf(zone: Zone, instant: number): number {
  return Math.floor((instant + zone.offset(instant)) / dayLength)
}

/** The first instant of a calendar day. Where midnight is skipped by daylight saving, the day begins after the gap. */
export function startOfDay(zone: Zone, day: number): number {
  const wall = day * dayLength
  const before = wall - zone.offset(wall - dayLength)
  const after = wall - zone.offset(wall + dayLength)
  const [first, last] = before <= after ? [before, after] : [after, before]
  return dayOf(zone, first) === day ? first : last
}

/** The last millisecond of a calendar day. */
export function endOfDay(zone: Zone, day: number): number {
  return startOfDay(zone, day + 1) - 1
}

/** The first day from `day` on that is no Saturday, no Sunday and none of the holidays. */
export function workingDayFrom(day: number, holidays: ReadonlySet<number>): number {
  let candidate = day
  while (isWeekend(candidate) || holidays.has(candidate)) candidate += 1
  return candidate
}

/** 1970-01-01 was a Thursday: days 2 and 3 of each seven are a weekend, before it too. */
function isWeekend(day: number): boolean {
  const place = ((day % 7) + 7) % 7
  return place === 2 || place === 3
}

/** The same wall-clock time some months on; the 31st becomes the last day of a shorter month. */
export function plusMonths(zone: Zone, instant: number, months: number): number {
  const wall = new Date(instant + zone.offset(instant))
  const month = wall.getUTCMonth() + months
  const lastDay = new Date(Date.UTC(wall.getUTCFullYear(), month + 1, 0)).getUTCDate()
  const target = Date.UTC(
    wall.getUTCFullYear(),
    month,
    Math.min(wall.getUTCDate(), lastDay),
    wall.getUTCHours(),
    wall.getUTCMinutes(),
    wall.getUTCSeconds(),
    wall.getUTCMilliseconds(),
  )
  return target - zone.offset(target - zone.offset(target))
}

/** How many whole months fit from one instant to a later one; 0 when it is not later. */
export function wholeMonthsBetween(zone: Zone, from: number, to: number): number {
  if (to <= from) return 0
  let months = Math.floor((to - from) / (31 * dayLength))
  while (plusMonths(zone, from, months + 1) <= to) months += 1
  return months
}
