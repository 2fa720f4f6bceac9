import { format as formatMoney, money } from '../../domain/money.ts'

/** "49,00 €", from minor units, by the locale. */
export const amount = (minor: number, currency: string, locale: string): string =>
  formatMoney(money(minor, currency), locale)

/** "12 Dec", with the year when it is another one: "12 Dec 2025". */
export const day = (at: string, locale: string): string => written(at, locale, 'short')

/** "12 December": within a sentence, where the dot of a shortened month would end it too early. */
export const dayInSentence = (at: string, locale: string): string => written(at, locale, 'long')

function written(at: string, locale: string, month: 'short' | 'long'): string {
  const date = new Date(at)
  const year = date.getFullYear() === new Date().getFullYear() ? undefined : ('numeric' as const)
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month, ...(year && { year }) }).format(date)
}

/** "Thursday, 26 November": for a day that somebody waits for. */
export const weekday = (at: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' }).format(new Date(at))

/** "23 Nov, 10:02": when something happened. */
export const moment = (at: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' }).format(
    new Date(at),
  )

/** How many days are left until an instant by the reader's calendar: 0 on the day itself. */
export function daysLeft(until: string, now = new Date()): number {
  const end = new Date(until)
  const [a, b] = [
    Date.UTC(end.getFullYear(), end.getMonth(), end.getDate()),
    Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()),
  ]
  return Math.max(0, Math.round((a - b) / 86_400_000))
}
