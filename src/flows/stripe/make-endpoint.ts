import Stripe from 'stripe'
import type { App } from '../../app.ts'
import { audit } from '../../db/journal.ts'
import { saveEndpoint } from '../../db/stripe-credentials.ts'
import type { Actor } from '../../domain/actor.ts'
import { no, ok, type Result } from '../../domain/refusal.ts'
import { seal } from '../../sealed.ts'
import { errorLine, isCredential } from '../../stripe/answers.ts'
import { eventTypes } from '../observe-events.ts'

export type MadeEndpoint = { readonly id: string; readonly secret: string; readonly kept: boolean }

/**
 * Makes Stripe's webhook endpoint for this installation. Its secret is kept sealed where the installation has one of its own to seal with;
 * else it is answered this once, for STRIPE_WEBHOOK_SECRET. Refuses:
 * setting_refused (one is there, the key may not, or Stripe does not take the address), stripe_unreachable.
 */
export async function makeEndpoint(app: App, { by }: { by: Actor }): Promise<Result<MadeEndpoint>> {
  const url = `${app.config.publicUrl}/webhooks/stripe`
  try {
    const known = await app.stripe.webhookEndpoints.list({ limit: 100 })
    if (known.data.some((one) => one.url === url && one.status === 'enabled'))
      return no({
        code: 'setting_refused',
        because: `Stripe has an endpoint for ${url} already. Its secret stands there, under “Signing secret”.`,
      })
    // Of our version: else events come in the account's own, which may be years old.
    const made = await app.stripe.webhookEndpoints.create({
      url,
      enabled_events: eventTypes,
      api_version: Stripe.API_VERSION,
      description: 'Moneyback',
    })
    const secret = made.secret ?? ''
    if (app.kept !== undefined) {
      const sealed = seal(app.secret, secret, { purpose: 'webhook secret', account: app.account, id: app.account })
      await saveEndpoint(app.db, app.account, { id: made.id, secret: sealed, by, at: app.now() })
      app.kept.changed()
    }
    await audit(app.db, {
      account: app.account,
      at: app.now(),
      actor: by,
      action: 'stripe.endpoint_made',
      subject: made.id,
      detail: { url },
    })
    return ok({ id: made.id, secret, kept: app.kept !== undefined })
  } catch (error) {
    if (isCredential(error) || (error as { statusCode?: number }).statusCode === 400)
      return no({
        code: 'setting_refused',
        because: `${(error as Error).message} Make the endpoint in Stripe by the steps below.`,
      })
    app.log.warn({ error: errorLine(error) }, 'the webhook endpoint could not be made')
    return no({ code: 'stripe_unreachable' })
  }
}
