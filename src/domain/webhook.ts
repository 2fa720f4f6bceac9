import { refundMachine } from './refund.ts'
import { requestMachine } from './request.ts'

// Whether Stripe may or may not have it is for us to find out, not for others to act on.
const silent = new Set(['reserved', 'unconfirmed'])

/** Everything that an endpoint can be told of. */
export const webhookEventTypes: readonly string[] = [
  ...Object.keys(requestMachine.states).map((status) => `refund_request.${status}`),
  'refund.created',
  ...Object.keys(refundMachine.states)
    .filter((status) => !silent.has(status))
    .map((status) => `refund.${status}`),
  'access.changed',
]

/** The event of a state that a request or refund has reached; undefined where nobody is told. `first`: it was just made. */
export function eventTypeOf(kind: 'request' | 'refund', status: string, first: boolean): string | undefined {
  const type = kind === 'request' ? `refund_request.${status}` : first ? 'refund.created' : `refund.${status}`
  return webhookEventTypes.includes(type) ? type : undefined
}

/** Whether an endpoint wants to hear of an event: by its type, by `refund.*`, or by `*`. */
export function wants(events: readonly string[], type: string): boolean {
  return events.some((one) => one === '*' || one === type || (one.endsWith('.*') && type.startsWith(one.slice(0, -1))))
}

/** What is wrong with a wish; undefined when nothing is. */
export function wrongEvent(event: string): string | undefined {
  const known = event === '*' || webhookEventTypes.some((type) => wants([event], type))
  return known ? undefined : `There is no event "${event}". There are: *, ${webhookEventTypes.join(', ')}.`
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
/** How long after each failure the next attempt comes: about three days in all (standardwebhooks.com). */
const waits = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour]

/**
 * When the next attempt is after `tries` failed ones; undefined: there is none. `chance` (0 to 1) spreads the attempts by
 * a fifth. `retryAfterMs` is what the receiver asked for, taken up to a day.
 */
export function nextAttempt(
  tries: number,
  { now, chance, retryAfterMs }: { now: Date; chance: number; retryAfterMs?: number | undefined },
): Date | undefined {
  const wait = waits[tries - 1]
  if (wait === undefined) return undefined
  const spread = wait * (1 + 0.2 * chance)
  return new Date(now.getTime() + Math.max(spread, Math.min(retryAfterMs ?? 0, 24 * hour)))
}

/** An endpoint that has failed for so long is disabled. */
export const disableAfterMs = 5 * 24 * hour

/** The wait that a receiver asks for (RFC 9110, 10.2.3): seconds or a date. */
export function retryAfterOf(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined
  if (/^\d+$/.test(header)) return Number(header) * second
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime())
}

/** What is wrong with an address for deliveries; undefined when nothing is. `loopback`: host:port that may be reached over http. */
export function wrongAddress(text: string, loopback: readonly string[]): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url) return 'Give a whole address, such as https://example.com/webhooks.'
  if (url.protocol === 'http:' && loopback.includes(url.host)) return undefined
  if (url.protocol !== 'https:') return 'The address begins with https://: what is sent is nobody else’s business.'
  if (url.username || url.password) return 'Take user and password out of the address: the signature says who sends.'
  if (url.port !== '' && url.port !== '8443') return 'Use the port 443 or 8443.'
  const host = url.hostname
  if (/^\[|^\d+(\.\d+){3}$/.test(host)) return 'Use a name, not an IP address.'
  if (!host.includes('.') || /\.(local|localhost|internal|lan|home|arpa)\.?$/i.test(host) || host === 'localhost')
    return 'This name is not on the internet.'
  return text.length > 2000 ? 'The address is longer than 2,000 characters.' : undefined
}
