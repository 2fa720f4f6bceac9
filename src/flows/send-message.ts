import { sql } from 'kysely'
import { createTransport, type Transporter } from 'nodemailer'
import type { App } from '../app.ts'

export type MessageRow = { id: string; recipient: string; subject: string; body: string; tries: number }

const transports = new Map<string, Transporter>()

function transportFor(url: string): Transporter {
  const known = transports.get(url) ?? createTransport(url, { disableFileAccess: true, disableUrlAccess: true })
  transports.set(url, known)
  return known
}

/** Ten tries over about two days; then a person sees it as failed. */
const triesMax = 10

/** Sends one message that is due. A mail server that is away delays it; the request it tells of is not touched. */
export async function sendMessage(app: App, message: MessageRow): Promise<void> {
  const { smtpUrl, mailFrom } = app.config
  if (smtpUrl === undefined) return
  try {
    await transportFor(smtpUrl).sendMail({
      from: mailFrom,
      to: message.recipient,
      subject: message.subject,
      text: message.body,
      messageId: `<${message.id}@moneyback>`,
    })
    await sql`
      update message set status = 'sent', sent_at = ${app.now()}, next_at = null, lease_until = null
      where account_id = ${app.account} and id = ${message.id}`.execute(app.db)
  } catch (error) {
    const over = message.tries + 1 >= triesMax
    const next = new Date(app.now().getTime() + Math.min(6 * 3_600_000, 2 ** message.tries * 30_000))
    await sql`
      update message set status = ${over ? 'failed' : 'queued'}, tries = tries + 1, lease_until = null,
        next_at = ${over ? null : next}, last_error = ${String(error).slice(0, 300)}
      where account_id = ${app.account} and id = ${message.id}`.execute(app.db)
  }
}
