import type { App } from '../../app.ts'
import { adminRequest, type RequestScreen as Shown } from '../../db/admin-request.ts'
import { approvedBeside, colleagues, type Colleague } from '../../db/approvers.ts'
import { deskOf } from '../../db/desk.ts'
import { disputesDecided } from '../../db/disputes-decided.ts'
import { seeMention } from '../../db/mentions.ts'
import { revisionOf } from '../../db/revision.ts'
import type { Role } from '../../domain/actor.ts'
import type { Desk, Rights } from '../../domain/desk.ts'
import { changesSinceApproval, type FirstApproval } from '../../flows/changes-since-approval.ts'
import { approverRights, settled } from '../../flows/approver-rights.ts'

/** A request, and what the person who looks at it may do with it. */
export type RequestScreen = Shown & {
  /** The mark of this picture: it goes back with a decision, so that an old picture decides nothing. */
  revision: string
  /** The approval that stands and waits for another person, with what is otherwise since then. */
  first_approval: FirstApproval | null
  /** Colleagues who can decide, the lowest role first: who may approve how much is computed from their role. */
  team: Colleague[]
  you: {
    rights: Rights
    desk: Omit<Desk, 'hours' | 'answer_within' | 'remind_before' | 'escalate_to'>
    /** What people gave back already on this payment and its bundle, in the settlement currency; null: no rate is known. */
    beside_minor: number | null
    /** Disputes of the account that were decided so far. */
    disputes_decided: { won: number; lost: number }
  }
}

export async function requestScreen(
  app: App,
  id: string,
  staff: { id: string; role: Role },
): Promise<RequestScreen | undefined> {
  // The mark comes first: what happens in between makes it older than the picture, which is refused, not missed.
  const revision = await revisionOf(app.db, app.account, id)
  const shown = await adminRequest(app.db, app.account, id)
  if (shown === undefined) return undefined
  const desk = await deskOf(app.db, app.account)
  const [rights, beside, first_approval, team, disputes_decided] = await Promise.all([
    approverRights(app, app.db, desk, { person: staff.id, by: `staff:${staff.id}`, role: staff.role }),
    approvedBeside(app.db, app.account, { payment: shown.payment.id, request: id }),
    changesSinceApproval(app, shown),
    colleagues(app.db),
    disputesDecided(app.db, app.account),
    seeMention(app.db, app.account, { request: id, person: staff.id, at: app.now() }),
  ])
  const { currency, rates, limits, four_eyes, dispute_fee_minor, dispute_fees, win_percent } = desk
  return {
    ...shown,
    revision,
    first_approval,
    team,
    you: {
      rights,
      desk: { currency, rates, limits, four_eyes, dispute_fee_minor, dispute_fees, win_percent },
      beside_minor: settled(beside, desk) ?? null,
      disputes_decided,
    },
  }
}
