import Stripe from 'stripe'
import { answer, type Request, type Twist } from '../stripe-simulator/api.ts'
import type { RequestEffect } from '../stripe-simulator/faults.ts'
import { twistOf } from '../stripe-simulator/twists.ts'
import type { World } from '../stripe-simulator/world.ts'
import { cut } from './cut.ts'
import type { Fault, FaultKind, Where } from './history.ts'
import type { Call, Scheduler } from './scheduler.ts'

export type Network = {
  readonly world: World
  /** Requests whose sender has given up and that Stripe gets all the same, some time later. */
  readonly onTheWay: { readonly request: Request; readonly since: number }[]
  /** Told of each request before Stripe sees it, and of each answer. */
  before(request: Request, process: string): Promise<void>
  after(request: Request, status: number): void
  later(request: Request, seconds: number): void
  freeze(call: Call): void
  crash(process: string): Promise<void>
}

type Answered = { readonly status: number; readonly headers: Record<string, string>; readonly body: string }

const html = '<html><head><title>502</title></head><body><h1>Bad gateway</h1></body></html>'

/** What a fault is for the simulator. Those that are missing here concern the network, and are done by the port. */
const effects: Partial<Record<FaultKind, RequestEffect>> = {
  server_error: { kind: 'status', status: 500, body: 'error', executes: false },
  server_error_done: { kind: 'status', status: 500, body: 'error', executes: true },
  server_error_late: { kind: 'status', status: 500, body: 'error', executes: false },
  rate_limit: { kind: 'rate_limit', reason: 'global-rate' },
  lock_timeout: { kind: 'lock_timeout' },
  key_in_use: { kind: 'idempotency_key_in_use' },
  dispute_first: { kind: 'first', does: 'open_dispute' },
  dashboard_refund_first: { kind: 'first', does: 'dashboard_refund', amount: 700 },
  key_refused: { kind: 'key_revoked' },
  balance_refused: { kind: 'balance_refused' },
  bounces: { kind: 'refund_outcome', outcome: 'bounces', after_seconds: 3 * 86_400 },
  requires_action: { kind: 'refund_outcome', outcome: 'requires_action', after_seconds: 60 },
  stays_pending: { kind: 'refund_outcome', outcome: 'stays_pending', after_seconds: 0 },
  wrong_object: { kind: 'answer_changed', fields: { amount: 1, payment_intent: 'pi_of_somebody_else' } },
}

function kindsOf(method: string, path: string): Where[] {
  if (method === 'POST' && path === '/v1/refunds') return ['stripe', 'send']
  if (method === 'GET' && path.startsWith('/v1/refunds?')) return ['stripe', 'list']
  return method === 'GET' ? ['stripe', 'read'] : ['stripe']
}

/** The `stripe` package's way to the network, without a network: each request waits for the scheduler. */
export function stripeClient(network: Network, scheduler: Scheduler, process: string): Stripe.HttpClient {
  const client = new Stripe.HttpClient()
  client.getClientName = () => 'simulation'
  client.makeRequest = (_host, _port, target, method, headers, body) =>
    new Promise((resolve, reject) => {
      const request: Request = { method, target, headers: lowerCase(headers), body: body ?? '' }
      scheduler.park({
        kinds: kindsOf(method, target),
        label: `${process} ${method} ${cut(target, 120)} ${method === 'POST' ? `${body} key=${request.headers['idempotency-key']}` : ''}`,
        async perform(fault) {
          await exchange(network, process, this as Call, request, fault, resolve, reject)
        },
      })
    })
  return client
}

function lowerCase(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
}

async function exchange(
  network: Network,
  process: string,
  call: Call,
  request: Request,
  fault: Fault | undefined,
  resolve: (response: Stripe.HttpClientResponse) => void,
  reject: (error: unknown) => void,
): Promise<void> {
  await network.before(request, process)
  const gone = (): void => reject(Stripe.HttpClient.makeTimeoutError())
  const ask = (twist: Twist = {}): Answered => {
    const { answer: answered } = answer(network.world, request, twist)
    network.after(request, answered.status)
    return answered
  }
  const effect = fault && effects[fault.kind]
  switch (fault?.kind) {
    case 'lost_before':
      return gone()
    case 'lost_after':
      ask()
      return gone()
    case 'arrives_late':
      network.onTheWay.push({ request, since: network.world.clock.frozenAt! })
      return gone()
    case 'half_body': {
      const answered = ask()
      return resolve(
        response(answered, () => Promise.reject(Stripe.HttpClient.makeResponseBodyError(new Error('aborted')))),
      )
    }
    case 'html':
      ask()
      return resolve(response({ status: 200, headers: {}, body: html }))
    case 'bad_gateway':
      // Of a machine in front of Stripe: nothing was done and nothing is kept under the key.
      return resolve(response({ status: 502, headers: { 'content-type': 'text/html' }, body: html }))
    case 'strange_json':
      return resolve(response({ status: 200, headers: {}, body: '{"message":"welcome to the hotel"}' }))
    case 'server_error_late':
      network.later(request, 7200)
      break
    case 'slow': {
      const answered = ask()
      const held: Call = { ...call, label: `${call.label} (answer)`, perform: async () => resolve(response(answered)) }
      call.activity.calls.push(held)
      return network.freeze(held)
    }
    case 'crash_after':
      ask()
      return network.crash(process)
    default:
  }
  resolve(response(ask(effect && twistOf(effect))))
}

function response(
  { status, headers, body }: Answered,
  read = (): Promise<unknown> => Promise.resolve().then(() => JSON.parse(body)),
): Stripe.HttpClientResponse {
  return {
    getStatusCode: () => status,
    getHeaders: () => headers,
    getRawResponse: () => ({ headers, statusCode: status }),
    toStream: () => undefined,
    toJSON: read as () => Promise<never>,
  }
}

/** A client that is answered at once: a shop that sells, a colleague at the dashboard. */
export function directClient(world: World, secretKey: string): Stripe {
  const httpClient = new Stripe.HttpClient()
  httpClient.getClientName = () => 'direct'
  httpClient.makeRequest = async (_host, _port, target, method, headers, body) =>
    response(answer(world, { method, target, headers: lowerCase(headers), body: body ?? '' }).answer)
  return new Stripe(secretKey, { httpClient, maxNetworkRetries: 0, telemetry: false })
}
