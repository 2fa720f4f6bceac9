import { sql } from 'kysely'
import type { Db } from '../connect.ts'

export type ExampleRequest = { id: string; who: string; what: string; language: string | null }

/** The newest requests, to try a text on. */
export async function exampleRequests(db: Db, account: string): Promise<ExampleRequest[]> {
  const { rows } = await sql<ExampleRequest>`
    select r.id, coalesce(c.name, c.email, r.customer_id, 'Somebody') as who, p.description as what,
      coalesce(r.locale, c.locale) as language
    from refund_request r
    join payment p on p.account_id = r.account_id and p.id = r.payment_id
    left join customer c on c.account_id = r.account_id and c.id = r.customer_id
    where r.account_id = ${account} and r.channel <> 'stripe' order by r.created_at desc, r.id desc limit 20`.execute(
    db,
  )
  return rows
}
