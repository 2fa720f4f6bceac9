/** Who did something, as it stands in the journal and the audit trail. */
export type Actor = `staff:${string}` | `api_key:${string}` | `customer:${string}` | 'policy' | 'stripe' | 'moneyback'

/** What staff may do grows from left to right. */
export const roles = ['viewer', 'support', 'approver', 'finance', 'owner'] as const
export type Role = (typeof roles)[number]

/** Whether a role may do what another one may. An unknown role may nothing. */
export function mayAs(role: string, needed: string): boolean {
  const have = (roles as readonly string[]).indexOf(role)
  const need = (roles as readonly string[]).indexOf(needed)
  return have >= 0 && need >= 0 && have >= need
}
