import type { App } from '../app.ts'
import { inTransaction, type Tx } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { keepState, latestState, lockDraft, updateDraft, type PolicyDraftRow } from '../db/policy-drafts.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import { no, ok, type Result } from '../domain/refusal.ts'
import { isDraftName } from './open-draft.ts'

/** One person's work is kept as an earlier state this often; another person's always. */
const keptEveryMs = 5 * 60_000

export type DraftChange = {
  readonly id: string
  /** The revision that was seen when the change was made. */
  readonly revision: number
  readonly by: Actor
  readonly role: Role
}

/**
 * Saves the text or the name of a draft, if it still is at the revision that was seen. What it said before is kept when somebody
 * else wrote it. Refuses: role_too_low, draft_unnamed, draft_not_found, draft_closed, draft_changed (who, when, which revision).
 */
export async function saveDraft(
  app: App,
  change: DraftChange & { readonly source?: string | undefined; readonly name?: string | undefined },
): Promise<Result<{ revision: number }>> {
  const { source, name, by } = change
  if (name !== undefined && !isDraftName(name)) return no({ code: 'draft_unnamed' })
  return underLock(app, change, ['open'], async (tx, draft) => {
    const at = app.now()
    if ((source ?? draft.source) === draft.source && (name ?? draft.name) === draft.name) return draft.revision
    if (await worthKeeping(app, tx, draft, by)) {
      await keepState(tx, app.account, draft)
      await audit(tx, {
        account: app.account,
        at,
        actor: by,
        action: 'policy.draft_saved',
        subject: draft.id,
        detail: { name: draft.name },
      })
    }
    return updateDraft(tx, app.account, draft, {
      ...(source !== undefined && { source }),
      ...(name !== undefined && { name: name.trim() }),
      by,
      at,
    })
  })
}

/** Discards an open draft, or takes a discarded one up again. Nothing is deleted. Refuses what saveDraft refuses. */
export async function closeDraft(app: App, change: DraftChange, open: boolean): Promise<Result<{ revision: number }>> {
  return underLock(app, change, [open ? 'discarded' : 'open'], async (tx, draft) => {
    const [at, status] = [app.now(), open ? ('open' as const) : ('discarded' as const)]
    await keepState(tx, app.account, draft)
    await audit(tx, {
      account: app.account,
      at,
      actor: change.by,
      action: open ? 'policy.draft_taken_up' : 'policy.draft_discarded',
      subject: draft.id,
      detail: { name: draft.name },
    })
    return updateDraft(tx, app.account, draft, { status, by: change.by, at })
  })
}

async function worthKeeping(app: App, tx: Tx, draft: PolicyDraftRow, by: Actor): Promise<boolean> {
  if (draft.updated_by !== by) return true
  const last = (await latestState(tx, app.account, draft.id))?.at ?? draft.created_at
  return app.now().getTime() - last.getTime() > keptEveryMs
}

async function underLock(
  app: App,
  { id, revision, role }: DraftChange,
  statuses: readonly PolicyDraftRow['status'][],
  change: (tx: Tx, draft: PolicyDraftRow) => Promise<number>,
): Promise<Result<{ revision: number }>> {
  if (!mayAs(role, 'finance')) return no({ code: 'role_too_low', needed: 'finance' })
  return inTransaction(app.db, async (tx) => {
    const draft = await lockDraft(tx, app.account, id)
    if (!draft) return no({ code: 'draft_not_found' })
    if (!statuses.includes(draft.status)) return no({ code: 'draft_closed', status: draft.status })
    if (draft.revision !== revision)
      return no({ code: 'draft_changed', by: draft.updated_by, at: draft.updated_at, revision: draft.revision })
    return ok({ revision: await change(tx, draft) })
  })
}
