import { randomBytes } from 'node:crypto'
import { betterAuth } from 'better-auth'
import { sql } from 'kysely'
import type { App } from '../../app.ts'
import { audit } from '../../db/journal.ts'
import { roles, type Role } from '../../domain/actor.ts'

const minutes = 60
const hours = 60 * minutes

// Someone who leaves the console alone is asked again the next morning; nobody stays for longer than a week.
const idle = 12 * hours
const absolute = 7 * 24 * hours

/** Where the server puts the address that a request really came from; what a client sends under this name is dropped. */
export const addressHeader = 'x-moneyback-address'

export type Auth = ReturnType<typeof makeAuth>

/** Sign-in of staff with e-mail and password. The session lives in PostgreSQL; the cookie holds only its signed name. */
export function makeAuth(app: App) {
  const secure = app.config.publicUrl.startsWith('https://')
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
      additionalFields: { role: { type: 'string', required: true, defaultValue: 'viewer', input: false } },
    },
    session: { modelName: 'staff_session', expiresIn: idle, updateAge: 10 * minutes },
    account: { modelName: 'staff_credential' },
    verification: { modelName: 'staff_verification' },
    rateLimit: {
      enabled: true,
      storage: 'database',
      modelName: 'staff_rate_limit',
      customRules: { '/sign-in/email': { window: 5 * minutes, max: 20 } },
    },
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

/** Who is signed in, their role as it is now, and the cookies to send when the session was prolonged. */
export async function currentStaff(
  auth: Auth,
  headers: Headers,
): Promise<{ staff: Staff; cookies: string[] } | undefined> {
  const { headers: out, response } = await auth.api.getSession({ headers, returnHeaders: true })
  if (!response) return undefined
  const { session, user } = response
  if (Date.now() - session.createdAt.getTime() > absolute * 1000) {
    await auth.api.signOut({ headers })
    return undefined
  }
  const role = roles.find((known) => known === user.role) ?? 'viewer'
  return { staff: { id: user.id, name: user.name, email: user.email, role }, cookies: out.getSetCookie() }
}

export type NewStaff = { readonly email: string; readonly name: string; readonly role: Role; readonly password: string }

/**
 * Adds somebody to the staff, or gives a known e-mail this name, role and password and ends its sessions. There is no sign-up: the demo's
 * seed and the command line call this. Throws a RangeError for a password of fewer than 12 characters.
 */
export async function createStaff(app: App, { email, name, role, password }: NewStaff): Promise<{ id: string }> {
  if (password.length < 12 || password.length > 128) throw new RangeError('A password has 12 to 128 characters.')
  const { password: hasher } = await makeAuth(app).$context
  const hash = await hasher.hash(password)
  return app.db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      insert into staff (id, name, email, "emailVerified", role) values (${newStaffId()}, ${name}, ${email.toLowerCase()}, true, ${role})
      on conflict (email) do update set name = excluded.name, role = excluded.role, "updatedAt" = now()
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

const newStaffId = (): string => randomBytes(16).toString('hex')
