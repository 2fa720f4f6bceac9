const day = 24 * 60 * 60 * 1000

/** The first and the last day on which a refund should be there. */
export type Arrival = { readonly from: Date; readonly to: Date }

/**
 * When a refund that was sent at an instant should be on the account: 5 to 10 business days for cards
 * (docs.stripe.com/refunds). Undefined for other ways of paying, for which Stripe names no time that holds everywhere.
 */
export function arrivalOf(method: string | null, sentAt: Date): Arrival | undefined {
  if (method !== 'card') return undefined
  return { from: afterBusinessDays(sentAt, 5), to: afterBusinessDays(sentAt, 10) }
}

/** The instant so many business days on. Bank holidays differ by country and bank and are left out. */
function afterBusinessDays(from: Date, count: number): Date {
  let at = from.getTime()
  for (let left = count; left > 0;) {
    at += day
    const weekday = new Date(at).getUTCDay()
    if (weekday !== 0 && weekday !== 6) left -= 1
  }
  return new Date(at)
}
