import type { ProductAccess } from '../src/domain/access.ts'
import { sql } from 'kysely'
import { expect } from 'vitest'
import type { Actor, Role } from '../src/domain/actor.ts'
import type { World } from './world.ts'

export type Report = {
  reasons: {
    reason: string
    currency: string
    requests: number
    refunds: number
    refunded_minor: string
    automatic: number
  }[]
}
type Message = { kind: string; status: string; recipient: string }

/** Whether a customer may use each product. */
export const accessOf = async (world: World, customer: string): Promise<boolean[]> =>
  (await world.api<{ products: ProductAccess[] }>('GET', `/v1/access/${customer}`)).body.products.map(
    ({ access }) => access,
  )

export const approve = (world: World, id: string, body: object = {}) =>
  world.api('POST', `/v1/refund_requests/${id}/approve`, body)
/** What persons are called for. */
export const exceptions = async (world: World): Promise<string[]> =>
  (await world.rows<{ kind: string }>('select kind from exception where resolved_at is null order by kind')).map(
    ({ kind }) => kind,
  )
/** What customers were told. */
export const messages = async (world: World): Promise<string[]> =>
  (await world.rows<Message>('select * from message order by created_at, id')).map(
    ({ kind, status }) => `${kind} ${status}`,
  )

/** A payment of a month that nobody has said anything about: the policy hands it to a person. */
export async function inReview(world: World, amount = 2900) {
  const bought = await world.subscribes({ amount })
  await world.daysAgo(0)
  await world.settle()
  const request = await world.ask(bought.payment)
  expect(request).toMatchObject({ status: 'in_review', waiting_for: 'staff', refund: null })
  return { ...bought, request }
}

/** A one-off purchase that the policy refunds at once: approved, with its money set aside, not sent. */
export async function approved(world: World, amount = 4900) {
  const bought = await world.buys({ amount })
  await world.daysAgo(0)
  await world.settle()
  const request = await world.ask(bought.payment)
  expect(request).toMatchObject({ status: 'approved', refund: { status: 'reserved', amount_minor: amount } })
  return { ...bought, request }
}

/** Somebody of the team, with this role for a month. Nobody signs in as them. */
export async function colleague(world: World, { id, role }: { id: string; role: Role }): Promise<Actor> {
  const since = new Date(Date.now() - 30 * 24 * 60 * 60 * 1000)
  await sql`
    insert into staff (id, name, email, role, "createdAt", role_since)
    values (${id}, ${`Colleague ${id}`}, ${`${id}@example.com`}, ${role}, ${since}, ${since})`.execute(world.app.db)
  return `staff:${id}`
}
