import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { policyAt, policyVersion } from '../db/policies.ts'
import { insertDraft } from '../db/policy-drafts.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import { newId } from '../domain/ids.ts'
import { no, ok, type Result } from '../domain/refusal.ts'

/** A name has letters to be found by; it is no rule of the policy. */
export const isDraftName = (name: string): boolean => name.trim() !== '' && name.length <= 100

/**
 * Begins a draft: from a version (the one in force without a number), or from any text. A text with mistakes is taken; it can't
 * be published. Refuses: role_too_low, draft_unnamed, version_not_found.
 */
export async function openDraft(
  app: App,
  {
    name,
    from,
    source,
    by,
    role,
  }: { name: string; from?: number | undefined; source?: string | undefined; by: Actor; role: Role },
): Promise<Result<{ id: string }>> {
  if (!mayAs(role, 'finance')) return no({ code: 'role_too_low', needed: 'finance' })
  if (!isDraftName(name)) return no({ code: 'draft_unnamed' })
  const at = app.now()
  const base =
    from === undefined ? await policyAt(app.db, app.account, at) : await policyVersion(app.db, app.account, from)
  if (from !== undefined && !base) return no({ code: 'version_not_found', version: from })
  const id = newId('drf')
  await inTransaction(app.db, async (tx) => {
    await insertDraft(tx, app.account, {
      id,
      name: name.trim(),
      source: source ?? base?.source ?? '',
      based_on: base?.version ?? null,
      by,
      at,
    })
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'policy.draft_begun',
      subject: id,
      detail: { name },
    })
  })
  return ok({ id })
}
