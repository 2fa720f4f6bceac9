import type { Reason } from '../reasons.ts'
import { parts, walk } from './expression.ts'
import type { Policy } from './policy.ts'
import type { PolicyWarning } from './warnings.ts'

/** Every reason that the rules of a policy name, with the rule. */
export function reasonsNamed({ rules, rights }: Pick<Policy, 'rules' | 'rights'>): { code: string; rule: string }[] {
  return [...rules, ...rights].flatMap((rule) =>
    rule.lines.flatMap(({ expr }) =>
      [...walk(expr)].flatMap((part) => {
        const sides = parts(part)
        if (!sides.some((side) => side.op === 'fact' && side.fact.name === 'request.reason')) return []
        return sides
          .flatMap((side) => (side.op === 'constant' ? [side.value].flat() : []))
          .flatMap((code) => (typeof code === 'string' ? [{ code, rule: rule.id }] : []))
      }),
    ),
  )
}

/** What the rules say about reasons that nobody can choose: such a rule can't match, or no longer. */
export function reasonWarnings(
  policy: Pick<Policy, 'rules' | 'rights'>,
  reasons: readonly Pick<Reason, 'code' | 'archived_at'>[],
): PolicyWarning[] {
  const warned = new Set<string>()
  return reasonsNamed(policy).flatMap(({ code, rule }) => {
    const reason = reasons.find((one) => one.code === code)
    if ((reason && reason.archived_at === null) || warned.has(`${rule} ${code}`)) return []
    warned.add(`${rule} ${code}`)
    const message = reason
      ? `names the reason ${code}, which is archived: nobody can choose it any more`
      : `names the reason ${code}, which is not kept under Settings, Reasons: nobody can choose it`
    return [{ rule, message }]
  })
}
