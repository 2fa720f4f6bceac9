const day = 86_400
const hour = 3600

/** `day`, `week`, `month` or `year`. */
type Interval = string

/** `count` intervals after the anchor, in seconds. Months keep the anchor's day and end on the last day where it is missing. */
export function intervalsAfter(anchor: number, interval: Interval, count: number): number {
  if (interval === 'day') return anchor + count * day
  if (interval === 'week') return anchor + count * 7 * day
  const date = new Date(anchor * 1000)
  const months = interval === 'month' ? count : 12 * count
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1)
  const target = new Date(first)
  const last = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate()
  const timeOfDay = anchor - Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) / 1000
  return first / 1000 + (Math.min(date.getUTCDate(), last) - 1) * day + timeOfDay
}

/** The end of the period that begins at `start`, counted from the anchor so that the 31st does not drift. */
export function periodEnd(anchor: number, start: number, interval: Interval, count: number): number {
  for (let n = 1; ; n++) {
    const end = intervalsAfter(anchor, interval, n * count)
    if (end > start) return end
  }
}

/** How long a renewal invoice stays a draft before it is finalized and paid. */
export const draftSeconds = hour
/** When an unpaid renewal is tried again, in seconds after the last try. After the last the subscription ends. */
export const dunningSeconds: readonly number[] = [3 * day, 5 * day, 7 * day]
