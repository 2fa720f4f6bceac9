import { sql } from 'kysely'
import type { App } from '../app.ts'
import { no, ok, type Result } from '../domain/refusal.ts'
import { readBounce } from '../mail/read-bounce.ts'
import { giveUp } from './send-message.ts'

/** What became of a report: `ended` called a person, `known` was written down before, `ignored` says of no failure. */
export type BounceNoted = { readonly message: string; readonly outcome: 'ended' | 'known' | 'ignored' }

/**
 * Takes in that a mail came back after a server had taken it. The message counts as failed and staff see it; the request is not
 * touched. Refuses: bounce_unreadable (no report on a mail of ours), also for a message that is not this account's.
 */
export async function noteBounce(app: App, report: string): Promise<Result<BounceNoted>> {
  const bounce = readBounce(report)
  if (bounce === undefined) return no({ code: 'bounce_unreadable' })
  const { message, failed, because } = bounce
  const { rows } = await sql<{ status: string }>`
    select status from message where account_id = ${app.account} and id = ${message} and recipient is not null`.execute(
    app.db,
  )
  if (rows[0] === undefined) return no({ code: 'bounce_unreadable' })
  if (!failed) return ok({ message, outcome: 'ignored' })
  const ended = await giveUp(app, message, because, { bounced: true })
  return ok({ message, outcome: ended ? 'ended' : 'known' })
}
