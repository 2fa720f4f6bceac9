import { createPublicKey } from 'node:crypto'
import { decodeProtectedHeader, jwtVerify, type JWTPayload } from 'jose'
import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { findCustomer } from '../db/customers.ts'
import { audit } from '../db/journal.ts'
import { findPayment } from '../db/payments.ts'
import { findPortalKey, takeJti, type PortalKeyRow } from '../db/portal-keys.ts'
import { forgetPortalEntries, insertPortalSession, newSecret, usePortalSession } from '../db/portal-sessions.ts'
import { ownersOf } from '../db/portal-sign-ins.ts'
import { linkLastsMs, linkRefusal, returnUrlProblem, type LinkFault } from '../domain/portal-link.ts'
import type { Entered, EnterResult } from './open-portal.ts'
import { keySecret } from './portal-keys.ts'

const longest = 4096
/** How far clocks may be apart, in seconds. */
const skew = 60
const headerAllowed = new Set(['alg', 'kid', 'typ'])

type Claims = {
  readonly key: PortalKeyRow
  readonly sub: string
  readonly jti: string
  readonly expires_at: Date
  readonly payment: string | undefined
  readonly return_url: string | null
}

/**
 * Opens a session by a token that the merchant's own backend has signed. The algorithm is the key's, never the token's; it
 * lives for ten minutes at most, is good for this portal alone, and once. What a token asks is looked up here: it can name a
 * customer, never an amount or a list of payments.
 */
export async function enterByJwt(
  app: App,
  { jwt, session }: { jwt: string; session?: string | undefined },
): Promise<EnterResult> {
  const claims = await readToken(app, jwt)
  if (typeof claims === 'string') return { ok: false, no: linkRefusal(claims, null) }
  const owners = await ownersFor(app, claims.sub)
  const [owner, ...also] = owners
  if (owner === undefined) return { ok: false, no: linkRefusal('unknown', claims.return_url) }
  const payment = claims.payment === undefined ? undefined : await findPayment(app.db, app.account, claims.payment)
  const own = payment?.owner_id != null && owners.includes(payment.owner_id) ? payment.id : null

  const now = app.now()
  const secret = newSecret()
  const value: Entered = { session: secret, return_url: claims.return_url, payment: own, request: null }
  const taken = await inTransaction(app.db, async (tx) => {
    const jti = { key: claims.key.id, jti: claims.jti, expires_at: claims.expires_at }
    if (!(await takeJti(tx, app.account, jti))) return false
    const link = { customer_id: owner, also, payment_id: own, request_id: null, return_url: claims.return_url }
    await insertPortalSession(tx, { account: app.account, secret, link, now })
    await forgetPortalEntries(tx, app.account, now)
    await audit(tx, {
      account: app.account,
      at: now,
      actor: `customer:${owner}`,
      action: 'portal.entered',
      subject: owner,
      detail: { by: 'jwt', key: claims.key.id },
    })
    return true
  })
  if (taken) return { ok: true, value }
  // Somebody who went back or reloaded, while the session that the token opened is alive.
  const alive = session === undefined ? undefined : await usePortalSession(app.db, app.account, session, now)
  return session !== undefined && alive?.customer === owner && alive.request === null
    ? { ok: true, value: { ...value, session } }
    : { ok: false, no: linkRefusal('used', claims.return_url) }
}

async function readToken(app: App, jwt: string): Promise<Claims | LinkFault> {
  if (jwt.length > longest) return 'unknown'
  try {
    const header = decodeProtectedHeader(jwt)
    // A header that points elsewhere for its key (jku, jwk, x5u), or that must be understood (crit), is not one of ours.
    if (Object.keys(header).some((name) => !headerAllowed.has(name))) return 'unknown'
    if (typeof header.kid !== 'string' || (header.typ !== undefined && header.typ !== 'JWT')) return 'unknown'
    const key = await findPortalKey(app.db, app.account, header.kid)
    if (key === undefined) return 'unknown'
    const secret = key.alg === 'EdDSA' ? createPublicKey(key.public_key!) : keySecret(app, key.id)
    const { payload } = await jwtVerify(jwt, secret, {
      algorithms: [key.alg],
      issuer: key.issuer,
      audience: new URL(app.config.portalUrl).origin,
      requiredClaims: ['sub', 'iat', 'exp', 'jti'],
      clockTolerance: skew,
      currentDate: app.now(),
    })
    return claimsOf(app, key, payload)
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_JWT_EXPIRED' ? 'expired' : 'unknown'
  }
}

function claimsOf(app: App, key: PortalKeyRow, payload: JWTPayload): Claims | LinkFault {
  const { sub, jti, iat, exp, payment, return_url } = payload
  if (typeof sub !== 'string' || typeof jti !== 'string' || jti.length < 8 || jti.length > 200) return 'unknown'
  // One audience, so that a token for another program can't be used here as well.
  if (typeof payload.aud !== 'string' || iat === undefined || exp === undefined) return 'unknown'
  if ((exp - iat) * 1000 > linkLastsMs || exp <= iat || iat * 1000 > app.now().getTime() + skew * 1000) return 'unknown'
  if (return_url !== undefined && (typeof return_url !== 'string' || returnUrlProblem(return_url) !== undefined))
    return 'unknown'
  if (payment !== undefined && typeof payment !== 'string') return 'unknown'
  const expires_at = new Date((exp + skew) * 1000)
  return { key, sub, jti, expires_at, payment, return_url: return_url ?? null }
}

/** `sub` is a customer in Stripe, or for those who have none the e-mail address that they paid with. */
async function ownersFor(app: App, sub: string): Promise<string[]> {
  if (sub.includes('@')) return ownersOf(app.db, app.account, { email: sub, number: null })
  return (await findCustomer(app.db, app.account, sub)) === undefined ? [] : [sub]
}
