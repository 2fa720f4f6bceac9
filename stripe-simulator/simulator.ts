import type { Server } from 'node:http'
import { answer } from './api.ts'
import type { Answer, Request } from './api.ts'
import { assemble, defaultKey } from './assembly.ts'
import type { AssemblyOptions } from './assembly.ts'
import { timeOf } from './clock.ts'
import { control } from './control.ts'
import type { Desk } from './control/desk.ts'
import { deliveries } from './deliveries.ts'
import { servePage } from './page/page.ts'
import { startPostman } from './postman.ts'
import type { Postman } from './postman.ts'
import { listen, send, sendJson } from './server.ts'
import type { Exchange } from './server.ts'
import { closeStore } from './store.ts'
import { tampered } from './tampering.ts'
import { serve } from './transport.ts'
import { advanceTo, finish, runDue } from './world.ts'
import type { World } from './world.ts'

export type SimulatorOptions = AssemblyOptions & {
  /** 0 takes any free port. */
  readonly port?: number
  readonly host?: string
}

export type Simulator = {
  readonly url: string
  readonly port: number
  /** A key of the default account in test mode. Any other well-formed key does as well. */
  readonly secretKey: string
  readonly world: World
  /** The control API without a network: `control('POST', '/_control/clock', { advance: '3d' })`. Throws where it would answer an error. */
  control: (method: 'GET' | 'POST' | 'DELETE', path: string, input?: object) => Promise<Record<string, unknown>>
  /** Does a request without a network: what tests and imports use when a million of them must be quick. */
  request: (request: Request) => Answer
  /** Moves the clock to that time; everything due on the way happens. Resolves when the webhooks of it were tried. */
  advanceTo: (time: Date) => Promise<number>
  /** Resolves when no webhook waits to be sent. */
  idle: () => Promise<void>
  close: () => Promise<void>
}

/** Serves a simulated Stripe on a port. Refuses a port that is taken and a folder that another simulator uses. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const desk = assemble(options)
  const { world, office } = desk
  const postman = startPostman(world, office, (delivery, letter) => tampered(world, delivery, letter))
  office.post = postman.send
  desk.webhooksIdle = postman.idle
  const stopTimer = keepTime(world)
  const host = options.host ?? '127.0.0.1'
  const release = async () => {
    stopTimer()
    await postman.close()
    finish(world)
    closeStore(world.store)
  }
  const server = await listen({ port: options.port ?? 0, host }, (exchange) => handle(desk, exchange)).catch(
    async (error: unknown) => {
      await release()
      throw error
    },
  )
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  resumeDeliveries(world, postman)
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    secretKey: defaultKey,
    world,
    control: async (method, path, input) => {
      const reply = await control(desk, {
        method,
        target: path,
        body: input === undefined ? '' : JSON.stringify(input),
      })
      if (reply.status >= 400) throw new Error(JSON.stringify(reply.body))
      return reply.body as Record<string, unknown>
    },
    request: (request) => answer(world, request).answer,
    advanceTo: async (time) => {
      const count = advanceTo(world, time.getTime())
      await postman.idle()
      return count
    },
    idle: postman.idle,
    close: () => stop(server, release),
  }
}

/** Deliveries that were on their way when the last process ended go out again. */
function resumeDeliveries(world: World, postman: Postman): void {
  for (const delivery of deliveries(world).order) {
    if (
      delivery.state === 'sending' ||
      (delivery.state === 'waiting' && delivery.tries.length === 0 && delivery.fault === null)
    )
      postman.send(delivery)
  }
}

const longestTimer = 2_147_483_647

/** While time is real, wakes for the first thing on the agenda. */
function keepTime(world: World): () => void {
  let timer: NodeJS.Timeout | null = null
  let setFor = Infinity
  const wake = () => {
    timer = null
    setFor = Infinity
    if (world.clock.frozenAt === null) runDue(world)
    arm()
  }
  const arm = () => {
    const first = world.agenda[0]
    if (world.clock.frozenAt !== null || !first || (timer !== null && first.at >= setFor)) return
    if (timer !== null) clearTimeout(timer)
    setFor = first.at
    timer = setTimeout(wake, Math.min(longestTimer, Math.max(0, first.at - timeOf(world.clock))))
    timer.unref()
  }
  world.onCommit = arm
  arm()
  return () => {
    if (timer !== null) clearTimeout(timer)
    world.onCommit = () => {}
  }
}

function handle(desk: Desk, exchange: Exchange): void {
  const target = exchange.incoming.url ?? '/'
  try {
    const page =
      exchange.incoming.method === 'GET' && (target === '/' || target.startsWith('/?') || target.startsWith('/_page/'))
        ? servePage(desk, target)
        : null
    if (page) send(exchange.outgoing, 200, page.headers, page.body)
    else if (target.startsWith('/_control'))
      handleControl(desk, exchange).catch((error: unknown) => confess(exchange, error))
    else serve(desk, exchange)
  } catch (error) {
    confess(exchange, error)
  }
}

/** Another website, open in the same browser, must not turn the clock: browsers say where a request comes from. */
function isForeign({ incoming }: Exchange): boolean {
  const { origin, host } = incoming.headers
  return origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`
}

async function handleControl(desk: Desk, exchange: Exchange): Promise<void> {
  const { incoming, outgoing, body } = exchange
  if (isForeign(exchange)) {
    sendJson(outgoing, 403, {
      error: { type: 'control_error', message: 'The control API does not answer to other websites.' },
    })
    return
  }
  const reply = await control(desk, { method: incoming.method ?? 'GET', target: incoming.url ?? '/', body })
  sendJson(outgoing, reply.status, reply.body)
}

/** A fault of the simulator itself, not one that somebody asked for: it is said, and the next request is served. */
function confess({ incoming, outgoing }: Exchange, error: unknown): void {
  process.stderr.write(`${incoming.method} ${incoming.url}: ${error instanceof Error ? error.stack : String(error)}\n`)
  if (outgoing.headersSent) outgoing.destroy()
  else
    sendJson(outgoing, 500, {
      error: {
        type: 'api_error',
        message: 'The simulator failed to handle this request. This is a bug of the simulator.',
      },
    })
}

async function stop(server: Server, release: () => Promise<void>): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await release()
}
