import { ensureDefaultAccount } from './accounts.ts'
import type { Desk } from './control/desk.ts'
import { planDeliveries, webhookTasks } from './deliveries.ts'
import type { PostOffice } from './deliveries.ts'
import { noFaults, takeFault } from './faults.ts'
import type { DeliveryEffect } from './faults.ts'
import { emptyLog } from './request-log.ts'
import { tasks } from './tasks.ts'
import { transportTasks } from './transport.ts'
import { createWorld } from './world.ts'
import type { ClockChoice } from './world.ts'

export type AssemblyOptions = {
  /** A folder in which the state survives a restart. Without it everything is forgotten at the end. */
  readonly data?: string
  /** The same seed and the same requests give the same ids and outcomes. */
  readonly seed?: number
  readonly clock?: ClockChoice
}

/** The key that is shown to people. Any other well-formed key does as well. */
export const defaultKey = 'sk_test_simulator'

/**
 * A whole Stripe without sockets and timers: `answer(world, request)` asks it, `advanceTo` moves its time, and deliveries go to
 * `office.post`, which does nothing until somebody sets it. A deterministic simulation of a product can hold it in its hand.
 */
export function assemble({ data, seed = 1, clock = { mode: 'real' } }: AssemblyOptions = {}): Desk {
  const office: PostOffice = { post: () => {}, holding: new Set(), faultFor: () => null }
  const handlers = { ...tasks, ...transportTasks, ...webhookTasks(office) }
  const world = createWorld({ folder: data ?? null, seed, clock, handlers })
  ensureDefaultAccount(world)
  const desk: Desk = {
    world,
    office,
    faults: noFaults(seed),
    log: emptyLog(),
    underWay: new Set(),
    webhooksIdle: () => Promise.resolve(),
    secretKey: defaultKey,
  }
  office.faultFor = (books, event, endpoint) => {
    if (desk.faults.rules.length === 0) return null
    const text = JSON.stringify(event.data.object)
    const rule = takeFault(desk.faults, {
      on: 'delivery',
      name: event.type,
      endpoint: endpoint.id,
      account: books.account,
      text,
    })
    return rule ? (rule.effect as DeliveryEffect) : null
  }
  world.onEvent = (books, event) => planDeliveries(office, books, event)
  return desk
}
