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
import { customerHas, customersLike, hasFew, paymentHas, paymentsLike, paymentsNamed } from './search.ts'

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
  if (after)
    parts.push(
      sql`(p.paid_at, p.id) < (select paid_at, id from payment where account_id = ${account} and id = ${after})`,
    )
  const newest = (where: readonly RawBuilder<unknown>[]) => sql`
    select * from payment p where ${sql.join(where, sql` and `)} order by paid_at desc, id desc limit ${pageSize + 1}`
  const text = q?.trim()
  const source = text ? await found(db, account, text, (where) => newest([...parts, where])) : newest(parts)
  const { rows } = await sql<FoundPayment>`
    select p.*, c.name as customer_name, c.email as customer_email
    from (${source}) p left join customer c on c.account_id = p.account_id and c.id = p.customer_id
    order by p.paid_at desc, p.id desc limit ${pageSize + 1}`.execute(db)
  const page = rows.slice(0, pageSize)
  return { rows: page, next: rows.length > pageSize ? (page.at(-1)?.id ?? null) : null }
}

type Newest = (where: RawBuilder<unknown>) => RawBuilder<unknown>

/** The newest payments that match, in each of the ways in which one can match; each way has its index. */
async function found(db: Db, account: string, q: string, newest: Newest): Promise<RawBuilder<unknown>> {
  const [people, products] = [customersLike(account, q), paymentsLike(account, q)]
  const named = sql`p.id in (${paymentsNamed(account, q)})`
  const ways = [
    ...amounts(q).map((minor) => newest(sql`p.captured_minor = ${minor}`)),
    ...((await hasFew(db, paymentsNamed(account, q)))
      ? [newest(named)]
      : [newest(sql`p.customer_id = ${q}`), newest(sql`p.card_last4 = ${q}`)]),
    (await hasFew(db, people))
      ? newest(sql`p.customer_id in (${people})`)
      : newest(
          sql`(select ${customerHas(q)} from customer c where c.account_id = p.account_id and c.id = p.customer_id)`,
        ),
    (await hasFew(db, products)) ? newest(sql`p.id in (${products})`) : newest(paymentHas(q)),
  ]
  // One payment can match in several ways.
  return sql`select distinct on (paid_at, id) * from (${sql.join(
    ways.map((way) => sql`(${way})`),
    sql` union all `,
  )}) p order by paid_at desc, id desc`
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
