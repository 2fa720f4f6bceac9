import { sql } from 'kysely'
import type { Actor, Role } from '../domain/actor.ts'
import type { Db, Tx } from './connect.ts'

/** A person behind an actor, as they are now; undefined for a key that nobody made. */
export type Person = {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly role_since: Date
  readonly instead_of: { readonly id: string; readonly name: string; readonly role: Role }[]
}

/** Which person an actor is: staff are themselves, an API key is whoever made it. */
export async function personBehind(db: Db, account: string, actor: Actor): Promise<string | undefined> {
  if (actor.startsWith('staff:')) return actor.slice('staff:'.length)
  if (!actor.startsWith('api_key:')) return undefined
  const { rows } = await sql<{ maker: string | null }>`
    select to_jsonb(k) ->> 'created_by' as maker from api_key k
    where account_id = ${account} and id = ${actor.slice('api_key:'.length)}`.execute(db)
  const maker = rows[0]?.maker
  return maker?.startsWith('staff:') ? maker.slice('staff:'.length) : undefined
}

/** A colleague with their present role, and whom they stand in for at `at`. */
export async function findPerson(db: Db, id: string, at: Date): Promise<Person | undefined> {
  const { rows } = await sql<Person>`
    select s.id, s.name, s.role, greatest(s.role_since, s."createdAt") as role_since, coalesce((
      select json_agg(json_build_object('id', away.id, 'name', away.name, 'role', away.role) order by away.id)
      from absence a join staff away on away.id = a.staff_id
      where a.deputy_id = s.id and a.from_at <= ${at} and a.until_at > ${at}), '[]') as instead_of
    from staff s where s.id = ${id}`.execute(db)
  return rows[0]
}

/** The present role of somebody; undefined when they are gone. */
export async function roleOf(db: Db, id: string): Promise<Role | undefined> {
  const { rows } = await sql<{ role: Role }>`
    select role from staff s where id = ${id} and coalesce(to_jsonb(s) ->> 'state', 'active') <> 'deactivated'`.execute(
    db,
  )
  return rows[0]?.role
}

export type Colleague = { readonly id: string; readonly name: string; readonly role: Role }

/** Everybody who may decide about requests at all, the lowest role first. */
export async function colleagues(db: Db): Promise<Colleague[]> {
  const { rows } = await sql<Colleague>`
    select id, name, role from staff where state = 'active' and role <> 'viewer'
    order by array_position(array['support', 'approver', 'finance', 'owner'], role), name, id`.execute(db)
  return rows
}

/** Whether somebody is in the team now, with a role that decides. */
export async function canTakeOn(db: Db, id: string): Promise<boolean> {
  const { rows } = await sql`
    select from staff where id = ${id} and state = 'active' and role <> 'viewer'`.execute(db)
  return rows.length === 1
}

/** Every actor that is this person: themselves, and the keys that they made. */
export async function actorsOf(db: Db, account: string, person: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from api_key k where account_id = ${account} and to_jsonb(k) ->> 'created_by' = ${`staff:${person}`}`.execute(
    db,
  )
  return [`staff:${person}`, ...rows.map(({ id }) => `api_key:${id}`)]
}

/** One approval of a person at a time, until the end of the transaction: so a sum that is checked stays true. */
export async function lockApprover(tx: Tx, account: string, person: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`approver ${account} ${person}`}, 0))`.execute(tx)
}

export type Sum = { currency: string; minor: number }

/** What these actors have approved since `from`, by currency. What was undone or failed does not count. */
export async function approvedSince(
  db: Db,
  account: string,
  { actors, from }: { actors: readonly string[]; from: Date },
): Promise<Sum[]> {
  const { rows } = await sql<Sum>`
    select currency, sum(amount_minor)::bigint as minor from decision d
    where account_id = ${account} and by = any(${[...actors]}) and verdict = 'approve' and by <> 'policy' and at >= ${from}
      and not exists (select from refund f where f.account_id = d.account_id and f.request_id = d.request_id
        and f.decision_id = d.id and f.status in ('failed', 'canceled'))
    group by currency`.execute(db)
  return rows
}

/**
 * What people have approved already that belongs together with a request: on its payment, and on the other payments of its
 * bundle. A large sum in small pieces is a large sum.
 */
export async function approvedBeside(
  db: Db,
  account: string,
  { payment, request }: { payment: string; request: string },
): Promise<Sum[]> {
  const { rows } = await sql<Sum>`
    select f.currency, sum(f.amount_minor)::bigint as minor
    from refund f join decision d on d.account_id = f.account_id and d.id = f.decision_id
    where f.account_id = ${account} and d.by not in ('policy', 'stripe')
      and f.status in ('reserved', 'unconfirmed', 'pending', 'requires_action', 'succeeded')
      and (f.payment_id = ${payment} or f.request_id in (
        select o.id from refund_request r join refund_request o on o.account_id = r.account_id and o.bundle_id = r.bundle_id
        where r.account_id = ${account} and r.id = ${request}))
    group by f.currency`.execute(db)
  return rows
}
