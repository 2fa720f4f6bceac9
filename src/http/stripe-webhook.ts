import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import Stripe from 'stripe'
import type { App } from '../app.ts'
import { crashPoint } from '../crash-point.ts'
import { keepStripeEvent } from '../flows/reconcile.ts'
import { answerProblem } from './problem.ts'

/** Stripe signs the second of sending; what is older or more than this ahead is a replay or a forgery. */
const toleranceSeconds = 300

/**
 * Stripe's events: verified on the raw bytes, kept, acknowledged, and only then understood. Stripe stops waiting for an
 * endpoint that thinks, and a webhook is only a hint to look, so order and repetition don't matter.
 */
export function stripeWebhook(app: App): Hono {
  const routes = new Hono()
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
    const event = verify(app, payload, c.req.header('stripe-signature') ?? '')
    if (event === undefined) {
      return answerProblem(c, {
        status: 400,
        code: 'signature_invalid',
        title: 'Not accepted',
        detail: 'The signature does not match this endpoint’s secret, or it is older or younger than five minutes.',
      })
    }
    if (event.livemode !== app.livemode || (event.account !== undefined && event.account !== app.account)) {
      return answerProblem(c, {
        status: 400,
        code: 'wrong_account',
        title: 'Not accepted',
        detail: 'This event is of another account, or of the other mode.',
      })
    }
    await keepStripeEvent(app, event, payload.toString('utf8'))
    crashPoint('after-inbox')
    return c.body(null, 200)
  })
  return routes
}

function verify(app: App, payload: Buffer, header: string): Stripe.Event | undefined {
  if (header.length > 4096 || !isRecent(app, header)) return undefined
  for (const { secret, until } of app.webhookSecrets) {
    if (until !== undefined && app.now() >= until) continue
    try {
      const event = app.stripe.webhooks.constructEvent(payload, header, secret, toleranceSeconds)
      return event.object === 'event' && event.data?.object ? event : undefined
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError) && !(error instanceof SyntaxError))
        return undefined
    }
  }
  return undefined
}

/** The SDK refuses only old timestamps; one from the future passes, so it is refused here. */
function isRecent(app: App, header: string): boolean {
  const seconds = Number(/(?:^|,)t=(\d{1,12})(?:,|$)/.exec(header)?.[1])
  return Number.isFinite(seconds) && Math.abs(app.now().getTime() / 1000 - seconds) <= toleranceSeconds
}
