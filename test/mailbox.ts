import { SMTPServer } from 'smtp-server'
import type { AddressInfo } from 'node:net'

/** A mail as the server got it: envelope, headers by lower-case name, and the decoded text and HTML. */
export type Received = {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly html: string
}

export type Mailbox = AsyncDisposable & {
  readonly url: string
  readonly port: number
  readonly mails: Received[]
  /** What the next recipients are answered: a code and words, once each; then they are accepted. */
  readonly refusals: { readonly code: number; readonly words: string }[]
  close(): Promise<void>
}

/** A mail server of our own that listens on a socket and keeps what it gets. */
export async function openMailbox(port = 0): Promise<Mailbox> {
  const mails: Received[] = []
  const refusals: Mailbox['refusals'] = []
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onRcptTo: (_, __, done) => {
      const refusal = refusals.shift()
      done(refusal && Object.assign(new Error(refusal.words), { responseCode: refusal.code }))
    },
    onData: (stream, session, done) => {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        mails.push(
          read(
            Buffer.concat(parts).toString('utf8'),
            mailFrom ? mailFrom.address : '',
            rcptTo.map((to) => to.address),
          ),
        )
        done()
      })
    },
  })
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', () => listening()))
  const close = () => new Promise<void>((closed) => server.close(() => closed()))
  const { port: taken } = server.server.address() as AddressInfo
  return { url: `smtp://127.0.0.1:${taken}`, port: taken, mails, refusals, close, [Symbol.asyncDispose]: close }
}

function read(raw: string, from: string, to: readonly string[]): Received {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const headers = Object.fromEntries(
    head
      .replaceAll(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  return {
    from,
    to,
    raw,
    headers,
    text: part(rest.join('\r\n\r\n'), 'text/plain'),
    html: part(rest.join('\r\n\r\n'), 'text/html'),
  }
}

function part(body: string, type: string): string {
  const found = new RegExp(`content-type: ${type}[^]*?\\r\\n\\r\\n([^]*?)\\r\\n--`, 'i').exec(body)
  const encoding = new RegExp(`content-type: ${type}[^]*?content-transfer-encoding: (\\S+)`, 'i').exec(body)?.[1]
  return decode(found?.[1] ?? '', encoding)
}

function decode(text: string, encoding = '7bit'): string {
  if (encoding.toLowerCase() === 'base64') return Buffer.from(text, 'base64').toString('utf8')
  if (encoding.toLowerCase() !== 'quoted-printable') return text
  const bytes = text
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
