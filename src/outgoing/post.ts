import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction, Socket } from 'node:net'
import { isPublicAddress } from './public-address.ts'

export type Posted = {
  /** Null when no answer came; then `error` says why. */
  readonly status: number | null
  readonly error: string | null
  /** The first 1,024 characters of the body. */
  readonly response: string | null
  readonly retryAfter: string | undefined
  readonly ms: number
}

export type Resolve = (host: string, done: (error: Error | null, found: LookupAddress[]) => void) => void

const deadlineMs = 15_000
const readAtMost = 4096

const resolveAll: Resolve = (host, done) => systemLookup(host, { all: true }, (error, found) => done(error, found))

/** Looks a name up, and refuses it when any of its addresses is not on the internet: what is connected is what was checked. */
export const checkedLookup =
  (resolve: Resolve = resolveAll): LookupFunction =>
  (host, options, done) => {
    resolve(host, (error, found) => {
      const closed = error ?? (found.length === 0 || found.some(({ address }) => !isPublicAddress(address)))
      if (closed instanceof Error) return done(closed, '', 0)
      if (closed) return done(new Error('The name leads to an address that is not on the internet.'), '', 0)
      if (options.all) return done(null, found)
      done(null, found[0]!.address, found[0]!.family)
    })
  }

/**
 * Posts a body once. Never follows a redirect, never reaches an address that is not on the internet (but for `loopback`, host:port
 * of this machine), and is over after 15 s whatever the other side does. Does not throw.
 */
export function post(
  url: URL,
  {
    body,
    headers,
    loopback,
    resolve,
  }: {
    body: string
    headers: Readonly<Record<string, string>>
    loopback: readonly string[]
    resolve?: Resolve
  },
): Promise<Posted> {
  const began = performance.now()
  const near = url.protocol === 'http:' && loopback.includes(url.host)
  return new Promise((done) => {
    let over = false
    const end = (posted: Omit<Posted, 'ms'>): void => {
      if (over) return
      over = true
      clearTimeout(timer)
      done({ ...posted, ms: Math.round(performance.now() - began) })
      request.destroy()
    }
    const failed = (error: string): void => end({ status: null, error, response: null, retryAfter: undefined })
    const request = (near ? httpRequest : httpsRequest)(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)), 'accept-encoding': 'identity' },
      agent: false,
      maxHeaderSize: 16 * 1024,
      ...(!near && { lookup: checkedLookup(resolve) }),
    })
    const timer = setTimeout(() => failed(`No whole answer within ${deadlineMs / 1000} seconds.`), deadlineMs)
    request.once('socket', (socket: Socket) => {
      socket.once('connect', () => {
        if (!near && !isPublicAddress(socket.remoteAddress ?? ''))
          failed('The name leads to an address that is not on the internet.')
      })
    })
    request.once('error', (error: NodeJS.ErrnoException) =>
      failed(error.code ? `${error.code}: ${error.message}` : error.message),
    )
    request.once('response', (answer: IncomingMessage) => {
      const parts: Buffer[] = []
      let size = 0
      const whole = (): void =>
        end({
          status: answer.statusCode ?? null,
          error: null,
          response: Buffer.concat(parts).toString('utf8').replaceAll('\0', '').slice(0, 1024),
          retryAfter: answer.headers['retry-after'],
        })
      answer.on('data', (part: Buffer) => {
        parts.push(part)
        size += part.length
        if (size >= readAtMost) whole()
      })
      answer.once('end', whole)
      answer.once('error', (error) => failed(error.message))
    })
    request.end(body)
  })
}
