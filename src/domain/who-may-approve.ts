import { mayAs, type Role } from './actor.ts'
import { whatApprovalTakes, type Desk } from './desk.ts'

type Colleague = { readonly id: string; readonly name: string; readonly role: Role }

/**
 * Which colleagues could say yes to this amount now, by their role and its limits for one request: `last` with a yes that is the
 * last it takes, `first` with one that needs another. What each has approved today, absences and fresh roles are asked when
 * they click, so this says who can be asked, and promises nothing. Amounts as in `whatApprovalTakes`.
 */
export function whoMayApprove<C extends Colleague>(
  desk: Pick<Desk, 'limits' | 'four_eyes'>,
  team: readonly C[],
  question: {
    readonly amount: number | undefined
    readonly stake: number | undefined
    readonly policy: number
    /** The least role that may approve. */
    readonly needed: string
    readonly standing: readonly Role[]
    /** Who asked for the refund, and who approved already. */
    readonly not: readonly string[]
  },
): { last: C[]; first: C[] } {
  const found: { last: C[]; first: C[] } = { last: [], first: [] }
  for (const colleague of team) {
    if (!mayAs(colleague.role, question.needed) || question.not.includes(colleague.id)) continue
    const rights = { role: colleague.role, fresh: false, spent_minor: 0, instead_of: null }
    const takes = whatApprovalTakes(desk, rights, question)
    if (takes.ok) found[question.standing.length + 1 >= takes.people ? 'last' : 'first'].push(colleague)
  }
  return found
}
