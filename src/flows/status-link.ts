import { createHmac } from 'node:crypto'
import type { App } from '../app.ts'
import type { MessageRow } from '../db/messages.ts'
import { insertStatusLink } from '../db/portal-sessions.ts'
import { statusLinkLastsMs } from '../domain/portal-link.ts'

/**
 * The link in a letter: it opens the one request that the letter is about and nothing else, for 30 days, as often as it is
 * followed (scanners of mail follow it too). Its secret is made from the message's id and the installation's key, so a
 * letter that is sent again has the same link, and the outbox, which staff can read, does not hold it.
 */
export async function statusLink(app: App, message: Pick<MessageRow, 'id' | 'request_id' | 'created_at'>) {
  if (message.request_id === null) return null
  const token = createHmac('sha256', app.secret).update(`status link of ${message.id}`).digest('base64url')
  const there = await insertStatusLink(app.db, {
    account: app.account,
    token,
    request: message.request_id,
    expires_at: new Date(message.created_at.getTime() + statusLinkLastsMs),
  })
  return there
    ? `${app.config.portalUrl}/portal/enter#t=${token}`
    : `${app.config.portalUrl}/portal/requests/${message.request_id}`
}
