import type { App } from '../app.ts'
import { errorLine } from '../stripe/answers.ts'
import { transportFor } from './send-message.ts'

/** Sends a mail to staff at once, and says what came of it: the caller has another way to tell. */
export async function sendNow(
  app: App,
  mail: { to: string; subject: string; text: string },
): Promise<'sent' | 'no_mail_server' | 'failed'> {
  const { smtpUrl, mailFrom } = app.config
  if (smtpUrl === undefined) return 'no_mail_server'
  try {
    await transportFor(smtpUrl).sendMail({ from: mailFrom, ...mail })
    return 'sent'
  } catch (error) {
    app.log.warn({ error: errorLine(error) }, 'a mail to staff could not be sent')
    return 'failed'
  }
}
