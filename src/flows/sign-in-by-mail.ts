import { createHmac, randomInt, timingSafeEqual } from 'node:crypto'
import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { forgetPortalEntries, hashOf, insertPortalSession, newSecret } from '../db/portal-sessions.ts'
import {
  countWrongCode,
  insertSignIn,
  lockSignIn,
  onlyPayment,
  ownersOf,
  signInDone,
  signInSent,
  useSignIn,
  type SignInRow,
} from '../db/portal-sign-ins.ts'
import { newId } from '../domain/ids.ts'
import type { Language } from '../domain/languages.ts'
import { nextTry } from '../domain/mail-delivery.ts'
import { linkLastsMs, linkRefusal, wrongCodesAtMost, type LinkRefusal } from '../domain/portal-link.ts'
import { writeLetter } from '../mail/write-letter.ts'
import type { EnterResult } from './open-portal.ts'
import { sendLetter } from './send-message.ts'
import { ownMailTexts } from './own-mail-texts.ts'
import { shopBrand } from './shop-brand.ts'

export type Asking = {
  readonly email: string
  /** Of a receipt or an invoice: only the payments of whoever it belongs to are opened then. */
  readonly number: string | null
  readonly language: Language
  /** The secret in the cookie of the browser that asks. */
  readonly browser: string
}

const codeHash = (app: App, id: string, code: string): string =>
  createHmac('sha256', app.secret).update(`sign-in code ${id} ${code}`).digest('base64url')

/**
 * Takes down that somebody would like a link. Nothing is looked up here, so an address that is known and one that is not are
 * answered alike, in words and in time. The six digits are for opening the link somewhere else than in this browser.
 */
export async function askForLink(app: App, { email, number, language, browser }: Asking): Promise<{ code: string }> {
  const id = newId('psi')
  const code = String(randomInt(0, 1_000_000)).padStart(6, '0')
  const at = app.now()
  await insertSignIn(app.db, {
    account: app.account,
    id,
    email,
    number,
    language,
    browser,
    code_hash: codeHash(app, id, code),
    at,
    expires_at: new Date(at.getTime() + linkLastsMs),
  })
  return { code }
}

/**
 * Sends the link, where there are payments for what was typed; else nothing. A token is made for each try and never written
 * down, only its hash. The link is made from our own address, never from what a request called us.
 */
export async function sendSignIn(app: App, asked: SignInRow): Promise<void> {
  const over = asked.expires_at.getTime() <= app.now().getTime()
  const owners = over ? [] : await ownersOf(app.db, app.account, asked)
  if (owners.length === 0 || app.config.smtpUrl === undefined) return signInDone(app.db, asked, null)
  const token = newSecret()
  await signInSent(app.db, asked, { token, owners })
  const { name } = await shopBrand(app)
  try {
    await sendLetter(app, {
      id: asked.id,
      recipient: asked.email,
      letter: writeLetter('sign_in', asked.language, { shop: name }, await ownMailTexts(app, app.db, asked.language)),
      url: `${app.config.portalUrl}/portal/enter?lang=${asked.language}#m=${token}`,
    })
    await signInDone(app.db, asked, null)
  } catch (error) {
    app.log.warn({ sign_in: asked.id, tries: asked.tries + 1, error: (error as Error).message }, 'a link was not sent')
    await signInDone(app.db, asked, nextTry(asked.tries, app.now()) ?? null)
  }
}

export type Opening = {
  readonly token: string
  /** The secret in the cookie of the browser that opens it. */
  readonly browser: string | undefined
  /** The six digits that were shown where the link was asked for. */
  readonly code: string | undefined
}

type NeedsCode = { readonly ok: false; readonly needs_code: true; readonly wrong: boolean }
type Outcome = EnterResult | NeedsCode

const refuse = (fault: Parameters<typeof linkRefusal>[0]): { ok: false; no: LinkRefusal } => ({
  ok: false,
  no: linkRefusal(fault, null),
})

/** Exchanges a mailed link for a session, once: in the browser that asked for it, elsewhere with the six digits. */
export async function openByMail(app: App, { token, browser, code }: Opening): Promise<Outcome> {
  const now = app.now()
  return inTransaction(app.db, async (tx): Promise<Outcome> => {
    const asked = await lockSignIn(tx, app.account, token)
    if (asked === undefined) return refuse('unknown')
    if (asked.used_at !== null) return refuse('used')
    if (asked.expires_at.getTime() <= now.getTime() || asked.wrong_codes >= wrongCodesAtMost) return refuse('expired')
    if (browser === undefined || !same(hashOf(browser), asked.browser_hash)) {
      if (code === undefined) return { ok: false, needs_code: true, wrong: false }
      if (!same(codeHash(app, asked.id, code), asked.code_hash)) {
        await countWrongCode(tx, asked)
        return { ok: false, needs_code: true, wrong: true }
      }
    }
    await useSignIn(tx, asked, now)
    const [owner = '', ...also] = asked.owners
    const session = newSecret()
    const payment = (await onlyPayment(tx, app.account, asked)) ?? null
    const link = { customer_id: owner, also, payment_id: payment, request_id: null, return_url: null }
    await insertPortalSession(tx, { account: app.account, secret: session, link, now })
    await forgetPortalEntries(tx, app.account, now)
    await audit(tx, {
      account: app.account,
      at: now,
      actor: `customer:${owner}`,
      action: 'portal.entered',
      subject: owner,
      detail: { by: 'mail' },
    })
    return { ok: true, value: { session, return_url: null, payment, request: null } }
  })
}

const same = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
