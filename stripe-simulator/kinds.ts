import type Stripe from 'stripe'

type Text<V> = Extract<V, string>

/** A field as it is kept and sent when nothing is expanded: where Stripe may put an object or its id, the id. */
type Wire<V> = [Text<V>] extends [never] ? V : Text<V> | Extract<V, null | undefined | number>

type Stored<T> = { -readonly [K in keyof T as K extends 'lastResponse' ? never : K]: Wire<T[K]> }

type List<T> = { object: 'list'; data: T[]; has_more: boolean; url: string }

export type LineItem = Omit<Stored<Stripe.InvoiceLineItem>, 'quantity_decimal' | 'pricing' | 'parent' | 'period'> & {
  quantity_decimal: string | null
  period: { start: number; end: number }
  pricing: {
    type: 'price_details'
    unit_amount_decimal: string | null
    price_details?: { price: string; product: string }
  } | null
  parent: Stripe.InvoiceLineItem.Parent | null
}

export type Price = Omit<Stored<Stripe.Price>, 'unit_amount_decimal' | 'product'> & {
  unit_amount_decimal: string | null
  product: string
}

export type SubscriptionItem = Omit<Stored<Stripe.SubscriptionItem>, 'price' | 'plan'> & {
  price: Price
  plan: { id: string; object: 'plan'; [field: string]: unknown }
}

export type CashBalance = { id: string; amounts: Record<string, number> }

/** Which name of `object` stands for which kind of row. Names with a blank in them are the simulator's own. */
export type Kinds = {
  refund: Stored<Stripe.Refund> & { charge: string; status: RefundStatus }
  charge: Stored<Stripe.Charge>
  payment_intent: Stored<Stripe.PaymentIntent>
  payment_method: Stored<Stripe.PaymentMethod>
  customer: Omit<Stored<Stripe.Customer>, 'invoice_settings' | 'deleted'> & {
    deleted?: true
    invoice_settings: { default_payment_method: string | null; [field: string]: unknown }
  }
  product: Stored<Stripe.Product>
  price: Price
  subscription: Omit<Stored<Stripe.Subscription>, 'items' | 'customer'> & {
    items: List<SubscriptionItem>
    customer: string
  }
  invoice: Omit<Stored<Stripe.Invoice>, 'lines' | 'parent' | 'customer'> & {
    lines: List<LineItem>
    parent: InvoiceParent | null
    customer: string
  }
  invoice_payment: Omit<Stored<Stripe.InvoicePayment>, 'payment'> & {
    payment: { type: 'payment_intent' | 'charge'; payment_intent?: string; charge?: string }
  }
  invoiceitem: Omit<Stored<Stripe.InvoiceItem>, 'quantity_decimal' | 'pricing'> & {
    quantity_decimal: string
    pricing: {
      type: 'price_details'
      unit_amount_decimal: string | null
      price_details?: { price: string; product: string }
    } | null
  }
  credit_note: Omit<Stored<Stripe.CreditNote>, 'lines' | 'refunds'> & {
    lines: List<Record<string, unknown>>
    refunds: CreditNoteRefund[]
  }
  dispute: Stored<Stripe.Dispute> & { charge: string }
  'radar.early_fraud_warning': Stored<Stripe.Radar.EarlyFraudWarning>
  review: Stored<Stripe.Review>
  balance_transaction: Stored<Stripe.BalanceTransaction>
  event: EventRow
  webhook_endpoint: Stored<Stripe.WebhookEndpoint>
  'entitlements.feature': Stored<Stripe.Entitlements.Feature>
  'entitlements.active_entitlement': Stored<Stripe.Entitlements.ActiveEntitlement>
  product_feature: Stored<Stripe.ProductFeature>
  'test_helpers.test_clock': Stored<Stripe.TestHelpers.TestClock>
  customer_balance_transaction: Stored<Stripe.CustomerBalanceTransaction>
  customer_cash_balance_transaction: Stored<Stripe.CustomerCashBalanceTransaction>
  'checkout.session': Stored<Stripe.Checkout.Session>
  'billing_portal.configuration': Stored<Stripe.BillingPortal.Configuration>
  'billing_portal.session': Stored<Stripe.BillingPortal.Session>
  transfer: Transfer
  transfer_reversal: Stored<Stripe.TransferReversal>
  application_fee: ApplicationFee
  fee_refund: FeeRefund
}

export type Kind = keyof Kinds
export type RefundStatus = 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled'

type InvoiceParent = {
  type: 'subscription_details' | 'quote_details'
  quote_details: null
  subscription_details: { metadata: Record<string, string> | null; subscription: string } | null
}

export type CreditNoteRefund = {
  amount_refunded: number
  payment_record_refund: null
  refund: string
  type: 'refund'
}

export type Refund = Kinds['refund']
export type Charge = Kinds['charge']
export type PaymentIntent = Kinds['payment_intent']
export type PaymentMethod = Kinds['payment_method']
export type Customer = Kinds['customer']
export type Dispute = Kinds['dispute']
export type Subscription = Kinds['subscription']
export type Invoice = Kinds['invoice']
export type InvoiceItem = Kinds['invoiceitem']
export type CreditNote = Kinds['credit_note']
export type BalanceTransaction = Kinds['balance_transaction']
export type WebhookEndpoint = Kinds['webhook_endpoint']

export type EventRow = {
  id: string
  object: 'event'
  account?: string
  api_version: string | null
  created: number
  data: { object: Record<string, unknown>; previous_attributes?: Record<string, unknown> }
  livemode: boolean
  pending_webhooks: number
  request: { id: string | null; idempotency_key: string | null } | null
  type: string
}

type Transfer = {
  id: string
  object: 'transfer'
  amount: number
  amount_reversed: number
  balance_transaction: string
  created: number
  currency: string
  destination: string
  destination_payment: string
  livemode: boolean
  metadata: Record<string, string>
  reversed: boolean
  source_transaction: string
  transfer_group: string | null
}

type ApplicationFee = {
  id: string
  object: 'application_fee'
  account: string
  amount: number
  amount_refunded: number
  balance_transaction: string
  charge: string
  created: number
  currency: string
  livemode: boolean
  refunded: boolean
}

type FeeRefund = {
  id: string
  object: 'fee_refund'
  amount: number
  balance_transaction: string
  created: number
  currency: string
  fee: string
  metadata: Record<string, string>
}
