import type { App } from '../app.ts'
import { approvedBeside, lockApprover, personBehind, roleOf } from '../db/approvers.ts'
import type { Tx } from '../db/connect.ts'
import type { DecisionRow } from '../db/decisions.ts'
import { deskOf } from '../db/desk.ts'
import { saidNeverMade } from '../db/exceptions.ts'
import type { RequestRow } from '../db/requests.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import { roleToApprove } from '../domain/approval.ts'
import type { Decision } from '../domain/decision.ts'
import { inSettlement, whatApprovalTakes, type Desk, type Rights } from '../domain/desk.ts'
import { money, type Money } from '../domain/money.ts'
import { no, ok, type Refusal, type Result } from '../domain/refusal.ts'
import { approverRights, settled } from './approver-rights.ts'

export type Allowed = {
  /** Whether this approval is the last that it takes. */
  readonly complete: boolean
  /** The absent colleague with whose right it is given. */
  readonly instead_of: string | null
  /** False where a team of one has switched four eyes off. */
  readonly four_eyes: boolean
}

type Question = {
  readonly request: RequestRow
  readonly amount: Money
  readonly asked: Decision | undefined
  /** Approvals of this amount that stand. */
  readonly standing: readonly DecisionRow[]
  readonly approval: { readonly by: Actor; readonly role: Role; readonly beside_minor?: number | undefined }
}

/**
 * Whether this person may say yes to this amount, in the transaction that writes it: role and limits as they are now, nobody
 * twice, nobody their own request, whichever key or name they use. Their daily sum is locked until the end.
 * Whoever closed the payment's last refund as never made does not approve the next one.
 * Refuses: role_too_low, own_request, already_approved_by_you, closed_by_you, above_your_limit, needs_an_owner, too_new_for_second.
 */
export async function mayApprove(app: App, tx: Tx, question: Question): Promise<Result<Allowed>> {
  const { request, amount, asked, approval } = question
  const desk = await deskOf(tx, app.account)
  const person = await personBehind(tx, app.account, approval.by)
  if (person !== undefined) await lockApprover(tx, app.account, person)
  // A key that nobody made has the limits of its role, and is no person of two.
  const rights = await approverRights(app, tx, desk, { person, ...approval })
  const needed = roleToApprove(request.status, asked)
  if (!mayAs(rights.role, needed)) return no({ code: 'role_too_low', needed })
  const before = await standingPeople(app, tx, desk, question.standing, needed)
  const twice = await checkPeople(app, tx, { question, desk, rights, person, before })
  if (twice) return no(twice)
  const beside = await approvedBeside(tx, app.account, { payment: request.payment_id, request: request.id })
  const value = inSettlement(amount, desk)
  const other = settled(beside, desk)
  const spent_minor = rights.spent_minor + (approval.beside_minor ?? 0)
  const takes = whatApprovalTakes(
    desk,
    { ...rights, spent_minor },
    {
      amount: value,
      stake: value === undefined || other === undefined ? undefined : value + other,
      policy: asked?.approvers.count ?? 1,
      standing: before.map(({ role }) => role),
    },
  )
  if (takes.ok)
    return ok({
      complete: before.length + 1 >= takes.people,
      instead_of: rights.instead_of?.id ?? null,
      four_eyes: desk.four_eyes,
    })
  if (takes.why === 'no_owner') return no({ code: 'needs_an_owner' })
  if (takes.why === 'fresh') return no({ code: 'too_new_for_second' })
  return no({
    code: 'above_your_limit',
    per: takes.why,
    limit: money(takes.limit_minor, desk.currency),
    needed: takes.role,
  })
}

type StandingPerson = { readonly person: string; readonly role: Role }

/** Who approved before and still may: whoever has left or has a lower role by now does not count any more. */
async function standingPeople(
  app: App,
  tx: Tx,
  desk: Desk,
  standing: readonly DecisionRow[],
  needed: string,
): Promise<StandingPerson[]> {
  const people: StandingPerson[] = []
  for (const { by } of standing) {
    const person = await personBehind(tx, app.account, by)
    const role = person === undefined ? 'owner' : await roleOf(tx, person)
    if (role === undefined) continue
    const rights = await approverRights(app, tx, desk, { person, by, role })
    if (mayAs(rights.role, needed)) people.push({ person: person ?? by, role: rights.role })
  }
  return people
}

async function checkPeople(
  app: App,
  tx: Tx,
  {
    question: { request, approval },
    desk,
    rights,
    person,
    before,
  }: {
    question: Question
    desk: Desk
    rights: Rights
    person: string | undefined
    before: readonly StandingPerson[]
  },
): Promise<Refusal | undefined> {
  const me = person ?? approval.by
  const asker = await personBehind(tx, app.account, request.created_by)
  const alone = !desk.four_eyes && rights.role === 'owner'
  if (asker !== undefined && (asker === me || asker === rights.instead_of?.id) && !alone) return { code: 'own_request' }
  const again = before.some(({ person: other }) => other === me || other === rights.instead_of?.id)
  if (again) return { code: 'already_approved_by_you' }
  const said = await saidNeverMade(tx, app.account, request.payment_id)
  const closer = said && ((await personBehind(tx, app.account, said)) ?? said)
  if (closer === undefined || alone) return undefined
  return closer === me || closer === rights.instead_of?.id ? { code: 'closed_by_you' } : undefined
}
