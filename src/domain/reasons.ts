/**
 * Why money is asked back. Chargebee's and Stripe's credit-note reasons, and `unwanted_renewal`. Customers choose among the
 * first; the last two are for staff.
 */
export const reasons = {
  changed_mind: { audience: 'customer', en: 'I changed my mind' },
  unwanted_renewal: { audience: 'customer', en: 'I did not want the renewal' },
  product_unsatisfactory: { audience: 'customer', en: 'The product is not what I expected' },
  service_unsatisfactory: { audience: 'customer', en: 'I was not happy with the service' },
  missing_feature: { audience: 'customer', en: 'Something that I need is missing' },
  too_expensive: { audience: 'customer', en: 'It is too expensive for me' },
  duplicate: { audience: 'customer', en: 'I was charged twice' },
  other: { audience: 'customer', en: 'Something else' },
  fraudulent: { audience: 'staff', en: 'The payment was fraudulent' },
  waiver: { audience: 'staff', en: 'Goodwill' },
} as const satisfies Record<string, { audience: 'customer' | 'staff'; en: string }>

export type Reason = keyof typeof reasons

/** The reasons that customers choose among. What they read stands in the portal's words, in each language. */
export type CustomerReason = {
  [R in Reason]: (typeof reasons)[R]['audience'] extends 'customer' ? R : never
}[Reason]

export function isReason(code: string): code is Reason {
  return Object.hasOwn(reasons, code)
}

/**
 * What Stripe is told. Never `fraudulent`: it puts the card and e-mail on Stripe Radar's block lists, so a person does that
 * on purpose in Stripe, not a mapping.
 */
export function stripeReason(reason: Reason): 'duplicate' | 'requested_by_customer' {
  return reason === 'duplicate' ? 'duplicate' : 'requested_by_customer'
}

/** What a credit note says: it knows other reasons than a refund does (Stripe, CreditNoteCreateParams). */
export function creditNoteReason(reason: Reason): 'duplicate' | 'product_unsatisfactory' | 'order_change' {
  if (reason === 'duplicate') return 'duplicate'
  return reason === 'product_unsatisfactory' || reason === 'service_unsatisfactory' || reason === 'missing_feature'
    ? 'product_unsatisfactory'
    : 'order_change'
}
