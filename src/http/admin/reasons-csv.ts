import type { ReportsScreen } from '../../db/admin-reports.ts'
import { toDecimal } from '../../domain/money.ts'

// A spreadsheet runs what begins like this. An apostrophe makes it text again (OWASP, CSV injection).
const startsFormula = /^[=+\-@\t\r]/

/** One field of a CSV file (RFC 4180), safe to open in a spreadsheet. */
export function csvField(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const safe = startsFormula.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** The reasons of a report as a CSV file: one line for each reason and currency, amounts in decimals. */
export function reasonsCsv({ from, to, reasons }: ReportsScreen): string {
  const head = [
    'from',
    'to',
    'reason',
    'reason_name',
    'currency',
    'requests',
    'approved',
    'denied',
    'waiting',
    'refunded',
  ]
  const lastDay = new Date(new Date(to).getTime() - 1).toISOString().slice(0, 10)
  const lines = reasons.map((line) => [
    from.slice(0, 10),
    lastDay,
    line.reason,
    line.reason_name,
    line.currency.toUpperCase(),
    line.requests,
    line.approved,
    line.denied,
    line.waiting,
    toDecimal({ minor: line.refunded_minor, currency: line.currency }),
  ])
  return [head, ...lines].map((line) => line.map(csvField).join(',') + '\r\n').join('')
}
