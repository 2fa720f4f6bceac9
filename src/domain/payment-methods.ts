/** What is special about giving money back to a payment method. Most methods have nothing special: Stripe is asked. */
export type MethodRules = {
  /** Stripe takes refunds for so many days after the payment. Absent: Stripe documents no limit, and its own answer decides. */
  readonly refundable_days?: number
  /** There is no account to send money back to. */
  readonly without_refund?: true
  /**
   * There is no way back through the method itself: Stripe writes to the customer for bank details (`requires_action`), so
   * there must be an e-mail address.
   */
  readonly asks_for_bank_details?: true
}

/**
 * By Stripe's payment method type. Windows are those that Stripe's pages name or that integrations report; where we know of
 * none, none is set and Stripe refuses for itself (docs.stripe.com/refunds, docs.stripe.com/payments/customer-balance/refunding).
 */
const rules: Readonly<Record<string, MethodRules>> = {
  customer_balance: { refundable_days: 180, asks_for_bank_details: true },
  konbini: { asks_for_bank_details: true },
  promptpay: { asks_for_bank_details: true },
  boleto: { asks_for_bank_details: true },
  us_bank_account: { refundable_days: 180 },
  sepa_debit: { refundable_days: 180 },
  klarna: { refundable_days: 180 },
  pix: { refundable_days: 90 },
  oxxo: { without_refund: true },
}

/** The rules of a payment method; empty for one that has none, and for one that we do not know. */
export function rulesOfMethod(method: string | null | undefined): MethodRules {
  return (method != null && Object.hasOwn(rules, method) && rules[method]) || {}
}

const dayMs = 24 * 60 * 60 * 1000

/** Until when Stripe takes a refund of a payment made so; undefined where no limit is known. */
export function refundableUntilAtStripe(method: string | null | undefined, paidAt: Date): Date | undefined {
  const { refundable_days: days } = rulesOfMethod(method)
  return days === undefined ? undefined : new Date(paidAt.getTime() + days * dayMs)
}
