import type { App } from '../app.ts'
import { personBehind } from '../db/approvers.ts'
import { inTransaction, type Tx } from '../db/connect.ts'
import { deskOf } from '../db/desk.ts'
import { audit } from '../db/journal.ts'
import { insertPolicyVersion, policyVersion, type PolicyVersionRow } from '../db/policies.ts'
import { findDraft, keepState, lockDraft, updateDraft } from '../db/policy-drafts.ts'
import { endShadowsOf } from '../db/shadows.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import { parsePolicy } from '../domain/policy/parse.ts'
import { runPolicyTests } from '../domain/policy/run-tests.ts'
import { brokenGuaranteeLines } from './prove-policy.ts'
import { no, ok, type PolicyLine, type Refusal, type Result } from '../domain/refusal.ts'

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

export type Publishing = {
  readonly comment: string
  /** When it comes into force; at once when absent. */
  readonly effective_from?: Date | undefined
  readonly by: Actor
  readonly role: Role
}

/**
 * Publishes a text as the next version. What is published is never changed. Whoever proposes it (finance) and whoever publishes
 * it (an owner) are kept with it. Refuses: role_too_low, note_missing (no comment), effective_from_passed, policy_invalid with
 * line and column.
 */
export async function publishPolicy(
  app: App,
  { source, ...publishing }: Publishing & { readonly source: string },
): Promise<Result<{ version: number }>> {
  const refusal = refuses(app, source, publishing) ?? (await breaks(source))
  if (refusal) return no(refusal)
  return inTransaction(app.db, async (tx) => ok({ version: await publish(app, tx, publishing, { source }) }))
}

/**
 * Publishes a draft as it was seen. Its shadows end with it: from now on it acts. Refuses what publishPolicy refuses, and
 * draft_not_found, draft_closed, draft_changed; and own_draft: with four eyes on, nobody publishes what they saved last.
 */
export async function publishDraft(
  app: App,
  { id, revision, ...publishing }: Publishing & { readonly id: string; readonly revision: number },
): Promise<Result<{ version: number }>> {
  const seen = await findDraft(app.db, app.account, id)
  if (!seen) return no({ code: 'draft_not_found' })
  // Proving takes a while, so it is done before the draft is locked; the revision says whether it still is this text.
  const broken = refuses(app, seen.source, publishing) ?? (await breaks(seen.source))
  return inTransaction(app.db, async (tx) => {
    const draft = await lockDraft(tx, app.account, id)
    if (!draft) return no({ code: 'draft_not_found' })
    if (draft.status !== 'open') return no({ code: 'draft_closed', status: draft.status })
    if (draft.revision !== revision)
      return no({ code: 'draft_changed', by: draft.updated_by, at: draft.updated_at, revision: draft.revision })
    const refusal = seen.revision === revision ? broken : refuses(app, draft.source, publishing)
    if (refusal) return no(refusal)
    const own = await isOwn(app, tx, draft.updated_by, publishing.by)
    if (own && (await deskOf(tx, app.account)).four_eyes) return no({ code: 'own_draft' })
    const version = await publish(app, tx, publishing, {
      ...(own && { four_eyes: 'off' }),
      source: draft.source,
      draft_id: id,
      proposed_by: draft.updated_by,
    })
    await keepState(tx, app.account, draft)
    await updateDraft(tx, app.account, draft, { status: 'published', version, by: publishing.by, at: app.now() })
    await endShadowsOf(tx, app.account, { draft: id, by: publishing.by, at: app.now() })
    return ok({ version })
  })
}

/** Whether one person has proposed and publishes: keys count for whoever made them. */
async function isOwn(app: App, tx: Tx, proposed: string, by: string): Promise<boolean> {
  const [proposer, publisher] = await Promise.all(
    [proposed, by].map((each) => personBehind(tx, app.account, each as Actor)),
  )
  return (proposer ?? proposed) === (publisher ?? by)
}

/** Publishes the text of an older version as a new one: it was published once, so nobody else has to look. Refuses what publishPolicy refuses, and version_not_found. */
export async function rollBackPolicy(
  app: App,
  { version: back, ...publishing }: Publishing & { readonly version: number },
): Promise<Result<{ version: number }>> {
  const old = await policyVersion(app.db, app.account, back)
  if (!old) return no({ code: 'version_not_found', version: back })
  const refusal = refuses(app, old.source, publishing) ?? (await breaks(old.source))
  if (refusal) return no(refusal)
  return inTransaction(app.db, async (tx) =>
    ok({ version: await publish(app, tx, publishing, { source: old.source, brings_back: back }) }),
  )
}

function refuses(app: App, source: string, { comment, effective_from, role }: Publishing): Refusal | undefined {
  if (!mayAs(role, 'owner')) return { code: 'role_too_low', needed: 'owner' }
  if (comment.trim() === '') return { code: 'note_missing' }
  if (effective_from !== undefined && effective_from < app.now()) return { code: 'effective_from_passed' }
  const problems = checkPolicy(source)
  return problems.length > 0 ? { code: 'policy_invalid', problems } : undefined
}

/** Publishing is refused while one of the file's own guarantees does not hold. */
async function breaks(source: string): Promise<Refusal | undefined> {
  const problems = await brokenGuaranteeLines(source)
  return problems.length > 0 ? { code: 'policy_invalid', problems } : undefined
}

async function publish(
  app: App,
  tx: Tx,
  { comment, effective_from, by }: Publishing,
  {
    four_eyes,
    ...text
  }: Pick<PolicyVersionRow, 'source'> &
    Partial<Pick<PolicyVersionRow, 'draft_id' | 'proposed_by' | 'brings_back'>> & { readonly four_eyes?: 'off' },
): Promise<number> {
  const at = app.now()
  const version = await insertPolicyVersion(tx, app.account, {
    proposed_by: null,
    draft_id: null,
    brings_back: null,
    ...text,
    comment,
    published_by: by,
    published_at: at,
    effective_from: effective_from ?? at,
  })
  await audit(tx, {
    account: app.account,
    at,
    actor: by,
    action: 'policy.published',
    subject: `policy_${version}`,
    detail: {
      version,
      comment,
      effective_from: effective_from ?? at,
      ...(text.proposed_by && { proposed_by: text.proposed_by }),
      ...(text.brings_back && { brings_back: text.brings_back }),
      // One person wrote and published it, because four eyes are switched off.
      ...(four_eyes && { four_eyes }),
    },
  })
  return version
}
