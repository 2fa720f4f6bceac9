import { AsyncLocalStorage } from 'node:async_hooks'
import type { Fault, Where } from './history.ts'

/** A call that production code has made to the outside and that waits for the scheduler's permission. */
export type Call = {
  readonly activity: Activity
  readonly kinds: readonly Where[]
  readonly label: string
  /** Does it, or what the fault makes of it, and lets the production code go on. */
  perform(fault: Fault | undefined): Promise<void>
  /** When it was made, in simulated milliseconds. */
  readonly since: number
  /** A statement that waits for a lock: it was begun and is over when `finished`. */
  waiting?: { finished: boolean; readonly pid: number; deliver(): void } | undefined
}

/** One run of production code in a process, e.g. the taking of a request or one round of a worker. */
export type Activity = {
  readonly name: string
  readonly process: string
  readonly faults: Fault[]
  readonly seen: Map<Where, number>
  readonly calls: Call[]
  state: 'running' | 'done' | 'dead' | 'frozen'
  frozenAt: number
  /** It is frozen with its whole machine. */
  sleeps: boolean
  /** Milliseconds for which it did not run: a suspended machine's monotonic clock stands meanwhile. */
  slept: number
}

export type Scheduler = {
  readonly activities: Activity[]
  start(name: string, process: string, faults: readonly Fault[], work: () => Promise<unknown>): Activity
  /** Made by a port: parks until the scheduler performs it. */
  park(call: Omit<Call, 'activity' | 'since'>): void
  current(): Activity | undefined
  runnable(): Call[]
  /** Lets all that a delivered answer has set going run until it waits again. */
  drain(): Promise<void>
}

const context = new AsyncLocalStorage<Activity>()

// Production code's own time-outs belong to the real clock, which would decide on a busy machine: inside of an activity they
// never fire. What takes too long is a fault of the history.
const realSetTimeout = globalThis.setTimeout
globalThis.setTimeout = ((act: () => void, ms?: number) =>
  context.getStore() === undefined
    ? realSetTimeout(act, ms)
    : realSetTimeout(() => undefined, 2 ** 31 - 1).unref()) as typeof globalThis.setTimeout

/** The activity to which the code that runs now belongs. */
export const activityHere = (): Activity | undefined => context.getStore()

export function makeScheduler(now: () => number, ended: (activity: Activity, error: unknown) => void): Scheduler {
  const activities: Activity[] = []
  return {
    activities,
    start(name, process, faults, work) {
      const activity: Activity = {
        name,
        process,
        faults: [...faults],
        seen: new Map(),
        calls: [],
        state: 'running',
        frozenAt: 0,
        sleeps: false,
        slept: 0,
      }
      activities.push(activity)
      const end = (error?: unknown): void => {
        if (activity.state === 'dead') return
        activity.state = 'done'
        ended(activity, error)
      }
      context.run(activity, () => void work().then(() => end(), end))
      return activity
    },
    park(call) {
      const activity = context.getStore()
      if (activity === undefined) throw new Error(`${call.label} was called outside of every activity`)
      // The dead never hear of it: their promise stays open for ever.
      if (activity.state !== 'dead') activity.calls.push({ ...call, activity, since: now() })
    },
    current: () => context.getStore(),
    runnable: () =>
      activities.flatMap(({ state, calls }) =>
        state === 'running' ? calls.filter(({ waiting }) => waiting === undefined || waiting.finished) : [],
      ),
    drain: () => new Promise((done) => setImmediate(done)),
  }
}

/** The fault that is due at this call, if one is; each acts once. */
export function takeFault({ activity, kinds }: Pick<Call, 'activity' | 'kinds'>): Fault | undefined {
  let taken: Fault | undefined
  for (const kind of kinds) {
    const n = activity.seen.get(kind) ?? 0
    activity.seen.set(kind, n + 1)
    taken ??= activity.faults.find((fault) => fault.on === kind && fault.n === n)
  }
  if (taken) activity.faults.splice(activity.faults.indexOf(taken), 1)
  return taken
}
