import { sql, type RawBuilder } from 'kysely'
import type { PaymentFacts } from '../domain/facts.ts'
import type { PaymentId } from '../domain/ids.ts'
import { money, type Money } from '../domain/money.ts'
import type { Db, Tx } from './connect.ts'

export type PaymentRow = {
  account_id: string
  id: PaymentId
  customer_id: string | null
  description: string
  captured_minor: number
  reserved_minor: number
  overlap_minor: number
  currency: string
  paid_at: Date
  captured: boolean
  stripe_payment_intent: string | null
  stripe_charge: string
  method: string | null
  card_brand: string | null
  card_last4: string | null
  card_fingerprint: string | null
  dispute: PaymentFacts['dispute']
  fraud_warning: boolean
  product_id: string | null
  product_name: string | null
  interval: PaymentFacts['interval']
  interval_count: number
  quantity: number
  first: boolean
  invoice_id: string | null
  invoice_number: string | null
  subscription_id: string | null
  subscription_item_id: string | null
  period_start: Date | null
  period_end: Date | null
  receipt_email: string | null
  /** Stripe's number of the receipt, such as 2519-8802. */
  receipt_number: string | null
  /** Whose it is: the customer, or `guest_…` for somebody known only by their e-mail address. Computed by PostgreSQL. */
  owner_id: string | null
  /** Connect: the account that the money was passed on to by a destination charge. */
  transfer_destination: string | null
  /** Connect: the platform took a fee of this payment. */
  application_fee: boolean
  seen_at: Date
}

/** What can still be given back: captured minus what is set aside; never below zero. */
export function refundableOf(payment: PaymentRow): Money {
  return money(Math.max(0, payment.captured_minor - payment.reserved_minor), payment.currency)
}

const byReference = (reference: string): RawBuilder<unknown> => {
  if (reference.startsWith('pay_')) return sql`id = ${reference}`
  if (reference.startsWith('pi_')) return sql`stripe_payment_intent = ${reference}`
  return sql`stripe_charge = ${reference}`
}

/** Finds a payment by our id, Stripe's payment intent or Stripe's charge. */
export async function findPayment(db: Db, account: string, reference: string): Promise<PaymentRow | undefined> {
  const { rows } = await sql<PaymentRow>`
    select * from payment where account_id = ${account} and ${byReference(reference)}`.execute(db)
  return rows[0]
}

/** Takes the lock under which everything about a payment's money is decided, and reads it as it is now. */
export async function lockPayment(tx: Tx, account: string, id: string): Promise<PaymentRow> {
  const { rows } = await sql<PaymentRow>`
    select * from payment where account_id = ${account} and id = ${id} for update`.execute(tx)
  if (!rows[0]) throw new Error(`payment ${id} vanished`)
  return rows[0]
}

/** A customer's payments, newest first. */
export async function paymentsOf(db: Db, account: string, customer: string): Promise<PaymentRow[]> {
  const { rows } = await sql<PaymentRow>`
    select * from payment where account_id = ${account} and customer_id = ${customer}
    order by paid_at desc, id desc`.execute(db)
  return rows
}

export type PaymentFilter = {
  readonly customer?: string | undefined
  /** Finds by e-mail, name, any id, invoice number, or a card's last four digits. */
  readonly q?: string | undefined
  /** Continue after this payment. */
  readonly after?: string | undefined
  readonly limit: number
}

/** Payments newest first, a page at a time. */
export async function listPayments(
  db: Db,
  account: string,
  { customer, q, after, limit }: PaymentFilter,
): Promise<PaymentRow[]> {
  const where = [sql`p.account_id = ${account}`]
  if (customer !== undefined) where.push(sql`p.customer_id = ${customer}`)
  if (after !== undefined) {
    where.push(
      sql`(p.paid_at, p.id) < (select paid_at, id from payment where account_id = ${account} and id = ${after})`,
    )
  }
  if (q !== undefined && q !== '') {
    const like = `%${q.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`
    where.push(sql`(p.id = ${q} or p.stripe_payment_intent = ${q} or p.stripe_charge = ${q} or p.customer_id = ${q}
      or p.invoice_number = ${q} or p.invoice_id = ${q} or p.card_last4 = ${q} or p.subscription_id = ${q}
      or p.customer_id in (select id from customer where account_id = ${account}
                           and (lower(email) like ${like} or lower(name) like ${like})))`)
  }
  const { rows } = await sql<PaymentRow>`
    select p.* from payment p where ${sql.join(where, sql` and `)}
    order by p.paid_at desc, p.id desc limit ${limit}`.execute(db)
  return rows
}

/** What Stripe says about a payment; our id, and what is set aside on it, are our own and stay as they are. */
export type ObservedPayment = Omit<PaymentRow, 'reserved_minor' | 'overlap_minor' | 'first' | 'owner_id'>

/** Whose payment it is, or whose request's: a `pay_…` or an `rr_…`. */
export async function ownerOf(db: Db, account: string, subject: string): Promise<string | undefined> {
  const { rows } = await sql<{ owner_id: string | null }>`
    select owner_id from payment where account_id = ${account} and id in (
      select ${subject}::text union all
      select payment_id from refund_request where account_id = ${account} and id = ${subject})`.execute(db)
  return rows[0]?.owner_id ?? undefined
}

/**
 * Writes what Stripe says now, or makes the payment. A word that is older than what we have (`seen_at`) changes nothing.
 * Returns the payment as it stands afterwards.
 */
export async function savePayment(tx: Tx, seen: ObservedPayment): Promise<PaymentRow> {
  await sql`
    insert into payment (account_id, id, customer_id, description, captured_minor, currency, paid_at, captured,
      stripe_payment_intent, stripe_charge, method, card_brand, card_last4, card_fingerprint, dispute, fraud_warning,
      product_id, product_name, interval, interval_count, quantity, invoice_id, invoice_number, subscription_id,
      subscription_item_id, period_start, period_end, receipt_email, receipt_number, transfer_destination, application_fee, seen_at)
    values (${seen.account_id}, ${seen.id}, ${seen.customer_id}, ${seen.description}, ${seen.captured_minor}, ${seen.currency},
      ${seen.paid_at}, ${seen.captured}, ${seen.stripe_payment_intent}, ${seen.stripe_charge}, ${seen.method},
      ${seen.card_brand}, ${seen.card_last4}, ${seen.card_fingerprint}, ${seen.dispute}, ${seen.fraud_warning},
      ${seen.product_id}, ${seen.product_name}, ${seen.interval}, ${seen.interval_count}, ${seen.quantity},
      ${seen.invoice_id}, ${seen.invoice_number}, ${seen.subscription_id}, ${seen.subscription_item_id},
      ${seen.period_start}, ${seen.period_end}, ${seen.receipt_email}, ${seen.receipt_number},
      ${seen.transfer_destination}, ${seen.application_fee}, ${seen.seen_at})
    on conflict (account_id, stripe_charge) do update set
      customer_id = excluded.customer_id, description = excluded.description, captured_minor = excluded.captured_minor,
      captured = excluded.captured, stripe_payment_intent = excluded.stripe_payment_intent, method = excluded.method,
      card_brand = excluded.card_brand, card_last4 = excluded.card_last4, card_fingerprint = excluded.card_fingerprint,
      dispute = excluded.dispute, fraud_warning = excluded.fraud_warning, product_id = excluded.product_id,
      product_name = excluded.product_name, interval = excluded.interval, interval_count = excluded.interval_count,
      quantity = excluded.quantity, invoice_id = excluded.invoice_id, invoice_number = excluded.invoice_number,
      subscription_id = excluded.subscription_id, subscription_item_id = excluded.subscription_item_id,
      period_start = excluded.period_start, period_end = excluded.period_end, receipt_email = excluded.receipt_email,
      receipt_number = excluded.receipt_number,
      transfer_destination = excluded.transfer_destination, application_fee = excluded.application_fee,
      seen_at = excluded.seen_at
    where payment.seen_at <= excluded.seen_at`.execute(tx)
  // The first payment of a customer for a product is the oldest one that we know, whatever order they came in.
  await sql`
    update payment p set first = not exists (
      select from payment older where older.account_id = p.account_id and older.customer_id = p.customer_id
        and older.product_id is not distinct from p.product_id and (older.paid_at, older.stripe_charge) < (p.paid_at, p.stripe_charge))
    where p.account_id = ${seen.account_id} and p.customer_id = ${seen.customer_id}
      and p.product_id is not distinct from ${seen.product_id} and p.paid_at >= ${seen.paid_at}`.execute(tx)
  const saved = await findPayment(tx, seen.account_id, seen.stripe_charge)
  if (!saved) throw new Error(`payment of ${seen.stripe_charge} vanished`)
  return saved
}
