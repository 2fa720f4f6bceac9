import type { Books } from '../app.ts'
import { endBacktest, findBacktest, insertBacktest, openBacktests } from '../db/backtests.ts'
import { inTransaction } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { policyAt, policyVersion } from '../db/policies.ts'
import { findDraft } from '../db/policy-drafts.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import { newId } from '../domain/ids.ts'
import { parsePolicy } from '../domain/policy/parse.ts'
import { no, ok, type Result } from '../domain/refusal.ts'

const mostAtOnce = 5
const longestDays = 3650

export type BacktestAsked = {
  /** What is tried: a draft as it is saved now, a published version, or any text. */
  readonly draft?: string | undefined
  readonly version?: number | undefined
  readonly source?: string | undefined
  readonly name?: string | undefined
  /** Over all requests that the policy has decided, or over all payments as if everybody had asked. */
  readonly over: 'requests' | 'payments'
  readonly day?: number | undefined
  readonly seed?: number | undefined
  readonly within_days?: number | undefined
  /** For payments: the version that it is compared with; the one in force when absent. */
  readonly against?: number | undefined
}

/**
 * Writes down a backtest; the worker goes through it. The text is copied, so that its result is about what was asked. Refuses: role_too_low,
 * draft_not_found, version_not_found, policy_invalid (it has to parse; its tests may fail), backtest_invalid, too_many_backtests.
 */
export async function startBacktest(
  app: Books,
  asked: BacktestAsked & { readonly by: Actor; readonly role: Role },
): Promise<Result<{ id: string }>> {
  if (!mayAs(asked.role, 'finance')) return no({ code: 'role_too_low', needed: 'finance' })
  const because = wrongDays(asked)
  if (because) return no({ code: 'backtest_invalid', because })
  const text = await textOf(app, asked)
  if (!text.ok) return text
  const parsed = parsePolicy(text.value.source)
  if (!parsed.ok) return no({ code: 'policy_invalid', problems: parsed.problems })
  const at = app.now()
  const against =
    asked.against === undefined
      ? await policyAt(app.db, app.account, at)
      : await policyVersion(app.db, app.account, asked.against)
  if (!against) return no({ code: 'version_not_found', version: asked.against ?? 1 })
  const [id, payments] = [newId('bt'), asked.over === 'payments']
  return inTransaction(app.db, async (tx) => {
    if ((await openBacktests(tx, app.account)) >= mostAtOnce)
      return no({ code: 'too_many_backtests', most: mostAtOnce })
    await insertBacktest(tx, app.account, {
      id,
      ...text.value,
      name: asked.name?.trim() || text.value.name || parsed.policy.name,
      kind: asked.over,
      day: payments ? (asked.day ?? null) : null,
      seed: payments ? (asked.seed ?? null) : null,
      within_days: payments && asked.seed !== undefined ? (asked.within_days ?? 60) : null,
      against: payments ? against.version : null,
      started_by: asked.by,
      created_at: at,
    })
    await audit(tx, {
      account: app.account,
      at,
      actor: asked.by,
      action: 'policy.backtest_started',
      subject: id,
      detail: { over: asked.over, ...(text.value.draft_id && { draft: text.value.draft_id }) },
    })
    return ok({ id })
  })
}

/** Ends a backtest before its time; what it has counted stays to be read. Refuses: role_too_low, backtest_not_found, backtest_over. */
export async function cancelBacktest(
  app: Books,
  { id, by, role }: { id: string; by: Actor; role: Role },
): Promise<Result<{ id: string }>> {
  if (!mayAs(role, 'finance')) return no({ code: 'role_too_low', needed: 'finance' })
  const found = await findBacktest(app.db, app.account, id)
  if (!found) return no({ code: 'backtest_not_found' })
  const at = app.now()
  return inTransaction(app.db, async (tx) => {
    if (!(await endBacktest(tx, app.account, id, { status: 'canceled', at }))) {
      const { status = 'done' } = (await findBacktest(tx, app.account, id)) ?? {}
      return no({ code: 'backtest_over', status })
    }
    await audit(tx, { account: app.account, at, actor: by, action: 'policy.backtest_canceled', subject: id })
    return ok({ id })
  })
}

function wrongDays({ over, day, seed, within_days }: BacktestAsked): string | undefined {
  if (over === 'requests') return undefined
  if ((day === undefined) === (seed === undefined))
    return 'Say when everybody asks: either a day after paying, or a seed for a random day.'
  if (day !== undefined && !(Number.isInteger(day) && day >= 0 && day <= longestDays))
    return `A day after paying is a whole number from 0 to ${longestDays}.`
  if (within_days !== undefined && !(Number.isInteger(within_days) && within_days >= 1 && within_days <= longestDays))
    return `The days of which one is drawn are a whole number from 1 to ${longestDays}.`
  return seed === undefined || (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31)
    ? undefined
    : 'A seed is a whole number from 0 to 2147483647.'
}

type Text = { name: string; source: string; draft_id: string | null; revision: number | null }

async function textOf(app: Books, { draft, version, source }: BacktestAsked): Promise<Result<Text>> {
  if ([draft, version, source].filter((each) => each !== undefined).length !== 1)
    return no({ code: 'backtest_invalid', because: 'Say what is tried: one of draft, version and source.' })
  if (draft !== undefined) {
    const found = await findDraft(app.db, app.account, draft)
    if (!found) return no({ code: 'draft_not_found' })
    return ok({ name: found.name, source: found.source, draft_id: found.id, revision: found.revision })
  }
  if (version !== undefined) {
    const found = await policyVersion(app.db, app.account, version)
    if (!found) return no({ code: 'version_not_found', version })
    return ok({ name: `Version ${version}`, source: found.source, draft_id: null, revision: null })
  }
  return ok({ name: '', source: source ?? '', draft_id: null, revision: null })
}
