/** What a delivery report says about one of our messages. */
export type Bounce = {
  readonly message: string
  /** `failed`: it will not arrive. Everything else (delayed, delivered, relayed, expanded) is no reason to do anything. */
  readonly failed: boolean
  /** The reason in the words of the other server, for staff. */
  readonly because: string
}

const field = (report: string, name: string): string | undefined =>
  // A header may go on in the next line, which then begins with a space (RFC 5322, 2.2.3).
  new RegExp(`^${name}:[ \\t]*((?:[^\\r\\n]|\\r?\\n[ \\t])*)`, 'im').exec(report)?.[1]?.replaceAll(/\s+/g, ' ').trim()

/**
 * Reads a delivery status notification (RFC 3464) as a mail server sends it, whole. The message that it is about is named by
 * the address that the report came to (bounces+msg_…@), else by the Message-ID of the mail that was sent back. The fields are
 * plain ASCII in every language, so nothing of MIME has to be taken apart. Undefined when it is no report on a mail of ours.
 */
export function readBounce(report: string): Bounce | undefined {
  const named = /\+(msg_[0-9a-f]{32})@/i.exec(report) ?? /<(msg_[0-9a-f]{32})@/i.exec(report)
  const action = field(report, 'Action')?.toLowerCase()
  const status = field(report, 'Status')
  const message = named?.[1]?.toLowerCase()
  if (message === undefined || (action === undefined && status === undefined)) return undefined
  const diagnostic = field(report, 'Diagnostic-Code')?.replace(/^smtp;\s*/i, '')
  return {
    message,
    failed: action === undefined ? status!.startsWith('5') : action === 'failed',
    because: (diagnostic ?? `status ${status ?? 'unknown'}`).slice(0, 300),
  }
}
