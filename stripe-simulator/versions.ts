type Fields = Record<string, unknown>

const basil = '2025-03-31'

type Downgrade = (row: Fields) => Fields

const periodOf = (row: Fields) => (row['items'] as { data?: Fields[] } | undefined)?.data?.[0] ?? {}

/** Fields that Stripe took away in 2025-03-31.basil, put back for those who ask in an older version. */
const beforeBasil: Readonly<Record<string, Downgrade>> = {
  subscription: (row) => ({
    ...row,
    current_period_start: periodOf(row)['current_period_start'] ?? null,
    current_period_end: periodOf(row)['current_period_end'] ?? null,
  }),
  invoice: (row) => {
    const { subscription = null } = ((row['parent'] as Fields | null)?.['subscription_details'] as Fields | null) ?? {}
    return {
      ...row,
      subscription,
      paid: row['status'] === 'paid',
      paid_out_of_band: false,
      tax: null,
      charge: null,
      payment_intent: null,
    }
  },
  charge: (row) => ({ ...row, invoice: null }),
  payment_intent: (row) => ({ ...row, invoice: null }),
  credit_note: (row) => {
    const first = (row['refunds'] as Fields[] | undefined)?.[0]
    return { ...row, refund: first?.['refund'] ?? null }
  },
}

/** Fields that came later are taken away. */
const additions: readonly (readonly [since: string, object: string, fields: readonly string[]])[] = [
  ['2026-07-29', 'refund', ['customer', 'customer_account', 'payment_method']],
  ['2025-04-30', 'refund', ['pending_reason']],
]

/** An answer or an event's object as that version of the API shows it. The newest is given back as it is. */
export function rendered(value: object, version: string): object {
  const day = version.slice(0, 10)
  if (day >= '2026-07-29') return value
  return walk(value, day) as object
}

function walk(value: unknown, day: string): unknown {
  if (Array.isArray(value)) return value.map((each) => walk(each, day))
  if (typeof value !== 'object' || value === null) return value
  let row: Fields = Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, key === 'metadata' ? each : walk(each, day)]),
  )
  const { object } = row
  if (typeof object !== 'string') return row
  for (const [since, name, fields] of additions) {
    if (object === name && day < since)
      row = Object.fromEntries(Object.entries(row).filter(([field]) => !fields.includes(field)))
  }
  return day < basil ? (beforeBasil[object]?.(row) ?? row) : row
}
