import { connect, createServer, type Socket } from 'node:net'

export type Line = {
  readonly port: number
  /** Resets every connection; new ones are taken. */
  cut(): void
  /** Takes no connection until `mend`: the other side is away. */
  away(): void
  mend(): void
  close(): void
}

/** A way to a server through a small proxy: what a network does to it. */
export async function lineTo(server: URL): Promise<Line> {
  const sockets = new Set<Socket>()
  let open = true
  const proxy = createServer((near) => {
    if (!open) return void near.resetAndDestroy()
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
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done))
  const address = proxy.address()
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut,
    away: () => {
      open = false
      cut()
    },
    mend: () => void (open = true),
    close: () => {
      proxy.close()
      cut()
    },
  }
}
