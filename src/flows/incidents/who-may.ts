import type { App } from '../../app.ts'
import { lockApprover, personBehind, roleOf } from '../../db/approvers.ts'
import type { Db, Tx } from '../../db/connect.ts'
import { deskOf } from '../../db/desk.ts'
import { incidentsUnderWay } from '../../db/incidents.ts'
import type { Actor, Role } from '../../domain/actor.ts'
import { whatApprovalTakes, type Desk, type Takes } from '../../domain/desk.ts'
import type { IncidentSum } from '../../domain/incident.ts'
import { money } from '../../domain/money.ts'
import type { Refusal } from '../../domain/refusal.ts'
import { approverRights, settled } from '../approver-rights.ts'

type Who = { readonly by: Actor; readonly role: Role }

/**
 * Whether this person's limits cover the sum of an incident, which counts as one approval: what they have approved today and what
 * of theirs is under way counts, too. A sum in a currency without a rate is covered by no limit.
 */
export async function mayAlone(app: App, db: Db, { by, role }: Who, sums: readonly IncidentSum[]): Promise<boolean> {
  const takes = await takesFor(app, db, { by, role, sums, standing: [] })
  return takes.ok && takes.people === 1
}

/** Why this person can't be the second one; undefined when they can. Above the limits of finance one of the two is an owner. */
export async function maySecond(
  app: App,
  tx: Tx,
  { by, role, first, sums }: Who & { first: Actor; sums: readonly IncidentSum[] },
): Promise<Refusal | undefined> {
  const firstPerson = await personBehind(tx, app.account, first)
  const standing = firstPerson === undefined ? undefined : await roleOf(tx, firstPerson)
  const takes = await takesFor(app, tx, { by, role, sums, standing: [standing ?? 'viewer'] })
  if (takes.ok) return undefined
  if (takes.why === 'no_owner') return { code: 'needs_an_owner' }
  if (takes.why === 'fresh') return { code: 'too_new_for_second' }
  const { currency } = await deskOf(tx, app.account)
  return {
    code: 'above_your_limit',
    per: takes.why,
    limit: money(takes.limit_minor, currency),
    needed: takes.role,
  }
}

/** One at a time for each person: so a sum that is checked stays true until the incident stands as begun. */
export async function lockPerson(app: App, tx: Tx, by: Actor): Promise<void> {
  const person = await personBehind(tx, app.account, by)
  if (person !== undefined) await lockApprover(tx, app.account, person)
}

async function takesFor(
  app: App,
  db: Db,
  { by, role, sums, standing }: Who & { sums: readonly IncidentSum[]; standing: readonly Role[] },
): Promise<Takes> {
  const desk: Desk = await deskOf(db, app.account)
  const rights = await approverRights(app, db, desk, { person: await personBehind(db, app.account, by), by, role })
  const under_way = settled(await incidentsUnderWay(db, app.account, by), desk) ?? Number.MAX_SAFE_INTEGER
  const sum = settled(sums, desk)
  return whatApprovalTakes(
    desk,
    { ...rights, spent_minor: rights.spent_minor + under_way },
    { stake: sum, amount: sum, policy: standing.length + 1, standing },
  )
}
