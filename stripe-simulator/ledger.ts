import type { BalanceTransaction } from './kinds.ts'
import type { Operations } from './rows.ts'
import { listing, make, retrieving } from './rows.ts'
import { now, table } from './world.ts'
import type { Books } from './world.ts'

export type Entry = {
  readonly type: BalanceTransaction['type']
  readonly amount: number
  readonly fee?: number
  readonly currency: string
  readonly source: string | null
  readonly description?: string | null
  /** Of an adjustment that is not about a dispute. */
  readonly category?: string
  /** Seconds since 1970 from which the money may be used. At once when left out. */
  readonly availableOn?: number
}

const categories: Readonly<Record<string, string>> = {
  charge: 'charge',
  payment: 'charge',
  refund: 'refund',
  payment_refund: 'refund',
  refund_failure: 'refund_failure',
  adjustment: 'dispute',
  transfer: 'transfer',
  transfer_refund: 'transfer_reversal',
  application_fee: 'platform_earning',
  application_fee_refund: 'platform_earning_refund',
  topup: 'topup',
  payout: 'payout',
}

/** Writes one line into the ledger. The balance is never stored: it is the sum of these lines. */
export function record(books: Books, entry: Entry): BalanceTransaction {
  const { type, amount, fee = 0, currency, source, description = null, availableOn = now(books) } = entry
  const reversed = type === 'adjustment' && amount > 0
  return make(books, 'balance_transaction', {
    amount,
    available_on: availableOn,
    balance_type: 'payments',
    currency,
    description,
    fee,
    fee_details:
      fee === 0
        ? []
        : [
            {
              amount: fee,
              application: null,
              currency,
              description: 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: amount - fee,
    reporting_category: entry.category ?? (reversed ? 'dispute_reversal' : (categories[type] ?? 'other_adjustment')),
    source,
    status: availableOn > now(books) ? 'pending' : 'available',
    type,
  })
}

export type Balance = { available: number; pending: number }

type Running = { seen: number; readonly sums: Map<string, Balance>; waiting: BalanceTransaction[] }

const running = new WeakMap<Books, Running>()

/** The balance per currency at this moment. Lines that were added since the last call are added to what was known then. */
export function balances(books: Books): Map<string, Balance> {
  const state = running.get(books) ?? { seen: 0, sums: new Map<string, Balance>(), waiting: [] }
  running.set(books, state)
  const lines = table(books, 'balance_transaction').order
  const moment = now(books)
  for (; state.seen < lines.length; state.seen++) {
    const line = lines[state.seen] as BalanceTransaction
    const sum = state.sums.get(line.currency) ?? { available: 0, pending: 0 }
    state.sums.set(line.currency, sum)
    sum.pending += line.net
    state.waiting.push(line)
  }
  state.waiting = state.waiting.filter((line) => {
    if (line.available_on > moment) return true
    const sum = state.sums.get(line.currency) as Balance
    sum.pending -= line.net
    sum.available += line.net
    return false
  })
  return state.sums
}

/** What may be used at this moment in that currency, in minor units. Below zero when more went out than came in. */
export const available = (books: Books, currency: string): number => balances(books).get(currency)?.available ?? 0

/** What does not add up, as sentences; nothing when every line is whole and the sum of lines is the balance. */
export function auditBalance(books: Books): string[] {
  const faults: string[] = []
  const sums = new Map<string, number>()
  for (const line of table(books, 'balance_transaction').order) {
    if (line.net !== line.amount - line.fee)
      faults.push(`${line.id}: net ${line.net} is not amount ${line.amount} less fee ${line.fee}`)
    sums.set(line.currency, (sums.get(line.currency) ?? 0) + line.net)
  }
  for (const [currency, { available: usable, pending }] of balances(books)) {
    const sum = sums.get(currency) ?? 0
    if (usable + pending !== sum) faults.push(`balance in ${currency} is ${usable + pending}, its lines sum to ${sum}`)
  }
  return faults
}

export const ledgerOperations: Operations = {
  'GET /v1/balance': ({ books }) => {
    const part = (pick: keyof Balance) =>
      [...balances(books)].map(([currency, sum]) => ({
        amount: sum[pick],
        currency,
        source_types: { card: sum[pick] },
      }))
    const zero = { amount: 0, currency: 'usd', source_types: { card: 0 } }
    const some = (list: object[]) => (list.length > 0 ? list : [zero])
    return {
      object: 'balance',
      available: some(part('available')),
      livemode: books.livemode,
      pending: some(part('pending')),
    }
  },
  'GET /v1/balance_transactions': listing('balance_transaction', {
    equal: ['currency', 'source', 'type'],
    also: (_, params) => params['payout'] === undefined,
  }),
  'GET /v1/balance_transactions/{id}': retrieving('balance_transaction'),
}
