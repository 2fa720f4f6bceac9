import type { App } from '../../app.ts'
import {
  bulkSums,
  cancelItems,
  doneItems,
  lockBulk,
  setBulk,
  settleItem,
  type BulkRow,
  type BulkStatus,
} from '../../db/bulks.ts'
import { inTransaction, type Tx } from '../../db/connect.ts'
import { audit } from '../../db/journal.ts'
import { mayAs, type Actor, type Role } from '../../domain/actor.ts'
import { typedAsPlanned } from '../../domain/bulk.ts'
import { no, ok, type Refusal, type Result } from '../../domain/refusal.ts'
import { undoDecision } from '../undo-decision.ts'

type Who = { readonly id: string; readonly by: Actor; readonly role: Role }
type State = { readonly id: string; readonly status: BulkStatus }

/**
 * Begins what was planned, when count and sums were given as they stand in the dry run. Only whoever planned it: their limits were
 * weighed. Refuses: setting_not_found, setting_refused, setting_invalid (the numbers).
 */
export async function beginBulk(
  app: App,
  { id, by, count, sums }: Omit<Who, 'role'> & { count: number; sums: Readonly<Record<string, number>> },
): Promise<Result<State>> {
  return withBulk(app, id, async (tx, bulk) => {
    if (bulk.created_by !== by)
      return { code: 'setting_refused', because: 'Only whoever planned this can begin it. Plan your own.' }
    if (bulk.status !== 'draft')
      return {
        code: 'setting_refused',
        because: `This was begun or ended already: it is ${bulk.status}. Nothing is done twice.`,
      }
    const planned = (await bulkSums(tx, app.account, id)).filter(({ status }) => status === 'waiting')
    const total = planned.reduce((all, one) => all + one.count, 0)
    if (total === 0) return { code: 'setting_refused', because: 'Nothing would be done: each request is left out.' }
    // Where no money moves there is no sum to look at.
    const typed =
      bulk.deed === 'approve'
        ? { count, sums }
        : { count, sums: Object.fromEntries(planned.map(({ currency, minor }) => [currency, minor])) }
    if (!typedAsPlanned(planned, typed))
      return {
        code: 'setting_invalid',
        field: 'count',
        because:
          'Count and sum are not those of the dry run. Look at it again, and give them as they stand there. Nothing was changed.',
      }
    const at = app.now()
    await setBulk(tx, app.account, id, { status: 'running', started_at: at, next_at: at })
    await note(app, tx, by, 'bulk.begun', id, {
      deed: bulk.deed,
      count: total,
      ...(bulk.deed === 'approve' && { sums }),
    })
    return undefined
  })
}

/** Ends it: what has not begun never will, what was done stays. Refuses: setting_not_found, setting_refused, role_too_low. */
export async function cancelBulk(app: App, { id, by, role }: Who): Promise<Result<State>> {
  return withBulk(app, id, async (tx, bulk) => {
    const wrong = maySteer(bulk, { by, role })
    if (wrong) return wrong
    if (bulk.status !== 'draft' && bulk.status !== 'running')
      return { code: 'setting_refused', because: `There is nothing left to cancel: it is ${bulk.status}.` }
    await end(app, tx, { id, by })
    return undefined
  })
}

/**
 * Takes back what can still be taken back: what has not begun never will, and each answer that has not left yet is undone by its
 * own flow. Answers how many of each. Refuses: setting_not_found, setting_refused, role_too_low.
 */
export async function undoBulk(
  app: App,
  { id, by, role }: Who,
): Promise<Result<State & { undone: number; too_late: number }>> {
  const stopped = await withBulk(app, id, async (tx, bulk) => {
    const wrong = maySteer(bulk, { by, role })
    if (wrong) return wrong
    if (bulk.deed !== 'approve' && bulk.deed !== 'deny')
      return {
        code: 'setting_refused',
        because: 'Only approving and denying can be undone. Cancel what has not begun.',
      }
    if (bulk.status === 'draft' || bulk.status === 'running') await end(app, tx, { id, by })
    return undefined
  })
  if (!stopped.ok) return stopped
  let [undone, too_late] = [0, 0]
  for (const request of await doneItems(app.db, app.account, id)) {
    const back = await inTransaction(app.db, async (tx) => {
      const result = await undoDecision({ ...app, db: tx }, { id: request, by, role })
      if (result.ok)
        await settleItem(tx, app.account, id, request, {
          status: 'undone',
          because: 'Taken back before it had left.',
          at: app.now(),
        })
      return result.ok
    })
    if (back) undone++
    else too_late++
  }
  return ok({ ...stopped.value, undone, too_late })
}

function maySteer(bulk: BulkRow, { by, role }: Pick<Who, 'by' | 'role'>): Refusal | undefined {
  return bulk.created_by === by || mayAs(role, 'approver') ? undefined : { code: 'role_too_low', needed: 'approver' }
}

async function end(app: App, tx: Tx, { id, by }: Pick<Who, 'id' | 'by'>): Promise<void> {
  const at = app.now()
  const count = await cancelItems(tx, app.account, id, at)
  await setBulk(tx, app.account, id, { status: 'canceled', done_at: at, next_at: null })
  await note(app, tx, by, 'bulk.canceled', id, { not_begun: count })
}

async function withBulk(
  app: App,
  id: string,
  story: (tx: Tx, bulk: BulkRow) => Promise<Refusal | undefined>,
): Promise<Result<State>> {
  return inTransaction(app.db, async (tx) => {
    const bulk = await lockBulk(tx, app.account, id)
    if (!bulk) return no({ code: 'setting_not_found', what: 'bulk action' })
    const wrong = await story(tx, bulk)
    if (wrong) return no(wrong)
    return ok({ id, status: (await lockBulk(tx, app.account, id))!.status })
  })
}

async function note(app: App, tx: Tx, actor: Actor, action: string, subject: string, detail: object): Promise<void> {
  await audit(tx, { account: app.account, at: app.now(), actor, action, subject, detail: { ...detail } })
}
