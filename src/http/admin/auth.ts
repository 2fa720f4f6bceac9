import { betterAuth } from 'better-auth'
import { genericOAuth } from 'better-auth/plugins/generic-oauth'
import { twoFactor } from 'better-auth/plugins/two-factor'
import { sql } from 'kysely'
import type { App } from '../../app.ts'
import { audit } from '../../db/journal.ts'
import { newStaffId } from '../../db/staff.ts'
import { roles, type Role } from '../../domain/actor.ts'

const minutes = 60
const hours = 60 * minutes

// Someone who leaves the console alone is asked again the next morning; nobody stays for longer than a week.
const idle = 12 * hours
const absolute = 7 * 24 * hours

/** Where the server puts the address that a request really came from; what a client sends under this name is dropped. */
export const addressHeader = 'x-moneyback-address'

export type Auth = ReturnType<typeof makeAuth>

/**
 * Sign-in of staff: e-mail and password with a second factor, or an identity provider. The session lives in PostgreSQL; the
 * cookie holds only its signed name. Only somebody who is known, by an invitation or the command line, can sign in.
 */
export function makeAuth(app: App) {
  const secure = app.config.publicUrl.startsWith('https://')
  const { oidc } = app.config
  return betterAuth({
    appName: 'Moneyback',
    baseURL: app.config.publicUrl,
    basePath: '/admin/api/auth',
    secret: app.secret,
    telemetry: { enabled: false },
    database: { db: app.db, type: 'postgres' },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 128 },
    user: {
      modelName: 'staff',
      additionalFields: {
        role: { type: 'string', required: true, defaultValue: 'viewer', input: false },
        state: { type: 'string', required: true, defaultValue: 'invited', input: false },
      },
    },
    session: {
      modelName: 'staff_session',
      expiresIn: idle,
      updateAge: 10 * minutes,
      additionalFields: { stepped_up_at: { type: 'date', required: false, input: false } },
    },
    account: {
      modelName: 'staff_credential',
      // The provider is the merchant's own, and the address must be that of somebody who was invited.
      accountLinking: { enabled: true, trustedProviders: ['oidc'], requireLocalEmailVerified: false },
      storeStateStrategy: 'database',
    },
    verification: { modelName: 'staff_verification' },
    rateLimit: {
      enabled: true,
      storage: 'database',
      modelName: 'staff_rate_limit',
      customRules: {
        '/sign-in/email': { window: 5 * minutes, max: 20 },
        '/two-factor/*': { window: 5 * minutes, max: 20 },
      },
    },
    databaseHooks: {
      session: {
        create: {
          // Whoever was deactivated has no way in; whoever was invited is here once the identity provider vouches for them.
          before: async ({ userId }) => {
            const { rows } = await sql`select from staff where id = ${userId} and state <> 'deactivated'`.execute(
              app.db,
            )
            return rows.length === 1 ? undefined : false
          },
          after: async ({ userId }) => {
            await sql`update staff set state = 'active', "updatedAt" = now() where id = ${userId} and state = 'invited'`.execute(
              app.db,
            )
          },
        },
      },
    },
    plugins: [
      twoFactor({
        issuer: 'Moneyback',
        allowPasswordless: true,
        schema: { twoFactor: { modelName: 'staff_two_factor' } },
      }),
      ...(oidc
        ? [
            genericOAuth({
              config: [
                {
                  providerId: 'oidc',
                  discoveryUrl: `${oidc.issuer}/.well-known/openid-configuration`,
                  clientId: oidc.clientId,
                  clientSecret: oidc.clientSecret,
                  scopes: ['openid', 'email', 'profile'],
                  pkce: true,
                  requireIdTokenVerification: true,
                  disableSignUp: true,
                },
              ],
            }),
          ]
        : []),
    ],
    advanced: {
      // __Host- ties the cookie to this host and to https; a browser refuses the prefix without them.
      useSecureCookies: false,
      cookies: {
        session_token: {
          name: secure ? '__Host-moneyback-staff' : 'moneyback-staff',
          attributes: { secure, path: '/' },
        },
      },
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', secure },
      ipAddress: { ipAddressHeaders: [addressHeader] },
      // Asked before better-auth is reached, for every route of the console alike (http/session.ts).
      disableCSRFCheck: true,
      disableOriginCheck: true,
    },
    logger: { disabled: true },
  })
}

export type Staff = { readonly id: string; readonly name: string; readonly email: string; readonly role: Role }
export type Session = {
  readonly id: string
  readonly token: string
  /** When this person last proved who they are: by signing in, or by giving password or code again. */
  readonly proved_at: Date
  readonly two_factor: boolean
}

/** Who is signed in, their role as it is now, and the cookies to send when the session was prolonged. */
export async function currentStaff(
  auth: Auth,
  headers: Headers,
): Promise<{ staff: Staff; session: Session; cookies: string[] } | undefined> {
  const { headers: out, response } = await auth.api.getSession({ headers, returnHeaders: true })
  if (!response) return undefined
  const { session, user } = response
  if (user.state !== 'active') return undefined
  if (Date.now() - session.createdAt.getTime() > absolute * 1000) {
    await auth.api.signOut({ headers })
    return undefined
  }
  const role = roles.find((known) => known === user.role) ?? 'viewer'
  return {
    staff: { id: user.id, name: user.name, email: user.email, role },
    session: {
      id: session.id,
      token: session.token,
      proved_at: new Date(Math.max(session.createdAt.getTime(), session.stepped_up_at?.getTime() ?? 0)),
      two_factor: user.twoFactorEnabled === true,
    },
    cookies: out.getSetCookie(),
  }
}

export type NewStaff = { readonly email: string; readonly name: string; readonly role: Role; readonly password: string }

/** The hash of a password, as better-auth keeps it. Throws a RangeError for one that is too short or too long. */
export async function hashPassword(app: App, password: string): Promise<string> {
  if (password.length < 12 || password.length > 128) throw new RangeError('A password has 12 to 128 characters.')
  const { password: hasher } = await makeAuth(app).$context
  return hasher.hash(password)
}

/**
 * Adds somebody to the staff, or gives a known e-mail this name, role and password and ends its sessions. There is no sign-up: the demo's
 * seed and the command line call this. Throws a RangeError for a password of fewer than 12 characters.
 */
export async function createStaff(app: App, { email, name, role, password }: NewStaff): Promise<{ id: string }> {
  const hash = await hashPassword(app, password)
  return app.db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      insert into staff (id, name, email, "emailVerified", role) values (${newStaffId()}, ${name}, ${email.toLowerCase()}, true, ${role})
      on conflict (email) do update set name = excluded.name, role = excluded.role, state = 'active', "updatedAt" = now()
      returning id`.execute(tx)
    const id = rows[0]!.id
    await sql`delete from staff_session where "userId" = ${id}`.execute(tx)
    await sql`delete from staff_credential where "userId" = ${id} and "providerId" = 'credential'`.execute(tx)
    await sql`
      insert into staff_credential (id, "userId", "accountId", "providerId", password)
      values (${newStaffId()}, ${id}, ${id}, 'credential', ${hash})`.execute(tx)
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: 'moneyback',
      action: 'staff.added',
      subject: id,
      detail: { email, role },
    })
    return { id }
  })
}
