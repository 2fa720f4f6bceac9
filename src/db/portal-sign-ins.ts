import { sql } from 'kysely'
import type { Db, Tx } from './connect.ts'
import { hashOf } from './portal-sessions.ts'

export type SignInRow = {
  account_id: string
  id: string
  email: string
  number: string | null
  language: string
  browser_hash: string
  code_hash: string
  wrong_codes: number
  owners: string[]
  created_at: Date
  expires_at: Date
  used_at: Date | null
  tries: number
}

export type NewSignIn = {
  readonly account: string
  readonly id: string
  readonly email: string
  readonly number: string | null
  readonly language: string
  readonly browser: string
  readonly code_hash: string
  readonly at: Date
  readonly expires_at: Date
}

/** Writes that somebody asked for a link. What is known about the address is looked up later, by the work behind it. */
export async function insertSignIn(db: Db, asked: NewSignIn): Promise<void> {
  await sql`
    insert into portal_sign_in (account_id, id, email, number, language, browser_hash, code_hash, created_at, expires_at, next_at)
    values (${asked.account}, ${asked.id}, ${asked.email}, ${asked.number}, ${asked.language}, ${hashOf(asked.browser)},
            ${asked.code_hash}, ${asked.at}, ${asked.expires_at}, ${asked.at})`.execute(db)
}

/**
 * Whose payments an address opens: every customer in Stripe with this address who has paid, and the payments made with it
 * without a customer. With a number only the owner of that receipt or invoice, whose address it must be.
 */
export async function ownersOf(
  db: Db,
  account: string,
  { email, number }: { readonly email: string; readonly number: string | null },
): Promise<string[]> {
  const { rows } = await sql<{ owner_id: string }>`
    select owner_id, max(p.paid_at) from payment p left join customer c on c.account_id = p.account_id and c.id = p.customer_id
    where p.account_id = ${account} and p.owner_id is not null and (
      case when ${number}::text is null then
        lower(btrim(c.email)) = lower(btrim(${email})) or p.owner_id = guest_of(${email})
      else
        (lower(p.invoice_number) = lower(${number}) or lower(p.receipt_number) = lower(${number}))
        and lower(btrim(${email})) in (lower(btrim(c.email)), lower(btrim(p.receipt_email)))
      end)
    group by owner_id order by 2 desc limit 20`.execute(db)
  return rows.map(({ owner_id }) => owner_id)
}

/** The one payment that a link by e-mail is about: that of the number, or the only one there is. Undefined: there are several. */
export async function onlyPayment(
  db: Db,
  account: string,
  { owners, number }: Pick<SignInRow, 'owners' | 'number'>,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from payment where account_id = ${account} and owner_id = any(${owners}::text[])
      and (${number}::text is null or lower(invoice_number) = lower(${number}) or lower(receipt_number) = lower(${number}))
    limit 2`.execute(db)
  return rows.length === 1 ? rows[0]!.id : undefined
}

/** The link was made: from here on its token opens the portal. */
export async function signInSent(
  db: Db,
  { account_id, id }: SignInRow,
  { token, owners }: { readonly token: string; readonly owners: readonly string[] },
): Promise<void> {
  await sql`
    update portal_sign_in set token_hash = ${hashOf(token)}, owners = ${owners}
    where account_id = ${account_id} and id = ${id}`.execute(db)
}

export async function signInDone(db: Db, { account_id, id }: SignInRow, nextAt: Date | null): Promise<void> {
  await sql`
    update portal_sign_in set next_at = ${nextAt}, tries = tries + 1, lease_until = null
    where account_id = ${account_id} and id = ${id}`.execute(db)
}

/** The sign-in behind a link's token, held until the transaction ends, so that of two attempts one comes after the other. */
export async function lockSignIn(tx: Tx, account: string, token: string): Promise<SignInRow | undefined> {
  const { rows } = await sql<SignInRow>`
    select * from portal_sign_in where account_id = ${account} and token_hash = ${hashOf(token)} for update`.execute(tx)
  return rows[0]
}

export async function countWrongCode(tx: Tx, { account_id, id }: SignInRow): Promise<void> {
  await sql`
    update portal_sign_in set wrong_codes = wrong_codes + 1 where account_id = ${account_id} and id = ${id}`.execute(tx)
}

export async function useSignIn(tx: Tx, { account_id, id }: SignInRow, at: Date): Promise<void> {
  await sql`update portal_sign_in set used_at = ${at} where account_id = ${account_id} and id = ${id}`.execute(tx)
}

/** Deletes what is over for a day: until then an old link can be told apart from an invented one. */
export async function forgetSignIns(db: Db, account: string, before: Date): Promise<void> {
  await sql`delete from portal_sign_in where account_id = ${account} and expires_at < ${before}`.execute(db)
  await sql`delete from portal_jti where account_id = ${account} and expires_at < ${before}`.execute(db)
  await sql`delete from rate_limit where expire < ${before.getTime()}`.execute(db)
}
