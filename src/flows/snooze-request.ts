import { sql } from 'kysely'
import type { App } from '../app.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import { no, type Refusal, type Result } from '../domain/refusal.ts'
import { changeOpenRequest } from './change-open-request.ts'

const longestMs = 30 * 24 * 60 * 60 * 1000

/** What is wrong with an instant until which something is snoozed; undefined when nothing is. */
export function snoozable(now: Date, until: Date | null): Refusal | undefined {
  const ahead = until === null ? 1 : until.getTime() - now.getTime()
  if (ahead > 0 && ahead <= longestMs) return undefined
  return { code: 'time_invalid', because: 'Snooze until a time in the future, 30 days ahead at most.' }
}

/**
 * Takes a request out of the queue until an instant; it comes back by itself. Its due time stays: a promise to a customer
 * isn't snoozed. `until: null` brings it back now. Refuses: request_not_found, role_too_low, time_invalid, already_decided.
 */
export async function snoozeRequest(
  app: App,
  { id, by, role, until }: { id: string; by: Actor; role: Role; until: Date | null },
): Promise<Result<{ id: string }>> {
  if (!mayAs(role, 'support')) return no({ code: 'role_too_low', needed: 'support' })
  const wrong = snoozable(app.now(), until)
  if (wrong) return no(wrong)
  const action = until === null ? 'request.woken' : 'request.snoozed'
  return changeOpenRequest(app, { id, by, action, detail: { until } }, (tx, request) =>
    sql`
      update refund_request set snoozed_until = ${until}
      where account_id = ${request.account_id} and id = ${request.id}`.execute(tx),
  )
}
