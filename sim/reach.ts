import type { Chance } from './chance.ts'
import {
  atTheSendOnly,
  crashPoints,
  databaseFaults,
  stripeFaults,
  type Command,
  type CrashPoint,
  type Fault,
  type FaultKind,
  type Mode,
  type Operation,
  type PaymentKind,
} from './history.ts'
import { faultClasses } from './tally.ts'

/** How a history begins that is sure to come to one class of faults. */
export type Way = {
  readonly modes: readonly Mode[]
  /** The first payment, where its kind matters. */
  readonly payment?: PaymentKind
  readonly commands: readonly Command[]
}

const minute = 60_000
const all: readonly Mode[] = ['both', 'webhooks', 'reconciliation']
const withWebhooks: readonly Mode[] = ['both', 'webhooks']

/**
 * The class of faults whose turn it is: every second seed has one, in the order of the list, so that a thousand histories in
 * a row come to each of them several times, whatever chance does in the others.
 */
export function classOf(seed: number): string | undefined {
  return seed % 2 === 0 ? faultClasses[(seed / 2) % faultClasses.length] : undefined
}

/** Undefined for what is everywhere: a wait for a lock is met by many histories, and cannot be ordered. */
export function wayTo(kind: string, chance: Chance): Way | undefined {
  const say = (op: Operation, more: Partial<Command> = {}): Command => ({
    do: op,
    pick: 0,
    part: 0,
    by: 0,
    ms: 0,
    run: -1,
    salt: chance.below(1 << 16),
    faults: [],
    ...more,
  })
  const work = (...faults: Fault[]): Command => say(chance.of(['work', 'work_elsewhere']), { faults })
  const send = (of: FaultKind): Fault => ({ kind: of, on: 'send', n: 0 })
  const submit = say('submit', { part: chance.below(4) })
  const way = (...commands: Command[]): Way => ({ modes: all, commands })

  const point = crashPoints.find((name) => kind === `crash at ${name}`)
  if (point) return toThePoint(point, { say, work })
  const operations: Readonly<Record<string, () => Way>> = {
    freeze: () => way(submit, work({ kind: 'freeze', on: 'sql', n: chance.below(6) })),
    woken: () => way(submit, work(send('slow_before')), say('wake')),
    'given up': () => way(submit, work(send('slow_before')), say('advance', { ms: 300 * minute }), say('wake')),
    'late arrival': () => way(submit, work(send('arrives_late')), say('advance', { ms: minute })),
    'out of order': () => ({ modes: withWebhooks, commands: [submit, work(), say('deliver', { pick: 1 })] }),
    drop: () => ({ modes: ['both', 'reconciliation'], commands: [submit, say('drop')] }),
    dashboard_cancel: () => way(submit, work(send('stays_pending')), say('dashboard_cancel', { part: 1 })),
    close_dispute: () => way(submit, say('open_dispute'), say('close_dispute', { part: chance.below(2) })),
    late_failure: () => ({ ...way(say('submit'), work(), say('late_failure')), payment: 'card' }),
    settle_pending: () => way(submit, work(send('stays_pending')), say('settle_pending')),
  }
  if (operations[kind]) return operations[kind]()
  if ((atTheSendOnly as readonly string[]).includes(kind) || (stripeFaults as readonly string[]).includes(kind))
    return way(submit, work(send(kind as FaultKind)))
  if ((databaseFaults as readonly string[]).includes(kind) || /^(crash|freeze|suspend)_/.test(kind))
    return way(submit, work({ kind: kind as FaultKind, on: 'sql', n: chance.below(6) }))
  if (kind.startsWith('deliver_')) return { modes: withWebhooks, commands: [submit, say(kind as Operation)] }
  if (kind === 'lock wait') return undefined
  return way(say(kind as Operation, { ms: kind === 'advance' ? minute : 0 }), submit)
}

type Words = {
  readonly say: (op: Operation, more?: Partial<Command>) => Command
  readonly work: (...faults: Fault[]) => Command
}

function toThePoint(point: CrashPoint, { say, work }: Words): Way {
  const faults: Fault[] = [{ kind: 'crash_point', on: 'point', n: 0, point }]
  const way = (...commands: Command[]): Way => ({ modes: all, commands })
  switch (point) {
    case 'after-submit':
    case 'before-decide':
    case 'after-decide':
      return way(say('submit', { faults }))
    case 'after-approve':
      return way(say('submit', { by: 1 }), say('approve', { faults }))
    case 'after-inbox':
      return { modes: withWebhooks, commands: [say('submit'), say('deliver', { faults })] }
    case 'after-observe':
      return { modes: withWebhooks, commands: [say('submit'), say('deliver'), work(...faults)] }
    case 'after-subscription-change':
      // At once by the worker that has paid, or by the next one.
      return { ...way(say('submit'), work(...faults), work(...faults)), payment: 'subscription' }
    default:
      return way(say('submit'), work(...faults))
  }
}
