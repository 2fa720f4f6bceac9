import type { App } from '../app.ts'
import { actorsOf, approvedSince, findPerson, type Sum } from '../db/approvers.ts'
import type { Db } from '../db/connect.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import { inSettlement, type Desk, type Rights } from '../domain/desk.ts'
import { money } from '../domain/money.ts'
import { startOfDay } from '../domain/working-time.ts'

const dayMs = 24 * 60 * 60 * 1000

/**
 * What a person may approve now: their role as it is in this moment, or that of an absent colleague whom they stand in for,
 * where it is higher, and what they have approved today. `role` counts for a key that nobody made.
 */
export async function approverRights(
  app: App,
  db: Db,
  desk: Desk,
  { person: id, by, role }: { person: string | undefined; by: Actor; role: Role },
): Promise<Rights> {
  const at = app.now()
  const person = id === undefined ? undefined : await findPerson(db, id, at)
  const own = person?.role ?? role
  const higher = person?.instead_of.filter((away) => !mayAs(own, away.role)).at(-1) ?? null
  const actors = id === undefined ? [by] : await actorsOf(db, app.account, id)
  const borrowed = higher ? await actorsOf(db, app.account, higher.id) : []
  const from = startOfDay(at, desk.hours.time_zone)
  return {
    role: higher?.role ?? own,
    fresh: person !== undefined && at.getTime() - person.role_since.getTime() < dayMs,
    spent_minor:
      settled(await approvedSince(db, app.account, { actors: [...actors, ...borrowed], from }), desk) ??
      Number.MAX_SAFE_INTEGER,
    instead_of: higher,
  }
}

/** Sums of several currencies as one in the settlement currency; undefined when one of them has no rate. */
export function settled(sums: readonly Sum[], desk: Desk): number | undefined {
  let all = 0
  for (const { minor, currency } of sums) {
    const part = inSettlement(money(Number(minor), currency), desk)
    if (part === undefined) return undefined
    all += part
  }
  return all
}
