import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { insertPolicyVersion } from '../db/policies.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import { parsePolicy } from '../domain/policy/parse.ts'
import { runPolicyTests } from '../domain/policy/run-tests.ts'
import { no, ok, type PolicyLine, type Result } from '../domain/refusal.ts'

/** Everything that is wrong with a policy text: it doesn't parse, or one of its own tests comes out differently. */
export function checkPolicy(source: string): readonly PolicyLine[] {
  const parsed = parsePolicy(source)
  if (!parsed.ok) return parsed.problems
  return runPolicyTests(parsed.policy)
    .filter(({ passed }) => !passed)
    .map(({ name, expected, actual, line }) => ({
      line,
      column: 1,
      message: `The test "${name}" expects ${expected} and gets ${actual}.`,
    }))
}

/**
 * Publishes a policy as the next version, in force from now on. What is published is never changed.
 * Refuses: role_too_low, note_missing (no comment), policy_invalid with line and column.
 */
export async function publishPolicy(
  app: App,
  { source, comment, by, role }: { source: string; comment: string; by: Actor; role: Role },
): Promise<Result<{ version: number }>> {
  if (!mayAs(role, 'finance')) return no({ code: 'role_too_low', needed: 'finance' })
  if (comment.trim() === '') return no({ code: 'note_missing' })
  const problems = checkPolicy(source)
  if (problems.length > 0) return no({ code: 'policy_invalid', problems })
  const version = await inTransaction(app.db, async (tx) => {
    const at = app.now()
    const next = await insertPolicyVersion(tx, app.account, {
      source,
      comment,
      published_by: by,
      published_at: at,
      effective_from: at,
    })
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'policy.published',
      subject: `policy_${next}`,
      detail: { version: next, comment },
    })
    return next
  })
  return ok({ version })
}
