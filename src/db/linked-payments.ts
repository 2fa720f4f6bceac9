import { sql } from 'kysely'
import type { LinkedPayment, LinkedRequest, Value } from '../domain/signals.ts'
import { ownDomain } from '../domain/public-mail.ts'
import type { Db } from './connect.ts'

/** Whose payment it is, and what could link it with others. */
export type Subject = {
  readonly request: string
  readonly payment: string
  readonly owners: readonly string[]
  readonly card: string | null
  readonly domain: string | undefined
}

/** More than these are not read: what is shown then says "or more". */
export const linkedMax = 200

/** What links the payment of a request with others. One person may be several customers of Stripe with one address. Undefined: no such request. */
export async function subjectOf(db: Db, account: string, request: string): Promise<Subject | undefined> {
  const { rows } = await sql<{ payment: string; owner: string | null; card: string | null; email: string | null }>`
    select p.id as payment, p.owner_id as owner, p.card_fingerprint as card, coalesce(c.email, p.receipt_email) as email
    from refund_request r
    join payment p on p.account_id = r.account_id and p.id = r.payment_id
    left join customer c on c.account_id = p.account_id and c.id = p.customer_id
    where r.account_id = ${account} and r.id = ${request}`.execute(db)
  const found = rows[0]
  if (found === undefined) return undefined
  const same = await sql<{ id: string }>`
    select id from customer where account_id = ${account} and lower(email) = lower(${found.email})
    union select guest_of(nullif(btrim(${found.email}), '')) limit 50`.execute(db)
  const owners = [found.owner, ...same.rows.map(({ id }) => id)].filter((id) => id !== null)
  return {
    request,
    payment: found.payment,
    owners: [...new Set(owners)],
    card: found.card,
    domain: ownDomain(found.email),
  }
}

const columns = sql`
  x.id, x.owner_id as owner, x.customer_id as customer, coalesce(c.name, c.email, x.receipt_email) as who, x.description, x.captured_minor,
  x.reserved_minor as refunded_minor, x.currency, x.paid_at, x.dispute, x.fraud_warning`
const withCustomer = sql`left join customer c on c.account_id = x.account_id and c.id = x.customer_id`

/** The payments of the same person, with the same card, and of the same e-mail domain; the newest, `linkedMax` of each at most. */
export async function linkedPayments(db: Db, account: string, subject: Subject): Promise<LinkedPayment[]> {
  const { owners, card, domain } = subject
  const { rows } = await sql<LinkedPayment>`
    (select 'customer' as link, ${columns} from payment x ${withCustomer}
      where x.account_id = ${account} and x.owner_id = any(${owners}::text[])
      order by x.paid_at desc limit ${linkedMax})
    union all
    (select 'card', ${columns} from payment x ${withCustomer}
      where x.account_id = ${account} and x.card_fingerprint = ${card}::text
        and (x.owner_id is null or x.owner_id <> all(${owners}::text[]))
      order by x.paid_at desc limit ${linkedMax})
    union all
    (select 'domain', ${columns} from (
        select id from customer where account_id = ${account} and email is not null
          and lower(split_part(email, '@', 2)) = ${domain ?? null}::text order by id limit ${linkedMax}) other
      cross join lateral (select * from payment x where x.account_id = ${account} and x.owner_id = other.id
        order by x.paid_at desc limit 20) x ${withCustomer}
      where x.owner_id <> all(${owners}::text[])
      order by x.paid_at desc limit ${linkedMax})
    union all
    (select 'domain', ${columns} from payment x ${withCustomer}
      where x.account_id = ${account} and x.customer_id is null and x.receipt_email is not null
        and lower(split_part(x.receipt_email, '@', 2)) = ${domain ?? null}::text and x.owner_id <> all(${owners}::text[])
      order by x.paid_at desc limit ${linkedMax})`.execute(db)
  return rows
}

/** The requests on these payments other than the one that is looked at, newest first, with what was given back for each. */
export async function requestsOn(
  db: Db,
  account: string,
  { payments, request }: { payments: readonly string[]; request: string },
): Promise<Omit<LinkedRequest, 'link' | 'who'>[]> {
  const { rows } = await sql<Omit<LinkedRequest, 'link' | 'who'>>`
    select r.id, r.payment_id as payment, r.status, r.reason, r.channel, r.created_at, r.currency, coalesce((
      select sum(f.amount_minor) from refund f where f.account_id = r.account_id and f.request_id = r.id
        and f.status in ('reserved', 'unconfirmed', 'pending', 'requires_action', 'succeeded')), 0)::bigint as refunded_minor
    from refund_request r
    where r.account_id = ${account} and r.payment_id = any(${[...payments]}::text[]) and r.id <> ${request}
    order by r.created_at desc, r.id desc`.execute(db)
  return rows
}

/** What a person paid in all and got back, by currency, the most payments first. */
export async function valueOf(db: Db, account: string, owners: readonly string[]): Promise<Value[]> {
  const { rows } = await sql<Value>`
    select currency, count(*)::int as payments, sum(captured_minor)::bigint as paid_minor, sum(reserved_minor)::bigint as refunded_minor,
      min(paid_at) as since
    from payment where account_id = ${account} and owner_id = any(${[...owners]}::text[])
    group by currency order by count(*) desc, currency`.execute(db)
  return rows
}
