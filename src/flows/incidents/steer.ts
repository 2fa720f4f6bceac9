import type { App } from '../../app.ts'
import { inTransaction, type Tx } from '../../db/connect.ts'
import { cancelLines, incidentSums, lockIncident, setIncident, type IncidentRow } from '../../db/incidents.ts'
import { audit } from '../../db/journal.ts'
import { mayAs, type Actor, type Role } from '../../domain/actor.ts'
import { typedAsPlanned } from '../../domain/bulk.ts'
import { no, ok, type Refusal, type Result } from '../../domain/refusal.ts'
import { lockPerson, mayAlone, maySecond } from './who-may.ts'

export type Who = { readonly by: Actor; readonly role: Role }
type State = { readonly id: string; readonly status: IncidentRow['status'] }

/**
 * Begins, when count and sums were typed as they are; above the limits of this person (Limits and hours) it waits for a second one instead. Refuses:
 * setting_not_found, setting_refused, setting_invalid (the typed numbers).
 */
export async function confirmIncident(
  app: App,
  { id, count, sums, by, role }: { id: string; count: number; sums: Readonly<Record<string, number>> } & Who,
): Promise<Result<State>> {
  return withIncident(app, id, async (tx, incident) => {
    if (incident.status !== 'draft')
      return { code: 'setting_refused', because: `This was confirmed already: it is ${incident.status}.` }
    const planned = (await incidentSums(tx, app.account, id)).filter(({ status }) => status === 'waiting')
    const total = planned.reduce((sum, one) => sum + one.count, 0)
    if (total === 0) return { code: 'setting_refused', because: 'Nobody gets anything: each payment is left out.' }
    if (!typedAsPlanned(planned, { count, sums }))
      return {
        code: 'setting_invalid',
        field: 'count',
        because:
          'Count and sum are not those of the dry run. Look at it again, and type them as they stand there. No money was moved.',
      }
    await lockPerson(app, tx, by)
    const two = !(await mayAlone(app, tx, { by, role }, planned))
    const at = app.now()
    await setIncident(tx, app.account, id, {
      status: two ? 'confirmed' : 'running',
      confirmed_by: by,
      confirmed_at: at,
      ...(!two && { started_by: by, started_at: at, next_at: at }),
    })
    await note(app, tx, by, two ? 'incident.confirmed' : 'incident.started', id, { count, sums })
    return undefined
  })
}

/** The second person's yes. Refuses: setting_not_found, setting_refused, own_request, role_too_low, above_your_limit, needs_an_owner, too_new_for_second. */
export async function startIncident(app: App, { id, by, role }: { id: string } & Who): Promise<Result<State>> {
  return withIncident(app, id, async (tx, incident) => {
    if (incident.status !== 'confirmed')
      return { code: 'setting_refused', because: `This does not wait for a second person: it is ${incident.status}.` }
    if (!mayAs(role, 'finance')) return { code: 'role_too_low', needed: 'finance' }
    if (incident.created_by === by || incident.confirmed_by === by) return { code: 'own_request' }
    await lockPerson(app, tx, by)
    const sums = (await incidentSums(tx, app.account, id)).filter(({ status }) => status === 'waiting')
    const wrong = await maySecond(app, tx, { by, role, first: incident.confirmed_by!, sums })
    if (wrong) return wrong
    const at = app.now()
    await setIncident(tx, app.account, id, { status: 'running', started_by: by, started_at: at, next_at: at })
    await note(app, tx, by, 'incident.started', id, {})
    return undefined
  })
}

const moves = {
  pause: { from: ['running'], to: 'paused', action: 'incident.paused' },
  resume: { from: ['paused'], to: 'running', action: 'incident.resumed' },
  cancel: { from: ['draft', 'confirmed', 'running', 'paused'], to: 'canceled', action: 'incident.canceled' },
} as const

/** Pauses, goes on, or ends it. What was refunded stays refunded. Refuses: setting_not_found, setting_refused. */
export async function steerIncident(
  app: App,
  { id, by, move }: { id: string; move: keyof typeof moves } & Who,
): Promise<Result<State>> {
  const { from, to, action } = moves[move]
  return withIncident(app, id, async (tx, { status }) => {
    if (!(from as readonly string[]).includes(status))
      return { code: 'setting_refused', because: `This can’t be done: it is ${status}.` }
    const at = app.now()
    if (to === 'canceled') await cancelLines(tx, app.account, id, at)
    await setIncident(tx, app.account, id, {
      status: to,
      next_at: to === 'running' ? at : null,
      ...(to === 'canceled' && { done_at: at }),
    })
    await note(app, tx, by, action, id, {})
    return undefined
  })
}

async function withIncident(
  app: App,
  id: string,
  story: (tx: Tx, incident: IncidentRow) => Promise<Refusal | undefined>,
): Promise<Result<State>> {
  return inTransaction(app.db, async (tx) => {
    const incident = await lockIncident(tx, app.account, id)
    if (!incident) return no({ code: 'setting_not_found', what: 'incident' })
    const wrong = await story(tx, incident)
    if (wrong) return no(wrong)
    return ok({ id, status: (await lockIncident(tx, app.account, id))!.status })
  })
}

async function note(app: App, tx: Tx, actor: Actor, action: string, subject: string, detail: object): Promise<void> {
  await audit(tx, { account: app.account, at: app.now(), actor, action, subject, detail: { ...detail } })
}
