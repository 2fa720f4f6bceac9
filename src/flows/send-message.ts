import { createTransport, type Transporter } from 'nodemailer'
import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { openException } from '../db/exceptions.ts'
import { messageDelayed, messageFailed, messageSent, sentBefore, type MessageRow } from '../db/messages.ts'
import { deliveryOf, isOneAddress, nextTry } from '../domain/mail-delivery.ts'
import { htmlOf, textOf } from '../mail/draw-letter.ts'
import { logoId, type Brand, type Letter } from '../mail/letter.ts'
import { shopBrand } from './shop-brand.ts'
import { statusLink } from './status-link.ts'

const transports = new Map<string, Transporter>()

// Less than the lease of 60 s: nobody else takes the letter while its sending hangs.
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 }

/** The connection to a mail server, made once. */
export function transportFor(url: string): Transporter {
  const known =
    transports.get(url) ?? createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true })
  transports.set(url, known)
  return known
}

/**
 * Sends one message that is due. A mail server that is away or says "later" delays it; one that says "never" ends it, and
 * staff see that. The request that it tells of is not touched by either.
 */
export async function sendMessage(app: App, message: MessageRow): Promise<void> {
  const { smtpUrl } = app.config
  if (smtpUrl === undefined) return
  if (!isOneAddress(message.recipient)) {
    await giveUp(app, message.id, 'This is not one e-mail address.', { bounced: false })
    return
  }
  try {
    await transportFor(smtpUrl).sendMail(await mailOf(app, message))
  } catch (error) {
    return notSent(app, message, error as Error)
  }
  await messageSent(app.db, app.account, message.id, app.now())
}

export type SoleLetter = {
  readonly id: string
  readonly recipient: string
  readonly letter: Letter
  readonly url: string
}

/** Sends a letter that no outbox holds, because what it says is for its reader alone. Throws when it was not taken. */
export async function sendLetter(app: App, { id, recipient, letter, url }: SoleLetter): Promise<void> {
  const { smtpUrl, mailFrom, publicUrl } = app.config
  if (smtpUrl === undefined || !isOneAddress(recipient)) return
  const brand = await shopBrand(app)
  await transportFor(smtpUrl).sendMail({
    from: mailFrom,
    to: { name: '', address: recipient },
    subject: letter.subject,
    messageId: `<${id}@${new URL(publicUrl).hostname}>`,
    text: textOf(letter, brand, url),
    html: await htmlOf(letter, brand, url),
    attachments: logoOf(brand),
    headers: headersFor(letter.language),
    envelope: { from: returnPath(app, id), to: recipient },
  })
}

// So that no out-of-office note answers it (RFC 3834).
const headersFor = (language: string) => ({
  'Auto-Submitted': 'auto-generated',
  'X-Auto-Response-Suppress': 'All',
  'Content-Language': language,
})

/** The mail as it goes out: text and HTML, in a thread with the earlier ones about the same case. */
async function mailOf(app: App, message: MessageRow) {
  const { account, config, db } = app
  const brand = await shopBrand(app)
  const url = await statusLink(app, message)
  const host = new URL(config.publicUrl).hostname
  const idOf = (id: string): string => `<${id}@${host}>`
  const earlier = (await sentBefore(db, account, message)).map(idOf)
  const { letter } = message
  return {
    from: config.mailFrom,
    // As an object: a list or a name in the address stays one address.
    to: { name: '', address: message.recipient },
    subject: message.subject,
    messageId: idOf(message.id),
    ...(earlier.length > 0 && { inReplyTo: earlier.at(-1)!, references: earlier }),
    text: letter === null ? message.body : textOf(letter, brand, url),
    ...(letter !== null && { html: await htmlOf(letter, brand, url) }),
    attachments: logoOf(brand),
    headers: headersFor(message.locale),
    envelope: { from: returnPath(app, message.id), to: message.recipient },
  }
}

const logoOf = ({ logo }: Brand) =>
  logo === null
    ? []
    : [
        {
          cid: logoId,
          filename: `logo.${logo.type.slice(6)}`,
          contentType: logo.type,
          content: Buffer.from(logo.bytes),
        },
      ]

/** Where bounces go: an address that names the message, when a mailbox for them is set (variable envelope return path). */
function returnPath({ config }: App, id: string): string {
  const { mailBounces } = config
  if (mailBounces !== undefined) {
    const at = mailBounces.lastIndexOf('@')
    return `${mailBounces.slice(0, at)}+${id}${mailBounces.slice(at)}`
  }
  return /<([^<>]+)>\s*$/.exec(config.mailFrom)?.[1] ?? config.mailFrom
}

async function notSent(app: App, message: MessageRow, error: Error): Promise<void> {
  const { id, tries } = message
  const why = error.message.replaceAll(/\s+/g, ' ').slice(0, 300)
  const next = deliveryOf(error) === 'never' ? undefined : nextTry(tries, app.now())
  app.log.warn({ message: id, tries: tries + 1, again: next?.toISOString() ?? 'never' }, 'a mail was not sent')
  if (next !== undefined) return messageDelayed(app.db, app.account, id, { next, error: why })
  await giveUp(app, id, why, { bounced: false })
}

/** Ends a message that will never arrive, and calls a person: the customer knows nothing of what it says. */
export async function giveUp(app: App, id: string, why: string, { bounced }: { bounced: boolean }): Promise<boolean> {
  const at = app.now()
  return inTransaction(app.db, async (tx) => {
    const message = await messageFailed(tx, app.account, id, { error: why, bouncedAt: bounced ? at : null })
    if (message === undefined) return false
    await openException(tx, {
      account: app.account,
      kind: 'mail_failed',
      subject: message.request_id ?? message.withdrawal_id ?? id,
      at,
      because: `The mail “${message.subject}” to ${message.recipient} did not arrive: ${why}`,
      cure: 'Tell the customer another way, or correct the address in Stripe for the next mail; then mark this as handled.',
    })
    return true
  })
}
