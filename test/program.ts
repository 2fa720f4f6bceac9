import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly said: string }
export type Program = {
  readonly process: ChildProcess
  /** What it has printed so far. */
  said(): string
  /** Resolves when it says that it is ready; fails when it ends before. */
  readonly ready: Promise<void>
  readonly ended: Promise<Ended>
}

/** Starts the real program in a process of its own. It is killed when the test is over. */
export function startProgram(
  env: Readonly<Record<string, string>>,
  { uid, args = [] }: { uid?: number | undefined; args?: string[] } = {},
): Program {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'] ?? '', MONEYBACK_WEB: 'built', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  const ended = once(child, 'close').then(([code, signal]): Ended => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    said,
  }))
  const isReady = new Promise<void>((done) => child.stdout.on('data', () => /^ready /m.test(said) && done()))
  const ready = Promise.race([
    isReady,
    ended.then((how) => Promise.reject(new Error(`It ended before it was ready: ${JSON.stringify(how)}`))),
  ])
  ready.catch(() => undefined)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { process: child, said: () => said, ready, ended }
}

export type Line = { readonly port: number; cut(): void; mend(): Promise<void>; close(): void }

/** A way to a server that can be cut and mended: what a network does. It begins open or cut. */
export async function lineTo(server: URL, { open = true } = {}): Promise<Line> {
  const sockets = new Set<Socket>()
  const proxy = createServer((near) => {
    const far = connect({ host: server.hostname, port: Number(server.port) })
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket
        .on('error', () => other.destroy())
        .on('close', () => sockets.delete(socket))
        .pipe(other)
    }
  })
  const listen = async (port: number): Promise<number> => {
    await new Promise<void>((done, failed) => proxy.once('error', failed).listen(port, '127.0.0.1', done))
    const address = proxy.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }
  const cut = (): void => {
    proxy.close()
    for (const socket of sockets) socket.destroy()
  }
  const port = await listen(0)
  if (!open) cut()
  return { port, cut, mend: async () => void (await listen(port)), close: cut }
}
