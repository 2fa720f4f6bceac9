import type { App } from '../../app.ts'
import { crashPoint } from '../../crash-point.ts'
import { roleOf } from '../../db/approvers.ts'
import {
  lockBulk,
  lockItem,
  nextItems,
  setBulk,
  settleItem,
  stillActs,
  type BulkItemRow,
  type BulkRow,
} from '../../db/bulks.ts'
import { inTransaction, type Tx } from '../../db/connect.ts'
import { audit } from '../../db/journal.ts'
import type { Role } from '../../domain/actor.ts'
import { explainRefusal, ok, type Result } from '../../domain/refusal.ts'
import { addNote } from '../add-note.ts'
import { approveRequest } from '../approve-request.ts'
import { assignRequest } from '../assign-request.ts'
import { denyRequest } from '../deny-request.ts'
import { handleElsewhere } from '../handle-elsewhere.ts'
import { repliesFor } from '../replies-for.ts'
import { snoozeRequest } from '../snooze-request.ts'
import { secondPerson } from './plan.ts'

/** So many requests in a round, and a round each half second: whoever decides one by one comes in between. */
const perRound = 20
const everyMs = 500

/** One round of a running bulk action. A process that dies leaves each request as a whole: done and written down, or waiting. */
export async function runBulk(app: App, id: string): Promise<void> {
  for (const request of await nextItems(app.db, app.account, id, perRound)) {
    if (!(await doOne(app, id, request))) return
    crashPoint('after-bulk-item')
  }
  await inTransaction(app.db, async (tx) => {
    const bulk = await lockBulk(tx, app.account, id)
    if (bulk?.status !== 'running') return
    const over = (await nextItems(tx, app.account, id, 1)).length === 0
    const at = app.now()
    if (!over) return setBulk(tx, app.account, id, { next_at: new Date(at.getTime() + everyMs) })
    await setBulk(tx, app.account, id, { status: 'done', done_at: at, next_at: null })
    await audit(tx, { account: app.account, at, actor: 'moneyback', action: 'bulk.done', subject: id })
  })
}

/**
 * One request by its own flow, and what came of it, in one transaction: so it is never done twice and never forgotten. False: the
 * bulk action has ended meanwhile. What goes wrong with one request is written down there and does not stop the others.
 */
async function doOne(app: App, id: string, request: string): Promise<boolean> {
  try {
    return await inTransaction(app.db, async (tx) => {
      const bulk = await lockBulk(tx, app.account, id)
      if (bulk?.status !== 'running') return false
      const item = await lockItem(tx, app.account, id, request)
      if (!item) return true
      const result = await does({ ...app, db: tx }, tx, bulk, item)
      const because = result.ok ? result.value.because : explainRefusal(result.no)
      await settleItem(tx, app.account, id, request, { status: result.ok ? 'done' : 'refused', because, at: app.now() })
      return true
    })
  } catch (error) {
    app.log.error(
      { bulk: id, request, error: (error as Error).message, stack: (error as Error).stack },
      'a request of a bulk action failed',
    )
    const because = 'Something went wrong with this one, and nothing was changed. It is in the log; decide it by hand.'
    await settleItem(app.db, app.account, id, request, { status: 'refused', because, at: app.now() })
    return true
  }
}

type Done = Result<{ because: string | null }>

async function does(app: App, tx: Tx, { deed, words, created_by: by }: BulkRow, item: BulkItemRow): Promise<Done> {
  const role = await roleNow(app, tx, by)
  if (role === undefined)
    return {
      ok: false,
      no: { code: 'setting_refused', because: 'Who began this may not act any more. Nothing was changed.' },
    }
  const { request_id: id, seen, amount_minor } = item
  const note = words.note ?? ''
  // A person's click can be taken back, ten seconds long, also one of many; a program's can't.
  const undoable = by.startsWith('staff:')
  const plain = ({ ok: fine, ...rest }: Result<object>): Done =>
    fine ? ok({ because: null }) : ({ ok: false, ...rest } as Done)
  switch (deed) {
    case 'approve': {
      const reply = await replyFor(app, words, { request: id, use: 'approve', amount_minor })
      const given = await approveRequest(app, { id, by, role, amount_minor, seen, undoable, note: words.note, reply })
      return given.ok ? ok({ because: given.value.needs_another_approval ? secondPerson : null }) : given
    }
    case 'deny':
      return plain(
        await denyRequest(app, {
          id,
          by,
          role,
          note,
          seen,
          undoable,
          reply: await replyFor(app, words, { request: id, use: 'deny' }),
        }),
      )
    case 'assign':
      return plain(await assignRequest(app, { id, by, to: words.to ?? null }))
    case 'snooze':
      return plain(await snoozeRequest(app, { id, by, role, until: words.until ? new Date(words.until) : null }))
    case 'note':
      return plain(await addNote(app, { id, by, note }))
    case 'handle':
      return plain(
        await handleElsewhere(app, { id, by, role, note, seen, proof: words.proof ?? '', reply: words.reply }),
      )
  }
}

/** The role as it is now, when the turn comes; undefined for whoever has left. */
async function roleNow(app: App, tx: Tx, by: BulkRow['created_by']): Promise<Role | undefined> {
  if (by.startsWith('staff:')) return roleOf(tx, by.slice('staff:'.length))
  return (await stillActs(tx, app.account, by, app.now())) ? 'owner' : undefined
}

async function replyFor(
  app: App,
  { reply, template }: BulkRow['words'],
  about: Parameters<typeof repliesFor>[1],
): Promise<string | undefined> {
  if (template === undefined) return reply
  const found = await repliesFor(app, about)
  return (found.ok ? found.value.replies.find(({ id }) => id === template)?.reply : undefined) ?? reply
}
