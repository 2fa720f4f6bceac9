import type Stripe from 'stripe'
import { isCard, last4Of } from './charges.ts'
import { disputesOf } from './inquiries.ts'
import { refused } from './errors.ts'
import type { Charge, PaymentIntent, Refund, RefundStatus } from './kinds.ts'
import { available } from './ledger.ts'
import { checkPayable, spell } from './money.ts'
import { mannerOf } from './payment-methods.ts'
import { find, need } from './rows.ts'
import { now } from './world.ts'
import type { Books } from './world.ts'

export const daysToAnswer = 45

export const day = 86_400

export type RefundParams = Stripe.RefundCreateParams & { charge?: string; payment_intent?: string }

/** The charge that is to be refunded, named by itself or by its payment. */
export function chargeOf(books: Books, params: RefundParams): Charge {
  if (params.charge !== undefined) {
    const charge = need(books, 'charge', params.charge, 'id')
    if (params.payment_intent !== undefined && charge.payment_intent !== params.payment_intent) {
      throw refused(`The charge ${charge.id} does not belong to the PaymentIntent ${params.payment_intent}.`, {
        param: 'charge',
      })
    }
    return charge
  }
  if (params.payment_intent === undefined) {
    throw refused('One of the following params should be provided for this request: payment_intent or charge.')
  }
  const intent = need(books, 'payment_intent', params.payment_intent, 'payment_intent')
  const charge = find(books, 'charge', intent.latest_charge)
  if (!charge || charge.status === 'failed') throw withoutCharge(intent)
  return charge
}

const withoutCharge = ({ id }: PaymentIntent) =>
  refused(`This PaymentIntent (${id}) does not have a successful charge to refund.`)

/** Refuses a charge that no refund can be made of, with the words that Stripe uses. */
export function checkRefundable(books: Books, charge: Charge): void {
  if (charge.status === 'failed')
    throw refused(`Charge ${charge.id} failed and cannot be refunded.`, { code: 'charge_not_refundable' })
  if (disputesOf(books, charge.id).some((dispute) => !dispute.is_charge_refundable)) {
    throw refused(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
    })
  }
  if (charge.refunded)
    throw refused(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  if (!charge.captured) {
    throw refused(
      `This uncaptured Charge was created by a PaymentIntent (${charge.payment_intent}). You must cancel the PaymentIntent ` +
        'to release the authorization instead of refunding the Charge.',
    )
  }
  const manner = mannerOf(charge.payment_method_details?.type ?? 'card')
  const tooOld = manner.days !== undefined && now(books) > charge.created + manner.days * day
  if (manner.refund === 'none' || tooOld) {
    throw refused(
      `Charge ${charge.id} cannot be refunded: its payment method does not support it${tooOld ? ' any more' : ''}.`,
      { code: 'charge_not_refundable' },
    )
  }
}

/** The amount to refund: what was asked for, or what is left. Never more than is left. */
export function amountOf(charge: Charge, asked: number | undefined): number {
  const whole = charge.status === 'pending' ? charge.amount : charge.amount_captured
  const left = whole - charge.amount_refunded
  if (asked === undefined) return left
  if (asked > left) {
    const [name, ceiling] =
      charge.amount_refunded === 0 ? ['charge amount', whole] : ['unrefunded amount on charge', left]
    throw refused(
      `Refund amount (${spell(asked, charge.currency)}) is greater than ${name} (${spell(ceiling, charge.currency)})`,
      { param: 'amount' },
    )
  }
  checkPayable(asked, charge.currency)
  return asked
}

type Beginning = { status: RefundStatus; fields: Partial<Refund>; booked: boolean }

/** How the refund starts: by the balance, by the payment method, and by what the test card stands for. */
export function beginning(books: Books, charge: Charge, amount: number, params: RefundParams): Beginning {
  const { balancePolicy, emptyBalance, refundsStayPending } = books.world.settings
  if (charge.status === 'pending')
    return { status: 'pending', fields: { pending_reason: 'charge_pending' }, booked: false }
  if (balancePolicy !== 'overdraw' && (emptyBalance || available(books, charge.currency) < amount)) {
    if (balancePolicy === 'refuse') {
      throw refused('Insufficient funds in your Stripe balance to refund this amount.', {
        message_code: 'insufficient_balance_for_refund',
      })
    }
    if (!isCard(charge)) return { status: 'failed', fields: { failure_reason: 'insufficient_funds' }, booked: false }
    return { status: 'pending', fields: { pending_reason: 'insufficient_funds' }, booked: false }
  }
  const { refund } = mannerOf(charge.payment_method_details?.type ?? 'card')
  if (refund === 'instructions')
    return { status: 'requires_action', fields: instructions(books, charge, params), booked: true }
  if (refund === 'delayed' || refundsStayPending || last4Of(charge) === '7726')
    return { status: 'pending', fields: { pending_reason: 'processing' }, booked: true }
  return { status: 'succeeded', fields: {}, booked: true }
}

function instructions(books: Books, charge: Charge, params: RefundParams): Partial<Refund> {
  const email =
    params.instructions_email ?? find(books, 'customer', charge.customer)?.email ?? charge.billing_details.email
  if (!email) {
    throw refused(
      'An email address is required to refund this payment: pass instructions_email, or give the customer an email.',
      { param: 'instructions_email' },
    )
  }
  return { instructions_email: email, next_action: askingForDetails(books, email) }
}

export const askingForDetails = (books: Books, email: string): NonNullable<Refund['next_action']> => ({
  type: 'display_details',
  display_details: {
    email_sent: { email_sent_at: now(books), email_sent_to: email },
    expires_at: now(books) + daysToAnswer * day,
  },
})

export const bankTransfer: Readonly<Record<string, string>> = {
  jpy: 'jp',
  eur: 'eu',
  gbp: 'gb',
  usd: 'us',
  mxn: 'mx',
}

/** Where the money goes, as far as it is known at the beginning. */
export function destination(charge: Charge): NonNullable<Refund['destination_details']> {
  const type = charge.payment_method_details?.type ?? 'card'
  if (type === 'card') {
    return {
      type,
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
    }
  }
  if (type !== 'customer_balance')
    return { type, ...(type === 'paypal' ? { paypal: { network_decline_code: null } } : {}) } as never
  const branch = `${bankTransfer[charge.currency] ?? 'us'}_bank_transfer`
  return { type: branch, [branch]: { reference: null, reference_status: null } } as never
}
