const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const units = [
  ['year', 365 * day],
  ['month', 30 * day],
  ['week', 7 * day],
  ['day', day],
  ['hour', hour],
  ['minute', minute],
] as const

/** "in 3 hours", "2 days ago", "now". The largest unit that fits at least once; weeks only from two on. */
export function relative(at: Date | string, now: Date, locale = 'en'): string {
  const away = new Date(at).getTime() - now.getTime()
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  for (const [unit, length] of units) {
    if (Math.abs(away) >= (unit === 'week' ? 2 : 1) * length) return words.format(Math.trunc(away / length), unit)
  }
  return locale.startsWith('en') ? 'just now' : words.format(0, 'second')
}

/** The exact instant with its zone, for hover and focus: "Mon, 23 Nov 2026, 10:02:11 CET". */
export function exact(at: Date | string, locale = 'en-GB'): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(new Date(at))
}

/** The day: "23 Nov 2026". */
export function dayOf(at: Date | string, locale = 'en-GB', timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    ...(timeZone && { timeZone }),
  }).format(new Date(at))
}

/** "1 day", "23 days". Whole days that have passed between two instants, never negative. */
export function daysBetween(from: Date | string, to: Date | string): number {
  return Math.max(0, Math.floor((new Date(to).getTime() - new Date(from).getTime()) / day))
}
