import { sql, type RawBuilder } from 'kysely'
import type { Db } from './connect.ts'

// With more matches than this, the newest rows soon have a page of them; with fewer, all of them are looked up.
const few = 5_000

const escaped = (text: string): string => text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')
const short = (text: string): boolean => [...text].length < 3
/** In the midst of a text; one or two letters at its beginning. */
const like = (text: string): string => (short(text) ? `${escaped(text)}%` : `%${escaped(text)}%`)

/** Some of the parts of three letters, from the whole length: with more of them no other rows are found. */
function partsOf(text: string): string[] {
  const letters = [...text.toLowerCase()]
  const all = letters.slice(2).map((_, i) => letters.slice(i, i + 3).join(''))
  const step = Math.max(1, Math.ceil(all.length / 6))
  return all.filter((_, i) => i % step === 0 || i === all.length - 1)
}

/** Whether a customer (`c`) has `q` in the e-mail or the name. */
export const customerHas = (q: string): RawBuilder<unknown> =>
  sql`(lower(c.email) like ${like(q)} or lower(c.name) like ${like(q)})`

/** Whether a payment (`p`) is for something with `q` in its description, or of a guest with `q` in the address. */
export const paymentHas = (q: string): RawBuilder<unknown> =>
  sql`(lower(p.description) like ${like(q)} or (p.customer_id is null and lower(p.receipt_email) like ${like(q)}))`

/** The customers whose e-mail or name has `q` in it: by the index customer_by_part, or those of beginnings. */
export function customersLike(account: string, q: string): RawBuilder<unknown> {
  const parts = short(q)
    ? sql`true`
    : sql`parts_of_three(coalesce(c.email, '') || ' ' || coalesce(c.name, '')) @> ${partsOf(q)}::text[]`
  return sql`select c.id from customer c where c.account_id = ${account} and ${parts} and ${customerHas(q)}`
}

/** The payments that paymentHas is true of, by the index payment_by_part. None for one or two letters. */
export function paymentsLike(account: string, q: string): RawBuilder<unknown> {
  if (short(q)) return sql`select id from payment where false`
  return sql`select p.id from payment p where p.account_id = ${account} and ${paymentHas(q)}
    and parts_of_three(p.description || case when p.customer_id is null and p.receipt_email is not null then ' ' || p.receipt_email else '' end)
      @> ${partsOf(q)}::text[]`
}

const names = [
  'id',
  'stripe_payment_intent',
  'stripe_charge',
  'invoice_number',
  'invoice_id',
  'card_last4',
  'subscription_id',
  'customer_id',
]

/** Whether `q` names a payment (`p`): an id, an invoice, the card's last four digits. */
export const paymentIs = (q: string): RawBuilder<unknown> =>
  sql`${q} in (${sql.join(names.map((name) => sql.ref(`p.${name}`)))})`

/** The payments that paymentIs is true of. Each of the names has its index. */
export const paymentsNamed = (account: string, q: string): RawBuilder<unknown> =>
  sql.join(
    names.map((name) => sql`select id from payment where account_id = ${account} and ${sql.ref(name)} = ${q}`),
    sql` union all `,
  )

/** Whether a question has so few answers that all of them can be looked up. Reads no more of them than it takes to know. */
export async function hasFew(db: Db, question: RawBuilder<unknown>): Promise<boolean> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from (select from (${question}) one limit ${few + 1}) counted`.execute(db)
  return rows[0]!.n <= few
}

/**
 * Whether a request (`r`) is of somebody or for something that `q` names or has in it. Few of those are looked up by their indexes;
 * of many, the newest requests have enough.
 */
export async function requestHas(db: Db, account: string, q: string): Promise<RawBuilder<unknown>> {
  const [people, products] = [customersLike(account, q), paymentsLike(account, q)]
  if ((await hasFew(db, people)) && (await hasFew(db, products)))
    return sql`r.id in (
      select id from refund_request where account_id = ${account} and id = ${q}
      union all select id from refund_request where account_id = ${account} and customer_id in (${people})
      union all select id from refund_request where account_id = ${account} and payment_id in (${paymentsNamed(account, q)} union all ${products}))`
  // A question about one row, so that PostgreSQL asks it of one row after the other and not of all rows before.
  return sql`(select ${customerHas(q)} or ${paymentHas(q)} or ${paymentIs(q)}
    from payment p left join customer c on c.account_id = p.account_id and c.id = p.customer_id
    where p.account_id = r.account_id and p.id = r.payment_id)`
}
