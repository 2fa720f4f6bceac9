import { AsyncLocalStorage } from 'node:async_hooks'
import Stripe from 'stripe'

/** One call to Stripe, before it leaves. */
export type Call = {
  /** Method and path without ids, e.g. `GET /v1/charges/:id`: what Stripe counts as an endpoint. */
  readonly endpoint: string
  readonly lane: Lane
}

/** `urgent`: somebody waits for it. `bulk`: the work of a burst, and what is done in the background. */
export type Lane = 'urgent' | 'bulk'

/** What stands between us and Stripe: may refuse a call, may make it wait, and hears how it was answered. */
export type Line = {
  before(call: Call): Promise<void>
  after(call: Call, status: number, headers: Readonly<Record<string, unknown>>): Promise<void>
}

type Manner = { readonly lane: Lane; readonly lastWord?: () => boolean }
const manner = new AsyncLocalStorage<Manner>()

/** Whatever `work` asks of Stripe goes through this lane. */
export function inLane<T>(lane: Lane, work: () => Promise<T>): Promise<T> {
  return manner.run({ ...manner.getStore(), lane }, work)
}

/** `lastWord` is asked in the tick in which the bytes leave, after every wait: false, and they don't. */
export function withLastWord<T>(lastWord: () => boolean, work: () => Promise<T>): Promise<T> {
  return manner.run({ lane: 'urgent', ...manner.getStore(), lastWord }, work)
}

/** The call was not made. Nothing reached Stripe. */
export class NotCalled extends Error {
  override name = 'NotCalled'
}

type Client = Stripe.HttpClient

/** The SDK's own HTTP client, or the one that is given, with a line in front of it. */
export function onLine(line: Line, client: Client = Stripe.createNodeHttpClient()): Client {
  const makeRequest = client.makeRequest.bind(client)
  client.makeRequest = async (host, port, path, method, headers, body, protocol, timeout) => {
    const { lane, lastWord } = manner.getStore() ?? { lane: 'urgent' as const, lastWord: undefined }
    const call = { endpoint: endpointOf(method, path), lane }
    await line.before(call)
    if (lastWord?.() === false) throw new NotCalled('It took too long until the call could be made.')
    const answer = await makeRequest(host, port, path, method, headers, body, protocol, timeout)
    await line.after(call, answer.getStatusCode(), answer.getHeaders())
    return answer
  }
  return client
}

/** `POST /v1/refunds/re_1/cancel?x=1` → `POST /v1/refunds/:id/cancel`. */
export function endpointOf(method: string, path: string): string {
  const parts = path.split('?')[0]!.split('/')
  return `${method} ${parts.map((part) => (/^[a-z]+_[A-Za-z0-9_]*\d/.test(part) || (/[A-Z0-9]/.test(part) && part !== 'v1') ? ':id' : part)).join('/')}`
}
