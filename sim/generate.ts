import { chanceOf, type Chance } from './chance.ts'
import { opening } from './openings.ts'
import { classOf, wayTo } from './reach.ts'
import {
  atTheSendOnly,
  databaseFaults,
  modes,
  operations,
  paymentKinds,
  pointsOfWork,
  stripeFaults,
  type Command,
  type CrashPoint,
  type Fault,
  type FaultKind,
  type History,
  type Operation,
  type Where,
} from './history.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
/** From a moment to a month: before and after a lease, a key's day, a bounce, a billing period. */
export const jumps = [5 * second, minute, 6 * minute, hour, 5 * hour, 26 * hour, 4 * day, 31 * day] as const

/** How often an operation is drawn when a history has it at all. */
const weight: Partial<Record<Operation, number>> = {
  submit: 6,
  approve: 4,
  work: 10,
  work_elsewhere: 5,
  deliver: 5,
  advance: 6,
}

/** What each history needs to be about refunds at all. */
const always: readonly Operation[] = ['submit', 'work', 'advance']

const forgeries = operations.filter((op) => /^deliver_(?!twice)/.test(op))
const worksOn: ReadonlySet<Operation> = new Set(['work', 'work_elsewhere'])

/** The faults that most often decide whether money moves twice come more often at the send than elsewhere. */
const placesOfWork: readonly Where[] = ['send', 'send', 'send', 'list', 'read', 'stripe']
const placesElsewhere: readonly Where[] = ['list', 'read', 'stripe']

const onlyAtTheSend: ReadonlySet<FaultKind> = new Set(atTheSendOnly)

/**
 * Draws a history from a seed. Swarm: each one has only some of the operations and some of the faults, a crash rate, a pace
 * and a mode of its own; a mixture of everything at once would hide what rare mixtures show. Every second seed begins on the
 * way to the class of faults whose turn it is.
 */
export function generate(seed: number): History {
  const chance = chanceOf(seed)
  const due = classOf(seed)
  const way = due === undefined ? undefined : wayTo(due, chance)
  const mode = chance.of(way?.modes ?? modes)
  const drawn = chance.some(operations, 0.5).filter((op) => !forgeries.includes(op))
  const ops = usable(mode, [...always, ...drawn, chance.of(forgeries)])
  const swarm: Swarm = {
    ops: ops.flatMap((op) => Array.from({ length: weight[op] ?? 1 }, () => op)),
    stripe: chance.some(stripeFaults, 0.3),
    database: chance.some(databaseFaults, 0.4),
    faultRate: chance.of([0, 0.2, 0.5, 0.8]),
    crashRate: chance.of([0.005, 0.02, 0.06, 0.2]),
    freezeRate: chance.of([0, 0, 0.05, 0.2]),
    databaseRate: chance.of([0, 0, 0.05, 0.2]),
    interleaved: chance.is(0.6),
    jumps: chance.some(jumps, 0.4),
  }
  const commands = way ? [...way.commands] : chance.is(0.6) ? opening(chance, mode) : []
  for (let left = howMany(chance, commands.length); left > 0; left--)
    commands.push(draw(chance, swarm, commands.length))
  const payments = Array.from({ length: 1 + chance.below(2) }, () => chance.of(paymentKinds))
  return {
    seed,
    mode,
    payments: way?.payment ? [way.payment, ...payments.slice(1)] : payments,
    commands,
    wakeLast: chance.is(0.5),
  }
}

/** What follows a beginning: often little, for then many are played; and sometimes much. Without one, enough to come to something. */
function howMany(chance: Chance, begun: number): number {
  if (begun === 0) return 4 + chance.below(8)
  return chance.is(0.5) ? chance.below(2) : chance.below(7)
}

/** What would break the promise of the mode: without reconciliation no webhook is lost for ever. */
function usable(mode: History['mode'], ops: Operation[]): Operation[] {
  if (mode === 'webhooks') return ops.filter((op) => op !== 'drop' && op !== 'reconcile')
  if (mode === 'reconciliation') return [...ops.filter((op) => !op.startsWith('deliver')), 'reconcile']
  return ops
}

type Swarm = {
  readonly ops: readonly Operation[]
  readonly stripe: readonly FaultKind[]
  readonly database: readonly FaultKind[]
  readonly faultRate: number
  readonly crashRate: number
  readonly freezeRate: number
  readonly databaseRate: number
  readonly interleaved: boolean
  readonly jumps: readonly number[]
}

function draw(chance: Chance, swarm: Swarm, index: number): Command {
  const op = index === 0 ? 'submit' : index === 1 && chance.is(0.5) ? 'work' : chance.of(swarm.ops)
  return {
    do: op,
    pick: chance.below(8),
    part: chance.below(4),
    by: chance.below(3),
    ms: op === 'advance' ? chance.of(swarm.jumps) : 0,
    run: swarm.interleaved && chance.is(0.5) ? chance.below(14) : -1,
    salt: chance.below(1 << 16),
    faults: drawFaults(chance, swarm, op),
  }
}

function drawFaults(chance: Chance, swarm: Swarm, op: Operation): Fault[] {
  const faults: Fault[] = []
  if (chance.is(worksOn.has(op) ? swarm.faultRate : swarm.faultRate / 2)) {
    const kind = chance.of(swarm.stripe)
    const on = onlyAtTheSend.has(kind) ? 'send' : chance.of(worksOn.has(op) ? placesOfWork : placesElsewhere)
    faults.push({ kind, on, n: on === 'send' ? 0 : on === 'list' ? chance.below(2) : chance.below(6) })
  }
  if (chance.is(swarm.databaseRate)) {
    const on = chance.of(['sql', 'commit'] as const)
    faults.push({ kind: chance.of(swarm.database), on, n: on === 'commit' ? chance.below(4) : chance.below(20) })
  }
  if (chance.is(swarm.crashRate)) faults.push(drawCrash(chance, op))
  if (chance.is(swarm.freezeRate)) faults.push(drawFreeze(chance))
  return faults
}

/** A worker that is frozen after its intent was committed, or anywhere else. */
function drawFreeze(chance: Chance): Fault {
  const kind = chance.of(['freeze', 'freeze_after', 'suspend_after'] as const)
  const on = chance.of(
    kind === 'freeze' ? (['send', 'list', 'commit', 'sql'] as const) : (['commit', 'commit', 'sql'] as const),
  )
  return { kind, on, n: chance.below(on === 'sql' ? 20 : on === 'send' ? 2 : 5) }
}

const pointsOf: Partial<Record<Operation, readonly CrashPoint[]>> = {
  submit: ['after-submit', 'before-decide', 'after-decide'],
  approve: ['after-approve'],
  deliver: ['after-inbox'],
  deliver_twice: ['after-inbox'],
}

function drawCrash(chance: Chance, op: Operation): Fault {
  const kind = chance.of(['crash_point', 'crash_point', 'crash_before', 'crash_after'] as const)
  if (kind === 'crash_point') return { kind, on: 'point', n: 0, point: chance.of(pointsOf[op] ?? pointsOfWork) }
  const on = chance.of(['send', 'list', 'commit', 'sql', 'read'] as const)
  return { kind, on, n: on === 'sql' ? chance.below(25) : chance.below(4) }
}
