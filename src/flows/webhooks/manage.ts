import { randomBytes } from 'node:crypto'
import type { App } from '../../app.ts'
import { inTransaction, type Tx } from '../../db/connect.ts'
import { resolveException } from '../../db/exceptions.ts'
import { audit } from '../../db/journal.ts'
import {
  dropWaiting,
  findEndpoint,
  insertEndpoint,
  replayDelivery,
  updateEndpoint,
  type EndpointRow,
} from '../../db/webhooks.ts'
import type { Actor } from '../../domain/actor.ts'
import { newId } from '../../domain/ids.ts'
import { no, ok, type Refusal, type Result } from '../../domain/refusal.ts'
import { wrongAddress, wrongEvent } from '../../domain/webhook.ts'
import { seal } from '../../sealed.ts'
import { publish } from './announce.ts'

export type EndpointChange = {
  readonly url?: string | undefined
  readonly description?: string | undefined
  readonly events?: readonly string[] | undefined
  readonly enabled?: boolean | undefined
}

const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`
const sealFor = (app: App, id: string, secret: string): string =>
  seal(app.secret, secret, { purpose: 'webhook secret', account: app.account, id })

/** Makes an endpoint; its secret is answered this once. Refuses: setting_invalid. */
export async function addEndpoint(
  app: App,
  { url, events, description = '', by }: { url: string; events: readonly string[]; description?: string; by: Actor },
): Promise<Result<{ id: string; secret: string }>> {
  const wrong = wrongIn(app, { url, events, description })
  if (wrong) return no(wrong)
  const id = newId('whe')
  const secret = newSecret()
  return inTransaction(app.db, async (tx) => {
    const kept = { id, url: new URL(url).href, description: description.trim(), events: [...events] }
    await insertEndpoint(tx, app.account, { ...kept, secret: sealFor(app, id, secret) }, by, app.now())
    await note(app, tx, by, 'webhook.added', id, { url: kept.url, events: kept.events })
    return ok({ id, secret })
  })
}

/** Changes an endpoint, disables it, or enables it again. Refuses: setting_invalid, setting_not_found. */
export async function changeEndpoint(
  app: App,
  { id, by, enabled, ...change }: EndpointChange & { id: string; by: Actor },
): Promise<Result<{ id: string }>> {
  const wrong = wrongIn(app, change)
  if (wrong) return no(wrong)
  return withEndpoint(app, id, async (tx) => {
    const at = app.now()
    await updateEndpoint(tx, app.account, id, {
      ...(change.url !== undefined && { url: new URL(change.url).href }),
      ...(change.description !== undefined && { description: change.description.trim() }),
      ...(change.events !== undefined && { events: [...change.events] }),
      ...(enabled === true && { disabled_at: null, disabled_because: null, failing_since: null }),
      ...(enabled === false && { disabled_at: at, disabled_because: 'Somebody disabled it.' }),
    })
    if (enabled === false) await dropWaiting(tx, app.account, id, 'The endpoint was disabled.', at)
    if (enabled === true) await resolveException(tx, app.account, { kind: 'webhook_disabled', subject: id, by, at })
    await note(app, tx, by, 'webhook.changed', id, { ...change, enabled })
    return ok({ id })
  })
}

/** Takes an endpoint away; its deliveries stay to be read. Refuses: setting_not_found. */
export async function removeEndpoint(app: App, { id, by }: { id: string; by: Actor }): Promise<Result<{ id: string }>> {
  return withEndpoint(app, id, async (tx, { url }) => {
    await updateEndpoint(tx, app.account, id, { deleted_at: app.now() })
    await dropWaiting(tx, app.account, id, 'The endpoint was removed.', app.now())
    await note(app, tx, by, 'webhook.removed', id, { url })
    return ok({ id })
  })
}

const overlapMs = 24 * 60 * 60 * 1000

/** Makes a new secret, answered this once. The old one signs too for a day, so that a receiver can change over in peace. Refuses: setting_not_found. */
export async function rotateSecret(
  app: App,
  { id, by }: { id: string; by: Actor },
): Promise<Result<{ id: string; secret: string; old_until: string }>> {
  const secret = newSecret()
  return withEndpoint(app, id, async (tx, endpoint) => {
    const until = new Date(app.now().getTime() + overlapMs)
    await updateEndpoint(tx, app.account, id, {
      secret: sealFor(app, id, secret),
      old_secret: endpoint.secret,
      old_secret_until: until,
    })
    await note(app, tx, by, 'webhook.secret_rotated', id, {})
    return ok({ id, secret, old_until: until.toISOString() })
  })
}

/** Sends an event that says that it is a test. Refuses: setting_not_found, setting_refused (disabled). */
export async function sendTestEvent(
  app: App,
  { id, by }: { id: string; by: Actor },
): Promise<Result<{ delivery: string }>> {
  return withEndpoint(app, id, async (tx, endpoint) => {
    if (endpoint.disabled_at)
      return no({ code: 'setting_refused', because: 'This endpoint is disabled. Enable it first.' })
    const [delivery] = await publish(app, tx, {
      type: 'test',
      subject: id,
      at: app.now(),
      data: { object: 'test', message: 'This is a test of Moneyback. Nothing happened.' },
      only: id,
    })
    await note(app, tx, by, 'webhook.tested', id, {})
    return ok({ delivery: delivery! })
  })
}

/** Sends a delivery again, under its id. Refuses: setting_refused (waiting, older than 30 days, or nobody to send it to). */
export async function replay(app: App, { id, by }: { id: string; by: Actor }): Promise<Result<{ id: string }>> {
  return inTransaction(app.db, async (tx) => {
    if (!(await replayDelivery(tx, app.account, id, app.now())))
      return no({
        code: 'setting_refused',
        because:
          'This can’t be sent again: it is waiting already, is older than 30 days, or its endpoint is disabled or gone.',
      })
    await note(app, tx, by, 'webhook.replayed', id, {})
    return ok({ id })
  })
}

function wrongIn(app: App, { url, events, description }: EndpointChange): Refusal | undefined {
  const wrong = (field: string, because: string): Refusal => ({ code: 'setting_invalid', field, because })
  const address = url !== undefined && wrongAddress(url, app.config.webhookLoopback)
  if (address) return wrong('url', address)
  if (description !== undefined && description.length > 200) return wrong('description', 'Use 200 characters or fewer.')
  if (events?.length === 0) return wrong('events', 'Choose what to tell: without an event nothing would be sent.')
  const event = events?.map(wrongEvent).find((one) => one !== undefined)
  return event === undefined ? undefined : wrong('events', event)
}

async function withEndpoint<T>(
  app: App,
  id: string,
  story: (tx: Tx, endpoint: EndpointRow) => Promise<Result<T>>,
): Promise<Result<T>> {
  return inTransaction(app.db, async (tx) => {
    const endpoint = await findEndpoint(tx, app.account, id)
    return endpoint ? story(tx, endpoint) : no({ code: 'setting_not_found', what: 'webhook endpoint' })
  })
}

async function note(app: App, tx: Tx, actor: Actor, action: string, subject: string, detail: object): Promise<void> {
  await audit(tx, { account: app.account, at: app.now(), actor, action, subject, detail: { ...detail } })
}
