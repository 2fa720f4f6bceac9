import { sql } from 'kysely'
import { Webhook } from 'standardwebhooks'
import type { App } from '../../app.ts'
import { inTransaction, type Tx } from '../../db/connect.ts'
import { openException, resolveException } from '../../db/exceptions.ts'
import { audit } from '../../db/journal.ts'
import {
  dropWaiting,
  findEndpoint,
  findEvent,
  noteAttempt,
  updateEndpoint,
  type DeliveryRow,
  type EndpointRow,
} from '../../db/webhooks.ts'
import { disableAfterMs, nextAttempt, retryAfterOf, wrongAddress } from '../../domain/webhook.ts'
import { post, type Posted } from '../../outgoing/post.ts'
import { unseal } from '../../sealed.ts'
import { sendNow } from '../send-now.ts'

/** How many may begin in a second for one endpoint, from this process. */
const perSecond = 10
const slots = new Map<string, number>()

/** Waits until this endpoint may be called again. */
async function slot(endpoint: string): Promise<void> {
  const now = performance.now()
  const mine = Math.max(now, slots.get(endpoint) ?? 0)
  slots.set(endpoint, mine + 1000 / perSecond)
  if (mine > now) await new Promise((done) => setTimeout(done, mine - now))
}

/** One attempt of a delivery: sent, written down, and where it failed put in line again or given up. */
export async function deliver(app: App, delivery: DeliveryRow): Promise<void> {
  const [endpoint, event] = await Promise.all([
    findEndpoint(app.db, app.account, delivery.endpoint_id),
    findEvent(app.db, app.account, delivery.event_id),
  ])
  if (!endpoint || !event) return
  await slot(endpoint.id)
  const at = app.now()
  const posted = await send(app, endpoint, delivery.id, event.body, at)
  const delivered = posted.status !== null && posted.status >= 200 && posted.status < 300
  const tries = delivery.tries + 1
  const next = delivered
    ? undefined
    : nextAttempt(tries, { now: at, chance: Math.random(), retryAfterMs: retryAfterOf(posted.retryAfter, at) })
  const because = delivered ? null : (posted.error ?? `The answer was ${posted.status}.`)
  const disabled = await inTransaction(app.db, async (tx) => {
    await noteAttempt(
      tx,
      app.account,
      delivery.id,
      { number: tries, at, status: posted.status, ms: posted.ms, error: because, response: posted.response },
      { status: delivered ? 'delivered' : next ? 'waiting' : 'failed', next_at: next ?? null },
    )
    if (delivered) return recovered(app, tx, endpoint, at)
    const since = endpoint.failing_since ?? at
    if (!endpoint.failing_since) await updateEndpoint(tx, app.account, endpoint.id, { failing_since: at })
    if (posted.status === 410)
      return disable(app, tx, endpoint, at, 'It answered 410: nothing is wanted there any more.')
    if (at.getTime() - since.getTime() >= disableAfterMs)
      return disable(app, tx, endpoint, at, `Nothing was taken for five days. The last time: ${because}`)
    return undefined
  })
  if (disabled) await tellOwners(app, endpoint, disabled)
}

async function send(app: App, endpoint: EndpointRow, id: string, body: string, at: Date): Promise<Posted> {
  const no = (error: string): Posted => ({ status: null, error, response: null, retryAfter: undefined, ms: 0 })
  const wrong = wrongAddress(endpoint.url, app.config.webhookLoopback)
  if (wrong) return no(wrong)
  const secrets = secretsOf(app, endpoint, at)
  if (secrets.length === 0)
    return no('The secret can’t be opened: MONEYBACK_SECRET is another one than when it was made. Rotate the secret.')
  return post(new URL(endpoint.url), {
    body,
    loopback: app.config.webhookLoopback,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Moneyback',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
    },
  })
}

/** The newest secret, and for a day the one before it: both sign. */
function secretsOf(app: App, { id, secret, old_secret, old_secret_until }: EndpointRow, at: Date): string[] {
  const of = { purpose: 'webhook secret', account: app.account, id }
  const old = old_secret && old_secret_until && old_secret_until > at ? [old_secret] : []
  return [secret, ...old].flatMap((sealed) => unseal(app.secret, sealed, of) ?? [])
}

async function recovered(app: App, tx: Tx, endpoint: EndpointRow, at: Date): Promise<undefined> {
  if (!endpoint.failing_since) return
  await updateEndpoint(tx, app.account, endpoint.id, { failing_since: null })
  await resolveException(tx, app.account, { kind: 'webhook_disabled', subject: endpoint.id, by: 'moneyback', at })
}

async function disable(app: App, tx: Tx, endpoint: EndpointRow, at: Date, because: string): Promise<string> {
  await updateEndpoint(tx, app.account, endpoint.id, { disabled_at: at, disabled_because: because })
  await dropWaiting(tx, app.account, endpoint.id, 'The endpoint was disabled.', at)
  await openException(tx, {
    account: app.account,
    kind: 'webhook_disabled',
    subject: endpoint.id,
    owner: 'owner',
    at,
    because: `The webhook endpoint ${endpoint.url} was disabled. ${because}`,
    cure: 'Mend the receiver, enable the endpoint under Settings, Webhooks, and repeat what it missed from the list of deliveries.',
  })
  await audit(tx, {
    account: app.account,
    at,
    actor: 'moneyback',
    action: 'webhook.disabled',
    subject: endpoint.id,
    detail: { because },
  })
  return because
}

async function tellOwners(app: App, { url }: EndpointRow, because: string): Promise<void> {
  const { rows } = await sql<{ email: string }>`
    select email from staff where role = 'owner' and state = 'active'`.execute(app.db)
  for (const { email } of rows)
    await sendNow(app, {
      to: email,
      subject: 'Moneyback: a webhook endpoint was disabled',
      text: `${url} was disabled, and is told nothing any more.\n\n${because}\n\nMend the receiver, enable it, and repeat what it missed:\n${app.config.publicUrl}/admin/settings/webhooks\n`,
    })
}
