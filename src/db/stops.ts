import { sql } from 'kysely'
import type { Db, Tx } from './connect.ts'

/** Why nothing is sent: the key, whose it is, an answer that was not ours, or books that were restored. */
export type StopKind = 'key' | 'wrong_account' | 'wrong_mode' | 'differs' | 'recovery'

export type Stop = {
  readonly kind: StopKind
  readonly because: string
  readonly cure: string
  readonly since: Date
  readonly compare_from: Date | null
}

export type NewStop = Omit<Stop, 'compare_from'> & { readonly account: string; readonly compare_from?: Date }

/** Sends nothing more for this account. The same reason again keeps its beginning, and compares from the earlier moment. */
export async function stopSending(db: Db | Tx, stop: NewStop): Promise<void> {
  await sql`
    insert into sending_stop (account_id, kind, because, cure, since, compare_from, next_try_at)
    values (${stop.account}, ${stop.kind}, ${stop.because}, ${stop.cure}, ${stop.since}, ${stop.compare_from ?? null}, ${stop.since})
    on conflict (account_id, kind) do update set because = excluded.because, cure = excluded.cure,
      compare_from = least(sending_stop.compare_from, excluded.compare_from)`.execute(db)
  await tellAccount(db, stop.account)
}

/** One reason less. Answers whether it stood. */
export async function liftStop(db: Db | Tx, account: string, kind: StopKind): Promise<boolean> {
  const { rows } = await sql`
    delete from sending_stop where account_id = ${account} and kind = ${kind} returning kind`.execute(db)
  if (rows.length > 0) await tellAccount(db, account)
  return rows.length > 0
}

export async function stopsOf(db: Db | Tx, account: string): Promise<Stop[]> {
  const { rows } = await sql<Stop>`
    select kind, because, cure, since, compare_from from sending_stop where account_id = ${account} order by since, kind`.execute(
    db,
  )
  return rows
}

/** Takes the next try of a stop that is tried every so often: one process, once. */
export async function takeTry(
  db: Db,
  account: string,
  kind: StopKind,
  { now, everyMs }: { now: Date; everyMs: number },
): Promise<Stop | undefined> {
  const { rows } = await sql<Stop>`
    update sending_stop set next_try_at = ${new Date(now.getTime() + everyMs)}
    where account_id = ${account} and kind = ${kind} and next_try_at <= ${now}
    returning kind, because, cure, since, compare_from`.execute(db)
  return rows[0]
}

/** Whether these are the books that were here a moment ago, and nothing but the key stands in the way of sending. */
export async function maySend(tx: Tx, account: string): Promise<'yes' | 'moved' | 'stopped'> {
  const { rows } = await sql<{ moved: boolean; stopped: boolean }>`
    select place is not null and place <> books_place() as moved,
      exists (select from sending_stop where account_id = account.id and kind <> 'key') as stopped
    from account where id = ${account}`.execute(tx)
  if (rows[0]?.moved) return 'moved'
  return rows[0]?.stopped ? 'stopped' : 'yes'
}

async function tellAccount(db: Db | Tx, account: string): Promise<void> {
  await sql`
    update account set sending_stopped_because = (
      select string_agg(because || ' ' || cure, ' ' order by since, kind) from sending_stop where account_id = account.id)
    where id = ${account}`.execute(db)
}
