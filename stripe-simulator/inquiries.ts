import { changed } from './events.ts'
import type { Charge, Dispute } from './kinds.ts'
import { rowsWith } from './rows.ts'
import type { Books } from './world.ts'

/** Statuses after which nothing more happens to a dispute. */
export const ended = new Set(['won', 'lost', 'warning_closed', 'prevented'])

export const isInquiry = ({ status }: Dispute) => status.startsWith('warning_')

/** Every dispute and inquiry of a charge, ended ones too. */
export const disputesOf = (books: Books, charge: string): Dispute[] => rowsWith(books, 'dispute', 'charge', charge)

/** A full refund settles an inquiry: there is nothing left to ask about. */
export function resolveInquiries(books: Books, charge: Charge): void {
  for (const dispute of disputesOf(books, charge.id)) {
    if (isInquiry(dispute) && !ended.has(dispute.status)) {
      changed(
        books,
        'dispute',
        dispute,
        { status: 'warning_closed', is_charge_refundable: true },
        'charge.dispute.closed',
      )
    }
  }
}

/** A fraud warning is actionable while the charge is neither disputed nor fully refunded. */
export function updateWarnings(books: Books, charge: Charge): void {
  for (const warning of rowsWith(books, 'radar.early_fraud_warning', 'charge', charge.id)) {
    changed(
      books,
      'radar.early_fraud_warning',
      warning,
      { actionable: !charge.refunded && !charge.disputed },
      'radar.early_fraud_warning.updated',
    )
  }
}
