const hour = 60 * 60 * 1000

export function inHours(hours: number): string {
  return new Date(Date.now() + hours * hour).toISOString()
}

/** Tomorrow, or another day, at nine in the morning of whoever looks. */
export function atNine(days: number): string {
  const day = new Date()
  day.setDate(day.getDate() + days)
  day.setHours(9, 0, 0, 0)
  return day.toISOString()
}

/** Days until next Monday. */
export const toMonday = (): number => (8 - new Date().getDay()) % 7 || 7
