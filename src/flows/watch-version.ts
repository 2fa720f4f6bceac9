import Stripe from 'stripe'
import type { App } from '../app.ts'
import { openExceptionOnce } from '../db/exceptions.ts'

// "2026-10-28.endive": versions of one name agree with each other (docs.stripe.com/api/versioning).
const nameOf = (version: string): string => version.split('.')[1] ?? version

/**
 * Tells the owner once of each API version of Stripe's, other than ours, in which events come: their bodies may look
 * otherwise. Nothing is taken from a body but whom to look at, so that events of any version are kept and followed.
 */
export function versionWatch(app: App): (version: string | null | undefined) => Promise<void> {
  const told = new Set<string>([nameOf(Stripe.API_VERSION)])
  return async (version) => {
    if (version == null || told.has(nameOf(version))) return
    await openExceptionOnce(app.db, {
      account: app.account,
      kind: 'events_of_another_version',
      subject: nameOf(version),
      owner: 'owner',
      at: app.now(),
      because: `Stripe’s events come in its API version ${version}; this program reads ${Stripe.API_VERSION}. They are kept, and each is looked up at Stripe in our version, so that nothing is lost as long as they say what they are about.`,
      cure: `In Stripe, under Webhooks, give the endpoint the version ${Stripe.API_VERSION} (a new endpoint with this address and version, its secret added to STRIPE_WEBHOOK_SECRET, then the old one removed). Then close this; the same version is not told again.`,
    })
    told.add(nameOf(version))
  }
}
