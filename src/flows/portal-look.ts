import { cleanFile } from '../attachments/clean-file.ts'
import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { openException } from '../db/exceptions.ts'
import { audit } from '../db/journal.ts'
import { findPayment } from '../db/payments.ts'
import { alternativeTaken, findLook, saveLook, saveText, type Logo, type LookRow } from '../db/portal-look.ts'
import type { Actor } from '../domain/actor.ts'
import { languageFor } from '../domain/languages.ts'
import { lookProblem, plainLook, type PortalLook } from '../domain/portal-look.ts'
import { no, ok, type Result } from '../domain/refusal.ts'

const logoAtMost = 512 * 1024

/** How the portal looks now; plain until somebody changes it. */
export async function lookNow(app: App): Promise<LookRow> {
  const known = await findLook(app.db, app.account)
  return known
    ? { ...known, look: { ...plainLook, ...known.look } }
    : { look: plainLook, logo_type: null, changed_at: new Date(0) }
}

export type ChangedLook = {
  readonly look: PortalLook
  /** A picture as it was sent; null takes the logo away, undefined leaves it. */
  readonly logo?: Uint8Array | null | undefined
  readonly by: Actor
}

/** Changes how the portal looks. A logo is drawn anew, so that only its pixels are kept. Refuses: setting_invalid. */
export async function changeLook(app: App, { look, logo, by }: ChangedLook): Promise<Result<{ changed_at: Date }>> {
  const problem = lookProblem(look)
  if (problem) return no({ code: 'setting_invalid', ...problem })
  const picture = logo ? await cleanLogo(logo) : logo
  if (typeof picture === 'string') return no({ code: 'setting_invalid', field: 'logo', because: picture })
  const at = app.now()
  await inTransaction(app.db, async (tx) => {
    await saveLook(tx, app.account, { look, logo: picture, at })
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'portal.look_changed',
      subject: 'portal',
      detail: { ...look },
    })
  })
  return ok({ changed_at: at })
}

/** The logo as it may be shown, or why it can't be. SVG is a program and is never taken. */
async function cleanLogo(sent: Uint8Array): Promise<Logo | string> {
  const most = 'A logo is a PNG, JPEG or WebP picture of at most 512 kB.'
  if (sent.length > logoAtMost) return `This picture is too large. ${most}`
  const clean = await cleanFile(sent)
  if ('fault' in clean || clean.type === 'application/pdf') return `This file can’t be used as a logo. ${most}`
  if (clean.bytes.length > logoAtMost) return `This picture is too large once it is unpacked. ${most}`
  return { type: clean.type, bytes: clean.bytes }
}

export type OwnText = {
  readonly language: string
  readonly key: string
  /** Null: back to our own. */
  readonly text: string | null
  /** The blanks that the sentence may and must have. */
  readonly blanks: readonly string[]
  readonly by: Actor
}

/** The merchant's own words for a sentence of the portal. Refuses: setting_invalid. */
export async function changeText(
  app: App,
  { language, key, text, blanks, by }: OwnText,
): Promise<Result<{ key: string }>> {
  const wrong = (because: string) => no({ code: 'setting_invalid', field: 'text', because } as const)
  if (languageFor(language) !== language) return wrong(`The portal does not speak “${language}”.`)
  if (text !== null) {
    if (text.trim() === '' || text.length > 1000) return wrong('Write 1 to 1,000 characters.')
    const used = new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!))
    const missing = blanks.find((blank) => !used.has(blank))
    if (missing !== undefined) return wrong(`{${missing}} is missing: it is where the value is put in.`)
    const unknown = [...used].find((name) => !blanks.includes(name))
    if (unknown !== undefined)
      return wrong(
        `{${unknown}} is not known here.${blanks.length > 0 ? ` There is ${blanks.map((blank) => `{${blank}}`).join(' and ')}.` : ''}`,
      )
  }
  const at = app.now()
  await inTransaction(app.db, async (tx) => {
    await saveText(tx, app.account, { language, key, text: text?.trim() ?? null })
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'portal.text_changed',
      subject: 'portal',
      detail: { language, key, text },
    })
  })
  return ok({ key })
}

/** A customer chose an alternative to a refund: a person is called, once. Refuses: payment_not_found, setting_not_found. */
export async function takeAlternative(
  app: App,
  { payment: id, name, customer, by }: { payment: string; name: string; customer: string; by: Actor },
): Promise<Result<{ name: string }>> {
  const { look } = await lookNow(app)
  const chosen = look.alternatives.find((each) => each.name === name)
  if (chosen === undefined) return no({ code: 'setting_not_found', what: 'alternative' })
  const payment = await findPayment(app.db, app.account, id)
  if (payment === undefined || payment.owner_id !== customer) return no({ code: 'payment_not_found' })
  const at = app.now()
  await inTransaction(app.db, async (tx) => {
    if (!(await alternativeTaken(tx, app.account, payment.id, name, at))) return
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'portal.alternative_taken',
      subject: payment.id,
      detail: { name, customer },
    })
    if (chosen.url !== null) return
    await openException(tx, {
      account: app.account,
      kind: 'alternative_taken',
      subject: payment.id,
      at,
      because: `Instead of a refund of ${payment.description} the customer would like: ${chosen.title['en']}.`,
      cure: 'Set it up and tell the customer; then mark this as handled. The customer was told that somebody answers.',
    })
  })
  return ok({ name })
}
