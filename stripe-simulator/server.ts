import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

const largestBody = 1_000_000

export type Exchange = {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly body: string
}

/** An HTTP server that reads whole bodies of at most a megabyte and hands them on. It keeps no state of its own. */
export function listen(options: { port: number; host: string }, handle: (exchange: Exchange) => void): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    let size = 0
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= largestBody) chunks.push(chunk)
    })
    incoming.on('error', () => outgoing.destroy())
    incoming.on('end', () => {
      if (size > largestBody)
        sendJson(outgoing, 413, {
          error: { type: 'invalid_request_error', message: 'Request is too large.' },
        })
      else handle({ incoming, outgoing, body: size === 0 ? '' : Buffer.concat(chunks).toString('utf8') })
    })
  })
  server.keepAliveTimeout = 60_000
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => resolve(server))
  })
}

export function sendJson(outgoing: ServerResponse, status: number, value: unknown): void {
  send(outgoing, status, { 'content-type': 'application/json' }, JSON.stringify(value))
}

export function send(outgoing: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  if (outgoing.destroyed) return
  outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  outgoing.end(body)
}
