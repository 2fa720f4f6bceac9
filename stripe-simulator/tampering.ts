import type { Letter } from './postman.ts'
import { newestVersion } from './description.ts'
import { eventBody, oldSecretOf, secretOf, sign } from './signatures.ts'
import type { Delivery } from './deliveries.ts'
import { booksByKey, table } from './world.ts'
import type { World } from './world.ts'
import type { EventRow } from './kinds.ts'

const header = (secret: string | null, seconds: number, body: string) =>
  `t=${seconds},v1=${sign(secret ?? 'whsec_unknown', seconds, body)}`

/** A letter as a fault changes it: the signature, the time, the sender or the shape of the event. */
export function tampered(world: World, delivery: Delivery, letter: Letter): Letter {
  const { fault } = delivery
  // A fault spoils the first try only: Stripe's retries are honest.
  if (!fault || (delivery.tries.length > 0 && fault.kind !== 'duplicate')) return letter
  const books = booksByKey(world, delivery.endpointBooks)
  const secret = secretOf(books, delivery.endpoint)
  const seconds = Math.floor(Date.now() / 1000)
  const signed = (body: string): Letter => ({ ...letter, body, signature: header(secret, seconds, body) })
  const event = table(booksByKey(world, delivery.books), 'event').rows.get(delivery.event)
  switch (fault.kind) {
    case 'wrong_signature':
      return { ...letter, signature: header('whsec_somebody_elses', seconds, letter.body) }
    case 'no_signature':
      return { ...letter, signature: '' }
    case 'old_secret':
      return {
        ...letter,
        signature: header(oldSecretOf(books, delivery.endpoint) ?? 'whsec_before_the_roll', seconds, letter.body),
      }
    case 'stale_timestamp':
      return { ...letter, signature: header(secret, seconds - fault.seconds, letter.body) }
    case 'half_body':
      return signed(letter.body.slice(0, Math.floor(letter.body.length / 2)))
    case 'old_version':
      return event ? signed(eventBody(event, fault.api_version)) : letter
    default:
      return event ? signed(JSON.stringify(disguised(event, fault.kind, letter.body))) : letter
  }
}

function disguised(event: EventRow, kind: string, body: string): object {
  const honest = JSON.parse(body) as EventRow
  if (kind === 'unknown_type') return { ...honest, type: 'treasury.quantum_leap.created' }
  if (kind === 'other_account') return { ...honest, account: 'acct_1SomebodyElse00' }
  if (kind === 'other_mode') return { ...honest, livemode: !honest.livemode }
  if (kind === 'thin') return thin(event)
  return honest
}

/** The short form of an event: it names its object and leaves fetching it to the receiver. */
function thin(event: EventRow): object {
  const { id, object } = event.data.object as { id?: string; object?: string }
  return {
    id: event.id,
    object: 'v2.core.event',
    type: `v1.${event.type}`,
    created: new Date(event.created * 1000).toISOString(),
    livemode: event.livemode,
    related_object: { id: id ?? null, type: object ?? null, url: `/v1/${object ?? ''}s/${id ?? ''}` },
    snapshot_event: event.id,
    api_version: newestVersion,
  }
}
