import { sql, type RawBuilder } from 'kysely'
import {
  customerOf,
  list,
  type CustomerDetail,
  type OtherRequest,
  type PaymentDetail,
  type RefundDetail,
} from './admin-request.ts'
import type { Db } from './connect.ts'
import type { PaymentRow } from './payments.ts'

export type FoundPayment = PaymentRow & { customer_name: string | null; customer_email: string | null }

export type PaymentsFilter = {
  /** An e-mail, a name, any id, an invoice number, the card's last four digits, or an amount as people write it. */
  readonly q?: string | undefined
  readonly customer?: string | undefined
  /** Continue after this payment. */
  readonly after?: string | undefined
}

const pageSize = 50

/** Payments, newest first, a page of fifty at a time. */
export async function adminPayments(
  db: Db,
  account: string,
  { q, customer, after }: PaymentsFilter,
): Promise<{ rows: FoundPayment[]; next: string | null }> {
  const parts: RawBuilder<unknown>[] = [sql`p.account_id = ${account}`]
  if (customer) parts.push(sql`p.customer_id = ${customer}`)
  if (q?.trim()) parts.push(found(q.trim()))
  if (after)
    parts.push(
      sql`(p.paid_at, p.id) < (select paid_at, id from payment where account_id = ${account} and id = ${after})`,
    )
  const { rows } = await sql<FoundPayment>`
    select p.*, c.name as customer_name, c.email as customer_email
    from payment p left join customer c on c.account_id = p.account_id and c.id = p.customer_id
    where ${sql.join(parts, sql` and `)}
    order by p.paid_at desc, p.id desc limit ${pageSize + 1}`.execute(db)
  const page = rows.slice(0, pageSize)
  return { rows: page, next: rows.length > pageSize ? (page.at(-1)?.id ?? null) : null }
}

function found(q: string): RawBuilder<unknown> {
  const like = `%${q.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`
  const minor = amounts(q)
  return sql`(lower(c.email) like ${like} or lower(c.name) like ${like}
    or ${q} in (p.id, p.stripe_payment_intent, p.stripe_charge, p.customer_id, p.invoice_number, p.invoice_id, p.card_last4, p.subscription_id)
    or p.captured_minor = any(${minor}::bigint[]))`
}

/** What "49", "49.00", "49,00 €" or "1.234,56" may mean in minor units of currencies with no, two or three decimals. */
export function amounts(q: string): number[] {
  const text = q.replaceAll(/[^\d.,]/g, '')
  const parts = /^(\d{1,3}(?:[.,]\d{3})*|\d+)(?:[.,](\d{1,2}))?$/.exec(text)
  if (!parts || /[a-z@_]{4,}/i.test(q)) return []
  const whole = Number(parts[1]!.replaceAll(/[.,]/g, ''))
  const hundredths = Number((parts[2] ?? '').padEnd(2, '0'))
  return parts[2] === undefined ? [whole, whole * 100, whole * 1000] : [whole * 100 + hundredths]
}

export type PaymentScreen = {
  payment: PaymentDetail
  customer: CustomerDetail | null
  refunds: RefundDetail[]
  requests: OtherRequest[]
}

/** A payment with its customer and everything that was asked and given back on it. */
export async function adminPayment(db: Db, account: string, id: string): Promise<PaymentScreen | undefined> {
  const { rows } = await sql<{ screen: PaymentScreen }>`
    with p as (select p.*, greatest(p.captured_minor - p.reserved_minor, 0) as refundable_minor
               from payment p where p.account_id = ${account} and p.id = ${id})
    select json_build_object('payment', to_json(p), 'customer', (${customerOf(sql`p.customer_id`, account)}),
      'refunds', ${list(sql`select id, request_id, status, amount_minor, currency, access, origin, stripe_refund_id, failure_reason,
          reference, created_at, settled_at, null as subscription_change
        from refund f where f.account_id = p.account_id and f.payment_id = p.id order by created_at, id`)},
      'requests', ${list(sql`select r.id, r.status, r.reason, r.created_at, p.description,
          coalesce(r.asked_minor, p.captured_minor) as amount_minor, r.currency
        from refund_request r where r.account_id = p.account_id and r.payment_id = p.id order by r.created_at desc`)}
    ) as screen from p`.execute(db)
  return rows[0]?.screen
}
