import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { findDraft } from '../db/policy-drafts.ts'
import {
  endShadowsOf,
  findShadow,
  insertShadow,
  keepShadowAnswer,
  runningShadows,
  shadowLooked,
  unshadowed,
  type LiveDecision,
  type ShadowAnswer,
  type ShadowRow,
} from '../db/shadows.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import { newId } from '../domain/ids.ts'
import { factsFromKept } from '../domain/kept-facts.ts'
import { decide } from '../domain/policy/decide.ts'
import { parsePolicy, type Policy } from '../domain/policy/parse.ts'
import { isChange } from '../domain/policy/tally.ts'
import { Bug, no, ok, type Result } from '../domain/refusal.ts'
import { errorLine } from '../stripe/answers.ts'
import { checkPolicy } from './publish-policy.ts'

const mostAtOnce = 3
/** How long after a live decision its shadow is asked, at most. */
const lookEveryMs = 2_000
/** A transaction that decides takes less than this from its clock to its commit. */
const overlapMs = 2 * 60_000
const most = 200

/**
 * Puts a draft in shadow: from now on it is asked about every new request, beside the live policy and without any effect. Its text is
 * copied. Refuses: role_too_low, draft_not_found, draft_closed, policy_invalid (its tests too), shadow_runs_already, too_many_shadows.
 */
export async function startShadow(
  app: App,
  { draft: draftId, by, role }: { draft: string; by: Actor; role: Role },
): Promise<Result<{ id: string }>> {
  if (!mayAs(role, 'finance')) return no({ code: 'role_too_low', needed: 'finance' })
  const draft = await findDraft(app.db, app.account, draftId)
  if (!draft) return no({ code: 'draft_not_found' })
  if (draft.status !== 'open') return no({ code: 'draft_closed', status: draft.status })
  const problems = checkPolicy(draft.source)
  if (problems.length > 0) return no({ code: 'policy_invalid', problems })
  const [id, at] = [newId('shd'), app.now()]
  return inTransaction(app.db, async (tx) => {
    const running = await runningShadows(tx, app.account)
    if (running.some(({ draft_id }) => draft_id === draftId)) return no({ code: 'shadow_runs_already' })
    if (running.length >= mostAtOnce) return no({ code: 'too_many_shadows', most: mostAtOnce })
    const { name, source, revision } = draft
    await insertShadow(tx, app.account, {
      id,
      name,
      source,
      draft_id: draftId,
      revision,
      started_by: by,
      started_at: at,
    })
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'policy.shadow_started',
      subject: id,
      detail: { draft: draftId, name },
    })
    return ok({ id })
  })
}

/** Ends a shadow; what it has answered stays. Refuses: role_too_low, shadow_not_found, shadow_ended. */
export async function endShadow(
  app: App,
  { id, by, role }: { id: string; by: Actor; role: Role },
): Promise<Result<{ id: string }>> {
  if (!mayAs(role, 'finance')) return no({ code: 'role_too_low', needed: 'finance' })
  if (!(await findShadow(app.db, app.account, id))) return no({ code: 'shadow_not_found' })
  const at = app.now()
  return inTransaction(app.db, async (tx) => {
    if ((await endShadowsOf(tx, app.account, { id, by, at })) === 0) return no({ code: 'shadow_ended' })
    await audit(tx, { account: app.account, at, actor: by, action: 'policy.shadow_ended', subject: id })
    return ok({ id })
  })
}

/**
 * Asks a shadow about what the live policy decided meanwhile, with the very facts that it was given. The live decision is written and over by then:
 * nothing here can slow or break it. A shadow that can't answer has that kept as its answer.
 */
export async function runShadow(app: App, id: string): Promise<void> {
  const shadow = await findShadow(app.db, app.account, id)
  if (!shadow || shadow.ended_at !== null) return
  const began = app.now()
  const since = new Date(shadow.seen_until.getTime() - overlapMs)
  const rows = await unshadowed(app.db, app.account, shadow, { since, limit: most })
  const policy = readShadow(shadow)
  for (const live of rows) await keepShadowAnswer(app.db, app.account, id, answer(policy, live), app.now())
  const more = rows.length === most
  await shadowLooked(
    app.db,
    app.account,
    id,
    more ? rows.at(-1)!.at : began,
    new Date(began.getTime() + (more ? 0 : lookEveryMs)),
  )
}

// The text of a shadow never changes, so each is parsed once.
const texts = new Map<string, Policy | Error>()

function readShadow({ id, source }: ShadowRow): Policy | Error {
  const known = texts.get(id)
  if (known) return known
  const parsed = parsePolicy(source)
  const read = parsed.ok ? parsed.policy : new Bug(`This text doesn't parse any more: ${parsed.problems[0]?.message}`)
  if (texts.size > 20) texts.clear()
  texts.set(id, read)
  return read
}

function answer(policy: Policy | Error, live: LiveDecision): ShadowAnswer {
  try {
    if (policy instanceof Error) throw policy
    // Read here, so that an explanation that can't be worked out is an error of the shadow as well.
    const decision = { ...decide(policy, factsFromKept(live.facts), 0) }
    const before = { verdict: live.verdict, minor: live.amount_minor, rule: live.rule ?? '' }
    const after = { verdict: decision.verdict, minor: decision.amount.minor, rule: decision.rule }
    return { live, decision, differs: isChange(before, after) }
  } catch (error) {
    return { live, error: errorLine(error).slice(0, 500), differs: false }
  }
}
