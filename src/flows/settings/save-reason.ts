import type { App } from '../../app.ts'
import { inTransaction } from '../../db/connect.ts'
import { audit } from '../../db/journal.ts'
import { insertReason, lockReasons, orderReasons, updateReason } from '../../db/reasons.ts'
import type { Actor } from '../../domain/actor.ts'
import { choosable, wrongInReason, type NewReason } from '../../domain/reasons.ts'
import { no, ok, type Result } from '../../domain/refusal.ts'

/** Keeps a new reason, behind all others. Refuses: setting_invalid. */
export async function addReason(app: App, reason: NewReason, by: Actor): Promise<Result<{ code: string }>> {
  const wrong = wrongInReason(reason)
  if (wrong) return no(wrong)
  return inTransaction(app.db, async (tx) => {
    if (!(await insertReason(tx, app.account, reason, app.now())))
      return no({
        code: 'setting_invalid',
        field: 'code',
        because: `There is a reason "${reason.code}" already. A code never gets another meaning: rename that one, or restore it.`,
      })
    await audit(tx, { ...about(app, by, reason.code), action: 'reason.added', detail: reason })
    return ok({ code: reason.code })
  })
}

type Editable = Omit<NewReason, 'code'>
export type ReasonEdit = { readonly [K in keyof Editable]?: Editable[K] | undefined } & {
  readonly archived?: boolean | undefined
}

/**
 * Renames a reason, says who may choose it and what Stripe is told, archives or restores it. Refunds that were asked for keep
 * what they said. Refuses: setting_invalid, setting_not_found.
 */
export async function changeReason(
  app: App,
  code: string,
  edit: ReasonEdit,
  by: Actor,
): Promise<Result<{ code: string }>> {
  const { archived, ...given } = edit
  const change = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<Editable>
  return inTransaction(app.db, async (tx) => {
    const all = await lockReasons(tx, app.account)
    const before = all.find((reason) => reason.code === code)
    if (before === undefined) return no({ code: 'setting_not_found', what: 'reason' })
    const archived_at = archived === undefined ? before.archived_at : archived ? app.now() : null
    const after = { ...before, ...change, archived_at }
    const wrong = wrongInReason(after)
    if (wrong) return no(wrong)
    const left = choosable(
      all.map((reason) => (reason.code === code ? after : reason)),
      'customer',
    ).filter(({ audience }) => audience === 'customer')
    if (left.length === 0)
      return no({
        code: 'setting_invalid',
        field: archived ? 'archived' : 'audience',
        because: 'Customers need at least one reason to choose. Add or restore another one first.',
      })
    await updateReason(tx, app.account, code, { ...change, ...(archived !== undefined && { archived_at }) })
    const action = archived === undefined ? 'reason.changed' : archived ? 'reason.archived' : 'reason.restored'
    await audit(tx, { ...about(app, by, code), action, detail: change })
    return ok({ code })
  })
}

/** Puts the reasons into the order in which they are offered. */
export async function arrangeReasons(app: App, codes: readonly string[], by: Actor): Promise<Result<{ ok: true }>> {
  return inTransaction(app.db, async (tx) => {
    await lockReasons(tx, app.account)
    await orderReasons(tx, app.account, codes)
    await audit(tx, { ...about(app, by, 'reasons'), action: 'reason.ordered', detail: { codes } })
    return ok({ ok: true })
  })
}

const about = (app: App, actor: Actor, subject: string) => ({ account: app.account, at: app.now(), actor, subject })
