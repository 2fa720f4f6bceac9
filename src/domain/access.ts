/** What one payment covers, and whether a refund has ended that. */
export type Purchase = {
  readonly payment: string
  readonly product: string | null
  readonly product_name: string
  readonly from: Date
  /** Null: for ever (a one-off purchase). */
  readonly until: Date | null
  /** Refunds of this payment that end access now, and when they succeeded. One that failed since is not among them. */
  readonly ended_by: readonly { readonly refund: string; readonly at: Date }[]
}

export type ProductAccess = {
  readonly product: string | null
  readonly product_name: string
  readonly access: boolean
  /** Until when it is paid; null for ever, or when there is none. */
  readonly until: Date | null
  readonly because: string
}

/**
 * Who may use what, computed from all purchases and refunds together and never from a change: a bounced refund gives access
 * back by itself, and what another payment covers is never taken away.
 */
export function accessOf(purchases: readonly Purchase[], now: Date): ProductAccess[] {
  const products = Map.groupBy(purchases, ({ product, product_name }) => product ?? product_name)
  return [...products.values()].map((ofProduct) => accessToProduct(ofProduct, now))
}

function accessToProduct(purchases: readonly Purchase[], now: Date): ProductAccess {
  const { product, product_name } = purchases[0]!
  const covering = purchases.filter(
    ({ from, until, ended_by }) => ended_by.length === 0 && from <= now && (until === null || now < until),
  )
  const forever = covering.find(({ until }) => until === null)
  const longest = forever ?? covering.toSorted((a, b) => b.until!.getTime() - a.until!.getTime())[0]
  if (longest)
    return { product, product_name, access: true, until: longest.until, because: `Paid with ${longest.payment}.` }
  const refunded = purchases.findLast(({ ended_by }) => ended_by.length > 0)
  const because = refunded
    ? `${refunded.payment} was refunded (${refunded.ended_by[0]!.refund}).`
    : 'The paid period is over.'
  return { product, product_name, access: false, until: null, because }
}
