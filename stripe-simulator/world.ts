import { enter, frozenClock, moveTo, realClock, takeDue, timeOf } from './clock.ts'
import type { Agenda, Clock, Due } from './clock.ts'
import type { Ids } from './ids.ts'
import { nextToken } from './ids.ts'
import { commit, insert, openStore, remove, tableIn } from './store.ts'
import type { Store, Table } from './store.ts'
import type { EventRow, Kind, Kinds } from './kinds.ts'
import { defaultSettings } from './settings.ts'
import type { Settings } from './settings.ts'

/** What happens later: a bounce, a renewal, a deadline. `clock` names the test clock that it waits for, if not the world's. */
type Task = Due & {
  readonly kind: string
  readonly books: string
  readonly clock: string | null
  readonly args: Readonly<Record<string, string | number>>
}

export type TaskHandler = (books: Books, args: Readonly<Record<string, string | number>>) => void

/** Who caused what happens now: a request, or (nulls) Stripe itself. */
type Cause = { readonly id: string | null; readonly idempotency_key: string | null }

/** Everything that one account has in one mode. Nothing of it is seen from another account or mode. */
export type Books = {
  readonly world: World
  readonly key: string
  readonly account: string
  readonly livemode: boolean
}

/** The simulated Stripe: pure of network and timers, so that it can be driven in process as well as over HTTP. */
export type World = {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly agenda: Agenda<Task>
  readonly testClockTasks: Map<string, Task>
  readonly books: Map<string, Books>
  readonly handlers: Readonly<Record<string, TaskHandler>>
  settings: Settings
  cause: Cause
  /** While a task runs: the moment it was due, whatever the clock says meanwhile. */
  instant: number | null
  taskCount: number
  requestCount: number
  /** Called for each new event, after its row was made. Set by the webhooks. */
  onEvent: (books: Books, event: EventRow) => void
  /** Called after a commit, so that a timer can be set for the first task. */
  onCommit: () => void
}

export type ClockChoice = { readonly mode: 'real' } | { readonly mode: 'simulated'; readonly now: Date }

type Start = {
  readonly folder: string | null
  readonly seed: number
  readonly clock: ClockChoice
  readonly handlers: Readonly<Record<string, TaskHandler>>
}

export const byItself: Cause = { id: null, idempotency_key: null }

type Remembered = { id: string; seed: number; clock: Clock; settings: Settings }

/** Makes a world, or finds the one that a folder remembers: its clock, seed and agenda are then those it had. */
export function createWorld({ folder, seed, clock, handlers }: Start): World {
  const { store, counts } = openStore(folder)
  const remembered = tableIn<Remembered>(store, 'world/self').rows.get('self')
  const chosen = clock.mode === 'real' ? realClock() : frozenClock(clock.now.getTime())
  const world: World = {
    store,
    clock: remembered ? { ...remembered.clock } : chosen,
    ids: { seed: remembered?.seed ?? seed, counter: counts.counter },
    agenda: [],
    testClockTasks: new Map(),
    books: new Map(),
    handlers,
    settings: remembered ? { ...defaultSettings, ...remembered.settings } : { ...defaultSettings },
    cause: byItself,
    instant: null,
    taskCount: 0,
    requestCount: counts.requests,
    onEvent: () => {},
    onCommit: () => {},
  }
  for (const task of tableIn<Task>(store, 'world/task').order) {
    world.taskCount = Math.max(world.taskCount, task.order)
    hold(world, task)
  }
  rememberSelf(world)
  finish(world)
  return world
}

/** Writes the clock and the settings down, for the next start. */
export function rememberSelf(world: World): void {
  const self = tableIn<Remembered>(world.store, 'world/self')
  remove(world.store, self, 'self')
  insert(world.store, self, {
    id: 'self',
    seed: world.ids.seed,
    clock: { ...world.clock },
    settings: world.settings,
  })
}

/** Ends one step: what changed is written down together. */
export function finish(world: World): void {
  commit(world.store, { counter: world.ids.counter, requests: world.requestCount })
  world.onCommit()
}

/** The books of an account in one mode, made when they are first asked for. */
export function booksOf(world: World, account: string, livemode: boolean): Books {
  const key = `${account}/${livemode ? 'live' : 'test'}`
  let books = world.books.get(key)
  if (!books) world.books.set(key, (books = { world, key, account, livemode }))
  return books
}

export function booksByKey(world: World, key: string): Books {
  const [account, mode] = key.split('/')
  return booksOf(world, account ?? '', mode === 'live')
}

/** Forgets everything: accounts, objects, agenda. The clock and the settings begin anew as well. */
export function forgetAll(world: World, clock: ClockChoice): void {
  for (const table of world.store.tables.values())
    for (const { id } of [...table.order].reverse()) remove(world.store, table, id)
  world.store.tables.clear()
  world.books.clear()
  world.agenda.length = 0
  world.testClockTasks.clear()
  world.settings = { ...defaultSettings }
  Object.assign(world.clock, clock.mode === 'real' ? realClock() : frozenClock(clock.now.getTime()))
  rememberSelf(world)
}

/** The rows of one kind in these books. */
export function table<K extends Kind>(books: Books, kind: K): Table<Kinds[K] & { readonly id: string }> {
  return tableIn(books.world.store, `${books.key}/${kind}`)
}

/** The moment in milliseconds: of the task that runs, else of the clock. */
export const nowMs = ({ world }: Books): number => world.instant ?? timeOf(world.clock)
export const now = (books: Books): number => Math.floor(nowMs(books) / 1000)

export const newId = (books: Books, prefix: string): string => `${prefix}_${nextToken(books.world.ids)}`

/** Puts something on the agenda for a time in seconds since 1970. */
export function at(books: Books, seconds: number, kind: string, args: Task['args'], clock: string | null = null): void {
  const { world } = books
  const order = ++world.taskCount
  const task: Task = {
    id: `task_${order}`,
    order,
    at: Math.round(seconds * 1000),
    kind,
    books: books.key,
    clock,
    args,
  }
  insert(world.store, tableIn<Task>(world.store, 'world/task'), task)
  hold(world, task)
}

function hold(world: World, task: Task): void {
  if (task.clock === null) enter(world.agenda, task)
  else world.testClockTasks.set(task.id, task)
}

/** Puts something on the agenda after a delay: days when time is simulated, a few seconds when it is real, as in a sandbox. */
export function later(books: Books, delay: keyof Settings['delays'], kind: string, args: Task['args']): void {
  const { clock, settings } = books.world
  const { simulated, real } = settings.delays[delay]
  at(books, nowMs(books) / 1000 + (clock.frozenAt === null ? real * settings.pace : simulated), kind, args)
}

function run(world: World, task: Task): void {
  remove(world.store, tableIn<Task>(world.store, 'world/task'), task.id)
  world.instant = task.at
  world.cause = byItself
  try {
    world.handlers[task.kind]?.(booksByKey(world, task.books), task.args)
  } finally {
    world.instant = null
    finish(world)
  }
}

/** Runs what is due by the clock. Returns how many tasks ran. */
export function runDue(world: World, until = timeOf(world.clock)): number {
  let count = 0
  for (let task = takeDue(world.agenda, until); task; task = takeDue(world.agenda, until)) {
    run(world, task)
    count++
  }
  return count
}

/** Moves time forward; everything due on the way happens at its own moment. */
export function advanceTo(world: World, until: number): number {
  const count = runDue(world, until)
  moveTo(world.clock, until)
  rememberSelf(world)
  finish(world)
  return count
}

/** Runs what waits for a test clock, in order of time, up to that time in seconds. */
export function runTestClock(world: World, clock: string, untilSeconds: number): void {
  const until = untilSeconds * 1000
  for (;;) {
    const waiting = [...world.testClockTasks.values()].filter((task) => task.clock === clock && task.at <= until)
    const next = waiting.sort((a, b) => a.at - b.at || a.order - b.order)[0]
    if (!next) return
    world.testClockTasks.delete(next.id)
    run(world, next)
  }
}
