import type { Hours } from './desk.ts'

const minuteMs = 60_000
const dayMinutes = 24 * 60

/**
 * The instant that lies so many working minutes after `from`. Around the clock these are plain minutes; else only those
 * between opening and closing on working days count, by the clock on the wall there, through changes of summer time.
 */
export function afterWorkingMinutes(from: Date, minutes: number, hours: Hours): Date {
  const open = { ...hours, days: hours.days.length === 0 ? [1, 2, 3, 4, 5, 6, 7] : hours.days }
  if (open.days.length === 7 && open.opens === 0 && open.closes === dayMinutes)
    return new Date(from.getTime() + minutes * minuteMs)
  let left = minutes
  let day = localDay(from, open.time_zone)
  // A year of days is more than any promise; hours of length zero would never end.
  for (let tries = 0; tries < 400; tries++, day = nextDay(day)) {
    if (!open.days.includes(weekday(day))) continue
    const begins = Math.max(from.getTime(), instantOf(day, open.opens, open.time_zone))
    const ends = instantOf(day, open.closes, open.time_zone)
    const today = (ends - begins) / minuteMs
    if (today <= 0) continue
    if (left <= today) return new Date(begins + left * minuteMs)
    left -= today
  }
  return new Date(from.getTime() + minutes * minuteMs)
}

type Day = { readonly year: number; readonly month: number; readonly day: number }

const weekday = ({ year, month, day }: Day): number =>
  ((new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7) + 1

function nextDay({ year, month, day }: Day): Day {
  const next = new Date(Date.UTC(year, month - 1, day + 1))
  return { year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate() }
}

function partsIn(at: number, zone: string): Day & { readonly minute: number } {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(at)
  const of = (type: string) => Number(parts.find((part) => part.type === type)!.value)
  return { year: of('year'), month: of('month'), day: of('day'), minute: of('hour') * 60 + of('minute') }
}

const localDay = (at: Date, zone: string): Day => partsIn(at.getTime(), zone)

/** The instant at which the wall clock of a zone shows a minute of a day. In a gap of summer time: the end of the gap. */
function instantOf({ year, month, day }: Day, minute: number, zone: string): number {
  const wanted = Date.UTC(year, month - 1, day, 0, minute)
  let at = wanted
  for (let round = 0; round < 3; round++) {
    const shown = partsIn(at, zone)
    at += wanted - Date.UTC(shown.year, shown.month - 1, shown.day, 0, shown.minute)
  }
  return at
}

/** The instant at which a day begins in a zone. */
export function startOfDay(at: Date, zone: string): Date {
  return new Date(instantOf(localDay(at, zone), 0, zone))
}
