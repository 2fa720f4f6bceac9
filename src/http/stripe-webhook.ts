import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { App } from '../app.ts'
import { crashPoint } from '../crash-point.ts'
import { openException } from '../db/exceptions.ts'
import { keepStripeEvent, type KeptEvent } from '../flows/reconcile.ts'
import { versionWatch } from '../flows/watch-version.ts'
import { answerProblem } from './problem.ts'

/** Stripe signs the second of sending; what is older or more than this ahead is a replay or a forgery. */
const toleranceSeconds = 300
/** A signature is 70 characters; Stripe sends two while a secret is rolled. */
const headerMax = 4096

/**
 * Stripe's events: verified on the raw bytes, kept, acknowledged, and only then understood. Stripe stops waiting for an
 * endpoint that thinks, and a webhook is only a hint to look, so order and repetition don't matter. What is verified and of
 * no use here (unknown types, thin events) is kept and ignored: a refusal would make Stripe send it for days.
 */
export function stripeWebhook(app: App): Hono {
  const routes = new Hono()
  const refused = countRefusals(app)
  const watchVersion = versionWatch(app)
  const tooLarge = bodyLimit({
    maxSize: 1024 * 1024,
    onError: (c) =>
      answerProblem(c, {
        status: 413,
        code: 'too_large',
        title: 'Too large',
        detail: 'An event is smaller than 1 MiB.',
      }),
  })
  routes.post('/', tooLarge, async (c) => {
    const payload = Buffer.from(await c.req.arrayBuffer())
    const signature = c.req.header('stripe-signature') ?? ''
    if (!(await isSigned(app, payload, signature))) {
      await refused()
      return answerProblem(c, {
        status: 400,
        code: 'signature_invalid',
        title: 'Not accepted',
        detail: 'The signature does not match this endpoint’s secret, or it is older or younger than five minutes.',
      })
    }
    const event = parse(payload)
    if (event === undefined) {
      return answerProblem(c, {
        status: 400,
        code: 'not_an_event',
        title: 'Not accepted',
        detail: 'This is signed as it should be, and it is no event.',
      })
    }
    if (event.livemode !== app.livemode || (event.account != null && event.account !== app.account)) {
      return answerProblem(c, {
        status: 400,
        code: 'wrong_account',
        title: 'Not accepted',
        detail: 'This event is of another account, or of the other mode.',
      })
    }
    await keepStripeEvent(app, event, { via: 'webhook', payload: payload.toString('utf8') })
    await watchVersion(event.api_version)
    crashPoint('after-inbox')
    return c.body(null, 200)
  })
  return routes
}

/** By one of the secrets that still count, within five minutes in both directions: the SDK refuses only old timestamps. */
async function isSigned(app: App, payload: Buffer, header: string): Promise<boolean> {
  const seconds = Number(/(?:^|,)t=(\d{1,12})(?:,|$)/.exec(header)?.[1])
  const now = app.now()
  if (header.length > headerMax || !(Math.abs(now.getTime() / 1000 - seconds) <= toleranceSeconds)) return false
  const counts = app.webhookSecrets.some(
    ({ secret, until }) => (until === undefined || now < until) && matches(app, payload, header, secret),
  )
  if (counts) return true
  const kept = await app.kept?.webhookSecret()
  return kept !== undefined && matches(app, payload, header, kept)
}

function matches(app: App, payload: Buffer, header: string, secret: string): boolean {
  try {
    return app.stripe.webhooks.signature?.verifyHeader(payload, header, secret, toleranceSeconds) ?? false
  } catch {
    return false
  }
}

function parse(payload: Buffer): KeptEvent | undefined {
  try {
    const event = JSON.parse(payload.toString('utf8')) as Partial<KeptEvent> | null
    const { id, type } = event ?? {}
    return typeof id === 'string' && /^evt_\w{1,250}$/.test(id) && typeof type === 'string' && type.length <= 250
      ? (event as KeptEvent)
      : undefined
  } catch {
    return undefined
  }
}

const minuteMs = 60_000
const refusalsMax = 5

/** More than a few refusals in a minute are a wrong secret, or somebody who tries: the owner is called, once. */
function countRefusals(app: App): () => Promise<void> {
  let since = -Infinity
  let count = 0
  return async () => {
    if (app.elapsed() - since > minuteMs) [since, count] = [app.elapsed(), 0]
    if (++count !== refusalsMax + 1) return
    await openException(app.db, {
      account: app.account,
      kind: 'webhooks_refused',
      subject: app.account,
      owner: 'owner',
      at: app.now(),
      because: `More than ${refusalsMax} events in a minute had no valid signature. None was accepted.`,
      cure: 'If Stripe shows failed deliveries, STRIPE_WEBHOOK_SECRET is of another endpoint: copy it again. If it shows none, somebody else sends them, and nothing has to be done.',
    })
  }
}
