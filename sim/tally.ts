import { crashPoints, databaseFaults, operations, stripeFaults } from './history.ts'

/** What happened in many histories, to be added up over processes. */
export type Counts = {
  histories: number
  steps: number
  requests: number
  refunds: number
  simulatedMs: number
  faults: Record<string, number>
  points: Record<string, number>
}

export type Tally = {
  readonly counts: Counts
  fault(kind: string): void
  point(name: string): void
  time(ms: number): void
}

export const noCounts = (): Counts => ({
  histories: 0,
  steps: 0,
  requests: 0,
  refunds: 0,
  simulatedMs: 0,
  faults: {},
  points: {},
})

export function makeTally(): Tally {
  const counts = noCounts()
  return {
    counts,
    fault: (kind) => (counts.faults[kind] = (counts.faults[kind] ?? 0) + 1),
    point: (name) => (counts.points[name] = (counts.points[name] ?? 0) + 1),
    time: (ms) => (counts.simulatedMs += ms),
  }
}

export function addUp(into: Counts, more: Counts): void {
  into.histories += more.histories
  into.steps += more.steps
  into.requests += more.requests
  into.refunds += more.refunds
  into.simulatedMs += more.simulatedMs
  for (const kind of ['faults', 'points'] as const)
    for (const [name, count] of Object.entries(more[kind])) into[kind][name] = (into[kind][name] ?? 0) + count
}

const operationsThatBreak = operations.filter(
  (op) =>
    !['submit', 'approve', 'deny', 'withdraw', 'work', 'work_elsewhere', 'reconcile', 'deliver', 'wake'].includes(op),
)

/** Every class of fault that the histories are made of. One that never happened fails a run of CI's length. */
export const faultClasses: readonly string[] = [
  ...stripeFaults,
  ...databaseFaults,
  ...operationsThatBreak,
  'crash_before',
  'crash_after',
  'freeze',
  'freeze_after',
  'suspend_after',
  'woken',
  'given up',
  'late arrival',
  'out of order',
  'lock wait',
  ...crashPoints.map((point) => `crash at ${point}`),
]

export const unreached = ({ faults }: Counts): string[] => faultClasses.filter((kind) => !faults[kind])
