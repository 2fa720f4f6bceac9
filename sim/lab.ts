import { pino } from 'pino'
import Stripe from 'stripe'
import type { App } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { atCrashPoints } from '../src/crash-point.ts'
import { eventTypes } from '../src/flows/observe-events.ts'
import { makeStripe } from '../src/stripe/client.ts'
import { onLine } from '../src/stripe/line.ts'
import { lineTo } from '../src/stripe/rate.ts'
import { addAccount } from '../stripe-simulator/accounts.ts'
import type { Request } from '../stripe-simulator/api.ts'
import { assemble } from '../stripe-simulator/assembly.ts'
import { addKey } from '../stripe-simulator/keys.ts'
import { eventBody } from '../stripe-simulator/signatures.ts'
import { advanceTo, at, booksOf, type Books, type World } from '../stripe-simulator/world.ts'
import { databasePort, type DatabasePort, type Server } from './database.ts'
import type { Fault, History } from './history.ts'
import { activityHere, makeScheduler, takeFault, type Activity, type Call, type Scheduler } from './scheduler.ts'
import { directClient, stripeClient } from './stripe.ts'
import type { Tally } from './tally.ts'
import { Watchman } from './invariants.ts'

export type Process = { readonly name: string; readonly app: App; readonly database: DatabasePort }
export type Letter = { readonly event: string; readonly body: string; readonly type: string }

/** Everything that one history happens in: a Stripe, the processes of the program, one clock, and the post between them. */
export type Lab = {
  readonly history: History
  readonly account: string
  readonly world: World
  readonly books: Books
  readonly outside: Stripe
  readonly scheduler: Scheduler
  readonly server: Server
  readonly tally: Tally
  readonly watchman: Watchman
  readonly trace: string[]
  readonly letters: Letter[]
  /** Events that are being brought; they come back when the process that takes them dies. */
  readonly underWay: Map<Activity, Letter>
  readonly onTheWay: { readonly request: Request; readonly since: number }[]
  readonly payments: {
    readonly payment: string
    readonly customer: string
    readonly charge: string
    readonly amount: number
  }[]
  /** Two statements waited for a third at once: who came first was PostgreSQL's choice, not the seed's. */
  readonly race: { lost: boolean }
  /** Up to which of Stripe's events the lists were read. */
  readonly read: { event: string | undefined }
  readonly webhookSecret: string
  readonly secretKey: string
  process(name: string): Process
  now(): number
  advance(ms: number): Promise<void>
  kill(process: string): Promise<void>
  restartDatabase(): Promise<void>
  say(line: string): void
  /** Lets one call through. False: nobody can go on. */
  step(choose: (calls: readonly Call[]) => Call): Promise<boolean>
  wake(activity: Activity): void
  begin(
    name: string,
    process: string,
    faults: Activity['faults'],
    work: (app: App) => Promise<unknown>,
  ): Promise<Activity>
  release(): Promise<void>
}

// Ahead of any real clock: the SDK compares ages with the real one.
const epoch = Date.UTC(2041, 2, 1)
const config = readConfig({ PUBLIC_URL: 'http://localhost:3000', LOG_LEVEL: 'error' })
/** As in db/connect.ts. */
const idleInTransactionMs = 30_000
export const reachesStripeWithinMs = 3_600_000
const webhookSecret = 'whsec_simulation'

const wanted: ReadonlySet<string> = new Set(eventTypes)

export async function openLab(history: History, account: string, server: Server, tally: Tally): Promise<Lab> {
  const { world } = assemble({ seed: history.seed, clock: { mode: 'simulated', now: new Date(epoch) } })
  addAccount(world, { id: account, name: 'Simulated', country: 'US', currency: 'usd', platform: null })
  // Of one length and one end: Stripe shows both in its refusals.
  const secretKey = `sk_test_${account.replace('acct_', '').padStart(24, '0')}last`
  addKey(world, { id: secretKey, account, permissions: null, state: 'active' })
  const books = booksOf(world, account, false)
  const letters: Letter[] = []
  const trace: string[] = []
  const underWay = new Map<Activity, Letter>()
  const onTheWay: Lab['onTheWay'] = []
  const processes = new Map<string, Process>()
  const names = new Map<string, string>()
  const watchman = new Watchman(server, account, books)
  world.onEvent = (its, event) => {
    if (its === books && wanted.has(event.type))
      letters.push({ event: event.id, body: eventBody(event, '2026-10-28.endive'), type: event.type })
  }

  const now = (): number => world.clock.frozenAt!
  const say = (line: string): void => void trace.push(tame(line.replaceAll(account, 'acct'), names))
  const race = { lost: false }
  const scheduler = makeScheduler(now, (activity, error) => {
    if (error !== undefined) watchman.thrown(activity.name, error)
  })
  const kill = async (name: string): Promise<void> => {
    say(`† ${name}`)
    for (const activity of scheduler.activities) {
      if (activity.process !== name || activity.state === 'done') continue
      activity.state = 'dead'
      activity.calls.length = 0
      const letter = underWay.get(activity)
      if (letter && underWay.delete(activity)) letters.push(letter)
    }
    await processes.get(name)?.database.kill()
    processes.delete(name)
  }
  const freeze = (call: Call): void => {
    say(`frozen: ${call.activity.name} at ${call.label}`)
    call.activity.state = 'frozen'
    call.activity.frozenAt = now()
  }
  atCrashPoints((name) => {
    const activity = activityHere()
    if (activity === undefined || activity.state === 'dead') return
    tally.point(name)
    const fault = activity.faults.find(({ point }) => point === name)
    if (fault === undefined) return
    activity.faults.splice(activity.faults.indexOf(fault), 1)
    tally.fault(`crash at ${name}`)
    // It is dead from here on: nothing that it still says reaches the outside. What it leaves is cleaned up by the step.
    activity.state = 'dead'
    say(`crash at ${name}`)
    dying.add(activity.process)
  })
  const dying = new Set<string>()

  // A send that is younger than Stripe's time-out, of a process that is not frozen: it waits for Stripe, which may be slow.
  const sendsUnderWay = (): string[] =>
    scheduler.activities
      .flatMap(({ calls }) => calls)
      .filter(({ kinds, since }) => kinds.includes('send') && now() - since < 20_000)
      .filter(({ activity, label }) => activity.state === 'running' || /\((answer|on its way)\)$/.test(label))
      .map(({ label }) => label)

  const network = {
    world,
    onTheWay,
    before: (request: Request, process: string) => watchman.before(request, process, sendsUnderWay()),
    after: (request: Request, status: number) => watchman.after(request, status),
    later: (request: Request, seconds: number) => {
      const { 'idempotency-key': _, ...headers } = request.headers
      at(books, now() / 1000 + seconds, 'request.execute', { request: JSON.stringify({ ...request, headers }) })
    },
    freeze,
    crash: kill,
  }
  const watch = {
    committed: (statement: string) => watchman.afterCommit(statement),
    happened: (kind: string) => tally.fault(kind),
    crash: kill,
    freeze,
    lockWait: async (_call: Call, begun: Promise<unknown>, pid: number) => {
      let over = false
      void begun.then(() => (over = true))
      if (![...processes.values()].some(({ database }) => database.othersInTransaction(pid))) {
        await begun
        return false
      }
      for (let wait = 2; ; wait = 4) {
        await Promise.race([begun, new Promise((done) => setTimeout(done, wait))])
        if (over) return false
        const { rows } = await server.control.query('select cardinality(pg_blocking_pids($1)) as n', [pid])
        if (over) return false
        if ((rows[0] as { n: number }).n > 0) {
          tally.fault('lock wait')
          race.lost ||= scheduler.activities.some(({ calls }) =>
            calls.some(({ waiting }) => waiting && !waiting.finished),
          )
          return true
        }
      }
    },
  }

  // A request that was handed to the network gets there within an hour or never: both ends have given up by then.
  const tooLate = ({ kinds, since }: Call): Fault | undefined => {
    if (!kinds.includes('stripe') || now() - since <= reachesStripeWithinMs) return undefined
    tally.fault('given up')
    return { kind: 'lost_before', on: 'stripe', n: 0 }
  }

  const process = (name: string): Process => {
    const known = processes.get(name)
    if (known) return known
    const database = databasePort(server, scheduler, name, watch)
    const of = { secretKey, apiBase: undefined, connectedAccount: undefined }
    const client = stripeClient(network, scheduler, name)
    const gate = { shutBecause: undefined }
    const app: App = {
      db: database.db,
      account,
      livemode: false,
      stripe: makeStripe(of, onLine(lineTo({ db: database.db, account, gate, rate: undefined }), client)),
      line: { gate, unguarded: makeStripe(of, client) },
      webhookSecrets: [{ secret: webhookSecret }],
      config,
      secret: 'a secret of thirty-two bytes or more',
      log: pino({ level: 'error' }, { write: (line: string) => watchman.logged(line) }),
      now: () => new Date(now()),
      elapsed: () => now() - epoch - (activityHere()?.slept ?? 0),
    }
    const made = { name, app, database }
    processes.set(name, made)
    return made
  }

  const afterStep = async (): Promise<void> => {
    await scheduler.drain()
    for (const name of dying) {
      dying.delete(name)
      await kill(name)
    }
    for (const { name, database } of processes.values()) {
      for (const { inTransaction, waits, broken } of database.sessions)
        if (inTransaction && !waits && broken === 'no')
          watchman.broke(`a transaction of ${name} is open while something outside is waited for`)
    }
    await settleLockWaits()
  }

  // Each statement that waited for a lock is over now, or still waits: which, PostgreSQL says.
  const settleLockWaits = async (): Promise<void> => {
    for (const { calls } of scheduler.activities) {
      for (const { waiting } of calls) {
        while (waiting && !waiting.finished) {
          const { rows } = await server.control.query('select cardinality(pg_blocking_pids($1)) as n', [waiting.pid])
          if ((rows[0] as { n: number }).n > 0) break
          await new Promise((done) => setTimeout(done, 1))
        }
      }
    }
  }

  const lab: Lab = {
    history,
    account,
    world,
    books,
    scheduler,
    server,
    tally,
    watchman,
    trace,
    letters,
    underWay,
    onTheWay,
    payments: [],
    read: { event: undefined },
    race,
    outside: directClient(world, secretKey),
    webhookSecret,
    secretKey,
    process,
    now,
    kill,
    say,
    async advance(ms) {
      advanceTo(world, now() + ms)
      await server.setClock(now())
      tally.time(ms)
      if (ms < idleInTransactionMs) return
      for (const { database } of processes.values()) await database.endIdle()
      await settleLockWaits()
    },
    async restartDatabase() {
      for (const { database } of processes.values()) await database.restart()
      for (const activity of scheduler.activities)
        for (const call of activity.calls) if (call.kinds.includes('sql')) call.waiting = undefined
    },
    async step(choose) {
      const calls = scheduler.runnable()
      if (calls.length === 0) return false
      const call = choose(calls)
      const { activity } = call
      activity.calls.splice(activity.calls.indexOf(call), 1)
      const fault = call.waiting ? undefined : (tooLate(call) ?? takeFault(call))
      say(`${activity.name} | ${call.label}${fault ? `  ← ${fault.kind}` : ''}`)
      if (fault) tally.fault(fault.kind)
      if (fault?.kind === 'freeze' || fault?.kind === 'slow_before') {
        const held = fault.kind === 'freeze' ? call : { ...call, label: `${call.label} (on its way)` }
        activity.calls.push(held)
        freeze(held)
      } else if (fault?.kind === 'crash_before') await kill(activity.process)
      else {
        await call.perform(fault)
        if (call.waiting && !call.waiting.finished) activity.calls.push(call)
      }
      await afterStep()
      return true
    },
    wake(activity) {
      say(`wakes: ${activity.name}`)
      tally.fault('woken')
      activity.state = 'running'
      // The monotonic clock of a machine that sleeps stands still.
      if (activity.sleeps) activity.slept += now() - activity.frozenAt
      activity.sleeps = false
    },
    async begin(name, on, faults, work) {
      const { app } = process(on)
      say(`▸ ${name} in ${on}`)
      const activity = scheduler.start(name, on, faults, () => work(app))
      await afterStep()
      return activity
    },
    async release() {
      for (const name of processes.keys()) await kill(name)
    },
  }
  await server.setClock(now())
  return lab
}

/** Ids of ours are random: in a trace each is called by the order in which it came. */
function tame(line: string, names: Map<string, string>): string {
  return line.replaceAll(/(pay|rr|rf|dec|exc|msg|key|acc|aud|leg)_[0-9a-f]{32}/g, (id, prefix: string) => {
    const known = names.get(id)
    if (known !== undefined) return known
    const name = `${prefix}#${[...names.keys()].filter((each) => each.startsWith(`${prefix}_`)).length + 1}`
    names.set(id, name)
    return name
  })
}
