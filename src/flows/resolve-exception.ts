import { sql } from 'kysely'
import type { App } from '../app.ts'
import { inTransaction, type Db, type Tx } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { findPayment } from '../db/payments.ts'
import { findRefund, refundsOfRequest } from '../db/refunds.ts'
import { liftStop } from '../db/stops.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import { no, ok, type Refusal, type Result } from '../domain/refusal.ts'
import { isAway } from '../stripe/answers.ts'
import { lookClosely } from './look-closely.ts'
import { refuse } from './take-outcome.ts'

export type Resolution = { readonly id: string; readonly by: Actor; readonly role: Role; readonly note: string }

/**
 * A person has looked at a difference and put it right, and says how. The same difference opens again if it comes back. With
 * the last answer that was not ours explained, sending goes on; a refund that Stripe never confirmed ends as failed, after one
 * more look that must not find it.
 * Refuses: role_too_low (the owner's role is needed), note_missing, exception_not_found (also for one that is closed),
 * stripe_unreachable (the last look could not be made).
 */
export async function resolveException(app: App, resolution: Resolution): Promise<Result<{ id: string }>> {
  const { id, by, role, note } = resolution
  if (note.trim() === '') return no({ code: 'note_missing' })
  const known = await openOne(app, app.db, id)
  const refused =
    checkOpen(known, role) ?? (known?.kind === 'never_confirmed' ? await giveUp(app, known.subject_id) : undefined)
  if (refused) return no(refused)
  return inTransaction(app.db, async (tx) => {
    const open = await openOne(app, tx, id)
    const refused = checkOpen(open, role)
    if (refused || open === undefined) return no(refused ?? { code: 'exception_not_found' })
    const at = app.now()
    await sql`
      update exception set resolved_at = ${at}, resolved_by = ${by} where account_id = ${app.account} and id = ${id}`.execute(
      tx,
    )
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'exception.resolved',
      subject: open.subject_id,
      detail: { exception: id, kind: open.kind, note },
    })
    if (stopping.includes(open.kind) && !(await anotherStands(app, tx))) await liftStop(tx, app.account, 'differs')
    return ok({ id })
  })
}

type Open = { owner_role: string; kind: string; subject_id: string }

async function openOne(app: App, db: Db | Tx, id: string): Promise<Open | undefined> {
  const { rows } = await sql<Open>`
    select owner_role, kind, subject_id from exception
    where account_id = ${app.account} and id = ${id} and resolved_at is null for update`.execute(db)
  return rows[0]
}

function checkOpen(open: Open | undefined, role: Role): Refusal | undefined {
  if (open === undefined) return { code: 'exception_not_found' }
  return mayAs(role, open.owner_role) ? undefined : { code: 'role_too_low', needed: open.owner_role }
}

const stopping: readonly string[] = ['refund_differs', 'paid_twice']

async function anotherStands(app: App, tx: Tx): Promise<boolean> {
  const { rows } = await sql`
    select from exception where account_id = ${app.account} and resolved_at is null and kind = any(${stopping}) limit 1`.execute(
    tx,
  )
  return rows.length > 0
}

/** The last look: with the list complete and empty after three days the refund ends, and its room is free. */
async function giveUp(app: App, request: string): Promise<Refusal | undefined> {
  const refund = (await refundsOfRequest(app.db, app.account, request)).at(-1)
  if (refund?.status !== 'unconfirmed') return undefined
  try {
    const payment = await findPayment(app.db, app.account, refund.payment_id)
    await lookClosely(app, payment!.stripe_charge)
  } catch (error) {
    if (isAway(error)) return { code: 'stripe_unreachable' }
    throw error
  }
  const now = await findRefund(app.db, app.account, refund.id)
  if (now?.status === 'unconfirmed') await refuse(app, now, 'Stripe never confirmed it.')
  return undefined
}
