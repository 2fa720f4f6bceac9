import { dayOf, plusMonths, startOfDay, workingDayFrom } from '../calendar.ts'
import type { Zone } from '../calendar.ts'
import type { Scope } from '../functions.ts'
import { day } from '../values.ts'
import { compare, int, ite, minus, plus, quotient, times } from './terms.ts'
import type { Script, Term } from './terms.ts'

// Everything here is worked out from the calendar that decisions use, over the days that the bounds can reach, so that a
// proof counts days, months and daylight saving as a decision does.

const dayLength = BigInt(day)

/** A run of whole numbers from `from` on, up to the next, over which something stays as it is. */
type Run = { readonly from: number; readonly is: number }

/** The calendar of a time zone over a range of time, as terms. */
export type Calendar = {
  readonly dayOf: (instant: Term) => Term
  readonly startOfDay: (date: Term) => Term
  readonly endOfDay: (date: Term) => Term
  readonly workingDayFrom: (date: Term) => Term
  readonly plusMonths: (instant: Term, months: number) => Term
}

export function calendarOf(
  { zone, holidays }: Scope,
  script: Script,
  [first, last]: readonly [number, number],
): Calendar {
  const [firstDay, lastDay] = [dayOf(zone, first) - 2, dayOf(zone, last) + 2]
  const starts = runs(firstDay, lastDay, (date) => startOfDay(zone, date) - date * day)
  const offsets = offsetRuns(zone, starts, firstDay)
  const name = (term: Term): Term => script.name('Int', term)
  const offset = (instant: Term): Term => name(chosen(instant, offsets))
  const start = (date: Term): Term => name(plus(times(date, int(dayLength)) ?? '0', chosen(date, starts)))
  return {
    dayOf: (instant) => name(quotient(plus(instant, offset(instant)), dayLength)),
    startOfDay: start,
    endOfDay: (date) => name(minus(start(plus(date, '1')), '1')),
    workingDayFrom: (date) => {
      const shifts = holidayShifts(holidays)
      const weekend = name(`(mod ${date} 7)`)
      const plain = ite(
        compare('=', weekend, '2'),
        plus(date, '2'),
        ite(compare('=', weekend, '3'), plus(date, '1'), date),
      )
      return name(shifts.reduce((rest, [from, to]) => ite(compare('=', date, int(from)), int(to), rest), plain))
    },
    plusMonths: (instant, months) => {
      const wall = name(plus(instant, offset(instant)))
      const target = name(monthsOn(wall, months, first - 40 * day, last + 40 * day))
      return name(minus(target, offset(name(minus(target, offset(target))))))
    },
  }
}

/** Where something that is asked of each whole number changes. */
function runs(first: number, last: number, of: (at: number) => number): readonly Run[] {
  const found: Run[] = []
  for (let at = first; at <= last; at += 1) {
    const is = of(at)
    if (found.at(-1)?.is !== is) found.push({ from: at, is })
  }
  return found
}

/** The offsets of a zone by instant, from the days on which the day's own start moved. */
function offsetRuns(zone: Zone, starts: readonly Run[], firstDay: number): readonly Run[] {
  const found: Run[] = [{ from: firstDay * day, is: zone.offset(firstDay * day - day) }]
  for (const { from } of starts.slice(1)) {
    let [low, high] = [startOfDay(zone, from - 2), startOfDay(zone, from + 1)]
    if (zone.offset(low) === zone.offset(high)) continue
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (zone.offset(middle) === zone.offset(low)) low = middle
      else high = middle
    }
    found.push({ from: high, is: zone.offset(high) })
  }
  return found
}

/** The value of the run that a term falls into, found by halves. */
function chosen(term: Term, among: readonly Run[]): Term {
  if (among.length === 1) return int(among[0]?.is ?? 0)
  const middle = Math.floor(among.length / 2)
  const from = among[middle]?.from ?? 0
  return ite(compare('<', term, int(from)), chosen(term, among.slice(0, middle)), chosen(term, among.slice(middle)))
}

/** Days whose next working day is not simply the end of their weekend. */
function holidayShifts(holidays: ReadonlySet<number>): readonly (readonly [number, number])[] {
  const days = new Set([...holidays].flatMap((holiday) => Array.from({ length: 30 }, (_, back) => holiday - back)))
  return [...days].flatMap((date) => {
    const to = workingDayFrom(date, holidays)
    return to === workingDayFrom(date, new Set()) ? [] : [[date, to] as const]
  })
}

const utc: Zone = { name: 'UTC', offset: () => 0 }

/** The same wall clock some months on, by the month that the wall clock is in. */
function monthsOn(wall: Term, months: number, first: number, last: number): Term {
  const begins: number[] = []
  let at = Date.UTC(new Date(first).getUTCFullYear(), new Date(first).getUTCMonth(), 1)
  while (at <= last) {
    begins.push(at)
    at = plusMonths(utc, at, 1)
  }
  const within = (begin: number): Term => {
    const target = plusMonths(utc, begin, months)
    const lastIndex = Math.round((plusMonths(utc, target, 1) - target) / day) - 1
    const since = minus(wall, int(begin))
    const index = quotient(since, dayLength)
    const kept = ite(compare('<=', index, int(lastIndex)), index, int(lastIndex))
    const clock = `(mod ${since} ${dayLength})`
    return plus(int(target), plus(times(kept, int(dayLength)) ?? '0', clock))
  }
  const pick = (among: readonly number[]): Term => {
    const [only] = among
    if (among.length <= 1) return within(only ?? first)
    const middle = Math.floor(among.length / 2)
    return ite(compare('<', wall, int(among[middle] ?? 0)), pick(among.slice(0, middle)), pick(among.slice(middle)))
  }
  return pick(begins)
}
