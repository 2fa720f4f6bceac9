import type { App } from '../../app.ts'
import { roleOf } from '../../db/approvers.ts'
import { insertBulk, type NewBulkItem } from '../../db/bulks.ts'
import { inTransaction, type Tx } from '../../db/connect.ts'
import { deskOf } from '../../db/desk.ts'
import { audit } from '../../db/journal.ts'
import { findRequest } from '../../db/requests.ts'
import { revisionOf } from '../../db/revision.ts'
import { listTemplates } from '../../db/templates.ts'
import { mayAs, type Actor, type Role } from '../../domain/actor.ts'
import { bulkMax, missingForBulk, type BulkDeed, type BulkWords } from '../../domain/bulk.ts'
import { inSettlement, type Desk } from '../../domain/desk.ts'
import { newId } from '../../domain/ids.ts'
import { follow } from '../../domain/machine.ts'
import { explainRefusal, no, ok, type Refusal, type Result } from '../../domain/refusal.ts'
import { requestMachine } from '../../domain/request.ts'
import { weighApproval } from '../approve-request.ts'
import { snoozable } from '../snooze-request.ts'

export type BulkPlan = {
  /** Chosen before, where the same call may come again. */
  readonly id?: `blk_${string}` | undefined
  readonly deed: BulkDeed
  readonly words: BulkWords
  readonly requests: readonly string[]
  readonly by: Actor
  readonly role: Role
}

/**
 * The dry run: weighs each request as its own flow would, in this order, and keeps as a draft what would be done and what is left
 * out, with the reason. Nothing is changed. Sums count: who may approve 500 on a day gets 500 planned, and the rest is left out.
 * Refuses: role_too_low, setting_invalid, note_missing, proof_missing, time_invalid, colleague_not_found, setting_not_found.
 */
export async function planBulk(app: App, { id = newId('blk'), ...plan }: BulkPlan): Promise<Result<{ id: string }>> {
  const requests = [...new Set(plan.requests)]
  const wrong = await wrongIn(app, { ...plan, requests })
  if (wrong) return no(wrong)
  const desk = await deskOf(app.db, app.account)
  const items: NewBulkItem[] = []
  let beside_minor = 0
  for (const request of requests) {
    const item = await inTransaction(app.db, (tx) => weigh(app, tx, { ...plan, request, beside_minor, desk }))
    beside_minor += item.settled_minor
    items.push(item.item)
  }
  await inTransaction(app.db, async (tx) => {
    const { deed, words, by } = plan
    const made = { id, deed, words, created_by: by, created_at: app.now() }
    if (!(await insertBulk(tx, app.account, made, items))) return
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: by,
      action: 'bulk.planned',
      subject: id,
      detail: { deed, requests: items.length, left_out: items.filter(({ status }) => status === 'excluded').length },
    })
  })
  return ok({ id })
}

async function wrongIn(app: App, { deed, words, requests, role }: BulkPlan): Promise<Refusal | undefined> {
  if (!mayAs(role, 'support')) return { code: 'role_too_low', needed: 'support' }
  if (requests.length === 0)
    return { code: 'setting_invalid', field: 'requests', because: 'No request is selected: select one or more.' }
  if (requests.length > bulkMax)
    return {
      code: 'setting_invalid',
      field: 'requests',
      because: `These are more than ${bulkMax.toLocaleString('en')} requests. Narrow the filter, and do it in several steps.`,
    }
  const missing = missingForBulk(deed, words)
  if (missing) return missing
  if (deed === 'snooze') return snoozable(app.now(), words.until ? new Date(words.until) : null)
  if (deed === 'assign' && words.to?.startsWith('staff:')) {
    if (!(await roleOf(app.db, words.to.slice('staff:'.length)))) return { code: 'colleague_not_found' }
  }
  if (words.template !== undefined && (deed === 'approve' || deed === 'deny')) {
    const known = await listTemplates(app.db, app.account, { use: deed })
    if (!known.some(({ id }) => id === words.template)) return { code: 'setting_not_found', what: 'reply' }
  }
  return undefined
}

type Weighing = Omit<BulkPlan, 'id' | 'requests'> & { request: string; beside_minor: number; desk: Desk }

/** One request as it stands now: what would happen to it, or why nothing. */
async function weigh(
  app: App,
  tx: Tx,
  { deed, words, by, role, request: id, beside_minor, desk }: Weighing,
): Promise<{ item: NewBulkItem; settled_minor: number }> {
  const item = (
    seen: string,
    currency: string,
    given: Partial<Pick<NewBulkItem, 'because' | 'amount_minor'>> & { left_out?: boolean },
    settled_minor = 0,
  ) => {
    const { left_out, because = null, amount_minor = 0 } = given
    const status = left_out ? ('excluded' as const) : ('waiting' as const)
    return { item: { request_id: id, status, seen, amount_minor, currency, because }, settled_minor }
  }
  const known = await findRequest(tx, app.account, id)
  const not = (no: Refusal) => ({ left_out: true, because: explainRefusal(no) })
  if (!known) return item('', 'usd', not({ code: 'request_not_found' }))
  const seen = await revisionOf(tx, app.account, id)
  const open = known.status === 'in_review' || known.status === 'failed'
  // A single no can be turned into a yes; many at once are only what waits for a person.
  if (deed === 'approve' && open) {
    const weighed = await weighApproval(app, tx, known, { id, by, role, beside_minor })
    if (!weighed.ok) return item(seen, known.currency, not(weighed.no))
    const { amount, allowed } = weighed.value
    const because = allowed.complete ? null : secondPerson
    return item(seen, known.currency, { amount_minor: amount.minor, because }, inSettlement(amount, desk) ?? 0)
  }
  const may = deed === 'note' || (open && (deed === 'deny' || deed === 'handle' ? follows(known.status, deed) : true))
  if (!may) return item(seen, known.currency, not({ code: 'already_decided', status: known.status }))
  if (deed === 'assign' && known.assignee === (words.to ?? null))
    return item(seen, known.currency, { left_out: true, because: 'It is so already.' })
  return item(seen, known.currency, {})
}

/** What an approval says that is one of two. */
export const secondPerson = 'Then it waits for a second person.'

const follows = (status: Parameters<typeof follow>[1], deed: string): boolean =>
  follow(requestMachine, status as never, deed as never) !== undefined
