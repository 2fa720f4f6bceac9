import { Agent as PlainAgent, request as plainRequest } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import { bodyFor, signatureHeader } from './signatures.ts'
import { patchDelivery, recordTry, releaseHeld } from './deliveries.ts'
import type { Delivery, PostOffice } from './deliveries.ts'
import type { EventRow } from './kinds.ts'
import { finish } from './world.ts'
import type { World } from './world.ts'

export type Letter = { readonly url: string; readonly body: string; readonly signature: string }

export type Postman = {
  send: (delivery: Delivery, event?: EventRow) => void
  /** Resolves when nothing is waiting to be sent and nothing is on its way. Tries that are planned for later do not count. */
  idle: () => Promise<void>
  close: () => Promise<void>
}

const mostAtOnce = 16

/** Carries deliveries over the network. `tamper` lets a fault change a letter before it goes. */
export function startPostman(
  world: World,
  office: PostOffice,
  tamper: (delivery: Delivery, letter: Letter) => Letter,
): Postman {
  const queue: Waiting[] = []
  const agents = {
    plain: new PlainAgent({ keepAlive: true, maxSockets: mostAtOnce }),
    secure: new SecureAgent({ keepAlive: true, maxSockets: mostAtOnce }),
  }
  let flying = 0
  let closed = false
  let waiting: (() => void)[] = []
  const settle = () => {
    if (queue.length > 0 || flying > 0) return
    for (const resolve of waiting) resolve()
    waiting = []
  }
  const next = () => {
    while (!closed && flying < mostAtOnce && queue.length > 0) {
      const first = queue.shift() as Waiting
      const { delivery } = first
      flying++
      void carry(world, first, tamper, agents).then(() => {
        flying--
        if (!closed && delivery.state !== 'held') releaseHeld(office, world, delivery.endpoint)
        next()
        settle()
      })
    }
  }
  return {
    send: (delivery, event) => {
      if (closed) return
      queue.push({ delivery, event })
      // After the answer to the request that caused it, as a rule: Stripe promises no order, and an immediate one hides races.
      setImmediate(next)
    },
    idle: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        setImmediate(settle)
      }),
    close: async () => {
      closed = true
      queue.length = 0
      agents.plain.destroy()
      agents.secure.destroy()
    },
  }
}

type Agents = { plain: PlainAgent; secure: SecureAgent }

type Waiting = { readonly delivery: Delivery; readonly event: EventRow | undefined }

async function carry(
  world: World,
  { delivery, event }: Waiting,
  tamper: (delivery: Delivery, letter: Letter) => Letter,
  agents: Agents,
): Promise<void> {
  const body = bodyFor(world, delivery, event)
  if (body === null) {
    patchDelivery(world, delivery, { state: 'failed' })
    return
  }
  const letter = tamper(delivery, {
    url: delivery.url,
    body,
    signature: signatureHeader(world, delivery, body),
  })
  patchDelivery(world, delivery, { state: 'sending' })
  const begun = performance.now()
  const { status, error } = await put(letter, world.settings.webhookTimeoutMs, agents)
  if (world.store.file !== null && world.store.handle === null) return
  recordTry(world, delivery, { at: Date.now(), status, error, ms: Math.round(performance.now() - begun) })
  finish(world)
}

function put(
  { url, body, signature }: Letter,
  timeout: number,
  agents: Agents,
): Promise<{ status: number | null; error: string | null }> {
  return new Promise((resolve) => {
    const secure = url.startsWith('https:')
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'content-length': Buffer.byteLength(body),
      'stripe-signature': signature,
    }
    try {
      const options = { method: 'POST', headers, timeout, agent: secure ? agents.secure : agents.plain }
      const outgoing = (secure ? secureRequest : plainRequest)(url, options, (response) => {
        response.resume()
        response.on('end', () => resolve({ status: response.statusCode ?? null, error: null }))
        response.on('error', (error) => resolve({ status: null, error: error.message }))
      })
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${timeout} ms`)))
      outgoing.on('error', (error) => resolve({ status: null, error: error.message }))
      outgoing.end(body)
    } catch (error) {
      resolve({ status: null, error: error instanceof Error ? error.message : String(error) })
    }
  })
}
