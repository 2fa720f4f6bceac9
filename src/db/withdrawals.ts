import { sql } from 'kysely'
import type { WithdrawalOffer } from '../domain/withdrawal.ts'
import type { Db, Tx } from './connect.ts'
import type { PaymentRow } from './payments.ts'

export type WithdrawalRow = {
  account_id: string
  id: string
  received_at: Date
  language: string
  statement: string
  name: string
  contract: string
  email: string
  signed_in_as: string | null
  once: string
  payment_id: string | null
  period_ends_at: Date | null
  evidence: unknown
  request_id: string | null
}

/** Writes a statement, once for each form. Answers false when this form was confirmed before. */
export async function insertWithdrawal(tx: Tx, w: Omit<WithdrawalRow, 'request_id'>): Promise<boolean> {
  const { rows } = await sql`
    insert into withdrawal (account_id, id, received_at, language, statement, name, contract, email, signed_in_as, once, payment_id, period_ends_at, evidence)
    values (${w.account_id}, ${w.id}, ${w.received_at}, ${w.language}, ${w.statement}, ${w.name}, ${w.contract}, ${w.email}, ${w.signed_in_as},
            ${w.once}, ${w.payment_id}, ${w.period_ends_at}, ${JSON.stringify(w.evidence)}::jsonb)
    on conflict (account_id, once) do nothing returning id`.execute(tx)
  return rows.length === 1
}

export async function findWithdrawal(db: Db, account: string, id: string): Promise<WithdrawalRow | undefined> {
  const { rows } = await sql<WithdrawalRow>`
    select * from withdrawal where account_id = ${account} and (id = ${id} or once = ${id})`.execute(db)
  return rows[0]
}

/** Ties a statement to its contract's payment, and to the request about it. */
export async function tieWithdrawal(
  tx: Tx,
  account: string,
  id: string,
  to: { payment: string; request: string },
): Promise<void> {
  await sql`
    update withdrawal set payment_id = ${to.payment}, request_id = ${to.request}
    where account_id = ${account} and id = ${id} and request_id is null`.execute(tx)
}

/** The newest statements, with whether a person has still to look at each. */
export async function newestWithdrawals(db: Db, account: string): Promise<(WithdrawalRow & { open: boolean })[]> {
  const { rows } = await sql<WithdrawalRow & { open: boolean }>`
    select w.*, exists (select from exception e where e.account_id = w.account_id and e.subject_id = w.id
      and e.kind = 'withdrawal_unclear' and e.resolved_at is null) as open
    from withdrawal w where w.account_id = ${account} order by received_at desc, id desc limit 100`.execute(db)
  return rows
}

/** The payments of the last 13 months that belong to an e-mail address, newest first. */
export async function paymentsOfAddress(db: Db, account: string, email: string, since: Date): Promise<PaymentRow[]> {
  const { rows } = await sql<PaymentRow>`
    select p.* from payment p left join customer c on c.account_id = p.account_id and c.id = p.customer_id
    where p.account_id = ${account} and p.paid_at > ${since}
      and (lower(c.email) = lower(${email}) or lower(p.receipt_email) = lower(${email}))
    order by p.paid_at desc limit 200`.execute(db)
  return rows
}

/** Whether somebody in one of these countries paid lately. */
export async function hasCustomersIn(
  db: Db,
  account: string,
  countries: readonly string[],
  since: Date,
): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`
    select exists (select from customer c join payment p on p.account_id = c.account_id and p.customer_id = c.id
      where c.account_id = ${account} and c.country = any(${[...countries]}) and p.paid_at > ${since}) as there`.execute(
    db,
  )
  return rows[0]!.there
}

export async function withdrawalOffer(db: Db, account: string): Promise<WithdrawalOffer> {
  const { rows } = await sql<{ value: WithdrawalOffer }>`
    select value from installation_setting where account_id = ${account} and name = 'withdrawal'`.execute(db)
  return rows[0]?.value ?? 'auto'
}

export async function saveWithdrawalOffer(
  tx: Tx,
  account: string,
  offer: WithdrawalOffer,
  { by, at }: { by: string; at: Date },
): Promise<void> {
  await sql`
    insert into installation_setting (account_id, name, value, changed_by, changed_at)
    values (${account}, 'withdrawal', ${JSON.stringify(offer)}::jsonb, ${by}, ${at})
    on conflict (account_id, name) do update set value = excluded.value, changed_by = excluded.changed_by, changed_at = excluded.changed_at`.execute(
    tx,
  )
}
