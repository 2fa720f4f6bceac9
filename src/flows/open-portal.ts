import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { findCustomer } from '../db/customers.ts'
import { audit } from '../db/journal.ts'
import { findPayment } from '../db/payments.ts'
import {
  findPortalLink,
  forgetPortalEntries,
  insertPortalLink,
  insertPortalSession,
  newSecret,
  takePortalLink,
  usePortalSession,
} from '../db/portal-sessions.ts'
import { ownersOf } from '../db/portal-sign-ins.ts'
import type { Actor } from '../domain/actor.ts'
import { linkLastsMs, linkRefusal, returnUrlProblem, type LinkRefusal } from '../domain/portal-link.ts'
import { no, ok, type Result } from '../domain/refusal.ts'

export type NewLink = {
  /** Stripe's `cus_…`. Without one, whoever made the payment. */
  readonly customer?: string | undefined
  /** Instead of `customer`: an address that the merchant has verified. Opens all customers and guests who paid with it. */
  readonly email?: string | undefined
  /** The payment to open the portal with, `pay_…`, `pi_…` or `ch_…`. It must be this customer's. */
  readonly payment?: string | undefined
  /** Where the customer is led back to: https, or http on this machine. */
  readonly return_url?: string | undefined
  readonly by: Actor
  /** For the demo, whose printed links have to last: 10 minutes when nothing is said. */
  readonly valid_for_seconds?: number | undefined
  /** For the demo: may be followed more than once. */
  readonly reusable?: boolean | undefined
}

export type PortalLink = { readonly url: string; readonly expires_at: Date }

/**
 * Makes a link that lets a customer into the portal, once, within ten minutes. Its secret stands behind the `#`, which no
 * browser sends: it is in no log and no Referer, and a scanner that follows the link doesn't use it up.
 */
export async function createPortalLink(app: App, link: NewLink): Promise<Result<PortalLink>> {
  const { account } = app
  const payment = link.payment === undefined ? undefined : await findPayment(app.db, account, link.payment)
  if (link.customer !== undefined && link.email !== undefined)
    return no({ code: 'link_invalid', because: 'Name customer or email, not both.' })
  const known =
    link.email === undefined ? undefined : await ownersOf(app.db, account, { email: link.email, number: null })
  const owners = known ?? [link.customer ?? payment?.owner_id].filter((each) => each != null)
  const [owner, ...also] = owners
  if (link.customer !== undefined && (await findCustomer(app.db, account, link.customer)) === undefined)
    return no({ code: 'customer_not_found' })
  if (link.payment !== undefined && (payment?.owner_id == null || !owners.includes(payment.owner_id)))
    return no({ code: 'payment_not_found' })
  if (owner === undefined) return no({ code: 'customer_not_found' })
  const problem = link.return_url === undefined ? undefined : returnUrlProblem(link.return_url)
  if (problem !== undefined) return no({ code: 'link_invalid', because: problem })

  const now = app.now()
  const token = newSecret()
  const expires = new Date(
    now.getTime() + (link.valid_for_seconds === undefined ? linkLastsMs : link.valid_for_seconds * 1000),
  )
  await inTransaction(app.db, async (tx) => {
    await insertPortalLink(tx, {
      account,
      token,
      customer: owner,
      also,
      payment: payment?.id ?? null,
      return_url: link.return_url ?? null,
      expires_at: expires,
      reusable: link.reusable ?? false,
    })
    await audit(tx, { account, at: now, actor: link.by, action: 'portal.link_created', subject: owner })
  })
  return ok({ url: `${app.config.portalUrl}/portal/enter#t=${token}`, expires_at: expires })
}

export type Entered = {
  /** The value of the session cookie. */
  readonly session: string
  readonly return_url: string | null
  /** The payment that the portal opens with. */
  readonly payment: string | null
  /** The request that a letter's link opens; the session sees nothing else. */
  readonly request: string | null
}

export type EnterResult =
  | { readonly ok: true; readonly value: Entered }
  | { readonly ok: false; readonly no: LinkRefusal }

/**
 * Exchanges a link's token for a session. A link that this same customer has already used is no obstacle while the session
 * that it opened is alive: that is somebody who went back or reloaded.
 */
export async function enterPortal(
  app: App,
  { token, session }: { token: string; session?: string | undefined },
): Promise<EnterResult> {
  const { account } = app
  const now = app.now()
  const before = session === undefined ? undefined : await usePortalSession(app.db, account, session, now)
  let secret = newSecret()
  const link = await inTransaction(app.db, async (tx) => {
    const taken = await takePortalLink(tx, account, token, now)
    if (taken === undefined) return undefined
    // Whoever is in already keeps what they may see: a letter's link would show them less.
    if (taken.request_id !== null && before?.request === null && before.owners.includes(taken.customer_id)) {
      secret = session!
      return taken
    }
    await insertPortalSession(tx, { account, secret, link: taken, now })
    await forgetPortalEntries(tx, account, now)
    await audit(tx, {
      account,
      at: now,
      actor: `customer:${taken.customer_id}`,
      action: 'portal.entered',
      subject: taken.customer_id,
    })
    return taken
  })
  if (link !== undefined)
    return {
      ok: true,
      value: { session: secret, return_url: link.return_url, payment: link.payment_id, request: link.request_id },
    }

  const known = await findPortalLink(app.db, account, token)
  if (known === undefined) return { ok: false, no: linkRefusal('unknown', null) }
  if (known.used_at === null) return { ok: false, no: linkRefusal('expired', known.return_url) }
  if (session === undefined || before === undefined || !before.owners.includes(known.customer_id))
    return { ok: false, no: linkRefusal('used', known.return_url) }
  return { ok: true, value: { session, return_url: known.return_url, payment: known.payment_id, request: null } }
}
