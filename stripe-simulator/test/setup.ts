import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Stripe } from 'stripe'
import { startSimulator } from '../simulator.ts'
import type { Simulator, SimulatorOptions } from '../simulator.ts'
import { shapeFaults } from './shapes.ts'

type Answered = {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly faults: readonly string[]
}

export type Bench = AsyncDisposable & {
  readonly simulator: Simulator
  readonly stripe: Stripe
  /** Another client: of another account, mode or permission. */
  client: (key: string, options?: object) => Stripe
  /** Each answer that came to one of the clients, with what is wrong with its shape. */
  readonly answered: Answered[]
  control: Simulator['control']
  /** A payment of that amount, in the status that the test payment method stands for. */
  pay: (amount?: number, method?: string, more?: object) => Promise<Stripe.PaymentIntent>
}

export const monday = new Date('2026-03-02T09:00:00Z')

/** A simulator on a free port, on simulated time unless told otherwise, and the real SDK that talks to it. */
export async function setup(options: SimulatorOptions = {}): Promise<Bench> {
  const simulator = await startSimulator({ clock: { mode: 'simulated', now: monday }, ...options })
  const answered: Answered[] = []
  const client = (key: string, more: object = {}) => {
    const made = new Stripe(key, {
      host: '127.0.0.1',
      port: simulator.port,
      protocol: 'http',
      maxNetworkRetries: 0,
      telemetry: false,
      emitEventBodies: true,
      ...more,
    })
    made.on('response', (event: Stripe.ResponseEvent & { body?: unknown }) => {
      const { method, path, status, body } = event
      if (body !== undefined) answered.push({ method, path, status, faults: shapeFaults(method, path, status, body) })
    })
    return made
  }
  const stripe = client(simulator.secretKey)
  return {
    simulator,
    stripe,
    client,
    answered,
    control: simulator.control,
    pay: (amount = 2000, payment_method = 'pm_card_visa', more = {}) =>
      stripe.paymentIntents.create({
        amount,
        currency: 'usd',
        payment_method,
        confirm: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        ...more,
      }),
    [Symbol.asyncDispose]: simulator.close,
  }
}

/** The id of something that Stripe may send as an id or as an object. */
export const idOf = (value: string | { id: string } | null | undefined): string =>
  typeof value === 'string' ? value : (value?.id ?? '')

export type Received = {
  readonly event: Stripe.Event & { data: { object: { id: string; status?: string } } }
  readonly raw: string
  readonly signature: string
}

export type Receiver = AsyncDisposable & {
  readonly url: string
  readonly received: Received[]
  answerWith: (status: number) => void
}

/** Somebody who listens for webhooks and answers them with 200, or with what it is told. */
export async function receiver(): Promise<Receiver> {
  const received: Received[] = []
  let status = 200
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8')
      received.push({ raw, signature: String(request.headers['stripe-signature'] ?? ''), event: parsed(raw) })
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/webhooks`,
    received,
    answerWith: (next) => {
      status = next
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function parsed(raw: string): Received['event'] {
  try {
    return JSON.parse(raw) as Received['event']
  } catch {
    return { type: 'unreadable', data: { object: { id: '' } } } as unknown as Received['event']
  }
}

/** What a promise was refused with. Fails when it was not. */
export async function refusal(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error
    throw error
  }
  throw new Error('It was expected to be refused.')
}
