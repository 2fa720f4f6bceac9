/**
 * Why money is asked back. Chargebee's and Stripe's credit-note reasons, and `unwanted_renewal`. Customers choose among the
 * first; the last two are for staff.
 */
export const reasons = {
  changed_mind: { audience: 'customer', en: 'I changed my mind', de: 'Ich habe es mir anders überlegt' },
  unwanted_renewal: { audience: 'customer', en: 'I did not want the renewal', de: 'Ich wollte keine Verlängerung' },
  product_unsatisfactory: {
    audience: 'customer',
    en: 'The product is not what I expected',
    de: 'Das Produkt ist nicht wie erwartet',
  },
  service_unsatisfactory: {
    audience: 'customer',
    en: 'I was not happy with the service',
    de: 'Ich war mit dem Service nicht zufrieden',
  },
  missing_feature: { audience: 'customer', en: 'Something that I need is missing', de: 'Mir fehlt eine Funktion' },
  too_expensive: { audience: 'customer', en: 'It is too expensive for me', de: 'Es ist mir zu teuer' },
  duplicate: { audience: 'customer', en: 'I was charged twice', de: 'Ich wurde doppelt belastet' },
  other: { audience: 'customer', en: 'Something else', de: 'Etwas anderes' },
  fraudulent: { audience: 'staff', en: 'The payment was fraudulent', de: 'Die Zahlung war betrügerisch' },
  waiver: { audience: 'staff', en: 'Goodwill', de: 'Kulanz' },
} as const satisfies Record<string, { audience: 'customer' | 'staff'; en: string; de: string }>

export type Reason = keyof typeof reasons

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
